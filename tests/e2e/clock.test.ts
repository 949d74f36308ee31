/** A clock that is wrong, leaps, or is set right: nothing is promoted by it, and nothing stops for as long as it was ahead. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusJson } from '../../src/server/contract.ts';
import { get } from '../support/http.ts';
import { databases, type Stage, stage } from '../support/stage.ts';
import { isIndex } from '../support/upstream.ts';

for (const { name: database, skip } of databases) {
  test(`a clock that was ahead and is set right polls and judges at once, on ${database}`, {
    skip,
  }, async (t) => {
    const s = await stage(t, { database });
    s.publish('word', '1.0.0');
    s.clock.advance('30d');
    await s.index('word');
    const polls = () => s.upstream.requests.count(isIndex('word')) - 1;
    await s.pass('10m');
    assert.equal(polls(), 1);
    s.clock.advance(-30 * 24 * 3_600_000);
    s.upstream.yank('word', '1.0.0');
    await s.mirror.turn('clock');
    await s.mirror.tick();
    assert.equal(polls(), 2);
    assert.deepEqual(await s.offered('word'), []);
  });

  test(`a leap forward promotes nothing until the upstream's clock agrees, on ${database}`, {
    skip,
  }, async (t) => {
    let passed = 0;
    let told: number | undefined;
    const monotonic = () => passed;
    const s = await stage(t, { database, monotonic, upstream: { date: () => told } });
    s.publish('word', '1.0.0');
    await s.index('word');
    s.publish('word', '1.1.0');
    const pass = async (by: number, leap = 0) => {
      passed += by;
      s.clock.advance(by + leap);
      await s.mirror.turn('clock');
      await s.mirror.settle();
    };
    await pass(600_000);
    assert.equal((await s.release('word', '1.1.0')).state, 'held');
    await pass(1000, 4 * 24 * 3_600_000);
    assert.deepEqual(await s.offered('word'), ['1.0.0']);
    assert.match((await alarms(s))[0] ?? '', /4 days ahead of this server’s clock.*nothing is promoted/);
    assert.match(await metric(s), /^safeguard_clock_doubted 1$/m);
    // An upstream that says otherwise does not end it, nor does time.
    told = s.clock.now() - 4 * 24 * 3_600_000;
    await pass(3_600_000);
    await pass(3_600_000);
    assert.deepEqual(await s.offered('word'), ['1.0.0']);
    told = s.clock.now();
    await pass(60_000);
    await pass(60_000);
    assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
    assert.deepEqual(await standing(s), []);
    assert.match(await metric(s), /^safeguard_clock_doubted 0$/m);
  });

  test(`a leap across a restart counts; a person may end the doubt, on ${database}`, { skip }, async (t) => {
    let told: number | undefined;
    const s = await stage(t, { database, upstream: { date: () => told } });
    s.publish('word', '1.0.0');
    await s.index('word');
    s.publish('word', '1.1.0');
    await s.pass('10m');
    await s.mirror.turn('clock');
    s.clock.advance('4d');
    await s.restart();
    await s.mirror.turn('clock');
    await s.mirror.tick();
    assert.deepEqual(await s.offered('word'), ['1.0.0']);
    assert.match((await alarms(s))[0] ?? '', /ahead of the last time that the store has/);
    const trust = (token?: string) =>
      s.mirror.call('/api/v1/clock', {
        method: 'POST',
        body: { reason: 'I looked' },
        ...(token ? { token } : {}),
      });
    assert.equal((await trust()).status, 401);
    assert.equal((await trust(s.mirror.token())).status, 200);
    await s.mirror.tick();
    assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
    const log = await s.mirror.server.store.log({ limit: 1000 });
    const entry = log.find(({ event }) => event === 'clock-trusted');
    assert.deepEqual([entry?.actor, entry?.details], ['admin', { reason: 'I looked' }]);
    // Back, across another restart: the upstream's clock ends it.
    s.clock.advance(-24 * 3_600_000);
    await s.restart();
    assert.match((await alarms(s))[0] ?? '', /behind the last time that the store has/);
    told = s.clock.now();
    await s.mirror.turn('clock');
    await s.mirror.server.watch.errands.idle();
    await s.mirror.turn('clock');
    assert.deepEqual(await standing(s), []);
  });
}

test('a new release that is seen while the clock is behind waits from the later time', async (t) => {
  let passed = 0;
  const s = await stage(t, { monotonic: () => passed, upstream: { date: () => undefined } });
  s.publish('word', '1.0.0');
  await s.index('word');
  passed += 600_000;
  s.clock.advance(600_000 - 10 * 24 * 3_600_000);
  s.publish('word', '1.1.0', { pubtime: null });
  await s.mirror.turn('clock');
  await s.mirror.tick();
  const { firstSeen } = (await s.mirror.server.store.release('upstream', 'word', '1.1.0')) ?? assert.fail();
  assert.equal(new Date(firstSeen).toISOString(), '2026-08-01T00:10:00.000Z');
});

test('a replica whose clock is days ahead promotes nothing, beside one that is right', {
  skip: databases[1]?.skip,
}, async (t) => {
  const s = await stage(t, { database: 'PostgreSQL' });
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0');
  await s.pass('10m');
  await s.mirror.turn('clock');
  const ahead = () => s.clock.now() + 5 * 24 * 3_600_000;
  const other = await s.replica({ clock: { now: ahead } });
  await other.turn('clock');
  await other.settle();
  await other.turn('clock');
  await other.settle();
  assert.deepEqual(await s.offered('word', other), ['1.0.0']);
  await s.mirror.turn('clock');
  assert.deepEqual(await standing(s), []);
});

async function alarms({ mirror }: Stage): Promise<string[]> {
  const status = (await (await mirror.call('/api/v1/status')).json()) as StatusJson;
  return status.alarms.map(({ message }) => message);
}

/** What the status says now, without what was once logged. */
async function standing(s: Stage): Promise<string[]> {
  const doubt = s.mirror.server.mirror.context.clock.doubt();
  return doubt === undefined ? [] : [doubt.reason];
}

async function metric({ mirror }: Stage): Promise<string> {
  return (await get(`${mirror.url}/metrics`)).text;
}
