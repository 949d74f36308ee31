/** A mirror that gives crates to those who have a token: by cargo's own flow, and `check` and `explain` with it. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from '../../src/server/serve.ts';
import { folder, main, safeguard } from '../cli/support.ts';
import { type CargoProject, cargoProject } from '../support/cargo.ts';
import { get } from '../support/http.ts';
import { type Stage, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

const config = 'auth-required = true\n';

async function closed(
  t: Parameters<typeof stage>[0],
): Promise<{ s: Stage; reader: string; project: CargoProject }> {
  const s = await stage(t, { config });
  s.publish('word', '1.0.0');
  const body = { name: 'dev', role: 'reader' };
  const made = await s.mirror.call('/api/v1/tokens', { method: 'POST', body, token: s.mirror.token() });
  const { token: reader } = (await made.json()) as { token: string };
  return { s, reader, project: cargoProject({ dependencies: { word: '1' } }, t) };
}

test('cargo fetches with the token that it is given, by what `init` writes, and is told what it lacks without', async (t) => {
  const { s, reader, project } = await closed(t);
  const env = { CARGO_HOME: project.cargoHome };
  const init = await safeguard(['init', '--server', s.mirror.url], { cwd: project.dir, env });
  assert.equal(init.code, 0, init.stderr);
  assert.match(init.stdout, /credential-provider = "cargo:token"/);
  assert.match(init.stdout, /cargo login --registry safeguard/);

  const without = await project.run(['fetch']);
  assert.notEqual(without.code, 0);
  assert.match(
    without.stderr,
    /no token found for `safeguard`, please run `cargo login --registry safeguard`/,
  );
  const wrong = await project.run(['fetch'], { CARGO_REGISTRIES_SAFEGUARD_TOKEN: 'sg_wrong' });
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.stderr, /token rejected for `safeguard`/);

  const right = { CARGO_REGISTRIES_SAFEGUARD_TOKEN: reader };
  const fetched = await project.run(['fetch'], right);
  assert.equal(fetched.code, 0, fetched.stderr);
  const login = await project.run(['login', '--registry', 'safeguard', reader]);
  assert.equal(login.code, 0, login.stderr);
  const later = await project.run(['update']);
  assert.equal(later.code, 0, `what cargo login keeps is enough: ${later.stderr}`);
  const found = await project.run(['search', '--registry', 'safeguard', 'word'], right);
  assert.equal(found.code, 0, found.stderr);
  assert.match(found.stdout, /^word = "1\.0\.0"/m);

  await s.mirror.call('/api/v1/tokens/dev', { method: 'DELETE', token: s.mirror.token() });
  mkdirSync(join(project.cargoHome, 'registry'), { recursive: true });
  const again = await project.run(['update'], right);
  assert.notEqual(again.code, 0, 'a token that was taken back opens nothing');
});

test('everything else wants the token, too, but what says that the server lives', async (t) => {
  const { s, reader } = await closed(t);
  for (const path of ['/healthz', '/readyz', '/metrics'])
    assert.equal((await get(s.mirror.url + path)).status, 200, path);
  for (const path of [
    '/index/config.json',
    '/index/wo/rd/word',
    '/crates/word/1.0.0/download',
    '/api/v1/status',
    '/api/v1/explain/word',
    '/api/v1/quarantine',
  ]) {
    const without = await get(s.mirror.url + path);
    assert.equal(without.status, 401, path);
    assert.equal(without.headers['www-authenticate'], 'Cargo');
    for (const authorization of [reader, `Bearer ${reader}`])
      assert.equal((await get(s.mirror.url + path, { headers: { authorization } })).status, 200, path);
  }
  const agent = await s.mirror.call('/api/v1/tokens', {
    method: 'POST',
    body: { name: 'web-1', role: 'agent' },
    token: s.mirror.token(),
  });
  const { token } = (await agent.json()) as { token: string };
  assert.equal(
    (await get(`${s.mirror.url}/index/wo/rd/word`, { headers: { authorization: token } })).status,
    403,
  );
});

test('`check` and `explain` ask with SAFEGUARD_TOKEN', async (t) => {
  const { s, reader, project } = await closed(t);
  await safeguard(['init', '--server', s.mirror.url], {
    cwd: project.dir,
    env: { CARGO_HOME: project.cargoHome },
  });
  await project.run(['fetch'], { CARGO_REGISTRIES_SAFEGUARD_TOKEN: reader });
  const run = (token: string | undefined, ...args: string[]) =>
    safeguard([...args, '--server', s.mirror.url], {
      cwd: project.dir,
      env: { CARGO_HOME: project.cargoHome, ...(token === undefined ? {} : { SAFEGUARD_TOKEN: token }) },
    });
  for (const args of [['check'], ['explain', 'word@1.0.0'], ['review', 'word@1.0.0']]) {
    const refused = await run(undefined, ...args);
    assert.notEqual(refused.code, 0, `${args} without a token`);
    assert.match(refused.stdout + refused.stderr, /token/, `${args} without a token`);
    const asked = await run(reader, ...args);
    assert.ok(asked.code === 0 || asked.code === 2, `${args}: ${asked.code} ${asked.stdout}${asked.stderr}`);
    assert.doesNotMatch(asked.stdout + asked.stderr, /valid token|wants a token/, `${args} with one`);
  }
});

test('`serve` listens beyond this machine only where it asks for tokens, or somebody says that it may', async (t) => {
  const data = tempDir(t);
  writeFileSync(join(data, 'closed.toml'), config);
  const options = {
    listen: '0.0.0.0:0',
    data,
    upstream: 'http://127.0.0.1:1/',
    logFormat: 'text',
    advisoryDb: ['none'],
  } as const;
  const write = t.mock.method(process.stdout, 'write', () => true);
  await assert.rejects(serve(options), { code: 'serve/open', message: /auth-required = true .* --insecure/ });
  for (const how of [{ insecure: true }, { config: join(data, 'closed.toml') }]) {
    const server = await serve({ ...options, ...how });
    await server.close();
  }
  // One that only serves wants others, and a database that it shares with them.
  const alone = { ...options, insecure: true, watch: false };
  await assert.rejects(serve(alone), { code: 'serve/no-watch', message: /--database/ });
  write.mock.restore();
});

test('`init` says what to remove where an older one wrote a source of that name', async (t) => {
  const { s } = await closed(t);
  const source = `[source.crates-io]\nreplace-with = "safeguard"\n[source.safeguard]\nregistry = "sparse+${s.mirror.url}/index/"\n`;
  const cwd = folder(t, { 'Cargo.toml': '[workspace]\n', '.cargo/config.toml': source });
  const { code, stderr } = await safeguard(['init', '--server', s.mirror.url], { cwd });
  assert.equal(code, 1);
  assert.match(stderr, /has a \[source\.safeguard\], with which cargo finds no token for it/);
});

test('cargo asks `safeguard credential`, by what `init --credential` writes: a session in CI, elsewhere what login was given', async (t) => {
  const { s, reader, project } = await closed(t);
  const bin = tempDir(t);
  const launcher = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`;
  writeFileSync(join(bin, 'safeguard'), launcher, { mode: 0o755 });
  const settings = join(bin, 'settings');
  const env = { PATH: `${bin}:${process.env.PATH}`, XDG_CONFIG_HOME: settings };
  const init = await safeguard(['init', '--credential', '--server', s.mirror.url], {
    cwd: project.dir,
    env: { CARGO_HOME: project.cargoHome },
  });
  assert.equal(init.code, 0, init.stderr);
  assert.match(init.stdout, /credential-provider = "safeguard credential"/);
  const plain = await safeguard(['init', '--server', s.mirror.url], {
    cwd: project.dir,
    env: { CARGO_HOME: project.cargoHome },
  });
  assert.match(plain.stdout, /^Already set/, 'a later `init` leaves that choice');

  const without = await project.run(['fetch'], env);
  assert.notEqual(without.code, 0);
  assert.match(without.stderr, /no token found for `safeguard`/);
  const login = await project.run(['login', '--registry', 'safeguard', reader], env);
  assert.equal(login.code, 0, login.stderr);
  assert.equal(statSync(join(settings, 'safeguard/credentials.json')).mode & 0o777, 0o600);
  const fetched = await project.run(['fetch'], env);
  assert.equal(fetched.code, 0, fetched.stderr);
  const published = await project.run(
    ['publish', '--registry', 'safeguard', '--allow-dirty', '--no-verify'],
    env,
  );
  assert.notEqual(published.code, 0, 'it gives nothing to publish with');
  const logout = await project.run(['logout', '--registry', 'safeguard'], env);
  assert.equal(logout.code, 0, logout.stderr);
  assert.equal(readFileSync(join(settings, 'safeguard/credentials.json'), 'utf8'), '{}\n');
  rmSync(join(project.cargoHome, 'registry'), { recursive: true });
  assert.notEqual((await project.run(['fetch', '--locked'], env)).code, 0);

  const body = { name: 'job', role: 'build' };
  const made = await s.mirror.call('/api/v1/tokens', { method: 'POST', body, token: s.mirror.token() });
  const { token: key } = (await made.json()) as { token: string };
  const job = { ...env, SAFEGUARD_BUILD_KEY: key };
  const once = await project.run(['fetch', '--locked'], job);
  assert.equal(once.code, 0, once.stderr);
  rmSync(join(project.cargoHome, 'registry'), { recursive: true });
  const twice = await project.run(['fetch', '--locked'], job);
  assert.notEqual(twice.code, 0);
  assert.match(twice.stderr, /The identity of key job was exchanged at .*, and was brought once more/);
});
