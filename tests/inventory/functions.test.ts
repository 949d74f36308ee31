/** What ranks behind others: an advisory names functions, and the debug information of an artefact has no code of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FunctionFilter } from '../../src/binary/function-filter.ts';
import type { Advisory } from '../../src/facts/advisories/advisory.ts';
import { databaseOf } from '../../src/facts/advisories/database.ts';
import { addArtefact } from '../../src/inventory/add.ts';
import { affected } from '../../src/inventory/affected/affected.ts';
import { functionsNamed } from '../../src/inventory/affected/functions.ts';
import { Strikes } from '../../src/inventory/exposure/strikes.ts';
import type { ComponentRecord } from '../../src/store/inventory/records.ts';
import type { Store } from '../../src/store/store.ts';
import { databases, withStore } from '../store/databases.ts';
import { advisory } from './advisories.ts';
import { binary, crate } from './samples.ts';

const now = Date.UTC(2026, 10, 29);
const filter = (...keys: string[]) => FunctionFilter.of(new Set(keys)).text;

function program(functions: string | undefined) {
  const statement = binary('a', [crate('list', '1.2.0')]);
  return {
    ...statement,
    file: { sha256: 'a'.repeat(64), ...(functions === undefined ? {} : { functions }) },
  };
}

const add = (store: Store, functions: string | undefined, signed = false) =>
  addArtefact(store.inventory, program(functions), {
    by: 'ci',
    now,
    signed: signed ? { by: ['somebody'], session: null } : undefined,
  });

function about(functions: Readonly<Record<string, readonly string[]>>, id = 'RUSTSEC-2026-0001'): Advisory {
  return { ...advisory('list', id), platforms: { arch: [], os: [], functions } };
}

async function ranked(store: Store, advisories: readonly Advisory[], isDefined = true) {
  const provenance = { source: 'advisory-db', readAt: '2026-11-29T00:00:00Z' };
  const feed = { database: databaseOf(advisories), packages: [], provenance, problems: [] };
  const found = await affected(store, [{ feed, alarm: undefined }], {
    of: advisories[0]?.id ?? '',
    limit: 10,
    now,
    defines: async () => isDefined,
  });
  // It strikes and counts whatever ranks behind.
  assert.deepEqual([found.answer, found.count, found.settled], ['affected', 1, 0]);
  return found.artefacts[0]?.findings[0]?.ranked?.reason;
}

/** Paths of an advisory, and whether an artefact ranks behind that has code of `parse` and `List::push` alone. */
const cases: readonly (readonly [functions: Record<string, string[]>, isBehind: boolean])[] = [
  [{ 'list::List::insert': ['< 2'] }, true],
  [{ 'list::inner::deep::List<T>::insert': ['< 2'] }, true],
  [{ 'list::List::<T, U>::insert': ['*'] }, true],
  [{ 'list::render': ['< 2'] }, true],
  [{ 'list::List::insert': [] }, true],
  [{ 'list::List::insert': ['no requirement'] }, true],
  [{ 'list::List::push': ['< 2'] }, false],
  [{ 'list::elsewhere::List::push': ['< 2'] }, false],
  [{ 'list::parse': ['< 2'] }, false],
  [{ 'list::inner::parse': ['< 2'] }, false],
  [{ 'list::List::insert': ['< 2'], 'list::List::push': ['< 2'] }, false],
  // Of another version: what it is about in this one nobody says.
  [{ 'list::List::insert': ['< 1'] }, false],
  [{ 'list::List::insert': ['< 2'], 'list::List::push': ['< 1'] }, true],
  // No functions.
  [{ 'list::List': ['< 2'] }, false],
  [{ list: ['< 2'] }, false],
  [{ 'list::Stamp::Into<SystemTime>': ['< 2'] }, false],
  [{ 'list::<List as Clone>::clone': ['< 2'] }, false],
  [{}, false],
];

