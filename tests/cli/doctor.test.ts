import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { environment, fakeServer, folder, safeguard, status } from './support.ts';

interface Checked {
  readonly id: string;
  readonly status: string;
  readonly message: string;
  readonly next?: string;
}

const project = { 'Cargo.toml': '[package]\nname = "p"\nversion = "0.1.0"\n[workspace]\n' };
const config = (url: string) =>
  `[source.crates-io]\nreplace-with = "safeguard"\n[source.safeguard]\nregistry = "sparse+${url}/index/"\n`;

async function doctor(
  cwd: string,
  url: string,
  env: Record<string, string> = {},
): Promise<{ code: number | null; checks: Map<string, Checked> }> {
  const { code, stdout, stderr } = await safeguard(['doctor', '--format', 'json', '--server', url], {
    cwd,
    env,
  });
  assert.equal(stderr, '');
  const checks = (JSON.parse(stdout) as { checks: Checked[] }).checks;
  for (const check of checks)
    assert.equal(check.next === undefined, check.status === 'ok', JSON.stringify(check));
  return { code, checks: new Map(checks.map((check) => [check.id, check])) };
}

const statusOf = (checks: ReadonlyMap<string, Checked>, id: string) => checks.get(id)?.status;

test('all is well, in JSON and in words', async (t) => {
  const { url } = await fakeServer(t, () => ({ body: status() }));
  const cwd = folder(t, {
    ...project,
    '.cargo/config.toml': config(url),
    'cargo-home/config.toml': config(url),
  });
  const { code, checks } = await doctor(cwd, url);
  assert.equal(code, 0);
  assert.deepEqual(
    [...checks.values()].filter((check) => check.status !== 'ok'),
    [],
  );
  const { stdout } = await safeguard(['doctor', '--server', url], { cwd });
  assert.match(stdout, /^ok {7}cargo 1\.\d+/m);
  assert.match(stdout, /\nAll is well\.\n$/);
});

test('nothing is set up yet', async (t) => {
  const cwd = folder(t, project);
  const { code, checks } = await doctor(cwd, 'http://127.0.0.1:1');
  assert.equal(code, 1);
  assert.equal(statusOf(checks, 'server'), 'problem');
  assert.equal(statusOf(checks, 'clock'), 'unknown');
  assert.equal(statusOf(checks, 'cargo-config'), 'warning');
  assert.equal(statusOf(checks, 'route'), 'problem');
  assert.match(checks.get('route')?.next ?? '', /safeguard init/);
  const { stdout } = await safeguard(['doctor', '--server', 'http://127.0.0.1:1'], { cwd });
  assert.match(stdout, /^problem {2}.*\n {9}→ /m);
  assert.match(stdout, /\n2 problems, 2 warnings, 1 unknown\.\n$/);
});

for (const { name, text, says } of [
  {
    name: 'another mirror',
    text: config('http://127.0.0.1:2'),
    says: /goes to sparse\+http:\/\/127\.0\.0\.1:2/,
  },
  {
    name: 'a vendored folder',
    text: '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n',
    says: /past Safeguard.*directory vendor/,
  },
  {
    name: 'a source that is nowhere',
    text: '[source.crates-io]\nreplace-with = "v"\n',
    says: /defined nowhere/,
  },
])
  test(`cargo goes elsewhere: ${name}`, async (t) => {
    const { url } = await fakeServer(t, () => ({ body: status() }));
    const { code, checks } = await doctor(folder(t, { ...project, '.cargo/config.toml': text }), url);
    assert.equal(code, 1);
    assert.equal(statusOf(checks, 'route'), 'problem');
    assert.match(checks.get('route')?.message ?? '', says);
  });

test('a configuration that does not parse is pointed at', async (t) => {
  const { url } = await fakeServer(t, () => ({ body: status() }));
  const { code, checks } = await doctor(folder(t, { ...project, '.cargo/config.toml': '[source\n' }), url);
  assert.equal(code, 1);
  assert.match(checks.get('cargo-config')?.message ?? '', /config\.toml:1:/);
});

test('`cargo install` is looked at on its own, and so is the registry by name', async (t) => {
  const { url } = await fakeServer(t, () => ({ body: status() }));
  const cwd = folder(t, { ...project, '.cargo/config.toml': config(url) });
  // Beside the project, not in it: `cargo install` looks in the folders above its home too.
  const env = { CARGO_HOME: folder(t), CARGO_REGISTRIES_SAFEGUARD_INDEX: 'sparse+http://x/' };
  const { code, checks } = await doctor(cwd, url, env);
  assert.equal(code, 0, 'warnings are no problem');
  assert.equal(statusOf(checks, 'route'), 'ok');
  assert.equal(statusOf(checks, 'cargo-install'), 'warning');
  assert.match(checks.get('registry')?.message ?? '', /the variable CARGO_REGISTRIES_SAFEGUARD_INDEX/);
});

