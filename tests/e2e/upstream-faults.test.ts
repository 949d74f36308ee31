/** An upstream that fails in every way it can: what was promoted is served, nothing wrong is kept, and it heals. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { makeCrate, sha256 } from '../support/crate.ts';
import { get, startThenAbort } from '../support/http.ts';
import { databases, stage } from '../support/stage.ts';
import { isDownload, isIndex } from '../support/upstream.ts';

for (const { name: database, skip } of databases) {
  describe(`a vanished upstream, on ${database}`, { skip }, () => {
    test('what was promoted is served, after a restart too; what is not here is 503, not 404; then it comes back', async (t) => {
      const s = await stage(t, { database });
      s.publish('word', '1.0.0');
      s.publish('word', '1.1.0');
      s.publish('other', '1.0.0');
      const first = s.project({ dependencies: { word: '1' } });
      assert.equal((await first.run(['fetch'])).code, 0);
      const lockfile = await first.lockfile();
      await s.upstream.vanish();
      for (const again of [() => s.pass('1h'), () => s.restart(), () => s.pass('1h')]) {
        await again();
        const app = s.project({ dependencies: { word: '1' }, lockfile });
        const built = await app.run(['build', '--locked']);
        assert.equal(built.code, 0, built.stderr);
        for (const answer of [await s.index('other'), await s.download('word', '1.0.0')]) {
          assert.equal(answer.status, 503);
          assert.match(answer.headers['retry-after'] ?? '', /^\d+$/);
          assert.match(answer.text, /cannot be reached/);
        }
      }
      await s.upstream.comeBack();
      assert.equal((await s.index('other')).status, 200);
      assert.equal((await s.index('absent')).status, 404);
      assert.equal((await s.download('word', '1.0.0')).status, 200);
      s.publish('word', '1.2.0');
      await s.pass('10m');
      assert.equal((await s.release('word', '1.2.0')).state, 'held');
    });
  });
}

test('bytes that are not those of the index are never kept or served, and it heals when the upstream does', async (t) => {
  const s = await stage(t);
  const word = makeCrate({ name: 'word', version: '1.1.0' });
  const lie = makeCrate({ name: 'word', version: '1.1.0', lib: 'pub fn evil() {}\n' });
  s.publish('word', '1.0.0');
  s.upstream.publish(word);
  s.upstream.lieAboutBytes('word', '1.1.0', lie.bytes);
  const refused = await s.download('word', '1.1.0');
  assert.equal(refused.status, 403);
  assert.match(refused.text, /^Rule integrity: The downloaded bytes are not those that the index names\.$/m);
  assert.deepEqual(await s.offered('word'), ['1.0.0']);
  const { blobs } = s.mirror.server.mirror.context;
  assert.ok(!(await blobs.has(sha256(lie.bytes))) && !(await blobs.has(word.checksum)));
  const evidence = (await s.release('word', '1.1.0')).verdict.findings[0]?.evidence;
  assert.deepEqual(evidence, { values: { index: word.checksum, bytes: sha256(lie.bytes) } });
  await s.pass('10m');
  assert.equal((await s.download('word', '1.1.0')).status, 403);
  s.upstream.lieAboutBytes('word', '1.1.0', word.bytes);
  await s.pass('10m');
  assert.ok((await s.download('word', '1.1.0')).body.equals(word.bytes));
  assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
});

test('a lie about a new release does not count as judged, and does not shorten its wait', async (t) => {
  const s = await stage(t);
  const word = makeCrate({ name: 'word', version: '1.1.0' });
  s.publish('word', '1.0.0');
  await s.index('word');
  s.upstream.publish(word);
  s.upstream.lieAboutBytes('word', '1.1.0', Buffer.from('no archive at all'));
  await s.pass('10m');
  assert.equal((await s.release('word', '1.1.0')).state, 'blocked');
  await s.pass('2d');
  s.upstream.lieAboutBytes('word', '1.1.0', word.bytes);
  await s.pass('10m');
  const { state, until } = await s.release('word', '1.1.0');
  assert.deepEqual([state, until], ['held', '2026-08-04T00:10:00.000Z']);
});

test('a body that is cut short is asked for again, never taken for the file', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  s.publish('word', '1.1.0');
  const index = s.upstream.cutBodies(isIndex('word'));
  assert.equal((await s.index('word')).status, 503);
  index.stop();
  assert.ok((await s.index('word')).body.equals(s.upstream.lines('word')));
  const download = s.upstream.cutBodies(isDownload());
  const cut = await s.download('word', '1.0.0');
  assert.equal(cut.status, 503);
  download.stop();
  assert.equal((await s.download('word', '1.0.0')).status, 200);
  // A poll that is cut withdraws nothing.
  s.upstream.cutBodies(isIndex('word'));
  await s.pass('10m');
  assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
});

for (const [status, retryAfter, told] of [
  [500, undefined, '30'],
  [503, '7', '7'],
  [429, '42', '42'],
  [429, '9999999', '3600'],
  [429, 'soon', '30'],
] as const) {
  test(`an upstream that answers ${status}${retryAfter === undefined ? '' : ` with Retry-After ${retryAfter}`}: 503 for what is not here, with Retry-After ${told}`, async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0');
    s.publish('other', '1.0.0');
    assert.equal((await s.download('word', '1.0.0')).status, 200);
    s.upstream.failWith(
      status,
      undefined,
      undefined,
      retryAfter === undefined ? {} : { 'retry-after': retryAfter },
    );
    const answer = await s.index('other');
    assert.deepEqual([answer.status, answer.headers['retry-after']], [503, told]);
    await s.pass('10m');
    assert.deepEqual(await s.offered('word'), ['1.0.0']);
    assert.equal((await s.download('word', '1.0.0')).status, 200);
    s.upstream.heal();
    assert.equal((await s.index('other')).status, 200);
  });
}

test('an upstream that asks for patience is left alone for as long; one that fails is asked less and less', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  await s.index('word');
  const polls = () => s.upstream.requests.count(isIndex('word')) - 1;
  s.upstream.throttle429(isIndex(), 1, 1200);
  await s.pass('10m');
  assert.equal(polls(), 1);
  await s.pass('19m');
  assert.equal(polls(), 1);
  await s.pass('1m');
  assert.equal(polls(), 2);
  s.upstream.failWith(500, isIndex());
  await s.pass('10m');
  assert.equal(polls(), 3);
  await s.pass('15s');
  assert.equal(polls(), 4);
  await s.pass('15s');
  assert.equal(polls(), 4);
  await s.pass('15s');
  assert.equal(polls(), 5);
});

test('a client that leaves in the middle of a first download loses nothing for the others', async (t) => {
  const s = await stage(t);
  const noise = randomBytes(3 * 1024 * 1024);
  s.publish('word', '1.0.0', { files: { noise } });
  await s.index('word');
  const url = `${s.mirror.url}/crates/word/1.0.0/download`;
  const stalled = s.upstream.holdBodies(isDownload(), 1000);
  const leaver = new AbortController();
  const left = assert.rejects(get(url, { signal: leaver.signal }), /abort/);
  await stalled.onWaiting(1);
  leaver.abort();
  await left;
  stalled.release();
  const whole = await get(url);
  assert.equal(whole.status, 200);
  assert.equal(s.upstream.requests.count(isDownload()), 1);
  // From here it is streamed from disk; leaving then is as cheap.
  const { received } = await startThenAbort(url, 100_000);
  assert.ok(received < whole.body.length);
  assert.ok((await get(url)).body.equals(whole.body));
  assert.equal(sha256(whole.body), (await s.release('word', '1.0.0')).checksum);
});

test('a slow answer for one crate holds up nobody who asks for another', async (t) => {
  const s = await stage(t);
  s.publish('slow', '1.0.0');
  s.publish('word', '1.0.0');
  const hold = s.upstream.holdResponses(isIndex('slow'));
  const waiting = s.index('slow');
  await hold.onWaiting(1);
  assert.equal((await s.index('word')).status, 200);
  assert.equal((await s.download('word', '1.0.0')).status, 200);
  await s.act('block', { crate: 'slow', version: '1.0.0' });
  hold.release();
  // What was decided meanwhile counts.
  assert.equal((await waiting).status, 200);
  assert.deepEqual(await s.offered('slow'), []);
});

test('new releases whose bytes do not come are asked for now and then, whatever becomes of the others', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  await s.index('word');
  for (const version of ['1.1.0', '1.1.1', '1.1.2', '1.1.3']) s.publish('word', version, { pubtime: null });
  const broken = s.upstream.failWith(404, (each) => isDownload('word')(each) && each.version !== '1.1.3');
  await s.pass('10m');
  const asked = () => s.upstream.requests.count(isDownload('word', '1.1.0'));
  assert.equal((await s.release('word', '1.1.3')).judged, 'release');
  assert.equal(asked(), 1);
  for (let i = 0; i < 5; i++) await s.pass('10s');
  assert.equal(asked(), 1);
  await s.pass('2m');
  assert.equal(asked(), 2);
  broken.stop();
  await s.pass('2m');
  assert.equal((await s.release('word', '1.1.0')).judged, 'release');
});
