/** `kill -9` while holds end: none ends early, none is forgotten, and the log says each promotion once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertBlobsWhole,
  assertLogTellsStates,
  assertNoneEarly,
  everyRelease,
} from '../support/aftermath.ts';
import { testClock } from '../support/clock.ts';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { startMirror } from '../support/mirror.ts';
import { downloadPathOf, indexPathOf, usableVersions } from '../support/scene.ts';
import { databaseFor, databases } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { startUpstream } from '../support/upstream.ts';
import { seeded, startVictim } from '../support/victim.ts';

/** A server on PostgreSQL takes longer to start. */
const roundsOn = { SQLite: 20, PostgreSQL: 6 } as const;
const crates = 12;

for (const { name: database, skip } of databases) {
  test(`${roundsOn[database]} kills during promotion on ${database}`, {
    skip,
    timeout: 600_000,
  }, async (t) => {
    const rounds = roundsOn[database];
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    const data = tempDir(t);
    const place = await databaseFor(database, t);
    const clock = testClock('2026-09-01T12:00:00Z');
    const random = seeded(7);
    const names = Array.from({ length: crates }, (_, i) => `crate-${i}`);
    for (const name of names) upstream.publish(makeCrate({ name, version: '1.0.0' }));

    // Every round a release of each crate is seen, three minutes apart in pairs; every round some holds end.
    const first = await startMirror({ upstream: upstream.indexUrl, clock, data, ...place }, t);
    for (const name of names) await get(first.url + indexPathOf(name));
    for (let round = 1; round <= rounds; round++) {
      for (const name of names)
        upstream.publish(makeCrate({ name, version: `1.${round}.0` }), { pubtime: clock.iso() });
      clock.advance('10m');
      await first.tick();
    }
    await first.close();
    const endsOfHolds = Date.parse('2026-09-04T12:10:00Z');

    let acknowledged = 0;
    let interrupted = 0;
    for (let round = 1; round <= rounds; round++) {
      clock.set(endsOfHolds + (round - 1) * 600_000);
      const victim = await startVictim(
        { upstream: upstream.indexUrl, data, ...place, now: clock.now() - 600_000 },
        t,
      );
      const ticked = victim.tick(clock.now());
      const when = random(4);
      if (when === 0) {
        // As soon as somebody was told of a promotion.
        const seen = async (name: string) => {
          while (!victim.isDead()) {
            const index = await get(victim.url + indexPathOf(name)).catch(() => undefined);
            if (index !== undefined && usableVersions(index).includes(`1.${round}.0`)) return true;
          }
          return false;
        };
        const name = names[random(crates)] ?? '';
        if (await seen(name)) {
          await victim.kill();
          const after = await startMirror({ upstream: upstream.indexUrl, clock, data, ...place }, t);
          const index = await get(after.url + indexPathOf(name));
          assert.ok(usableVersions(index).includes(`1.${round}.0`), 'what was served as promoted still is');
          await after.close();
        }
      } else {
        // After so many turns of this process: somewhere in the tick, or just after it.
        let turns = random(when === 3 ? 3_000 : 400);
        while (turns-- > 0) await new Promise((resolve) => setImmediate(resolve));
        if (when === 2) await ticked;
      }
      await victim.kill();
      const done = await ticked;
      if (done) acknowledged += 1;
      else interrupted += 1;

      assertBlobsWhole(data);
      const mirror = await startMirror({ upstream: upstream.indexUrl, clock, data, ...place }, t);
      await assertLogTellsStates(mirror);
      await assertNoneEarly(mirror, clock.now());
      const before = await everyRelease(mirror);
      const due = before.filter(({ version }) => version === `1.${round}.0`);
      assert.equal(due.length, crates);
      if (done)
        assert.ok(
          due.every(({ state }) => state === 'promoted'),
          'a tick that was acknowledged is kept',
        );
      // What was interrupted is taken up again: at once, or when the lease of the dead one has run out.
      await mirror.tick();
      clock.advance('2m');
      await mirror.tick();
      for (const { key, version, state, until, judgeAt } of await everyRelease(mirror)) {
        const isDue = Number(version.split('.')[1]) <= round;
        assert.equal(
          state,
          isDue ? 'promoted' : 'held',
          `${key} ${version} ${until} ${judgeAt} ${clock.now()}`,
        );
      }
      const name = names[random(crates)] ?? '';
      assert.equal((await get(mirror.url + downloadPathOf(name, `1.${round}.0`))).status, 200);
      if (round < rounds)
        assert.equal((await get(mirror.url + downloadPathOf(name, `1.${round + 1}.0`))).status, 403);
      await assertLogTellsStates(mirror);
      await assertPromotedOnce(mirror, round);
      await mirror.close();
    }
    t.diagnostic(`${acknowledged} ticks acknowledged, ${interrupted} interrupted`);
    assert.ok(interrupted > 0);
  });
}

async function assertPromotedOnce(
  mirror: Awaited<ReturnType<typeof startMirror>>,
  round: number,
): Promise<void> {
  const log = await mirror.server.store.log({ limit: 100_000 });
  const promotions = log.filter(({ from, to }) => from === 'held' && to === 'promoted');
  assert.equal(promotions.length, round * crates);
  assert.equal(new Set(promotions.map(({ key, version }) => `${key}@${version}`)).size, promotions.length);
}
