import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CrateReader, ReleaseKey, Store } from '../../src/store/store.ts';
import { databases, withStore } from './databases.ts';
import { crate, registry, release } from './samples.ts';

const versions = ['0.1.0', '0.2.0', '0.10.0', '1.0.0'];

/** Crates of two registries with releases, of which some are blocked, let through or decided on. */
async function fill(store: Store): Promise<void> {
  await store.write(async (tx) => {
    for (const key of ['a', 'b', 'c']) {
      await tx.putCrate(crate({ key, firstSeen: key.charCodeAt(0) }));
      if (key !== 'c') await tx.revise(registry, key);
      const all = versions.map((version, i) => release({ key, version, position: versions.length - i }));
      await tx.putReleases(all);
    }
    await tx.putCrate(crate({ registry: 'other', key: 'a' }));
    await tx.putReleases([release({ registry: 'other', key: 'a', version: '9.0.0' })]);
    const block = { registry, key: 'a', version: '0.2.0', reason: 'bad', by: 'mo', at: 1 };
    await tx.putBlock(block);
    await tx.putBlock({ ...block, version: null, reason: 'worse' });
    await tx.putBlock({ ...block, key: 'b' });
    await tx.liftBlocks({ registry, key: 'b', version: '0.2.0' }, { by: 'mo', at: 2, reason: 'fine' });
    await tx.putBreakGlass({
      registry,
      key: 'b',
      version: '1.0.0',
      by: 'mo',
      reason: 'now',
      at: 3,
      authorEndedAt: null,
    });
  });
}

const wanted: readonly ReleaseKey[] = [
  { registry, key: 'a', version: '0.2.0' },
  { registry, key: 'a', version: '7.0.0' },
  { registry, key: 'b', version: '1.0.0' },
  { registry, key: 'nobody', version: '1.0.0' },
  { registry: 'other', key: 'a', version: '9.0.0' },
];

/** Everything that can be asked of a crate. */
async function allOf(store: CrateReader) {
  const said = [];
  for (const [of, key] of [
    [registry, 'a'],
    [registry, 'b'],
    [registry, 'c'],
    [registry, 'nobody'],
    ['other', 'a'],
  ] as const) {
    const pages = await store.releaseOutlines(of, key, { limit: 2 });
    said.push({
      crate: await store.crate(of, key),
      revision: await store.revision(of, key),
      releases: await store.releases(of, key),
      each: await Promise.all([...versions, '7.0.0', '9.0.0'].map((one) => store.release(of, key, one))),
      pages: [pages, await store.releaseOutlines(of, key, { after: pages.at(-1)?.version, limit: 9 })],
      blocks: await store.activeBlocks(of, key),
      breakGlass: await store.breakGlass(of, key),
      decisions: await store.standingDecisions(of, key),
    });
  }
  return said;
}

for (const database of databases) {
  describe(`reading ahead on ${database.name}`, { skip: database.skip }, () => {
    it('says what the store says, of what was brought and of the rest', () =>
      withStore(database, async (store) => {
        await fill(store);
        const ahead = store.readAhead();
        assert.deepEqual(await allOf(ahead), await allOf(store));
        await ahead.bring(wanted);
        assert.deepEqual(await allOf(ahead), await allOf(store));
        await ahead.bring([{ registry, key: 'a', version: '1.0.0' }]);
        assert.deepEqual(await allOf(ahead), await allOf(store));
      }));

    it('keeps to what it brought until it is told to forget it', () =>
      withStore(database, async (store) => {
        await fill(store);
        const ahead = store.readAhead();
        await ahead.bring(wanted);
        await store.write(async (tx) => {
          await tx.putReleases([release({ key: 'a', version: '0.2.0', yanked: true })]);
          await tx.revise(registry, 'a');
        });
        assert.equal((await ahead.release(registry, 'a', '0.2.0'))?.yanked, false);
        ahead.forget(registry, 'a');
        assert.deepEqual(await allOf(ahead), await allOf(store));
        await ahead.bring(wanted);
        assert.equal((await ahead.release(registry, 'a', '0.2.0'))?.yanked, true);
      }));

    it('reads more crates than one statement asks for', () =>
      withStore(database, async (store) => {
        const keys = Array.from({ length: 450 }, (_, i) => `crate-${i}`);
        await store.write(async (tx) => {
          for (const key of keys) await tx.putCrate(crate({ key }));
          await tx.putReleases(keys.map((key) => release({ key })));
        });
        const ahead = store.readAhead();
        await ahead.bring(keys.map((key) => ({ registry, key, version: '1.0.0' })));
        for (const key of keys) assert.equal((await ahead.release(registry, key, '1.0.0'))?.key, key);
      }));
  });
}
