/** Upstreams differ: where downloads are, redirects, compression, several of them, and names that they share. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { lockedReleases } from '../support/cargo.ts';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { stage } from '../support/stage.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from '../support/upstream.ts';

const shapes: readonly (readonly [string, UpstreamOptions])[] = [
  ['downloads behind redirects', { redirectDownloads: true }],
  [
    'a dl with every marker',
    { dlTemplate: '{base}/get/{prefix}/{lowerprefix}/{crate}-{version}/{sha256-checksum}' },
  ],
  ['a dl with two markers', { dlTemplate: '{base}/crates/{crate}/{crate}-{version}.crate' }],
  ['compressed index files', { gzip: true, etags: true }],
];

for (const [what, options] of shapes) {
  test(`cargo builds from an upstream with ${what}`, async (t) => {
    const s = await stage(t, { upstream: options });
    s.publish('Word_Up', '1.0.0+build.1', { lib: 'pub fn hello() -> u8 { 7 }\n' });
    s.publish('a', '0.1.0', { dependencies: { Word_Up: '1' } });
    const app = s.project({ dependencies: { a: '0.1' } });
    const built = await app.run(['build']);
    assert.equal(built.code, 0, built.stderr);
    assert.deepEqual(lockedReleases(await app.lockfile()), ['Word_Up 1.0.0+build.1', 'a 0.1.0', 'app 0.1.0']);
  });
}

test('downloads that move to another address are found again', async (t) => {
  const s = await stage(t);
  const old = makeCrate({ name: 'word', version: '1.0.0' });
  s.upstream.publish(old);
  s.publish('word', '1.1.0');
  assert.equal((await s.download('word', '1.1.0')).status, 200);
  const elsewhere = await startUpstream({ dlTemplate: '{base}/new/{crate}/{version}' });
  t.after(() => elsewhere.close());
  elsewhere.publish(old);
  s.upstream.failWith(410, ({ kind }) => kind === 'download');
  s.upstream.setConfigJson({ dl: `${elsewhere.url}/new/{crate}/{version}` });
  assert.equal((await s.download('word', '1.0.0')).status, 200);
});

async function second(t: TestContext): Promise<Upstream> {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  return upstream;
}

test('each upstream has an index path of its own, and names that they share stay apart', async (t) => {
  const other = await second(t);
  const s = await stage(t, { others: { second: other.indexUrl } });
  s.publish('word', '1.0.0', { lib: 'pub const FROM: &str = "first";\n' });
  s.publish('only-first', '1.0.0');
  other.publish(makeCrate({ name: 'word', version: '1.0.0', lib: 'pub const FROM: &str = "second";\n' }));
  other.publish(makeCrate({ name: 'only-second', version: '1.0.0' }));
  const secondIndex = `${s.mirror.url}/registries/second/index/`;

  const app = s.project({
    dependencies: {
      word: '1',
      word2: { package: 'word', version: '1', registry: 'second' },
      'only-second': { version: '1', registry: 'second' },
    },
    main: 'fn main() {\n    println!("{} {}", word::FROM, word2::FROM);\n}\n',
    files: {
      '.cargo/config.toml': [
        '[source.crates-io]\nreplace-with = "safeguard"',
        `[source.safeguard]\nregistry = "${s.mirror.cargoUrl}"`,
        `[registries.second]\nindex = "sparse+${secondIndex}"\n`,
      ].join('\n'),
    },
  });
  const ran = await app.run(['run']);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.stdout, 'first second\n');

  assert.equal((await s.index('only-second')).status, 404);
  assert.equal((await get(`${secondIndex}on/ly/only-first`)).status, 404);
  assert.equal((await get(`${s.mirror.url}/registries/third/index/wo/rd/word`)).status, 404);

  // What is decided about the one says nothing of the other.
  await s.act('block', { crate: 'word', version: '1.0.0' });
  assert.deepEqual(await s.offered('word'), []);
  assert.ok((await get(`${secondIndex}wo/rd/word`)).body.equals(other.lines('word')));
  assert.equal((await get(`${s.mirror.url}/registries/second/crates/word/1.0.0/download`)).status, 200);
  const there = await s.mirror.call('/api/v1/releases/word/1.0.0?registry=second');
  assert.equal(((await there.json()) as { release: { state: string } }).release.state, 'promoted');
  assert.equal((await s.mirror.call('/api/v1/releases/word/1.0.0?registry=third')).status, 404);
  const acted = await s.mirror.call('/api/v1/quarantine/block', {
    method: 'POST',
    token: s.mirror.token(),
    body: { registry: 'second', crate: 'word', version: '1.0.0', reason: 'this one too' },
  });
  assert.equal(acted.status, 200);
  const refused = await get(`${s.mirror.url}/registries/second/crates/word/1.0.0/download`);
  assert.equal(refused.status, 403);
  assert.match(refused.text, /^More: .*\/releases\/word\/1\.0\.0\?registry=second$/m);
});

test('an upstream that is down takes none of the others with it', async (t) => {
  const other = await second(t);
  const s = await stage(t, { others: { second: other.indexUrl } });
  s.publish('word', '1.0.0');
  await other.vanish();
  assert.equal((await get(`${s.mirror.url}/registries/second/index/wo/rd/word`)).status, 503);
  assert.deepEqual(await s.offered('word'), ['1.0.0']);
  s.publish('word', '1.1.0');
  await s.pass('10m');
  assert.equal((await s.release('word', '1.1.0')).state, 'held');
});

test('upstreams of the configuration file are served under their names; a name given twice stops the start', async (t) => {
  const other = await second(t);
  other.publish(makeCrate({ name: 'word', version: '1.0.0' }));
  await assert.rejects(
    stage(t, {
      others: { same: other.indexUrl, upstream: other.indexUrl },
    }),
    /two upstreams are named "upstream"/,
  );
});
