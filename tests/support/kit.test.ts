/** Proves the plain parts of the kit: archives, clients, the clock, and the upstream's faults without cargo. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { testClock } from './clock.ts';
import { makeCrate, sha256 } from './crate.ts';
import { get, herd, startThenAbort } from './http.ts';
import { tempDir } from './temp.ts';
import { isDownload, isIndex, startUpstream, type UpstreamOptions } from './upstream.ts';

const word = makeCrate({ name: 'word', version: '1.0.0', features: { a: [], b: ['dep:x'] } });

async function withWord(t: TestContext, options?: UpstreamOptions) {
  const upstream = await startUpstream(options);
  t.after(() => upstream.close());
  upstream.publish(word);
  return {
    upstream,
    index: `${upstream.indexUrl}wo/rd/word`,
    download: `${upstream.url}/dl/word/1.0.0/download`,
  };
}

test('a crate is a readable archive, the same every time', async () => {
  const again = makeCrate({ name: 'word', version: '1.0.0', features: { a: [], b: ['dep:x'] } });
  assert.ok(word.bytes.equals(again.bytes));
  assert.equal(word.checksum, sha256(word.bytes));
  const entries = await unpackTar(gunzipSync(word.bytes));
  assert.deepEqual(
    entries.map((entry) => entry.header.name),
    ['.cargo_vcs_info.json', 'Cargo.toml', 'Cargo.toml.orig', 'src/lib.rs'].map((f) => `word-1.0.0/${f}`),
  );
});

test('an index entry has the fields of crates.io in their order', () => {
  assert.deepEqual(Object.keys(word.indexEntry), [
    ...['name', 'vers', 'deps', 'cksum', 'features', 'features2', 'yanked', 'pubtime', 'v'],
  ]);
  assert.deepEqual(word.indexEntry.features, { a: [] });
  assert.deepEqual(word.indexEntry.features2, { b: ['dep:x'] });
});

test('lines are served as asked for: spacing, publication time, extra fields, or verbatim', async (t) => {
  const { upstream, index } = await withWord(t);
  const second = makeCrate({ name: 'word', version: '1.0.1' });
  upstream.publish(second, { pubtime: null, spacing: 'python', lineExtra: { note: 'é' } });
  upstream.publish(makeCrate({ name: 'word', version: '1.0.2' }), { rawLine: '{"yanked":false, "odd": }' });
  upstream.yank('word', '1.0.2');
  const { text, body } = await get(index);
  const [first, python, raw] = text.split('\n');
  assert.equal(first, JSON.stringify(word.indexEntry));
  assert.match(python ?? '', /^\{"name": "word", "vers": "1\.0\.1", "deps": \[\], .*"note": "\\u00e9"\}$/);
  assert.doesNotMatch(python ?? '', /pubtime/);
  assert.equal(raw, '{"yanked":true, "odd": }');
  assert.ok(body.equals(upstream.lines('word')));
});

for (const etags of [true, 'weak'] as const) {
  test(`conditional requests give 304 with etags ${etags}, until the file changes`, async (t) => {
    const { upstream, index } = await withWord(t, { etags, lastModified: true });
    const { headers } = await get(index);
    const tag = { 'if-none-match': headers.etag ?? '' };
    const since = { 'if-modified-since': headers['last-modified'] ?? '' };
    assert.equal(headers.etag?.startsWith('W/'), etags === 'weak');
    for (const given of [tag, since]) {
      const again = await get(index, { headers: given });
      assert.equal(again.status, 304);
      assert.equal(again.body.length, 0);
    }
    upstream.yank('word', '1.0.0');
    for (const given of [tag, since, { ...tag, 'if-modified-since': new Date().toUTCString() }])
      assert.equal((await get(index, { headers: given })).status, 200);
  });
}

test('without validators there is nothing to revalidate with', async (t) => {
  const { index } = await withWord(t);
  const { headers } = await get(index);
  assert.deepEqual([headers.etag, headers['last-modified']], [undefined, undefined]);
  assert.equal((await get(index, { headers: { 'if-none-match': '*' } })).status, 200);
});

test('a herd can be held, counted and let go', async (t) => {
  const { upstream, download } = await withWord(t);
  const hold = upstream.holdResponses(isDownload('word', '1.0.0'));
  const all = herd(download, 20);
  await hold.onWaiting(20);
  assert.equal(hold.waiting(), 20);
  hold.release();
  assert.ok((await all).every((response) => response.body.equals(word.bytes)));
  assert.equal((await get(download)).status, 200);
  assert.equal(upstream.requests.count(isDownload()), 21);
});

test('a client can leave while it waits, and in the middle of a body', async (t) => {
  const { upstream, download } = await withWord(t);
  const waiting = upstream.holdResponses(isDownload());
  const leaver = new AbortController();
  const left = assert.rejects(get(download, { signal: leaver.signal }), /abort/);
  await waiting.onWaiting(1);
  leaver.abort();
  await left;
  waiting.release();

  const stalled = upstream.holdBodies(isDownload(), 100);
  const { status, received } = await startThenAbort(download, 100);
  assert.deepEqual([status, received], [200, 100]);
  stalled.release();
  await assert.rejects(startThenAbort(download, word.bytes.length + 1), /the body ended after/);
});

test('faults end by number, by stop() and by heal()', async (t) => {
  const { upstream, index, download } = await withWord(t);
  upstream.failWith(500, isIndex(), 1);
  upstream.throttle429(isIndex(), 1, 7);
  const cut = upstream.cutBodies(isDownload());
  assert.equal((await get(index)).status, 500);
  const throttled = await get(index);
  assert.deepEqual([throttled.status, throttled.headers['retry-after']], [429, '7']);
  assert.equal((await get(index)).status, 200);
  await assert.rejects(get(download), /aborted/);
  cut.stop();
  assert.equal((await get(download)).status, 200);
  upstream.failWith(503);
  assert.equal((await get(download)).status, 503);
  upstream.heal();
  assert.equal((await get(download)).status, 200);
});

test('a vanished upstream refuses, breaks who waited, and comes back where it was', async (t) => {
  const { upstream, index } = await withWord(t);
  const hold = upstream.holdResponses(isIndex());
  const broken = assert.rejects(get(index), /hang up|ECONNRESET/);
  await hold.onWaiting(1);
  await upstream.vanish();
  await broken;
  await assert.rejects(get(index), /ECONNREFUSED/);
  hold.release();
  await upstream.comeBack();
  assert.equal((await get(index)).status, 200);
});

test('clients neither decompress nor follow', async (t) => {
  const { upstream, index, download } = await withWord(t, { gzip: true, redirectDownloads: true });
  const packed = await get(index, { headers: { 'accept-encoding': 'gzip' } });
  assert.ok(gunzipSync(packed.body).equals(upstream.lines('word')));
  const redirect = await get(download);
  assert.equal(redirect.status, 302);
  assert.ok((await get(redirect.headers.location ?? '')).body.equals(word.bytes));
});

test('search answers in pages, an exact name first', async (t) => {
  const { upstream } = await withWord(t);
  upstream.publish(makeCrate({ name: 'a-word', version: '0.1.0' }));
  const { crates, meta } = (await get(`${upstream.url}/api/v1/crates?q=word&per_page=1`)).json<{
    crates: { name: string; max_version: string; exact_match: boolean }[];
    meta: unknown;
  }>();
  assert.deepEqual(
    crates.map((each) => [each.name, each.max_version, each.exact_match]),
    [['word', '1.0.0', true]],
  );
  assert.deepEqual(meta, { total: 2, next_page: '?q=word&per_page=1&page=2', prev_page: null });
});

test('the clock moves only when told', () => {
  const clock = testClock('2026-08-20T07:11:00Z');
  const { now } = clock;
  clock.advance('3d');
  clock.advance(500);
  clock.advance('1h30m');
  assert.equal(clock.iso(), '2026-08-23T08:41:00.500Z');
  clock.set(0);
  assert.equal(now(), 0);
  assert.throws(() => clock.advance('soon'), /not a length of time/);
});

test('a temporary folder goes with its test', async (t) => {
  let dir = '';
  await t.test('inner', (inner) => {
    dir = tempDir(inner);
    assert.ok(existsSync(dir));
  });
  assert.ok(!existsSync(dir));
});
