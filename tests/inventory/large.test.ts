/** What is made of more components than a row holds: the same artefact as any other, read in parts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addArtefact } from '../../src/inventory/add.ts';
import { type Composition, setOf, union } from '../../src/inventory/composition.ts';
import { diffContents } from '../../src/inventory/diff.ts';
import { compose, digestOf, membersOf } from '../../src/inventory/large/composition.ts';
import { sourceOf, sourceOfSet } from '../../src/inventory/large/source.ts';
import { artefactAt, contentsOf, contentsPage } from '../../src/inventory/lookup.ts';
import type { StatedComponent } from '../../src/inventory/statement.ts';
import { idsInBlock, mostInRow } from '../../src/store/inventory/set-blocks.ts';
import type { InventoryReader } from '../../src/store/inventory/store.ts';
import type { Store } from '../../src/store/store.ts';
import { databases, withStore } from '../store/databases.ts';
import { binary, crate } from './samples.ts';

const now = Date.UTC(2026, 10, 29);
const size = mostInRow + 500;

/** A chain of ten components to each of which hangs a share of the others; the last of them in C. */
function vast(version: string, count = size): readonly StatedComponent[] {
  return Array.from({ length: count }, (_, i) => {
    const hanging = Array.from({ length: Math.ceil((count - 10) / 10) }, (_, n) => 10 + i + 10 * n);
    const uses = i < 10 ? [...(i < 9 ? [i + 1] : []), ...hanging.filter((one) => one < count)] : [];
    if (i === count - 1) return { ...crate('zlib', '1.3.1', { uses }), purl: 'pkg:generic/zlib@1.3.1' };
    return crate(`c${i}`, i % 1000 === 999 ? version : '1.0.0', { uses });
  });
}

const add = (store: Store, digit: string, components: readonly StatedComponent[]) =>
  addArtefact(store.inventory, binary(digit, components, { roots: [0] }), { by: 'ci', now });

const idOf = async (store: Store, name: string, version = '1.0.0') => {
  const found = await store.inventory.componentsNamed('cargo', name);
  return found.find((one) => one.version === version)?.id ?? -1;
};

for (const database of databases)
  describe(`an artefact of ${size} components on ${database.name}`, { skip: database.skip }, () => {
    it('is one however often it comes, is found by each of them, with the way to it, and shown in pages', () =>
      withStore(database, async (store, place) => {
        const first = await add(store, 'a', vast('1.0.0'));
        const again = await add(store, 'a', vast('1.0.0'));
        assert.deepEqual(
          [first.outcome, again.outcome, again.components, again.artefact.setId],
          ['added', 'known', size, first.artefact.setId],
        );
        const blocks = await place.tamper('select count(*) as n from set_blocks');
        assert.ok(Number(blocks[0]?.n) >= size / idsInBlock && Number(blocks[0]?.n) <= size / idsInBlock + 3);
        assert.deepEqual(await place.tamper('select * from reserved_sets'), []);

        const { setId } = first.artefact;
        const ids = [await idOf(store, 'c0'), await idOf(store, 'c15'), await idOf(store, 'c4')];
        const sets = await store.inventory.setsWith(ids);
        assert.deepEqual([...sets.values()], [[setId], [setId], [setId]]);
        assert.deepEqual(await store.inventory.setsWithLibraries(), [setId]);
        const found = (await store.inventory.membersOf([setId], new Set([...ids, 10_000_000]))).get(setId);
        const names = new Map(
          (await store.inventory.components(found?.flatMap(({ way }) => way.path) ?? [])).map((one) => [
            one.id,
            one.name,
          ]),
        );
        assert.deepEqual(
          found?.map(({ way }) => [way.relation, way.path.map((id) => names.get(id)).join(' ')]).toSorted(),
          [
            ['own', 'c0'],
            ['transitive', 'c0 c1 c2 c3 c4'],
            ['transitive', 'c0 c1 c2 c3 c4 c5 c15'],
          ],
        );

        const artefact = await artefactAt(store.inventory, 'a'.repeat(64));
        const seen: string[] = [];
        for (let after = 0; after < size; after += 7000) {
          const page = await contentsPage(store.inventory, artefact, { after, limit: 7000 });
          assert.equal(page.count, size);
          seen.push(...page.contained.map(({ component }) => component.identity));
        }
        assert.deepEqual([seen.length, new Set(seen).size], [size, size]);
        await assert.rejects(contentsOf(store.inventory, artefact), { code: 'inventory/too-many' });
      }));

    it('is compared with its next build in pages, and what nothing has any more is forgotten', () =>
      withStore(database, async (store, place) => {
        await add(store, 'a', vast('1.0.0'));
        await add(store, 'b', [...vast('2.0.0'), crate('new', '1.0.0')]);
        const [old, next] = await Promise.all(
          ['a', 'b'].map((digit) => artefactAt(store.inventory, digit.repeat(64))),
        );
        assert.ok(old && next);
        const changed: string[] = [];
        const added: string[] = [];
        const removed: string[] = [];
        for (let after: number | undefined = 0; after !== undefined; ) {
          const page = await diffContents(store.inventory, old, next, { after, limit: 15 });
          assert.equal(page.same, size - 20);
          changed.push(...page.changed.map(({ old, new: is }) => `${old.name} ${old.version} ${is.version}`));
          added.push(...page.added.map(({ name }) => name));
          removed.push(...page.removed.map(({ name }) => name));
          after = page.next;
        }
        assert.deepEqual([added, removed, changed.length, new Set(changed).size], [['new'], [], 20, 20]);
        assert.ok(changed.includes('c999 1.0.0 2.0.0'));
        // A list that is put to the other makes another set; the one of before belongs to nobody.
        const more = await add(store, 'a', [crate('late', '1.0.0')]);
        assert.deepEqual([more.outcome, more.components], ['extended', size + 1]);
        const sets = await place.tamper('select distinct set_id from set_blocks order by set_id');
        const own = [more.artefact.setId, (await artefactAt(store.inventory, 'b'.repeat(64))).setId];
        assert.deepEqual(
          sets.map(({ set_id }) => Number(set_id)),
          own.toSorted((a, b) => a - b),
        );
        const ids = [await idOf(store, 'c0'), await idOf(store, 'late')];
        const found = (await store.inventory.membersOf([more.artefact.setId], new Set(ids))).values();
        assert.deepEqual(
          [...found].flat().map(({ way }) => way.relation),
          ['own', 'own'],
        );
      }));
  });