for (const database of databases)
  describe(`functions of artefacts, on ${database.name}`, { skip: database.skip }, () => {
    it('rank what has no code of them behind the rest', () =>
      withStore(database, async (store) => {
        await add(store, filter('parse', 'List::push'));
        for (const [functions, isBehind] of cases) {
          const reason = await ranked(store, [about(functions)]);
          assert.equal(reason !== undefined, isBehind, JSON.stringify(functions));
        }
        assert.equal(
          await ranked(store, [about({ 'list::List::insert': ['< 2'], 'list::render': ['< 2'] })]),
          'its debug information has no code of list::List::insert and list::render',
        );
      }));

    it('prove nothing where the source does not define them, and where nothing is known of the artefact', () =>
      withStore(database, async (store) => {
        const one = [about({ 'list::List::insert': ['< 2'] })];
        await add(store, undefined);
        assert.equal(await ranked(store, one), undefined);
        await add(store, filter('parse'));
        assert.ok(await ranked(store, one));
        assert.equal(await ranked(store, one, false), undefined);
        // Another advisory of that name is about all of the release.
        assert.equal(
          await ranked(store, [
            ...one,
            { ...about({}, 'GHSA-aaaa-bbbb-cccc'), aliases: ['RUSTSEC-2026-0001'] },
          ]),
          undefined,
        );
      }));

    it('of two words about the same bytes, neither counts; of a later reader the later one, and of a signed one that', () =>
      withStore(database, async (store) => {
        const id = (await add(store, filter('a'))).artefact.id;
        const kept = async () => (await store.inventory.functionsOf([id])).get(id);
        await add(store, undefined);
        await add(store, filter('a'));
        assert.equal(await kept(), filter('a'));
        const later = filter('b').replace(/^1:/, '2:');
        await add(store, later);
        assert.equal(await kept(), later);
        await add(store, filter('c'));
        assert.equal(FunctionFilter.read((await kept()) ?? ''), undefined);
        await add(store, filter('c'));
        assert.equal(FunctionFilter.read((await kept()) ?? ''), undefined);
        await add(store, filter('d'), true);
        await add(store, filter('e'));
        assert.equal(await kept(), filter('d'));
      }));
  });

describe('a filter of functions', () => {
  it('has what was put in, hardly anything else, and comes back from its text', () => {
    const keys = new Set(Array.from({ length: 20_000 }, (_, i) => `Type${i}::function`));
    const made = FunctionFilter.of(keys);
    const read = FunctionFilter.read(made.text);
    assert.ok(read);
    assert.ok([...keys].every((key) => read.mayHave(key)));
    const others = Array.from({ length: 20_000 }, (_, i) => `Other${i}::function`);
    assert.ok(others.filter((key) => read.mayHave(key)).length < 400);
    assert.equal(made.bytes.length, 25_000);
  });

  it('is none of another version, cut off or with other signs', () => {
    const { text } = FunctionFilter.of(new Set(['a']));
    for (const wrong of [text.replace('1:', '2:'), text.slice(0, 6), `${text}!`, text.slice(2), ''])
      assert.equal(FunctionFilter.read(wrong), undefined, wrong);
  });
});

it('what strikes a release keeps the functions that are meant in it', () => {
  const functions = { 'list::a': ['< 1'], 'list::b': ['>= 1, < 2'] };
  assert.deepEqual(functionsNamed([about(functions)], '1.2.0'), ['list::b']);
  assert.deepEqual(functionsNamed([about(functions), about({})], '1.2.0'), []);
  const provenance = { source: 'advisory-db', readAt: '2026-11-29T00:00:00Z' };
  const one = about(functions);
  const strikes = new Strikes([{ database: databaseOf([one]), packages: [], provenance, problems: [] }]);
  const component: ComponentRecord = {
    id: 1,
    identity: 'pkg:cargo/list@1.2.0',
    kind: 'cargo',
    key: 'list',
    name: 'list',
    version: '1.2.0',
    source: 'crates.io',
  };
  assert.deepEqual(
    strikes.of(component).map(({ body }) => body.functions),
    [['list::b']],
  );
});
