import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { errorsSchema, statusSchema } from '../../src/server/contract.ts';
import {
  fakeServer,
  finished,
  folder,
  type Handler,
  main,
  release,
  safeguard,
  start,
  status,
} from './support.ts';

const source = 'registry+https://github.com/rust-lang/crates.io-index';
const bytes = (name: string) => Buffer.from(`the bytes of ${name}`);
const digest = (name: string) => createHash('sha256').update(bytes(name)).digest('hex');

function lockfile(names: readonly string[], more = ''): string {
  const packages = names.map((name) => {
    const checksum = `checksum = "${digest(name)}"`;
    return `[[package]]\nname = "${name}"\nversion = "1.0.0"\nsource = "${source}"\n${checksum}\n`;
  });
  return `version = 4\n\n${packages.join('\n')}\n${more}`;
}

/** A mirror that has everything, but for what `refuse` says. */
const mirror =
  (refuse: Readonly<Record<string, ReturnType<typeof refusal>>> = {}): Handler =>
  ({ path }) => {
    if (path === '/api/v1/status') return { body: statusSchema.parse(status()) };
    const name = /^\/crates\/([^/]+)\/1\.0\.0\/download$/.exec(path)?.[1];
    if (name === undefined) return path.startsWith('/index/') ? { body: '{}' } : { status: 404, body: '' };
    return refuse[name] ?? { body: bytes(name) };
  };

function refusal(state: 'held' | 'review' | 'blocked' | 'withdrawn') {
  const body = errorsSchema.parse({ errors: [{ detail: 'long text', release: release({ state }) }] });
  return { status: 403, body };
}

test('status says it all in a glance', async (t) => {
  const answer = status({
    failing: 1,
    alarms: [{ at: '2026-08-20T07:11:00.000Z', message: 'a checksum changed' }],
    upstreams: [
      {
        name: 'corp',
        index: 'https://i.example/',
        reachable: false,
        lastError: 'no such host',
        lastContact: null,
      },
    ],
  });
  const { url } = await fakeServer(t, () => ({ body: statusSchema.parse(answer) }));
  const { code, stdout } = await safeguard(['mirror', 'status', '--server', url], { cwd: folder(t) });
  assert.equal(code, 0);
  for (const line of [
    /^crates +3, of which 1 could not be read last time$/m,
    /^releases +1 held, 20 promoted$/m,
    /^next judgement +nothing waits$/m,
    /^corp +unreachable +- +https:\/\/i\.example\/: no such host$/m,
    /^Alarms\n2026-08-20 07:11 UTC .* a checksum changed$/m,
  ])
    assert.match(stdout, line);
});

test('prefetch asks for the index and the bytes of each crate, and a rerun finds it all there', async (t) => {
  const { url, seen } = await fakeServer(t, mirror());
  const other =
    '[[package]]\nname = "own"\nversion = "0.1.0"\n\n[[package]]\nname = "g"\nversion = "0.1.0"\nsource = "git+https://g.example/g#0123456789012345678901234567890123456789"\n';
  const cwd = folder(t, { 'Cargo.lock': lockfile(['a', 'bcd', 'serde'], other) });
  const args = ['mirror', 'prefetch', '--server', url];
  const first = await safeguard(args, { cwd });
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual(seen.map(({ path }) => path).toSorted(), [
    '/api/v1/status',
    '/crates/a/1.0.0/download',
    '/crates/bcd/1.0.0/download',
    '/crates/serde/1.0.0/download',
    '/index/1/a',
    '/index/3/b/bcd',
    '/index/se/rd/serde',
  ]);
  assert.equal(
    first.stdout,
    '3 of 3 crates: 3 fetched.\n1 packages come from elsewhere than crates.io, so not through this mirror.\n',
  );
  assert.match(first.stderr, /^3 of 3 {2}3 fetched$/m, 'no bar where there is no terminal');
  assert.equal((await safeguard(args, { cwd })).stdout, first.stdout);
});

