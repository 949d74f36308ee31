import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addArtefact } from '../../src/inventory/add.ts';
import { countWithLibraries } from '../../src/inventory/affected/libraries.ts';
import { diffContents } from '../../src/inventory/diff.ts';
import { artefactAt, contentsOf } from '../../src/inventory/lookup.ts';
import type { ArtefactStatement, StatedComponent } from '../../src/inventory/statement.ts';
import type { Store } from '../../src/store/store.ts';
import { databases, withStore } from '../store/databases.ts';
import { binary, crate } from './samples.ts';

const now = Date.UTC(2026, 10, 29);
const add = (store: Store, statement: ArtefactStatement, at = now) =>
  addArtefact(store.inventory, statement, { by: 'ci', now: at });
const namesIn = async (store: Store, id: string) =>
  (await contentsOf(store.inventory, await artefactAt(store.inventory, id))).contained.map(
    ({ component: { name, version } }) => `${name}@${version ?? '?'}`,
  );
const numbers = (rows: readonly object[]) => rows.map((row) => Object.values(row).map(Number));
const setsOf = async (store: Store, name: string) => {
  const ids = (await store.inventory.componentsNamed('cargo', name)).map(({ id }) => id);
  return [...new Set([...(await store.inventory.setsWith(ids)).values()].flat())];
};
const count = (store: Store) => store.inventory.countArtefacts({});

