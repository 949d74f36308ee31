import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Lineages } from '../../../src/registry/judgement/lineages.ts';
import type { StoreReader } from '../../../src/store/store.ts';
import { ModelStore } from '../../store/model.ts';
import { crate, release } from '../../store/samples.ts';

const versions = Array.from({ length: 1200 }, (_, i) => `1.0.${i}`);

/** A store that notes which pages of releases were read of it, and what is to be done while the first one is. */
async function watched(during?: (store: ModelStore) => Promise<void>) {
  const store = new ModelStore();
  await store.putCrate(crate({ digest: 'd'.repeat(64) }));
  await store.putReleases(versions.map((version, position) => release({ version, position, policy: 'p' })));
  const pages: (string | undefined)[] = [];
  const reader: StoreReader = Object.create(store, {
    releaseOutlines: {
      value: async (registry: string, key: string, page: { after?: string; limit: number }) => {
        pages.push(page.after);
        const found = await store.releaseOutlines(registry, key, page);
        if (pages.length === 1) await during?.(store);
        return found;
      },
    },
  });
  return { store, reader, pages };
}

describe('the lineage of a crate', () => {
  it('is read a page at a time, and only once however many of its releases are judged by their bytes', async () => {
    const { reader, pages } = await watched();
    const lineages = new Lineages();
    const known = await lineages.of(reader, 'crates.io', 'serde');
    assert.equal(known?.name, 'serde');
    assert.deepEqual([...(known?.policies ?? [])], ['p']);
    assert.equal(known?.lineage.listed.size, versions.length);
    assert.equal(known?.lineage.baseOf('1.0.1000'), '1.0.999');
    assert.equal(pages.length, 3);
    assert.equal(await lineages.of(reader, 'crates.io', 'serde'), known);
    assert.equal(pages.length, 3);
  });

  it('is read again after more of the crate was settled than what bytes say', async () => {
    const { store, reader } = await watched();
    const lineages = new Lineages();
    await lineages.of(reader, 'crates.io', 'serde');
    await store.putReleases([release({ version: '1.0.999', position: 999, state: 'withdrawn' })]);
    await store.revise('crates.io', 'serde');
    const known = await lineages.of(reader, 'crates.io', 'serde');
    assert.equal(known?.lineage.baseOf('1.0.1000'), '1.0.998');
  });

  it('is of one moment, whatever is settled while it is read', async () => {
    const { reader, pages } = await watched(async (store) => {
      const [version, position] = ['1.0.5000', 5000];
      await store.putReleases([release({ version, position })]);
      await store.revise('crates.io', 'serde');
    });
    const known = await new Lineages().of(reader, 'crates.io', 'serde');
    assert.equal(known?.lineage.listed.size, versions.length + 1);
    assert.equal(pages.filter((after) => after === undefined).length, 2);
  });

  it('is not there where nothing of the crate is recorded', async () => {
    const { reader } = await watched();
    assert.equal(await new Lineages().of(reader, 'crates.io', 'other'), undefined);
  });
});