for (const { name, refuse, code, says } of [
  {
    name: 'held',
    refuse: { b: refusal('held') },
    code: 2,
    says: /^ {2}b@1\.0\.0 {2}held {2}held until 2026-08-27T07:11:00\.000Z: A release of a new crate .* \(age\)$/m,
  },
  { name: 'in review', refuse: { b: refusal('review') }, code: 2, says: /1 held/ },
  {
    name: 'blocked',
    refuse: { b: refusal('blocked'), c: refusal('held') },
    code: 1,
    says: /1 fetched, 1 held, 1 blocked\.\n {2}b@1\.0\.0 {2}blocked/,
  },
  { name: 'withdrawn', refuse: { b: refusal('withdrawn') }, code: 1, says: /1 blocked/ },
  {
    name: 'unknown',
    refuse: { b: { status: 404, body: { errors: [{ detail: 'none' }] } } },
    code: 70,
    says: /b@1\.0\.0 {2}failed {2}the mirror does not know it \(none\)/,
  },
  {
    name: 'not what is pinned',
    refuse: { b: { body: 'other bytes' } },
    code: 1,
    says: /b@1\.0\.0 {2}blocked {2}the mirror's bytes are not those/,
  },
  {
    name: 'not to be had now',
    refuse: {
      b: { status: 503, headers: { 'retry-after': '0' }, body: { errors: [{ detail: 'upstream is down' }] } },
    },
    code: 70,
    says: /b@1\.0\.0 {2}failed {2}upstream is down/,
  },
] as const)
  test(`prefetch where one is ${name} ends with ${code}`, async (t) => {
    const { url } = await fakeServer(t, mirror(refuse as Parameters<typeof mirror>[0]));
    const cwd = folder(t, { 'x.lock': lockfile(['a', 'b', 'c']) });
    const args = ['mirror', 'prefetch', '--lockfile', 'x.lock', '--server', url];
    const ran = await safeguard(args, { cwd });
    assert.equal(ran.code, code, ran.stderr);
    assert.match(ran.stdout, says);
  });

test('prefetch as JSON', async (t) => {
  const { url } = await fakeServer(t, mirror({ b: refusal('blocked') }));
  const cwd = folder(t, { 'Cargo.lock': lockfile(['a', 'b']) });
  const { stdout } = await safeguard(['mirror', 'prefetch', '--format', 'json', '--server', url], { cwd });
  const { counts, releases } = JSON.parse(stdout);
  assert.deepEqual(counts, { fetched: 1, held: 0, blocked: 1, failed: 0 });
  assert.deepEqual([releases.length, releases[0].crate, releases[0].outcome], [1, 'b', 'blocked']);
});

test('Ctrl-C stops prefetch, which says how far it came', async (t) => {
  const names = Array.from({ length: 40 }, (_, i) => `c${i}`);
  const everything = mirror();
  let child: ReturnType<typeof start> | undefined;
  const { url } = await fakeServer(t, (seen, response) => {
    if (seen.path !== '/crates/c20/1.0.0/download') return everything(seen, response);
    // Left open: only the signal can end it.
    child?.kill('SIGINT');
    return undefined;
  });
  const cwd = folder(t, { 'Cargo.lock': lockfile(names) });
  child = start(process.execPath, [main, 'mirror', 'prefetch', '--concurrency', '1', '--server', url], {
    cwd,
  });
  const { code, stdout, stderr } = await finished(child);
  assert.equal(code, 130);
  assert.equal(stdout, '20 of 40 crates: 20 fetched.\n');
  assert.match(stderr, /Stopped\. .*run it again to go on/);
});

test('a server that is down is one sentence, not one for each crate', async (t) => {
  const cwd = folder(t, { 'Cargo.lock': lockfile(['a', 'b']) });
  const { code, stdout, stderr } = await safeguard(['mirror', 'prefetch', '--server', '127.0.0.1:1'], {
    cwd,
  });
  assert.deepEqual([code, stdout], [70, '']);
  assert.match(stderr, /no answer from http:\/\/127\.0\.0\.1:1: nothing listens there/);
});

test('a lockfile with a merge conflict is pointed at', async (t) => {
  const cwd = folder(t, { 'Cargo.lock': 'version = 4\n<<<<<<< HEAD\n' });
  const { code, stderr } = await safeguard(['mirror', 'prefetch', '--server', '127.0.0.1:1'], { cwd });
  assert.equal(code, 64);
  assert.match(stderr, /Cargo\.lock:2: /);
});
