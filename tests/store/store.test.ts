import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreError } from '../../src/store/error.ts';
import { openStore } from '../../src/store/open.ts';
import type { ReleaseState } from '../../src/store/records.ts';
import { databases, withStore } from './databases.ts';
import { allow, crate, entry, hold, registry, release } from './samples.ts';

for (const database of databases) {
  describe(`store on ${database.name}`, { skip: database.skip }, () => {
    it('starts empty', () =>
      withStore(database, async (store) => {
        assert.equal(await store.crate(registry, 'serde'), undefined);
        assert.deepEqual(await store.releases(registry, 'serde'), []);
        assert.deepEqual(await store.log({ limit: 10 }), []);
        assert.equal(await store.lastSeq(), 0);
        assert.equal(await store.policyInForce(), undefined);
        assert.deepEqual(await store.tokens(), []);
        assert.deepEqual(await store.nextDue(), { poll: null, judge: null });
        assert.deepEqual(await store.counts(), {
          crates: 0,
          failing: 0,
          releases: { held: 0, promoted: 0, review: 0, blocked: 0, withdrawn: 0 },
        });
      }));

    it('keeps everything when it is closed and opened again', () =>
      withStore(database, async (store, place) => {
        await store.write(async (tx) => {
          await tx.putCrate(crate());
          await tx.append([entry({ verdict: hold, details: { before: 'é', after: '🦀' } })]);
        });
        await store.close();
        const again = await openStore(place.location);
        assert.deepEqual(await again.crate(registry, 'serde'), crate());
        assert.deepEqual(await again.log({ limit: 5 }), [
          { seq: 1, ...entry({ verdict: hold, details: { before: 'é', after: '🦀' } }) },
        ]);
        await again.close();
      }));

    it('gives back every field of a crate as it was put, and replaces it', () =>
      withStore(database, async (store) => {
        const first = crate();
        const second = crate({
          firstSeen: 0,
          etag: 'W/"x"',
          lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT',
          digest: '0'.repeat(64),
          checkedAt: Number.MAX_SAFE_INTEGER,
          pollAt: -1,
          failures: 3,
          lastError: `line\nbreak 'quotes' "double" \\ {1,2} ${'x'.repeat(10_000)}`,
          absentSince: 7,
        });
        for (const record of [first, second, first]) {
          await store.write((tx) => tx.putCrate(record));
          assert.deepEqual(await store.crate(registry, 'serde'), record);
        }
      }));

    it('gives back every field of a release as it was put, and replaces it', () =>
      withStore(database, async (store) => {
        const first = release();
        const second = release({
          position: 5,
          line: '{"name":"serde", "vers":"1.0.0"}  ',
          checksum: 'b'.repeat(64),
          lineChecksum: 'c'.repeat(64),
          published: 9,
          arrival: 'back-catalogue',
          dependenciesChangedAt: 10,
          yanked: true,
          yankedAt: 11,
          state: 'review',
          until: 12,
          judged: 'release',
          archive: '{ "size": 1 }',
          verdict: allow,
          policy: '',
          judgeAt: 13,
          stateSince: 14,
        });
        for (const record of [first, second, first]) {
          await store.write((tx) => tx.putReleases([record]));
          assert.deepEqual(await store.releases(registry, 'serde'), [record]);
        }
      }));

    it('takes the last of equal releases in one batch', () =>
      withStore(database, async (store) => {
        const last = release({ state: 'promoted' });
        await store.write((tx) =>
          tx.putReleases([release(), release({ version: '2.0.0', position: 1 }), last]),
        );
        assert.deepEqual(await store.releases(registry, 'serde'), [
          last,
          release({ version: '2.0.0', position: 1 }),
        ]);
      }));

    it('takes thousands of releases and log entries at once, in order', () =>
      withStore(database, async (store) => {
        const releases = Array.from({ length: 3_000 }, (_, i) =>
          release({ version: `1.0.${i}`, position: i }),
        );
        const entries = releases.map(({ version }) => entry({ version, event: 'appeared', verdict: hold }));
        await store.write(async (tx) => {
          await tx.putReleases(releases);
          await tx.append(entries);
          await tx.append([]);
          await tx.putReleases([]);
        });
        assert.deepEqual(await store.releases(registry, 'serde'), releases);
        const log = await store.log({ limit: 5_000 });
        assert.deepEqual(
          log.map(({ seq, version }) => [seq, version]),
          releases.map(({ version }, i) => [i + 1, version]),
        );
      }));

    it('refuses to write what it could not read again, and keeps nothing of the batch', () =>
      withStore(database, async (store) => {
        const bad = [
          { line: 'a\0b' },
          { line: '\ud800' },
          { checksum: 'A'.repeat(64) },
          { position: -1 },
          { firstSeen: 1.5 },
          { until: Number.NaN },
          { stateSince: 2 ** 53 },
          { archive: 'not json' },
          { state: 'helt' as ReleaseState },
        ];
        for (const fields of bad) {
          const batch = [release({ version: '0.9.0' }), release(fields)];
          await assert.rejects(
            store.write((tx) => tx.putReleases(batch)),
            (error) => error instanceof StoreError && error.code === 'store/unstorable',
            JSON.stringify(fields),
          );
        }
        assert.deepEqual(await store.releases(registry, 'serde'), []);
      }));
  });
}
