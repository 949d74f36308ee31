/** One upstream request per file, however many clients ask for it, and however often it is looked at. */
import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { get, herd } from '../support/http.ts';
import { stage } from '../support/stage.ts';
import { isConfig, isDownload, isIndex } from '../support/upstream.ts';

test('200 clients that ask for one crate at once are one upstream request for its index and one for its bytes', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  const index = s.upstream.holdResponses(isIndex());
  const readers = herd(`${s.mirror.url}/index/wo/rd/word`, 200);
  await index.onWaiting(1);
  assert.equal(index.waiting(), 1);
  index.release();
  const lines = s.upstream.lines('word');
  assert.ok((await readers).every(({ status, body }) => status === 200 && body.equals(lines)));
  assert.equal(s.upstream.requests.count(isIndex()), 1);

  const download = s.upstream.holdResponses(isDownload());
  const fetchers = herd(`${s.mirror.url}/crates/word/1.0.0/download`, 200);
  await download.onWaiting(1);
  assert.equal(download.waiting(), 1);
  download.release();
  const answers = await fetchers;
  const { checksum } = await s.release('word', '1.0.0');
  assert.ok(answers.every(({ status, headers }) => status === 200 && headers.etag === `"${checksum}"`));
  assert.equal(s.upstream.requests.count(isDownload()), 1);
  assert.equal(s.upstream.requests.count(isConfig), 1);
});

test('a herd before a failing upstream is one request, and every one of it is told the same', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  const hold = s.upstream.holdResponses(isIndex());
  s.upstream.failWith(500, isIndex(), 1);
  // Whoever comes after the failure asks anew, so the failure waits until all of the herd are here.
  const here = requests(s.mirror.server.app.server, 50);
  const readers = herd(`${s.mirror.url}/index/wo/rd/word`, 50);
  await here;
  hold.release();
  assert.deepEqual([...new Set((await readers).map(({ status }) => status))], [503]);
  assert.equal(s.upstream.requests.count(isIndex()), 1);
  assert.equal((await s.index('word')).status, 200);
});

test('a name that the upstream does not have is asked for once a minute, and at once where an event announces it', async (t) => {
  const s = await stage(t, { config: '[events.kellnr]\nupstream = "upstream"\n' });
  const count = () => s.upstream.requests.count(isIndex('later'));
  const statuses = async () =>
    (await herd(`${s.mirror.url}/index/la/te/later`, 5)).map(({ status }) => status);
  assert.deepEqual(new Set(await statuses()), new Set([404]));
  s.clock.advance('59s');
  assert.deepEqual(new Set(await statuses()), new Set([404]));
  assert.equal(count(), 1);
  s.clock.advance('1s');
  await statuses();
  assert.equal(count(), 2);

  // It appears within the minute, and its registry says so: nobody waits for the minute to end.
  s.publish('later', '1.0.0');
  assert.deepEqual(new Set(await statuses()), new Set([404]));
  const announced = await s.mirror.call('/events/kellnr', {
    method: 'POST',
    body: {
      type: 'crate_add',
      timestamp: s.clock.iso(),
      data: { crate_name: 'later', crate_version: '1.0.0' },
    },
  });
  assert.equal(announced.status, 202);
  assert.deepEqual(new Set(await statuses()), new Set([200]));
  assert.equal(count(), 3);
});

for (const [what, options, header] of [
  ['ETag', { etags: true }, 'if-none-match'],
  ['weak ETag', { etags: 'weak' }, 'if-none-match'],
  ['Last-Modified', { lastModified: true }, 'if-modified-since'],
  ['no validator', {}, undefined],
] as const) {
  test(`a crate that did not change, from an upstream with ${what}: no new ETag, no log entry`, async (t) => {
    const s = await stage(t, { upstream: options });
    s.publish('word', '1.0.0');
    const first = await s.index('word');
    assert.ok(first.headers.etag?.startsWith('"'), 'ours is strong');
    const logged = await s.mirror.server.store.lastSeq();
    for (let i = 0; i < 3; i++) await s.pass('10m');
    const polls = s.upstream.requests.filter(isIndex('word')).slice(1);
    assert.equal(polls.length, 3);
    for (const { headers } of polls) {
      assert.equal(headers['if-none-match'] !== undefined, header === 'if-none-match');
      if (header === 'if-modified-since') assert.notEqual(headers[header], undefined);
    }
    assert.equal((await s.index('word')).headers.etag, first.headers.etag);
    assert.equal(await s.mirror.server.store.lastSeq(), logged);
    // And a change is seen, whatever the validators are.
    s.publish('word', '1.1.0');
    await s.pass('10m');
    assert.equal((await s.release('word', '1.1.0')).state, 'held');
    const changed = await s.index('word');
    assert.notEqual(changed.headers.etag, first.headers.etag);
    const revalidated = await get(`${s.mirror.url}/index/wo/rd/word`, {
      headers: { 'if-none-match': changed.headers.etag ?? '' },
    });
    assert.equal(revalidated.status, 304);
  });
}

/** When that many requests have come. */
function requests(server: EventEmitter, count: number): Promise<void> {
  let seen = 0;
  return new Promise((resolve) => {
    server.on('request', () => {
      seen++;
      if (seen === count) resolve();
    });
  });
}
