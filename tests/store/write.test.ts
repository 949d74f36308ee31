import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import type { LogEntry } from '../../src/store/records.ts';
import type { Store, StoreWriter } from '../../src/store/store.ts';
import { databases, withStore } from './databases.ts';
import { crate, entry, registry, release } from './samples.ts';

for (const database of databases) {
  describe(`write on ${database.name}`, { skip: database.skip }, () => {
    it('shows its changes inside at once, outside when it is done', () =>
      withStore(database, async (store) => {
        await store.write(async (tx) => {
          await tx.putCrate(crate());
          await tx.append([entry()]);
          assert.deepEqual(await tx.crate(registry, 'serde'), crate());
          assert.equal(await tx.lastSeq(), 1);
          assert.equal(await store.crate(registry, 'serde'), undefined);
          assert.equal(await store.lastSeq(), 0);
        });
        assert.deepEqual(await store.crate(registry, 'serde'), crate());
        assert.equal(await store.lastSeq(), 1);
      }));

    it('takes back everything when the work throws, and goes on', () =>
      withStore(database, async (store) => {
        const failure = new Error('no');
        await store.write((tx) => tx.append([entry()]));
        await assert.rejects(
          store.write(async (tx) => {
            await tx.putCrate(crate());
            await tx.putReleases([release()]);
            await tx.append([entry(), entry()]);
            await tx.putBlock({ registry, key: 'serde', version: null, reason: '', by: 'ana', at: 1 });
            throw failure;
          }),
          failure,
        );
        assert.equal(await store.crate(registry, 'serde'), undefined);
        assert.deepEqual(await store.releases(registry, 'serde'), []);
        assert.deepEqual(await store.activeBlocks(registry, 'serde'), []);
        await store.write((tx) => tx.append([entry()]));
        assert.deepEqual(
          (await store.log({ limit: 9 })).map(({ seq }) => seq),
          [1, 2],
        );
      }));

    it('keeps nothing after a statement failed, even when the work caught the error', () =>
      withStore(database, async (store) => {
        await assert.rejects(
          store.write(async (tx) => {
            await tx.putCrate(crate());
            await tx.log({ limit: 'ten' as unknown as number }).catch(() => {});
          }),
        );
        assert.equal(await store.crate(registry, 'serde'), undefined);
        await store.write((tx) => tx.putCrate(crate()));
      }));

    it('keeps nothing of a load that the work did not wait for', () =>
      withStore(database, async (store) => {
        let load: Promise<void> | undefined;
        const many = Array.from({ length: 1_500 }, (_, i) => release({ version: `1.0.${i}` }));
        await store
          .write(async (tx) => {
            load = tx.putReleases(many);
            load.catch(() => {});
            throw new Error('no');
          })
          .catch(() => {});
        await load?.catch(() => {});
        assert.deepEqual(await store.releases(registry, 'serde'), []);
      }));

    it('together with others is one transaction, in the order in which they were asked for', () =>
      withStore(database, async (store) => {
        const seen: number[] = [];
        const works = Array.from({ length: 20 }, (_, i) =>
          store.writeTogether(async (tx) => {
            seen.push(await store.lastSeq());
            await tx.append([entry({ version: `1.0.${i}` })]);
            return await tx.lastSeq();
          }),
        );
        assert.deepEqual(
          await Promise.all(works),
          works.map((_, i) => i + 1),
        );
        assert.equal(await store.lastSeq(), works.length);
        assert.ok(new Set(seen).size < works.length, 'what is not on disk yet is seen by nobody else');
      }));

    it('together with one that fails takes back that one alone', () =>
      withStore(database, async (store) => {
        const failure = new Error('no');
        const works = ['a', 'b', 'c', 'd'].map((key) =>
          store.writeTogether(async (tx) => {
            await tx.putCrate(crate({ key }));
            await tx.append([entry({ key })]);
            if (key === 'b') throw failure;
          }),
        );
        const ends = await Promise.allSettled(works);
        assert.deepEqual(
          ends.map((end) => (end.status === 'rejected' ? end.reason : undefined)),
          [undefined, failure, undefined, undefined],
        );
        const log = await store.log({ limit: 9 });
        assert.deepEqual(
          log.map(({ seq, key }) => [seq, key]),
          [
            [1, 'a'],
            [2, 'c'],
            [3, 'd'],
          ],
        );
        assert.equal(await store.crate(registry, 'b'), undefined);
      }));

    it('together with others refuses a tx that has ended, though theirs goes on', () =>
      withStore(database, async (store) => {
        let kept: StoreWriter | undefined;
        const first = store.writeTogether(async (tx) => {
          kept = tx;
        });
        const second = store.writeTogether(async () => {
          await assert.rejects(kept?.append([entry()]) ?? Promise.resolve(), /has ended/);
          await assert.rejects(
            store.writeTogether(async () => {}),
            /inside of write/,
          );
        });
        await Promise.all([first, second]);
        assert.equal(await store.lastSeq(), 0);
      }));

    it('returns what the work returns', () =>
      withStore(database, async (store) => {
        assert.equal(await store.write(async () => 42), 42);
      }));

    it('refuses a write inside of a write, which would wait for itself', () =>
      withStore(database, async (store) => {
        await assert.rejects(
          store.write(() => store.write(async () => {})),
          /inside of write/,
        );
        await store.write(async () => {});
      }));

    it('refuses a tx that has ended', () =>
      withStore(database, async (store) => {
        let kept: StoreWriter | undefined;
        await store.write(async (tx) => {
          kept = tx;
        });
        await assert.rejects(async () => kept?.putCrate(crate()));
        await assert.rejects(async () => kept?.lastSeq());
        assert.equal(await store.crate(registry, 'serde'), undefined);
      }));

    it('finishes the writes that were asked for before it closes', () =>
      withStore(database, async (store, place) => {
        const writes = Array.from({ length: 20 }, () => store.write((tx) => tx.append([entry()])));
        await store.close();
        await Promise.all(writes);
        const again = await openStore(place.location);
        assert.equal(await again.lastSeq(), 20);
        await again.close();
        await assert.rejects(again.write(async () => {}));
      }));

    it('lets a follower of the log miss nothing while many write', () =>
      withStore(database, async (store, place) => {
        // A second process's store where the database can be shared.
        const stores = 'url' in place.location ? [store, await openStore(place.location)] : [store];
        const writers = Array.from({ length: 60 }, (_, i) =>
          pickOf(stores, i).write((tx) => tx.append([entry({ actor: `${i}` }), entry({ actor: `${i}` })])),
        );
        let running = true;
        const done = Promise.all(writers).finally(() => {
          running = false;
        });
        const seen: LogEntry[] = [];
        const follow = async () => {
          seen.push(...(await store.log({ after: seen.at(-1)?.seq, limit: 1_000 })));
        };
        while (running) await follow();
        await done;
        await follow();
        assert.deepEqual(
          seen.map(({ seq }) => seq),
          Array.from({ length: 120 }, (_, i) => i + 1),
        );
        for (let i = 0; i < seen.length; i += 2) assert.equal(seen[i]?.actor, seen[i + 1]?.actor);
        for (const other of stores.slice(1)) await other.close();
      }));
  });
}

function pickOf(stores: readonly Store[], i: number): Store {
  const store = stores[i % stores.length];
  assert.ok(store);
  return store;
}