describe('a large composition', () => {
  const part = fc.record({
    scope: fc.constantFrom('linked' as const, 'build' as const, 'unknown' as const),
    confidence: fc.constantFrom('stated' as const, 'high' as const, 'low' as const),
    method: fc.constantFrom('list', 'document'),
    features: fc.option(fc.constantFrom('a', 'a,b'), { nil: undefined }),
    uses: fc.option(fc.uniqueArray(fc.nat(15)), { nil: undefined }),
  });
  const composition = fc
    .tuple(fc.array(part, { minLength: 16, maxLength: 16 }), fc.option(fc.uniqueArray(fc.nat(15))))
    .map(
      ([parts, roots]): Composition => ({
        members: new Map(
          parts.map(({ uses, ...more }, i) => [
            1 + 700 * i,
            { ...more, uses: uses && new Set(uses.map((one) => 1 + 700 * one)) },
          ]),
        ),
        roots: roots === null ? undefined : new Set(roots.map((one) => 1 + 700 * one)),
      }),
    );
  // Of what is in memory nothing is read.
  const nowhere = { components: async () => [] };

  it('says what the same one in memory says, alone and put together with another, to the digest', async () => {
    await fc.assert(
      fc.asyncProperty(composition, composition, async (one, other) => {
        for (const list of [[one], [one, other]]) {
          const said = await compose(
            list.map((each) => sourceOf(nowhere, each)),
            1000,
          );
          const expected = setOf(list.reduce(union));
          assert.equal(await digestOf(said), expected.digest);
          assert.deepEqual(JSON.parse(JSON.stringify(membersOf(said))), expected.members);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('holds one block of a set at a time', async () => {
    let [held, most] = [0, 0];
    const member = { scope: 'linked', confidence: 'stated', method: 'list', uses: null } as const;
    const store = {
      async *blocksOf(setId: number) {
        for (let block = 0; block < 30; block++) {
          most = Math.max(most, ++held);
          const components = Array.from({ length: 4 }, (_, i) => 1 + block * idsInBlock + i);
          const none = components.map(() => 0);
          const members = components.map((component) => ({ ...member, component }));
          yield { setId, block, first: 4 * block, size: 4, components, ways: none, depths: none, members };
          held--;
        }
      },
    } as unknown as InventoryReader;
    const set = { id: 1, digest: '', members: [], roots: null, size: 120 };
    assert.equal((await compose([sourceOfSet(store, set)], 1000)).ids.length, 120);
    assert.equal(most, 1);
  });
});
