/** The cool-down: from when it counts, when it ends, and that it ends by itself on every replica. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { lockedReleases } from '../support/cargo.ts';
import { databases, type Stage, type StageOptions, stage } from '../support/stage.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A crate known here with an old release; then 1.1.0 appears, seen five hours after the start. */
async function arrival(
  t: TestContext,
  pubtime: string | null,
  options: StageOptions = {},
): Promise<Stage & { readonly seen: number }> {
  const s = await stage(t, options);
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0', { pubtime });
  await s.pass('5h');
  return Object.assign(Object.create(null, Object.getOwnPropertyDescriptors(s)), { seen: s.clock.now() });
}

/** Promoted at that very millisecond, and not the one before. */
async function promotedExactlyAt(s: Stage, version: string, due: number): Promise<void> {
  assert.equal((await s.release('word', version)).until, new Date(due).toISOString());
  s.clock.set(due - 1);
  await s.mirror.tick();
  assert.equal((await s.release('word', version)).state, 'held');
  assert.ok(!(await s.offered('word')).includes(version));
  assert.equal((await s.download('word', version)).status, 403);
  s.clock.set(due);
  await s.mirror.tick();
  assert.equal((await s.release('word', version)).state, 'promoted');
  assert.ok((await s.offered('word')).includes(version));
  assert.equal((await s.download('word', version)).status, 200);
}

for (const { name, skip } of databases) {
  describe(`cool-down on ${name}`, { skip }, () => {
    test('a new release waits three days from its first sight, then cargo takes it, without a restart', async (t) => {
      const s = await arrival(t, '2026-08-01T01:00:00Z', { database: name });
      const before = s.project({ dependencies: { word: '1' } });
      assert.equal((await before.run(['generate-lockfile'])).code, 0);
      assert.deepEqual(lockedReleases(await before.lockfile()), ['app 0.1.0', 'word 1.0.0']);
      await promotedExactlyAt(s, '1.1.0', s.seen + 3 * DAY);
      const after = s.project({ dependencies: { word: '1' } });
      assert.equal((await after.run(['fetch'])).code, 0);
      assert.deepEqual(lockedReleases(await after.lockfile()), ['app 0.1.0', 'word 1.1.0']);
      assert.deepEqual(await s.history('word', '1.1.0'), [
        'appeared: null → held',
        'judged: held → held',
        'judged: held → promoted',
      ]);
    });

    test('a restart forgets nothing and shortens nothing', async (t) => {
      const s = await arrival(t, null, { database: name });
      s.clock.set(s.seen + DAY);
      await s.restart();
      await s.mirror.tick();
      assert.equal((await s.release('word', '1.1.0')).state, 'held');
      await promotedExactlyAt(s, '1.1.0', s.seen + 3 * DAY);
      await s.restart();
      assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
    });
  });
}

test('every replica of one database shows the promotion, after its own tick', {
  skip: databases[1]?.skip ?? false,
}, async (t) => {
  const s = await arrival(t, null, { database: 'PostgreSQL' });
  const other = await s.replica();
  assert.deepEqual(await s.offered('word', other), ['1.0.0']);
  s.clock.set(s.seen + 3 * DAY);
  await s.mirror.tick();
  assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
  await other.tick();
  assert.deepEqual(await s.offered('word', other), ['1.0.0', '1.1.0']);
  // Both work on what is due; it is done once.
  const log = await s.history('word', '1.1.0');
  assert.equal(log.filter((line) => line === 'judged: held → promoted').length, 1);
});

test('a replica that only serves does nothing of what is due, and hands out what the others decide', {
  skip: databases[1]?.skip ?? false,
}, async (t) => {
  const s = await arrival(t, null, { database: 'PostgreSQL' });
  const other = await s.replica({ onlyServes: true });
  assert.deepEqual(await s.offered('word', other), ['1.0.0']);
  // It is asked first for a crate that nobody knows.
  s.publish('fresh', '1.0.0');
  assert.deepEqual(await s.offered('fresh', other), ['1.0.0']);
  s.clock.set(s.seen + 3 * DAY);
  await other.settle();
  assert.equal((await s.release('word', '1.1.0')).state, 'held');
  assert.deepEqual(await s.offered('word', other), ['1.0.0']);
  await s.mirror.tick();
  await other.tick();
  assert.deepEqual(await s.offered('word', other), ['1.0.0', '1.1.0']);
  assert.equal((await s.download('word', '1.1.0')).status, 200);
});

