/** Proves the kit: real cargo against the scriptable upstream, with nothing of Safeguard in between. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { attackTimeline, attackWith, publishHistory, replayAttack, STAND_IN_WARNING } from './attack.ts';
import { type CargoProjectOptions, cargoProject, lockedReleases } from './cargo.ts';
import { makeCrate } from './crate.ts';
import { isDownload, isIndex, startUpstream, type Upstream, type UpstreamOptions } from './upstream.ts';

async function upstreamFor(t: TestContext, options?: UpstreamOptions): Promise<Upstream> {
  const upstream = await startUpstream(options);
  t.after(() => upstream.close());
  return upstream;
}

function project(t: TestContext, upstream: Upstream, options: Partial<CargoProjectOptions> = {}) {
  return cargoProject({ dependencies: {}, registryUrl: upstream.cargoUrl, ...options }, t);
}

/** app → greet (build script, links, a renamed and a target dependency) → word; app → same (a proc macro). */
function publishGraph(upstream: Upstream): void {
  upstream.publish(makeCrate({ name: 'word', version: '1.0.0' }));
  upstream.publish(makeCrate({ name: 'word', version: '1.1.0' }));
  upstream.publish(makeCrate({ name: 'maker', version: '0.2.0+build.7' }), { spacing: 'python' });
  upstream.publish(makeCrate({ name: 'same', version: '2.0.0', procMacro: true }));
  upstream.publish(
    makeCrate({
      name: 'greet',
      version: '0.1.0',
      dependencies: {
        speech: { version: '^1', package: 'word' },
        nowhere: { version: '1', target: 'cfg(any())' },
      },
      buildDependencies: { maker: '0.2' },
      features: { default: ['loud'], loud: [] },
      links: 'greet',
      rustVersion: '1.60',
      buildScript:
        'fn main() {\n    println!("cargo:rustc-env=MADE={}", maker::hello());\n    println!("cargo:rerun-if-changed=build.rs");\n}\n',
      lib: 'pub fn greet() -> String {\n    format!("{} {} {}", env!("MADE"), speech::hello(), cfg!(feature = "loud"))\n}\n',
    }),
  );
  upstream.publish(makeCrate({ name: 'nowhere', version: '1.0.0' }));
}

const GRAPH = { dependencies: { greet: '0.1', same: '2' } };
const GRAPH_MAIN = 'fn main() {\n    same::same!(println!("{}", greet::greet()));\n}\n';

for (const options of [
  {},
  { redirectDownloads: true, gzip: true },
  { dlTemplate: '{base}/get/{lowerprefix}/{crate}/{version}/{sha256-checksum}.crate', etags: true },
  { lastModified: true, etags: 'weak' },
] satisfies UpstreamOptions[]) {
  test(`cargo fetches, builds and runs a graph from an upstream with ${JSON.stringify(options)}`, async (t) => {
    const upstream = await upstreamFor(t, options);
    publishGraph(upstream);
    const app = project(t, upstream, { ...GRAPH, main: GRAPH_MAIN });
    const fetched = await app.run(['fetch']);
    assert.equal(fetched.code, 0, fetched.stderr);
    assert.deepEqual(lockedReleases(await app.lockfile()), [
      'app 0.1.0',
      'greet 0.1.0',
      'maker 0.2.0+build.7',
      'nowhere 1.0.0',
      'same 2.0.0',
      'word 1.1.0',
    ]);
    const ran = await app.run(['run', '--locked', '--offline']);
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(ran.stdout, 'hello hello true\n');
    assert.equal(upstream.requests.count(isIndex('word')), 1);
    assert.equal(upstream.requests.count(isDownload('word')), options.redirectDownloads ? 2 : 1);
    assert.equal(upstream.requests.count(isDownload('word', '1.0.0')), 0);
    assert.equal(upstream.requests[0]?.headers['cargo-protocol'], 'version=1');
  });
}

test('a yanked release is not picked, until it is unyanked', async (t) => {
  const upstream = await upstreamFor(t);
  publishGraph(upstream);
  const app = project(t, upstream, { dependencies: { word: '1' } });
  upstream.yank('word', '1.1.0');
  assert.equal((await app.run(['generate-lockfile'])).code, 0);
  assert.deepEqual(lockedReleases(await app.lockfile()), ['app 0.1.0', 'word 1.0.0']);
  upstream.unyank('word', '1.1.0');
  assert.equal((await app.run(['update'])).code, 0);
  assert.deepEqual(lockedReleases(await app.lockfile()), ['app 0.1.0', 'word 1.1.0']);
});

const word = makeCrate({ name: 'word', version: '1.1.0' });

const failures: readonly [string, (upstream: Upstream) => void, RegExp][] = [
  ['the crate is deleted', (u) => u.deleteCrate('word'), /no matching package named `word` found/],
  ['the release is deleted', (u) => u.deleteRelease('word', '1.1.0'), /failed to select a version/],
  ['downloads say 500', (u) => u.failWith(500, isDownload()), /got 500/],
  ['index files say 500', (u) => u.failWith(500, isIndex('word')), /got 500/],
  ['downloads are throttled', (u) => u.throttle429(isDownload()), /got 429/],
  ['downloads are cut short', (u) => u.cutBodies(isDownload('word')), /partial file/],
  ['the index file is cut short', (u) => u.cutBodies(isIndex('word')), /partial file/],
  [
    'the bytes are others',
    (u) => u.lieAboutBytes('word', '1.1.0', Buffer.from('no')),
    /failed to verify the checksum of `word v1\.1\.0/,
  ],
  [
    'the checksum is another',
    (u) => u.alterChecksum('word', '1.1.0', '0'.repeat(64)),
    /failed to verify the checksum of `word v1\.1\.0/,
  ],
  [
    'the index is nonsense',
    (u) => u.setRawIndex('word', Buffer.from([0xff, 0x00, 0x7b])),
    /no matching package named `word`/,
  ],
  ['a dependency is not there', (u) => u.alterDependencies('word', '1.1.0', [missing]), /named `missing`/],
  ['config.json is nonsense', (u) => u.setConfigJson('nonsense'), /expected ident at line 1/],
];

