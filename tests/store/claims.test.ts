import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { databases, withStore } from './databases.ts';
import { crate, registry, release } from './samples.ts';

for (const database of databases) {
  describe(`work that is due on ${database.name}`, { skip: database.skip }, () => {
    it('claims polls that are due, earliest first, and moves them', () =>
      withStore(database, async (store) => {
        await store.write(async (tx) => {
          for (const [key, pollAt] of Object.entries({ c: 10, b: 10, d: 5, later: 21 })) {
            await tx.putCrate(crate({ key, pollAt }));
          }
        });
        const claim = (now: number, limit: number) =>
          store.write(async (tx) =>
            (await tx.claimPolls(now, 100, limit)).map(({ key, pollAt }) => [key, pollAt]),
          );
        assert.deepEqual(await store.nextDue(), { poll: 5, judge: null });
        assert.deepEqual(await claim(4, 10), []);
        assert.deepEqual(await claim(20, 2), [
          ['d', 100],
          ['b', 100],
        ]);
        assert.equal((await store.crate(registry, 'd'))?.pollAt, 100);
        assert.equal((await store.crate(registry, 'c'))?.pollAt, 10);
        assert.deepEqual(await claim(20, 2), [['c', 100]]);
        assert.deepEqual(await claim(20, 2), []);
        assert.deepEqual(await store.nextDue(), { poll: 21, judge: null });
      }));

    it('claims judgements that are due, earliest first, and moves them', () =>
      withStore(database, async (store) => {
        const due = { 'c@1.0.0': 10, 'b@1.0.0': 10, 'd@1.0.0': 5, 'later@1.0.0': 21, 'never@1.0.0': null };
        await store.write((tx) =>
          tx.putReleases(
            Object.entries(due).map(([id, judgeAt]) => release({ key: id.split('@')[0] ?? '', judgeAt })),
          ),
        );
        const claim = (now: number, limit: number) =>
          store.write(async (tx) =>
            (await tx.claimJudgements(now, 100, limit)).map(({ key, judgeAt }) => [key, judgeAt]),
          );
        assert.deepEqual(await store.nextDue(), { poll: null, judge: 5 });
        assert.deepEqual(await claim(4, 10), []);
        assert.deepEqual(await claim(20, 2), [
          ['d', 100],
          ['b', 100],
        ]);
        assert.deepEqual(await claim(20, 9), [['c', 100]]);
        assert.deepEqual(await claim(20, 9), []);
        assert.equal((await store.releases(registry, 'c'))[0]?.judgeAt, 100);
        assert.deepEqual(await store.nextDue(), { poll: null, judge: 21 });
      }));
  });
}
