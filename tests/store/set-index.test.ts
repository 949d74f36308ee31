import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addArtefact } from '../../src/inventory/add.ts';
import { unionOf } from '../../src/store/inventory/set-index.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { binary, crate } from '../inventory/samples.ts';
import { databases, withStore } from './databases.ts';

const now = Date.UTC(2026, 10, 29);

for (const database of databases)
  describe(`which sets have a component, on ${database.name}`, { skip: database.skip }, () => {
    it('is known before, while and after the tail is packed, also to a replica that writes nothing', () =>
      withStore(database, async (store, { location }) => {
        const replica = 'url' in location ? await openStore(location) : store;
        try {
          let added = 0;
          // Every seventh has `b` in two versions, and every third one that only it has; the tail holds 1,024 sets.
          const add = async (count: number) => {
            const statements = Array.from({ length: count }, () => {
              const i = added++;
              const more = i % 7 === 0 ? [crate('b', '1.0.0'), crate('b', `2.${i}.0`)] : [];
              const file = { sha256: i.toString(16).padStart(64, '0') };
              return binary('0', [crate('a', '1.0.0'), crate('c', `${i}.0.0`), ...more], { file });
            });
            await Promise.all(statements.map((one) => addArtefact(store.inventory, one, { by: 'ci', now })));
          };
          const check = async (reader: Store, name: string, expected: number) => {
            const ids = (await reader.inventory.componentsNamed('cargo', name)).map(({ id }) => id);
            const sets = unionOf((await reader.inventory.setsWith(ids)).values());
            assert.deepEqual(
              sets,
              [...new Set(sets)].toSorted((a, b) => a - b),
            );
            assert.equal((await reader.inventory.usesOf([sets]))[0]?.artefacts, expected, name);
            const page = await reader.inventory.artefacts({ sets, limit: 30 });
            const all = await reader.inventory.artefacts({ limit: 2000 });
            const meant = all.filter(({ setId }) => sets.includes(setId));
            assert.deepEqual(page, meant.slice(0, 30));
            const [last] = page.slice(-1);
            const next = await reader.inventory.artefacts({ sets, limit: 30, before: last?.id ?? 0 });
            assert.deepEqual(next, meant.slice(30, 60));
          };
          for (const count of [3, 500, 500, 30, 200]) {
            await add(count);
            for (const reader of new Set([store, replica])) {
              await check(reader, 'a', added);
              await check(reader, 'b', Math.ceil(added / 7));
            }
          }
          // What changes while it is asked is in one place or the other.
          await Promise.all([
            add(900),
            ...Array.from({ length: 20 }, () => replica.inventory.setsWith([1, 2])),
          ]);
          for (const reader of new Set([store, replica])) await check(reader, 'a', added);
          // A set that nothing has any more is taken out of what is remembered, or counts nothing.
          const file = { sha256: (added - 1).toString(16).padStart(64, '0') };
          await addArtefact(store.inventory, binary('0', [crate('d', '1.0.0')], { file }), { by: 'ci', now });
          for (const reader of new Set([store, replica])) {
            await check(reader, 'a', added);
            await check(reader, 'd', 1);
          }
        } finally {
          if (replica !== store) await replica.close();
        }
      }));
  });