const missing = {
  name: 'missing',
  req: '^1',
  features: [],
  optional: false,
  default_features: true,
  target: null,
  kind: 'normal' as const,
};

for (const [what, spoil, expected] of failures) {
  test(`cargo fails when ${what}`, async (t) => {
    const upstream = await upstreamFor(t);
    upstream.publish(makeCrate({ name: 'word', version: '1.0.0' }));
    upstream.publish(word);
    spoil(upstream);
    const { code, stderr } = await project(t, upstream, { dependencies: { word: '1.1' } }).run(['fetch']);
    assert.equal(code, 101, stderr);
    assert.match(stderr, expected);
  });
}

test('cargo gets through a passing failure when allowed to try again', async (t) => {
  const upstream = await upstreamFor(t);
  upstream.publish(word);
  upstream.failWith(503, isDownload('word'), 1);
  const app = project(t, upstream, { dependencies: { word: '1' }, retries: 2 });
  const { code, stderr } = await app.run(['fetch']);
  assert.equal(code, 0, stderr);
  assert.equal(upstream.requests.count(isDownload('word')), 2);
});

test('cargo fails while the upstream is gone, and works once it is back on its port', async (t) => {
  const upstream = await upstreamFor(t);
  upstream.publish(word);
  const app = project(t, upstream, { dependencies: { word: '1' } });
  await upstream.vanish();
  assert.equal((await app.run(['fetch'])).code, 101);
  await upstream.comeBack();
  const { code, stderr } = await app.run(['fetch']);
  assert.equal(code, 0, stderr);
});

test('cargo revalidates with the ETag it was given, and then fetches nothing', async (t) => {
  const upstream = await upstreamFor(t, { etags: true });
  upstream.publish(word);
  const app = project(t, upstream, { dependencies: { word: '1' } });
  assert.equal((await app.run(['fetch'])).code, 0);
  upstream.requests.reset();
  assert.equal((await app.run(['update'])).code, 0);
  const asked = upstream.requests.filter(isIndex('word'));
  assert.equal(asked.length, 1);
  assert.match(String(asked[0]?.headers['if-none-match']), /^"[0-9a-f]{32}"$/);
});

test('cargo is offline but for loopback', async (t) => {
  const { code, stderr } = await cargoProject({ dependencies: { word: '1' } }, t).run(['fetch']);
  assert.equal(code, 101);
  assert.match(stderr, /127\.0\.0\.1/);
});

test('cargo search finds crates through a named registry', async (t) => {
  const upstream = await upstreamFor(t);
  publishGraph(upstream);
  const app = project(t, upstream, { named: true });
  const { code, stdout, stderr } = await app.run(['search', '--registry', 'safeguard', 'word']);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^word = "1\.1\.0"/);
});

test('a cargo that takes too long is killed', async (t) => {
  const upstream = await upstreamFor(t);
  upstream.publish(word);
  const hold = upstream.holdResponses(isIndex('word'));
  const app = project(t, upstream, { dependencies: { word: '1' } });
  const run = app.run(['fetch'], {}, { timeoutMs: 1 });
  await assert.rejects(run, /killed after 1 ms/);
  hold.release();
});

/** Whether the build script of the stand-in for proc-macro1 left its output in the target folder. */
async function standInRan(dir: string): Promise<boolean> {
  const build = join(dir, 'target/debug/build');
  const outputs = (await readdir(build, { recursive: true })).filter((path) => path.endsWith('/output'));
  const texts = await Promise.all(outputs.map((path) => readFile(join(build, path), 'utf8')));
  return texts.some((text) => text.includes(STAND_IN_WARNING));
}

for (const kind of ['build', 'normal'] as const) {
  test(`unprotected, the attack with a ${kind} dependency runs its build script`, async (t) => {
    const upstream = await upstreamFor(t);
    publishHistory(upstream);
    replayAttack(upstream, '2026-08-20T07:38:00Z', attackWith(kind));
    const app = project(t, upstream, { dependencies: { arrayref: '0.3.5', 'append-only-vec': '0.1' } });
    const { code, stderr } = await app.run(['build']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(lockedReleases(await app.lockfile()), [
      'app 0.1.0',
      'append-only-vec 0.1.9',
      'arrayref 0.3.10',
      'proc-macro1 1.0.107',
    ]);
    assert.ok(await standInRan(app.dir));
  });
}

test('the attack is told in order, and leaves what crates.io was left with', async (t) => {
  const times = attackTimeline.map((event) => event.at);
  assert.deepEqual(times, times.toSorted());
  const upstream = await upstreamFor(t);
  publishHistory(upstream);
  assert.equal(replayAttack(upstream).length, attackTimeline.length);
  const listed = (name: string) =>
    upstream
      .lines(name)
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { vers: string; yanked: boolean });
  assert.ok(listed('arrayref').every((line) => line.yanked));
  assert.equal(listed('arrayref').at(-1)?.vers, '0.3.9');
  assert.equal(listed('append-only-vec').at(-1)?.vers, '0.1.8');
  assert.throws(() => upstream.lines('proc-macro1'), /no index file/);
});
