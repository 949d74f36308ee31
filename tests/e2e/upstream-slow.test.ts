/** An upstream that trickles: it holds up no other one, and not for long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { databases, stage } from '../support/stage.ts';
import { testStopwatch } from '../support/stopwatch.ts';
import { isConfig, isDownload, isIndex, startUpstream } from '../support/upstream.ts';

for (const { name: database, skip } of databases) {
  test(`downloads that trickle hold up no other upstream’s, and end, on ${database}`, { skip }, async (t) => {
    const stopwatch = testStopwatch();
    const slow = await startUpstream();
    t.after(() => slow.close());
    const s = await stage(t, { database, stopwatch, others: { slow: slow.indexUrl } });
    const names = Array.from({ length: 12 }, (_, i) => `slow-${i}`);
    for (const name of names) slow.publish(makeCrate({ name, version: '1.0.0' }));
    s.publish('word', '1.0.0');
    const trickle = slow.trickleBodies(isDownload());
    const of = (name: string) => get(`${s.mirror.url}/registries/slow/crates/${name}/1.0.0/download`);
    const waiting = names.slice(0, 8).map(of);
    await trickle.onWaiting(8);
    assert.equal((await s.download('word', '1.0.0')).status, 200);
    for (let i = 0; i < 29; i++) {
      trickle.drip();
      stopwatch.advance(1000);
    }
    // So far they might have been a poor line.
    assert.equal(slow.requests.count(isDownload()), 8);
    stopwatch.advance(2000);
    for (const answer of await Promise.all(waiting)) {
      assert.equal(answer.status, 503);
      assert.match(answer.headers['retry-after'] ?? '', /^\d+$/);
      assert.match(answer.text, /fewer than 1024 bytes a second for 30 s/);
    }
    trickle.release();
    await s.mirror.turn('log');
    for (const name of names) assert.equal((await of(name)).status, 200);
  });
}

for (const [what, predicate, ask] of [
  ['an index file', isIndex('word'), (s) => s.index('word')],
  ['config.json', isConfig, (s) => s.download('word', '1.0.0')],
  ['an archive', isDownload(), (s) => s.download('word', '1.0.0')],
] as const satisfies readonly (readonly [
  string,
  ReturnType<typeof isIndex>,
  (s: Awaited<ReturnType<typeof stage>>) => Promise<{ status: number }>,
])[]) {
  test(`${what} that trickles is given up, and had once it does not`, async (t) => {
    const stopwatch = testStopwatch();
    const s = await stage(t, { stopwatch });
    s.publish('word', '1.0.0');
    const trickle = s.upstream.trickleBodies(predicate);
    const waiting = ask(s);
    await trickle.onWaiting(1);
    stopwatch.advance(31_000);
    assert.equal((await waiting).status, 503);
    trickle.release();
    assert.equal((await ask(s)).status, 200);
  });
}

test('an upstream that does not answer is given up in the same time', async (t) => {
  const stopwatch = testStopwatch();
  const s = await stage(t, { stopwatch });
  s.publish('word', '1.0.0');
  const hold = s.upstream.holdResponses(isIndex('word'));
  const waiting = s.index('word');
  await hold.onWaiting(1);
  stopwatch.advance(31_000);
  const answer = await waiting;
  assert.equal(answer.status, 503);
  assert.match(answer.text, /fewer than 1024 bytes a second for 30 s/);
  hold.release();
  assert.equal((await s.index('word')).status, 200);
});

test('how long a transfer may take is set in server.toml', async (t) => {
  const stopwatch = testStopwatch();
  const config = '[limits]\ntransfer-rate = 1\ntransfer-time = "20s"\n';
  const s = await stage(t, { stopwatch, config });
  s.publish('word', '1.0.0');
  const trickle = s.upstream.trickleBodies(isIndex('word'));
  const waiting = s.index('word');
  await trickle.onWaiting(1);
  stopwatch.advance(21_000);
  assert.match((await waiting).text, /it was not done within 20 s/);
  trickle.release();
});
