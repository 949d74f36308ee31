/**
 * From a running process to an advisory: the agent reports with a token that opens nothing else, and `affected` says
 * where it runs.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { finished, folder, main, safeguard, start } from '../cli/support.ts';
import { startScene } from '../support/scene.ts';

const skip = process.platform !== 'linux' && 'there is no /proc';

it('says which hosts run it, that an upgrade on disk is not enough, and when it is over', {
  skip,
}, async (t) => {
  const { mirror, clock } = await startScene(t);
  const cwd = folder(t);
  const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
  const run = (...args: string[]) => safeguard(args, { cwd, env });
  const app = join(cwd, 'app');
  // A program of its own: others on this machine sleep, too.
  writeFileSync(app, Buffer.concat([readFileSync('/bin/sleep'), Buffer.from(cwd)]), { mode: 0o755 });
  const child = spawn(app, ['120'], { stdio: 'ignore' });
  const ended = new Promise<void>((done) => child.on('exit', () => done()));
  t.after(() => void child.kill());

  // A document says what it is made of.
  const sha256 = createHash('sha256').update(readFileSync(app)).digest('hex');
  const component = { type: 'file', 'bom-ref': 'app', name: 'app', version: `sha256:${sha256}` };
  writeFileSync(
    join(cwd, 'app.cdx.json'),
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { component },
      components: [
        { type: 'library', 'bom-ref': 't', name: 'time', version: '0.2.7', purl: 'pkg:cargo/time@0.2.7' },
      ],
      dependencies: [{ ref: 'app', dependsOn: ['t'] }],
      compositions: [{ aggregate: 'complete' }],
    }),
  );
  assert.equal((await run('inventory', 'add', 'app.cdx.json')).code, 0);
  assert.match(
    (await run('affected', 'time@<0.2.23')).stdout,
    /1 of 1 artefact has it\. No host that reports runs one\./,
  );

  const token = (await run('token', 'create', 'web-1', '--role', 'agent')).stdout.trim();
  assert.match((await run('token', 'list')).stdout, /^web-1 +agent .* in force$/m);
  const host = { cwd, env: { ...env, SAFEGUARD_TOKEN: token } };
  const look = ['agent', '--once', '--host', 'web-1', '--environment', 'production'];
  const told = await safeguard(look, host);
  assert.match(told.stdout, /web-1: \d+ processes told, \d+ of them new, 0 ended\./);
  for (const path of ['/api/v1/artefacts', '/api/v1/sightings', '/api/v1/affected?of=time', '/api/v1/tokens'])
    assert.equal((await mirror.call(path, { token })).status, 403, path);
  assert.equal((await mirror.call('/api/v1/artefacts', { method: 'POST', body: {}, token })).status, 403);
  assert.equal((await mirror.call('/api/v1/sightings', { method: 'POST', body: {} })).status, 401);
  assert.equal((await mirror.call('/api/v1/sightings', { method: 'POST', body: {}, token })).status, 400);
  const process = { pid: 1, started: 1, path: '/x', state: 'present', stale: [] };
  const file = { path: '/y', state: 'present', class: 'other', package: 'no purl at all' };
  for (const [loaded, status] of [
    [[0], 200],
    [[1], 400],
  ] as const) {
    const body = {
      host: 'odd',
      bootId: 'b',
      unread: 0,
      processes: [{ ...process, loaded }],
      objects: [file],
    };
    assert.equal((await mirror.call('/api/v1/sightings', { method: 'POST', body, token })).status, status);
  }

  const running = await run('affected', 'time@<0.2.23');
  assert.equal(running.code, 1);
  assert.match(running.stdout, /1 process on 1 host run one\./);
  assert.match(running.stdout, /runs on web-1 \(production\): 1 process of .*app\n/);

  // Another file takes the place of the old one; the process runs the old code all the same.
  rmSync(app);
  writeFileSync(app, 'upgraded');
  clock.advance('1m');
  await safeguard(look, host);
  const upgraded = await run('affected', 'time@<0.2.23', '--format', 'json');
  const [artefact] = JSON.parse(upgraded.stdout).artefacts;
  assert.deepEqual([upgraded.code, artefact.running[0].processes, artefact.running[0].tie], [1, 1, 'digest']);

  assert.match(
    (await run('inventory', 'running', '--standing', 'known')).stdout,
    /^HOST .*\nweb-1 +\d+ +known +- .*app\n$/,
  );

  child.kill();
  await ended;
  await safeguard(look, host);
  assert.match((await run('affected', 'time@<0.2.23')).stdout, /No host that reports runs one\./);
});

it('watches until it is stopped, goes on after kill -9, and loads little of the product', {
  skip,
}, async (t) => {
  const { mirror } = await startScene(t);
  const cwd = folder(t);
  const app = join(cwd, 'app');
  writeFileSync(app, Buffer.concat([readFileSync('/bin/sleep'), Buffer.from(cwd)]), { mode: 0o755 });
  const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
  const token = (await safeguard(['token', 'create', 'w', '--role', 'agent'], { cwd, env })).stdout.trim();
  writeFileSync(
    join(cwd, 'loaded.mjs'),
    `import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    process.on('exit', () => console.log(loaded.join('\\n')));`,
  );
  const watch = (server: string) => {
    const args = [
      '--import',
      join(cwd, 'loaded.mjs'),
      main,
      'agent',
      '--host',
      'w',
      '--period',
      '1',
      '--queue',
      join(cwd, 'q'),
    ];
    const child = start(process.execPath, args, {
      cwd,
      env: { SAFEGUARD_SERVER: server, SAFEGUARD_TOKEN: token },
    });
    t.after(() => void child.kill('SIGKILL'));
    const said = new Promise<string>((done) => {
      let text = '';
      child.stderr?.on('data', (piece: Buffer) => {
        text += piece;
        if (/The server .*\n/.test(text)) done(text);
      });
    });
    return { child, said, end: finished(child) };
  };
  const child = spawn(app, ['120'], { stdio: 'ignore' });
  const ended = new Promise<void>((done) => child.on('exit', () => done()));
  t.after(() => void child.kill());

  // Nobody is there; then it is killed, and what it saw waits on disk.
  const first = watch('http://127.0.0.1:1');
  assert.match(await first.said, /The server does not take it: .*\(1 waiting\)/);
  first.child.kill('SIGKILL');
  await first.end;
  child.kill();
  await ended;

  const second = watch(mirror.url);
  assert.match(await second.said, /The server has it/);
  second.child.kill('SIGTERM');
  const { code, stdout } = await second.end;
  assert.equal(code, 0);
  const rows = await mirror.call('/api/v1/sightings?host=w&limit=1000', { token: mirror.token() });
  const { processes } = (await rows.json()) as { processes: { path: string }[] };
  assert.ok(processes.length > 0);
  assert.deepEqual(
    processes.filter(({ path }) => path === app),
    [],
  );

  const own = stdout.split('\n').filter((url) => url.includes('/src/') || url.includes('/node_modules/'));
  // Of the server only where its data is, which says where a token lies.
  assert.deepEqual(
    own.filter((url) => url.includes('/src/server/')).map((url) => url.slice(url.lastIndexOf('/'))),
    ['/whereabouts.ts'],
  );
  // And of the facts only what tells this machine's own address from another's.
  const rooms = ['facts', 'store', 'registry', 'inventory', 'build', 'policy', 'rust'];
  assert.deepEqual(
    own
      .map((url) => /\/src\/(.*)/.exec(url)?.[1] ?? '')
      .filter((path) => rooms.includes(path.split('/')[0] ?? '')),
    ['facts/outgoing/address.ts'],
  );
  assert.deepEqual(
    own.filter((url) => /\/node_modules\/(?!commander\/)/.test(url)),
    [],
  );
  // Beside what it is made of, little: the command's own line, and errors.
  const others = own.filter((url) => !/\/src\/(agent|binary|distribution)\/|\/commander\//.test(url));
  assert.ok(others.length < 20, others.join('\n'));
});