for (const [what, pubtime, wait] of [
  ['backdated by years', '2019-01-01T00:00:00Z', 3 * DAY],
  ['missing', null, 3 * DAY],
  ['no time at all', 'last Tuesday', 3 * DAY],
  ['a date without a time', '2019-01-01', 3 * DAY],
  ['two days in the future', '2026-08-03T05:00:00Z', 3 * DAY],
] as const) {
  test(`a publication time that is ${what}: held until ${wait / DAY} days after first sight`, async (t) => {
    const s = await arrival(t, pubtime);
    await promotedExactlyAt(s, '1.1.0', s.seen + wait);
  });
}

test('the back catalogue counts from its publication times; without one, from first sight', async (t) => {
  const s = await stage(t, { start: '2026-08-10T00:00:00Z' });
  s.publish('word', '1.0.0');
  s.publish('word', '1.0.1', { pubtime: '2026-08-07T00:00:00Z' });
  s.publish('word', '1.0.2', { pubtime: '2026-08-07T00:00:01Z' });
  s.publish('word', '1.0.3', { pubtime: null });
  assert.deepEqual(await s.offered('word'), ['1.0.0', '1.0.1']);
  assert.equal((await s.release('word', '1.0.2')).until, '2026-08-10T00:00:01.000Z');
  assert.equal((await s.release('word', '1.0.3')).until, '2026-08-13T00:00:00.000Z');
  await s.pass('1s');
  assert.deepEqual(await s.offered('word'), ['1.0.0', '1.0.1', '1.0.2']);
  await s.pass('3d');
  assert.deepEqual(await s.offered('word'), ['1.0.0', '1.0.1', '1.0.2', '1.0.3']);
});

test('with trust-pubtime off the back catalogue counts from first sight too', async (t) => {
  const s = await stage(t, { policy: '[cooldown]\ntrust-pubtime = false\n' });
  s.publish('word', '1.0.0');
  assert.deepEqual(await s.offered('word'), []);
  const { until } = await s.release('word', '1.0.0');
  s.clock.set(until ?? '');
  await s.mirror.tick();
  assert.deepEqual(await s.offered('word'), ['1.0.0']);
});

test('releases in the first week of a crate wait seven days', async (t) => {
  const s = await stage(t, { start: '2026-08-10T00:00:00Z' });
  s.publish('fresh', '0.1.0', { pubtime: '2026-08-09T12:00:00Z' });
  assert.deepEqual(await s.offered('fresh'), []);
  assert.equal((await s.release('fresh', '0.1.0')).until, '2026-08-16T12:00:00.000Z');
  s.publish('fresh', '0.1.1', { pubtime: '2026-08-10T01:00:00Z' });
  await s.pass('2h');
  assert.equal((await s.release('fresh', '0.1.1')).until, '2026-08-17T02:00:00.000Z');
  // Out of its infancy it is a crate like any other.
  s.clock.set('2026-08-20T00:00:00Z');
  s.publish('fresh', '0.2.0', { pubtime: '2026-08-20T00:00:00Z' });
  await s.mirror.tick();
  assert.equal((await s.release('fresh', '0.2.0')).until, '2026-08-23T00:00:00.000Z');
  assert.deepEqual(await s.offered('fresh'), ['0.1.0', '0.1.1']);
});

test('settings of the policy count: hours instead of days', async (t) => {
  const s = await arrival(t, null, { policy: '[cooldown]\nrelease = "6h"\n' });
  await promotedExactlyAt(s, '1.1.0', s.seen + 6 * HOUR);
});