for (const { name, seconds, is } of [
  { name: 'half a minute is nothing', seconds: 30, is: 'ok' },
  { name: 'five minutes ahead', seconds: 300, is: 'warning' },
  { name: 'five minutes behind', seconds: -300, is: 'warning' },
])
  test(`the clock: ${name}`, async (t) => {
    const { url } = await fakeServer(t, () => ({
      body: status({ now: new Date(Date.now() + seconds * 1000).toISOString() }),
    }));
    const { checks } = await doctor(folder(t), url);
    assert.equal(statusOf(checks, 'clock'), is);
    if (is === 'warning') assert.match(checks.get('clock')?.message ?? '', seconds > 0 ? /ahead/ : /behind/);
  });

test('what the server suffers from is passed on', async (t) => {
  const body = status({
    failing: 2,
    alarms: [{ at: '2026-08-20T07:11:00.000Z', message: 'a checksum changed' }],
    upstreams: [
      { name: 'corp', index: 'https://i/', reachable: false, lastError: 'no such host', lastContact: null },
    ],
  });
  const { url } = await fakeServer(t, () => ({ body }));
  const { checks } = await doctor(folder(t), url);
  for (const id of ['upstream:corp', 'polls', 'alarm']) assert.equal(statusOf(checks, id), 'warning', id);
  assert.match(checks.get('upstream:corp')?.message ?? '', /no such host/);
});

for (const [error, wanted] of [
  [null, 'ok'],
  ['The bucket https://s3.example/crates cannot be used: it answers SlowDown.', 'problem'],
] as const)
  test(`a bucket that ${error === null ? 'answers' : 'does not'} is said`, async (t) => {
    const bucket = { url: 'https://s3.example/crates', error };
    const { url } = await fakeServer(t, () => ({ body: status({ bucket }) }));
    const { checks } = await doctor(folder(t, project), url);
    assert.equal(statusOf(checks, 'bucket'), wanted);
    assert.match(checks.get('bucket')?.message ?? '', /s3\.example\/crates/);
  });

test("the mirror's own address in the lockfile is the mirror, and only that", async (t) => {
  const { url } = await fakeServer(t, () => ({ body: status() }));
  for (const [source, is] of [
    [`sparse+${url}/index/`, 'ok'],
    [`sparse+${url}/registries/kellnr/index/`, 'ok'],
    [`sparse+${url.replace(/\d+$/, '1')}/index/`, 'warning'],
    [`sparse+${url}/elsewhere/`, 'warning'],
    [`git+${url}/index/#0123456789012345678901234567890123456789`, 'warning'],
  ] as const) {
    const lock = `version = 4\n\n[[package]]\nname = "g"\nversion = "0.1.0"\nsource = "${source}"\n`;
    const { checks } = await doctor(folder(t, { ...project, 'Cargo.lock': lock }), url);
    assert.equal(statusOf(checks, 'lockfile'), is, source);
  }
});

test('what the lockfile takes from elsewhere is named', async (t) => {
  const { url } = await fakeServer(t, () => ({ body: status() }));
  const git = 'git+https://g.example/g?branch=main#0123456789012345678901234567890123456789';
  const lock = `version = 4\n\n[[package]]\nname = "g"\nversion = "0.1.0"\nsource = "${git}"\n`;
  const { checks } = await doctor(folder(t, { ...project, 'Cargo.lock': lock }), url);
  assert.equal(statusOf(checks, 'lockfile'), 'warning');
  assert.match(checks.get('lockfile')?.message ?? '', /git https:\/\/g\.example\/g \(1\)/);
  const broken = await doctor(folder(t, { ...project, 'Cargo.lock': '<<<<<<<\n' }), url);
  assert.equal(statusOf(broken.checks, 'lockfile'), 'problem');
});

for (const { name, script, is, says } of [
  { name: 'absent', script: undefined, is: 'problem', says: /no cargo on this PATH/ },
  { name: 'too old', script: 'echo "cargo 1.67.1 (8ecd4f20a 2023-01-10)"', is: 'problem', says: /sparse/ },
  {
    name: 'just new enough',
    script: 'echo "cargo 1.68.0 (115f34552 2023-02-26)"',
    is: 'ok',
    says: /1\.68\.0/,
  },
  { name: 'something else', script: 'echo hello', is: 'unknown', says: /hello/ },
  {
    name: 'a toolchain that is not installed',
    script: 'echo "error: toolchain \'1.2\' is not installed" >&2; exit 1',
    is: 'problem',
    says: /toolchain '1\.2' is not installed/,
  },
])
  test(`a cargo that is ${name}`, async (t) => {
    const cwd = folder(t, { 'rust-toolchain.toml': '', 'bin/.keep': '' });
    const bin = join(cwd, 'bin');
    if (script !== undefined) {
      const { writeFileSync } = await import('node:fs');
      writeFileSync(join(bin, 'cargo'), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, 'cargo'), 0o755);
    }
    const { checks } = await doctor(cwd, 'http://127.0.0.1:1', { ...environment(cwd), PATH: bin });
    assert.equal(statusOf(checks, 'cargo'), is);
    assert.match(checks.get('cargo')?.message ?? '', says);
    assert.match(checks.get('toolchain-file')?.message ?? '', /rust-toolchain\.toml/);
  });

test('free space counts where the data folder is on this machine', async (t) => {
  const cwd = folder(t, { 'safeguard-data/.keep': '' });
  const { checks } = await doctor(cwd, 'http://127.0.0.1:1');
  assert.match(checks.get('disk')?.message ?? '', /GiB are free for \.\/safeguard-data/);
});