for (const database of databases) {
  describe(`artefacts on ${database.name}`, { skip: database.skip }, () => {
    it('that are added twice are one, and the second time nothing is new', () =>
      withStore(database, async (store) => {
        const statement = binary('a', [crate('serde', '1.0.2')]);
        const first = await add(store, statement);
        const second = await add(store, statement, now + 5);
        assert.deepEqual([first.outcome, second.outcome], ['added', 'known']);
        assert.equal(second.artefact.id, first.artefact.id);
        assert.deepEqual([second.artefact.firstSeen, second.artefact.lastSeen], [now, now + 5]);
        assert.equal(await count(store), 1);
      }));

    it('of two lists, have what either names; the order of them changes nothing', () =>
      withStore(database, async (store) => {
        const parts = [
          [crate('serde', '1.0.2', { uses: [1] }), crate('itoa', '1.0.0')],
          [crate('ryu', '1.0.1'), crate('serde', '1.0.2', { uses: [0] })],
        ];
        for (const [digit, order] of [
          ['a', parts],
          ['b', parts.toReversed()],
        ] as const)
          for (const components of order) await add(store, binary(digit, components));
        const [a, b] = [
          await artefactAt(store.inventory, 'aaaaaaaa'),
          await artefactAt(store.inventory, 'bbbbbbbb'),
        ];
        assert.deepEqual(await namesIn(store, 'aaaaaaaa'), ['itoa@1.0.0', 'ryu@1.0.1', 'serde@1.0.2']);
        assert.equal(a.setId, b.setId);
      }));

    it('are known by a list rather than by traces, whichever came first, and traces are no list', () =>
      withStore(database, async (store) => {
        const traces = { knownBy: 'traces', completeness: 'incomplete' } as const;
        const low = { method: 'folder', confidence: 'low' } as const;
        const recovered = (digit: string) => binary(digit, [crate('ghost', '1.0.0', low)], traces);
        const listed = (digit: string) => binary(digit, [crate('serde', '1.0.2')], { commit: 'c1' });
        for (const statement of [recovered('a'), listed('a'), listed('b'), recovered('b')])
          await add(store, statement);
        for (const id of ['aaaaaaaa', 'bbbbbbbb']) {
          const artefact = await artefactAt(store.inventory, id);
          assert.deepEqual(
            [artefact.trust, artefact.completeness, artefact.commit, await namesIn(store, id)],
            ['unsigned', 'complete', 'c1', ['serde@1.0.2']],
          );
        }
        assert.equal(await store.inventory.countArtefacts({ partlyKnown: true }), 0);
        await add(store, recovered('c'));
        const [left] = await store.inventory.artefacts({ partlyKnown: true, limit: 9 });
        assert.deepEqual([left?.trust, left?.completeness], ['recovered', 'incomplete']);
      }));

    it('keep what was said first of where they came from', () =>
      withStore(database, async (store) => {
        await add(store, binary('a', [], { project: 'https://git.example/app' }));
        const { outcome, artefact } = await add(
          store,
          binary('a', [], { project: 'https://elsewhere.invalid/', target: 'x86_64-unknown-linux-musl' }),
        );
        assert.deepEqual(
          [outcome, artefact.project, artefact.target],
          ['extended', 'https://git.example/app', 'x86_64-unknown-linux-musl'],
        );
      }));

    it('of one project for two targets are two, and so are two documents without a file that differ', () =>
      withStore(database, async (store) => {
        const of = (target: string) => binary('a', [crate('libc', '0.2.1')], { file: undefined, target });
        for (const target of ['linux', 'windows', 'linux']) await add(store, of(target));
        assert.equal(await count(store), 2);
        const [one] = await store.inventory.artefacts({ target: 'linux', limit: 9 });
        assert.equal(one?.digest, null);
      }));

    it('with edges that lead nowhere, or too many components, are refused, and nothing is kept', () =>
      withStore(database, async (store) => {
        await assert.rejects(add(store, binary('a', [crate('a', '1.0.0', { uses: [1] })])), {
          code: 'inventory/statement',
        });
        const many = Array.from({ length: 100_001 }, (_, i) => crate(`c${i}`, '1.0.0'));
        await assert.rejects(add(store, binary('a', many)), { code: 'inventory/too-many' });
        assert.equal(await count(store), 0);
      }));

    it('are found by components, page by page, and compared', () =>
      withStore(database, async (store) => {
        for (const digit of ['1', '2', '3'])
          await add(store, binary(digit, [crate('serde', '1.0.2'), crate('own', `${digit}.0.0`)]));
        const serde = await setsOf(store, 'serde');
        assert.equal(await store.inventory.countArtefacts({ sets: serde }), 3);
        assert.equal(await store.inventory.countArtefacts({ sets: serde, name: 'other' }), 0);
        const first = await store.inventory.artefacts({ sets: serde, limit: 2 });
        const rest = await store.inventory.artefacts({ sets: serde, limit: 2, before: first[1]?.id });
        assert.deepEqual(
          [...first, ...rest].map(({ identity }) => identity[0]),
          ['3', '2', '1'],
        );
        const [one, two] = await Promise.all(
          ['11111111', '22222222'].map((id) => artefactAt(store.inventory, id)),
        );
        assert.ok(one && two);
        const page = { after: 0, limit: 1000 };
        const { added, removed, changed, same } = await diffContents(store.inventory, one, two, page);
        assert.deepEqual([added, removed, same], [[], [], 1]);
        assert.deepEqual(
          changed.map(({ old, new: is }) => [old.version, is.version]),
          [['1.0.0', '2.0.0']],
        );
      }));

    it('stand the same whoever said what first: the signed word, its latest verdict, and every attempt', async () => {
      const verdict = fc.option(
        fc.record({
          word: fc.constantFrom('allow' as const, 'deny' as const),
          at: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'),
        }),
        { nil: undefined },
      );
      const said = fc.record({
        kind: fc.constantFrom('signed' as const, 'refused' as const, 'unsigned' as const),
        verdict,
      });
      const runs = database.name === 'SQLite' ? 40 : 10;
      await fc.assert(
        fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 6 }), fc.nat(), (all, turn) =>
          withStore(database, async (store) => {
            const cut = turn % all.length;
            for (const [digit, list] of [
              ['1', all],
              ['2', [...all.slice(cut), ...all.slice(0, cut)].toReversed()],
            ] as const)
              for (const one of list)
                await addArtefact(
                  store.inventory,
                  binary(digit, [crate('a', '1.0.0')], { verdict: one.verdict }),
                  {
                    ...{ by: 'ci', now },
                    signed: one.kind === 'signed' ? { by: ['a key'], session: 'known' } : undefined,
                    refused: one.kind === 'refused' ? 'it is about other bytes' : undefined,
                  },
                );
            const [one, other] = await Promise.all(
              ['11111111', '22222222'].map(async (id) => {
                const { trust, verdict, verdictAt, signedBy, session, attempts } = await artefactAt(
                  store.inventory,
                  id,
                );
                return { trust, verdict, verdictAt, signedBy, session, attempts };
              }),
            );
            assert.deepEqual(one, other);
            const signed = all.filter(({ kind }) => kind === 'signed');
            assert.equal(one?.trust, signed.length > 0 ? 'signed' : 'unsigned');
            const refused = all.filter(({ kind }) => kind === 'refused').length;
            assert.equal(one?.attempts?.[0]?.times ?? 0, refused);
            const counts = (signed.length > 0 ? signed : all).flatMap(({ verdict }) => verdict ?? []);
            const last = counts
              .map(({ at }) => at)
              .toSorted()
              .at(-1);
            const lasting = counts.filter(({ at }) => at === last).map(({ word }) => word);
            assert.equal(one?.verdict ?? undefined, lasting.includes('deny') ? 'deny' : lasting[0]);
          }),
        ),
        { numRuns: runs },
      );
    });

    it('keep counts that are those of a full recount, whatever is added in whatever order', async () => {
      const component = fc.record({
        name: fc.constantFrom('a', 'b', 'c', 'd'),
        version: fc.constantFrom('1.0.0', '2.0.0', undefined),
        scope: fc.constantFrom('linked', 'build', 'unknown'),
        uses: fc.option(fc.array(fc.nat(2), { maxLength: 2 }), { nil: undefined }),
      });
      const statement = fc.record({
        digit: fc.constantFrom('1', '2', '3', '4'),
        components: fc.array(component, { minLength: 3, maxLength: 6 }),
        isImage: fc.boolean(),
        knownBy: fc.constantFrom('list', 'traces'),
        isSigned: fc.boolean(),
      });
      const runs = database.name === 'SQLite' ? 25 : 8;
      await fc.assert(
        fc.asyncProperty(fc.array(statement, { maxLength: 12 }), (statements) =>
          withStore(database, async (store, place) => {
            const library = crate('libc6', '2.36-9', { purl: 'pkg:deb/debian/libc6@2.36-9' });
            // Some of them at once, which are written together.
            for (let first = 0; first < statements.length; first += 3)
              await Promise.all(
                statements
                  .slice(first, first + 3)
                  .map(({ digit, components, knownBy, isImage, isSigned }) => {
                    const list = components.map(
                      ({ name, version, ...rest }): StatedComponent => crate(name, version, rest as object),
                    );
                    const all = isImage ? [...list, library] : list;
                    const said = binary(digit, all, { knownBy: knownBy as 'list' });
                    const signed = isSigned ? { by: ['a key'], session: null } : undefined;
                    return addArtefact(store.inventory, said, { by: 'ci', now, signed });
                  }),
              );
            const counted = (sql: string) => place.tamper(sql).then(numbers);
            const used = await counted(
              `select set_id, count(*) as n, sum(case when completeness = 'complete' then 0 else 1 end) as partly
                from artefacts group by set_id order by set_id`,
            );
            const last = used.at(-1)?.[0] ?? 0;
            const every = await store.inventory.usesOf(Array.from({ length: last + 9 }, (_, i) => [i]));
            assert.deepEqual(
              every.flatMap(({ artefacts, partly }, set) =>
                artefacts === 0 ? [] : [[set, artefacts, partly]],
              ),
              used,
            );
            assert.deepEqual(
              await counted('select artefacts, partly, tail_sets, signed, recovered from inventory_state'),
              await counted(
                `select (select count(*) from artefacts) as a,
                  (select count(*) from artefacts where completeness <> 'complete') as b, (select count(*) from component_sets) as c,
                  (select count(*) from artefacts where trust = 'signed') as d,
                  (select count(*) from artefacts where trust = 'recovered') as e`,
              ),
            );
            // By a filter that every one of them passes they are counted.
            assert.deepEqual(
              await store.inventory.countByTrust({ name: 'app' }),
              await store.inventory.countByTrust({}),
            );
            const all = await store.inventory.artefacts({ limit: 99 });
            const contents = await Promise.all(all.map((one) => contentsOf(store.inventory, one)));
            const withLibraries = contents.filter(({ contained }) =>
              contained.some(({ component }) => component.kind === 'other'),
            );
            for (const filter of [{}, { name: 'app' }])
              assert.equal(await countWithLibraries(store.inventory, filter), withLibraries.length);
            for (const name of ['a', 'b', 'c', 'd']) {
              const ids = (await store.inventory.componentsNamed('cargo', name)).map(({ id }) => id);
              const byList = new Set<number>();
              for (const artefact of await store.inventory.artefacts({ limit: 99 })) {
                const { contained } = await contentsOf(store.inventory, artefact);
                if (contained.some(({ component }) => ids.includes(component.id))) byList.add(artefact.id);
              }
              const sets = await setsOf(store, name);
              assert.equal(await store.inventory.countArtefacts({ sets }), byList.size);
              assert.equal((await store.inventory.usesOf([sets]))[0]?.artefacts, byList.size);
            }
          }),
        ),
        { numRuns: runs },
      );
    });
  });
}
