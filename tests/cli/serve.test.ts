import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { finished, folder, main, safeguard, start } from './support.ts';

const fake = fileURLToPath(new URL('./fake-serve.ts', import.meta.url));

/** Does something as soon as a child has written a text. */
function when(stream: NodeJS.ReadableStream | null, text: string, act: () => void): void {
  let seen = '';
  stream?.on('data', function look(chunk: Buffer | string) {
    seen += chunk;
    if (!seen.includes(text)) return;
    stream.off('data', look);
    act();
  });
}

test('prints the address, the four lines for cargo, the policy, and how to stop', async (t) => {
  const child = start(process.execPath, [fake], { cwd: folder(t) });
  when(child.stdout, 'Ctrl-C stops it.', () => child.kill('SIGINT'));
  const { code, stdout } = await finished(child);
  assert.equal(code, 0);
  assert.match(stdout, /^Safeguard is at http:\/\/127\.0\.0\.1:1\n/);
  assert.ok(
    stdout.includes(
      [
        '    [source.crates-io]',
        '    replace-with = "safeguard"',
        '    [registries.safeguard]',
        '    index = "sparse+http://127.0.0.1:1/index/"',
      ].join('\n'),
    ),
  );
  assert.match(stdout, /policy in force:\n {4}a new release waits 3 days\n/);
});

test('with a JSON log, stdout is the log alone', async (t) => {
  const child = start(process.execPath, [fake, 'quick', 'json'], { cwd: folder(t) });
  when(child.stderr, 'Ctrl-C stops it.', () => child.kill('SIGTERM'));
  const { code, stdout, stderr } = await finished(child);
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(stderr, /closing\nclosed\n/);
});

for (const { signal, code } of [
  { signal: 'SIGINT', code: 130 },
  { signal: 'SIGTERM', code: 143 },
] as const)
  test(`a second ${signal} ends at once what hangs at the first`, async (t) => {
    const child = start(process.execPath, [fake, 'stuck'], { cwd: folder(t) });
    when(child.stdout, 'Ctrl-C stops it.', () => child.kill(signal));
    when(child.stderr, 'closing', () => child.kill(signal));
    const ran = await finished(child);
    assert.equal(ran.code, code);
    assert.match(ran.stderr, /Once more ends it at once/);
    assert.doesNotMatch(ran.stderr, /closed/);
  });

test('the real server starts, is found by its data folder, and stops', async (t) => {
  const cwd = folder(t);
  // An upstream that is not there: nothing asks it.
  const args = [main, 'serve', '--listen', '127.0.0.1:0', '--upstream', 'sparse+http://127.0.0.1:1/'];
  const child = start(process.execPath, args, { cwd });
  const ran = finished(child);
  await new Promise<void>((up) => {
    when(child.stdout, 'Ctrl-C stops it.', up);
    child.on('close', () => up());
  });
  const data = join(cwd, 'safeguard-data');
  if (child.exitCode !== null) assert.fail((await ran).stderr);
  assert.equal(statSync(join(data, 'admin.token')).mode & 0o777, 0o600);
  const { url } = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8'));
  const status = await safeguard(['mirror', 'status'], { cwd });
  assert.equal(status.code, 0, status.stderr);
  assert.ok(status.stdout.includes(url));
  const blocked = await safeguard(['quarantine', 'block', 'proc-macro1', '--reason', 'payload'], { cwd });
  assert.equal(blocked.code, 0, blocked.stderr);
  const token = await safeguard(['token', 'create', 'alice'], { cwd });
  assert.match(token.stdout, /^\S{20,}\n$/);
  const listed = await safeguard(['token', 'list'], { cwd });
  assert.match(listed.stdout, /^alice /m);
  const wrong = await safeguard(['token', 'list'], { cwd, env: { SAFEGUARD_TOKEN: 'wrong' } });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /SAFEGUARD_TOKEN/);
  child.kill('SIGTERM');
  assert.equal((await ran).code, 0);
  assert.ok(!existsSync(join(data, 'server.json')));
});

for (const { name, args, code, says } of [
  { name: 'a policy that is not there', args: ['--policy', 'none.toml'], code: 64, says: /none\.toml/ },
  {
    name: 'a policy with a mistake',
    args: ['--policy', 'p.toml'],
    code: 64,
    says: /p\.toml:2:1: unknown key .*did you mean/,
  },
])
  test(`says what is wrong with ${name}`, async (t) => {
    const cwd = folder(t, { 'p.toml': '[cooldown]\nrelaese = "3d"\n' });
    const ran = await safeguard(['serve', '--listen', '127.0.0.1:0', ...args], { cwd });
    assert.equal(ran.code, code, ran.stderr);
    assert.match(ran.stderr, says);
    assert.doesNotMatch(ran.stderr, /\n {4}at /);
  });

test('the server outlives the reader of its log', async (t) => {
  const cwd = folder(t);
  const args = ['serve', '--listen', '127.0.0.1:0', '--upstream', 'http://127.0.0.1:1/'];
  const child = start(process.execPath, [main, ...args], { cwd });
  await new Promise<void>((resolve) => when(child.stdout, 'Ctrl-C stops it.', resolve));
  child.stdout?.destroy();
  child.stderr?.destroy();
  const { url } = JSON.parse(readFileSync(join(cwd, 'safeguard-data', 'server.json'), 'utf8')) as {
    url: string;
  };
  // Each of these writes a line of log that nobody reads.
  for (let i = 0; i < 3; i++) assert.equal((await fetch(`${url}/index/se/rd/serde`)).status, 503);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  child.kill('SIGTERM');
  assert.equal((await finished(child)).code, 0);
});
