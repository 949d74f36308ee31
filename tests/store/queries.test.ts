import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReleaseState } from '../../src/store/records.ts';
import { databases, withStore } from './databases.ts';
import { crate, entry, registry, release } from './samples.ts';

for (const database of databases) {
  describe(`questions to the store on ${database.name}`, { skip: database.skip }, () => {
    it('lists releases by position, of one crate of one registry', () =>
      withStore(database, async (store) => {
        const wanted = ['0.1.0', '0.10.0', '0.2.0', '1.0.0+b', '1.0.0+a'].map((version, position) =>
          release({ version, position }),
        );
        await store.write(async (tx) => {
          await tx.putReleases(wanted.toReversed());
          await tx.putReleases([release({ key: 'serde2' }), release({ registry: 'other' })]);
        });
        assert.deepEqual(await store.releases(registry, 'serde'), wanted);
      }));

    it('finds releases by registry, key and state, newest state first, in pages', () =>
      withStore(database, async (store) => {
        const a = release({ key: 'a', state: 'promoted', stateSince: 1 });
        const b = release({ key: 'b', state: 'held', stateSince: 3 });
        const c = release({ key: 'B', state: 'review', stateSince: 2, registry: 'other' });
        const d = release({ key: 'a', version: '2.0.0', position: 1, state: 'review', stateSince: 2 });
        await store.write((tx) => tx.putReleases([a, b, c, d]));
        const limit = 10;
        assert.deepEqual(await store.findReleases({ limit }), [b, d, c, a]);
        assert.deepEqual(await store.findReleases({ limit: 2, after: b }), [d, c]);
        assert.deepEqual(await store.findReleases({ limit: 0 }), []);
        assert.deepEqual(await store.findReleases({ limit, after: a }), []);
        assert.deepEqual(await store.findReleases({ limit, registry }), [b, d, a]);
        assert.deepEqual(await store.findReleases({ limit, key: 'a' }), [d, a]);
        assert.deepEqual(await store.findReleases({ limit, states: ['review', 'held'] }), [b, d, c]);
        assert.deepEqual(await store.findReleases({ limit, states: [] }), []);
        assert.deepEqual(await store.findReleases({ limit, registry, key: 'a', states: ['held'] }), []);
      }));

    it('searches crates by a part of their key, shortest first; the text is no pattern', () =>
      withStore(database, async (store) => {
        await store.write(async (tx) => {
          for (const key of ['serde_json', 'serde', 'serde-yaml', 'aserde', 'x%y', 'x\\y', 'xzy']) {
            await tx.putCrate(crate({ key }));
          }
          await tx.putCrate(crate({ registry: 'other', key: 'serde' }));
        });
        const search = (text: string, limit = 10) => store.searchCrates(registry, text, limit);
        assert.deepEqual(await search('SERDE'), ['serde', 'aserde', 'serde-yaml', 'serde_json']);
        assert.deepEqual(await search('serde', 2), ['serde', 'aserde']);
        assert.deepEqual(await search('_'), ['serde_json']);
        assert.deepEqual(await search('%'), ['x%y']);
        assert.deepEqual(await search('\\'), ['x\\y']);
        assert.deepEqual(await search("'"), []);
        assert.equal((await search('')).length, 7);
      }));

    it('lists crates that were read and are still upstream, last checked first', () =>
      withStore(database, async (store) => {
        const digest = 'd'.repeat(64);
        await store.write(async (tx) => {
          await tx.putCrate(crate({ key: 'unread', checkedAt: 9 }));
          await tx.putCrate(crate({ key: 'gone', checkedAt: 9, digest, absentSince: 9 }));
          await tx.putCrate(crate({ key: 'never', digest }));
          await tx.putCrate(crate({ key: 'old', digest, checkedAt: 1 }));
          await tx.putCrate(crate({ key: 'new-b', digest, checkedAt: 2 }));
          await tx.putCrate(crate({ key: 'new-a', digest, checkedAt: 2 }));
          await tx.putCrate(crate({ registry: 'other', key: 'x', digest, checkedAt: 2 }));
        });
        assert.deepEqual(await store.presentCrates(registry, 10), ['new-a', 'new-b', 'old', 'never']);
        assert.deepEqual(await store.presentCrates(registry, 1), ['new-a']);
      }));

    it('finds the crates that another policy judged', () =>
      withStore(database, async (store) => {
        await store.write((tx) =>
          tx.putReleases([
            release({ key: 'b', policy: 'p0' }),
            release({ key: 'b', policy: 'p9', version: '2.0.0' }),
            release({ key: 'a', policy: 'p9' }),
            release({ key: 'c', policy: 'p1' }),
            release({ key: 'b', policy: 'p0', registry: 'other' }),
          ]),
        );
        const a = { registry, key: 'a' };
        const b = { registry, key: 'b' };
        assert.deepEqual(await store.cratesJudgedOtherwise('p1', 10), [
          a,
          b,
          { registry: 'other', key: 'b' },
        ]);
        assert.deepEqual(await store.cratesJudgedOtherwise('p1', 2), [a, b]);
        assert.deepEqual(await store.cratesJudgedOtherwise('p9', 1), [b]);
        assert.equal((await store.cratesJudgedOtherwise('none', 10)).length, 4);
      }));

    it('reads the log after a seq and by crate and version', () =>
      withStore(database, async (store) => {
        await store.write((tx) =>
          tx.append([
            entry({ key: '', version: '', event: 'policy-activated' }),
            entry(),
            entry({ version: '2.0.0' }),
            entry({ registry: 'other' }),
            entry(),
          ]),
        );
        const seqs = async (query: object) =>
          (await store.log({ limit: 10, ...query })).map(({ seq }) => seq);
        assert.deepEqual(await seqs({}), [1, 2, 3, 4, 5]);
        assert.deepEqual(await seqs({ after: 3 }), [4, 5]);
        assert.deepEqual(await seqs({ after: 0, limit: 2 }), [1, 2]);
        assert.deepEqual(await seqs({ key: 'serde' }), [2, 3, 4, 5]);
        assert.deepEqual(await seqs({ registry, key: 'serde' }), [2, 3, 5]);
        assert.deepEqual(await seqs({ registry, key: 'serde', version: '1.0.0', after: 2 }), [5]);
        assert.deepEqual(await seqs({ key: '', version: '' }), [1]);
        assert.equal(await store.lastSeq(), 5);
      }));

    it('counts crates, failing polls and releases by state', () =>
      withStore(database, async (store) => {
        const states: readonly ReleaseState[] = [
          'held',
          'held',
          'promoted',
          'review',
          'blocked',
          'withdrawn',
        ];
        await store.write(async (tx) => {
          await tx.putCrate(crate());
          await tx.putCrate(crate({ key: 'b', failures: 2 }));
          await tx.putReleases(states.map((state, i) => release({ version: `${i}.0.0`, state })));
        });
        assert.deepEqual(await store.counts(), {
          crates: 2,
          failing: 1,
          releases: { held: 2, promoted: 1, review: 1, blocked: 1, withdrawn: 1 },
        });
      }));
  });
}
