/** What hangs hangs alone: polls, promotions, judgements and following the log do not wait for each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { databases, stage } from '../support/stage.ts';
import { testStopwatch } from '../support/stopwatch.ts';
import { isDownload, isIndex, startUpstream } from '../support/upstream.ts';

for (const { name: database, skip } of databases) {
  test(`an archive that trickles stops no poll, no yank, no promotion, on ${database}`, {
    skip,
  }, async (t) => {
    const s = await stage(t, { database });
    for (const name of ['slow', 'word', 'due']) s.publish(name, '1.0.0');
    for (const name of ['slow', 'word', 'due']) await s.index(name);
    s.publish('due', '1.1.0');
    await s.pass('10m');
    s.publish('slow', '1.1.0');
    s.clock.advance('10m');
    const trickle = s.upstream.trickleBodies(isDownload('slow'));
    await s.mirror.turn();
    await s.mirror.idle('polls of upstream');
    await s.mirror.turn('judgements of upstream');
    await trickle.onWaiting(1);

    s.upstream.yank('word', '1.0.0');
    s.clock.advance('3d');
    await s.mirror.turn();
    await s.mirror.idle('polls of upstream');
    await s.mirror.idle('promotions');
    assert.deepEqual(await s.offered('word'), []);
    assert.deepEqual(await s.offered('due'), ['1.0.0', '1.1.0']);
    assert.deepEqual(await s.offered('slow'), ['1.0.0']);
    // Other new releases get their bytes too.
    s.publish('word', '1.2.0');
    s.clock.advance('10m');
    await s.mirror.turn('polls of upstream');
    await s.mirror.idle('polls of upstream');
    await s.mirror.turn('judgements of upstream');
    while ((await s.release('word', '1.2.0')).judged !== 'release') await new Promise(setImmediate);
    trickle.release();
    await s.mirror.idle('judgements of upstream');
    assert.equal((await s.release('slow', '1.1.0')).judged, 'release');
  });

  test(`more crates due than can be polled keep no turn going, on ${database}`, { skip }, async (t) => {
    const other = await startUpstream();
    t.after(() => other.close());
    const s = await stage(t, { database, others: { other: other.indexUrl } });
    const names = Array.from({ length: 50 }, (_, i) => `crate-${i}`);
    for (const name of names) s.publish(name, '1.0.0');
    other.publish(makeCrate({ name: 'word', version: '1.0.0' }));
    for (const name of names) await s.index(name);
    const wordPath = '/registries/other/index/wo/rd/word';
    await get(s.mirror.url + wordPath);
    const hold = s.upstream.holdResponses(isIndex());
    other.yank('word', '1.0.0');
    s.clock.advance('10m');
    // Each turn ends although nothing of the one upstream does.
    await s.mirror.turn();
    await hold.onWaiting(8);
    await s.mirror.turn();
    const duty = s.mirror.server.watch.duties.find(({ name }) => name === 'polls of upstream');
    assert.equal(duty?.hasMore, true);
    assert.equal(await duty?.untilDue(), Number.POSITIVE_INFINITY);
    await s.mirror.idle('polls of other');
    assert.match((await get(s.mirror.url + wordPath)).text, /"yanked":true/);
    assert.equal(s.upstream.requests.count(isIndex()), 50 + 8);
    // It also ends while they hang.
    await s.mirror.close();
  });
}

const [, postgres] = databases;

test('a block set on one replica is seen by another whose upstream hangs', {
  skip: postgres?.skip,
}, async (t) => {
  const s = await stage(t, { database: 'PostgreSQL' });
  for (const name of ['word', ...Array.from({ length: 40 }, (_, i) => `crate-${i}`)]) {
    s.publish(name, '1.0.0');
    await s.index(name);
  }
  const other = await s.replica();
  assert.deepEqual(await s.offered('word', other), ['1.0.0']);
  assert.equal((await get(`${other.url}/crates/word/1.0.0/download`)).status, 200);
  const hold = s.upstream.holdResponses(() => true);
  s.clock.advance('10m');
  await other.turn();
  await hold.onWaiting(8);
  assert.equal((await s.act('block', { crate: 'word' })).status, 200);
  await other.turn('log');
  assert.deepEqual(await s.offered('word', other), []);
  assert.equal((await get(`${other.url}/crates/word/1.0.0/download`)).status, 403);
});

test('a replica that has not followed the log for 15 s serves nothing', {
  skip: postgres?.skip,
}, async (t) => {
  const stopwatch = testStopwatch();
  const s = await stage(t, { database: 'PostgreSQL' });
  s.publish('word', '1.0.0');
  const other = await s.replica({ stopwatch });
  const paths = [
    '/index/wo/rd/word',
    '/crates/word/1.0.0/download',
    '/api/v1/releases/word/1.0.0',
    '/api/v1/crates?q=word',
    '/api/v1/explain/word/1.0.0',
    '/readyz',
  ];
  const statuses = async () =>
    await Promise.all(paths.map(async (path) => (await get(other.url + path)).status));
  assert.deepEqual(await statuses(), [200, 200, 200, 200, 200, 200]);
  stopwatch.advance(15_000);
  assert.deepEqual(await statuses(), [200, 200, 200, 200, 200, 200]);
  assert.equal((await s.act('block', { crate: 'word' })).status, 200);
  stopwatch.advance(1);
  assert.deepEqual(await statuses(), [503, 503, 503, 503, 503, 503]);
  const answer = await get(`${other.url}/index/wo/rd/word`);
  assert.match(answer.headers['retry-after'] ?? '', /^\d+$/);
  assert.match(answer.text, /has not heard for 15 s what the others decided/);
  assert.equal((await get(`${other.url}/healthz`)).status, 200);
  await other.turn('log');
  assert.deepEqual(await statuses(), [200, 403, 200, 200, 200, 200]);
});

test('how long it may not follow is set; alone on SQLite nobody else decides', async (t) => {
  const stopwatch = testStopwatch();
  const s = await stage(t, { stopwatch });
  s.publish('word', '1.0.0');
  assert.equal((await s.index('word')).status, 200);
  stopwatch.advance(3_600_000);
  assert.equal((await s.index('word')).status, 200);
  if (postgres?.skip !== false) return;
  const shared = await stage(t, {
    database: 'PostgreSQL',
    stopwatch,
    config: '[limits]\nunfollowed = "1m"\n',
  });
  shared.publish('word', '1.0.0');
  stopwatch.advance(59_000);
  assert.equal((await shared.index('word')).status, 200);
  stopwatch.advance(2_000);
  assert.equal((await shared.index('word')).status, 503);
});
