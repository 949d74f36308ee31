import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PackageAdvisory } from '../../src/distribution/advisory/advisory.ts';
import type { Advisory } from '../../src/facts/advisories/advisory.ts';
import { databaseOf } from '../../src/facts/advisories/database.ts';
import type { AdvisoryFeed } from '../../src/facts/advisories/load.ts';
import { complementOf, rangeText } from '../../src/facts/advisories/range.ts';
import type { FeedState } from '../../src/facts/feed/reading.ts';
import { addArtefact } from '../../src/inventory/add.ts';
import { type AffectedQuery, affected } from '../../src/inventory/affected/affected.ts';
import { parseQuestion } from '../../src/inventory/affected/question.ts';
import type { ArtefactStatement } from '../../src/inventory/statement.ts';
import type { Store } from '../../src/store/store.ts';
import { databases, withStore } from '../store/databases.ts';
import { binary, crate } from './samples.ts';

const now = Date.UTC(2026, 10, 29);

function advisory(more: Partial<Advisory> & { patched?: string[]; unaffected?: string[] } = {}): Advisory {
  const { patched = ['>=0.2.23'], unaffected = [], ...rest } = more;
  const affected = complementOf([...patched, ...unaffected]).map(rangeText);
  return {
    id: 'RUSTSEC-2020-0071',
    package: 'time',
    collection: 'crates',
    source: 'crates.io',
    date: '2020-11-18',
    title: 'Potential segfault',
    description: '',
    url: '',
    references: [],
    aliases: ['CVE-2020-26235', 'GHSA-wcg3-cvx6-7396'],
    related: [],
    categories: [],
    keywords: [],
    expectDeleted: false,
    versions: { patched, unaffected, affected },
    platforms: { arch: [], os: [], functions: {} },
    ...rest,
  };
}

function feed(...advisories: Advisory[]): FeedState<AdvisoryFeed> {
  const provenance = { source: 'advisory-db', readAt: '2026-11-29T00:00:00Z' };
  return {
    feed: { database: databaseOf(advisories), packages: [], provenance, problems: [] },
    alarm: undefined,
  };
}

const listed = (digit: string, version: string | undefined, more: Partial<ArtefactStatement> = {}) =>
  binary(
    digit,
    [crate('app', '1.0.0', { uses: [1] }), crate('chrono', '0.4.0', { uses: [2] }), crate('time', version)],
    {
      roots: [0],
      ...more,
    },
  );

async function fill(store: Store, ...statements: ArtefactStatement[]): Promise<void> {
  for (const statement of statements) await addArtefact(store.inventory, statement, { by: 'ci', now });
}

for (const database of databases)
  describe(`affected, on ${database.name}`, { skip: database.skip }, () => {
    const ask = (store: Store, of: string, states = [feed(advisory())], more: Partial<AffectedQuery> = {}) =>
      affected(store, states, { of, limit: 100, now, ...more });

    it('names the artefacts, the way in, and what ends it, by any of the advisory’s ids', () =>
      withStore(database, async (store) => {
        await fill(store, listed('1', '0.2.7'), listed('2', '0.2.23'), listed('3', '0.1.45'));
        for (const id of ['RUSTSEC-2020-0071', 'cve-2020-26235', 'GHSA-wcg3-cvx6-7396']) {
          const found = await ask(store, id);
          assert.deepEqual([found.answer, found.count, found.total], ['affected', 2, 3], id);
          assert.deepEqual(
            found.artefacts.map(({ artefact, findings }) => [
              artefact.identity[0],
              findings.map(({ way, path }) => `${way.relation}: ${path.join(' > ')}`),
            ]),
            [
              ['3', ['transitive: app > chrono > time']],
              ['1', ['transitive: app > chrono > time']],
            ],
          );
          assert.deepEqual(
            found.releases
              .map(({ component: { version }, artefacts, fixed }) => [version, artefacts, fixed])
              .sort(),
            [
              ['0.1.45', 1, '0.2.23'],
              ['0.2.7', 1, '0.2.23'],
            ],
          );
        }
      }));

    it('without a hit is none, as long as all is known', () =>
      withStore(database, async (store) => {
        await fill(store, listed('1', '0.2.23'));
        assert.equal((await ask(store, 'RUSTSEC-2020-0071')).answer, 'none');
        // A database that was not read may know more.
        const unread = { feed: undefined, alarm: 'it is out of reach.' };
        const found = await ask(store, 'RUSTSEC-2020-0071', [feed(advisory()), unread]);
        assert.deepEqual([found.answer, found.missing], ['unknown', ['it is out of reach']]);
      }));

    for (const [what, statement] of [
      ['a version that was not recovered', listed('1', undefined, { knownBy: 'traces' })],
      ['nothing but traces of something else', binary('1', [crate('a', '1.0.0')], { knownBy: 'traces' })],
      ['a document that does not say that it is all', binary('1', [], { completeness: 'unknown' })],
      [
        'a copy from a repository',
        binary('1', [
          crate('time', '0.2.7', { purl: 'pkg:cargo/time@0.2.7?vcs_url=git%2Bhttps://g.example/t' }),
        ]),
      ],
      [
        'a registry that has no name',
        binary('1', [crate('time', '0.2.7', { purl: undefined, source: 'registry' })]),
      ],
      ['a package of a project', binary('1', [crate('time', '0.2.7', { purl: undefined, source: 'local' })])],
    ] as const)
      it(`with ${what} is unknown, and never none`, () =>
        withStore(database, async (store) => {
          await fill(store, statement);
          const found = await ask(store, 'RUSTSEC-2020-0071');
          assert.deepEqual([found.answer, found.count], ['unknown', 0]);
          assert.ok(found.unknown.length + found.partlyKnown > 0);
        }));

    it('knows nothing where there are no artefacts, none of a platform that the advisory rules out, and no registry’s but its own', () =>
      withStore(database, async (store) => {
        assert.equal((await ask(store, 'time')).answer, 'unknown');
        const linux = { platforms: { arch: [], os: ['linux'], functions: {} } };
        const other = crate('time', '0.2.7', {
          purl: 'pkg:cargo/time@0.2.7?repository_url=https://r.example/i',
        });
        await fill(store, listed('1', '0.2.7', { target: 'x86_64-pc-windows-msvc' }), binary('2', [other]));
        const ruledOut = await ask(store, 'RUSTSEC-2020-0071', [feed(advisory(linux))]);
        assert.deepEqual([ruledOut.answer, ruledOut.ruledOut], ['none', ['x86_64-pc-windows-msvc']]);
        await fill(store, listed('3', '0.2.7', { target: 'x86_64-unknown-linux-gnu' }), listed('4', '0.2.7'));
        const rest = await ask(store, 'RUSTSEC-2020-0071', [feed(advisory(linux))]);
        assert.deepEqual(
          [rest.count, rest.artefacts.map(({ artefact }) => artefact.identity[0])],
          [2, ['4', '3']],
        );
      }));

    it('finds packages of distributions by their source, and says which lists name no library', () =>
      withStore(database, async (store) => {
        const native = (purl: string) => crate('c', '1', { purl, method: 'document' });
        const libssl = 'pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl';
        const libstdcxx = 'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?distro=debian-12&upstream=gcc-12';
        await fill(store, binary('1', [native(libssl)]), binary('2', [native(libstdcxx)]));
        const dsa = (id: string, name: string, fixed: string): PackageAdvisory => ({
          id,
          aliases: ['CVE-2026-1'],
          ecosystem: 'Debian:12',
          package: name,
          title: '',
          date: '2026-08-01',
          url: '',
          affected: { kind: 'ranges', ranges: [{ fixed }], versions: [] },
        });
        const { feed: read } = feed(advisory({ id: 'RUSTSEC-2026-0001', package: 'openssl', aliases: [] }));
        const states = (...packages: PackageAdvisory[]) => [
          { feed: read === undefined ? undefined : { ...read, packages }, alarm: undefined },
        ];
        const told = states(dsa('DSA-1-1', 'openssl', '3.0.12-1'), dsa('DSA-2-1', 'openssl', '3.0.9-1'));
        assert.equal((await ask(store, 'DSA-1-1', told)).count, 1);
        assert.equal((await ask(store, 'DSA-2-1', told)).answer, 'none');
        // What is in two wants what ends both, by the distribution's order.
        const both = states(dsa('DSA-1-1', 'openssl', '3.0.100-1'), dsa('DSA-1-2', 'openssl', '3.0.12-1'));
        assert.deepEqual(
          (await ask(store, 'CVE-2026-1', both)).releases.map(({ fixed }) => fixed),
          ['3.0.100-1'],
        );
        assert.equal((await ask(store, 'RUSTSEC-2026-0001', told)).answer, 'none', 'the crate');
        assert.equal((await ask(store, 'libstdc++6', [], { library: true })).count, 1);
        assert.equal((await ask(store, 'zlib', [], { library: true })).answer, 'none');
        await fill(store, listed('3', '0.2.23'));
        const lists = [
          '1 artefact is known by lists that name no library of a system, as documents of `safeguard build` do',
        ];
        for (const [of, more, answer] of [
          ['DSA-1-1', {}, 'affected'],
          ['DSA-2-1', {}, 'unknown'],
          ['zlib', { library: true }, 'unknown'],
        ] as const) {
          const found = await ask(store, of, told, more);
          assert.deepEqual([found.answer, found.missing], [answer, lists], of);
        }
        assert.deepEqual((await ask(store, 'zlib', told)).missing, []);
      }));

    it('asks for a crate by version and requirement, pages, and limits to a target', () =>
      withStore(database, async (store) => {
        const on = (digit: string, version: string, target: string) => listed(digit, version, { target });
        await fill(store, on('1', '0.2.7', 'a'), on('2', '0.2.23', 'b'), on('3', '0.3.0-rc.1', 'a'));
        const counts = async (of: string, more: Partial<AffectedQuery> = {}) =>
          (await ask(store, of, [], more)).count;
        assert.equal(await counts('time'), 3);
        assert.equal(await counts('TIME@0.2.7'), 1);
        assert.equal(await counts('time@>=0.2.10'), 2);
        assert.equal(await counts('time@^0.2'), 2);
        assert.equal(await counts('time', { target: 'a' }), 2);
        const first = await ask(store, 'time', [], { limit: 2 });
        const second = await ask(store, 'time', [], { limit: 2, before: first.artefacts[1]?.artefact.id });
        assert.deepEqual(
          [...first.artefacts, ...second.artefacts].map(({ artefact }) => artefact.identity[0]),
          ['3', '2', '1'],
        );
      }));

    it('refuses what it cannot answer: no such advisory, a withdrawn one, no database', () =>
      withStore(database, async (store) => {
        const withdrawn = advisory({ id: 'RUSTSEC-2021-0001', aliases: [], withdrawn: '2022-01-01' });
        const states = [feed(advisory(), withdrawn)];
        for (const [of, from, code, message] of [
          [
            'CVE-1999-0001',
            states,
            'inventory/no-advisory',
            /No advisory is called CVE-1999-0001 in advisory-db/,
          ],
          ['RUSTSEC-2021-0001', states, 'inventory/no-advisory', /was withdrawn on 2022-01-01/],
          ['CVE-1999-0001', [], 'inventory/no-advisories', /No advisory database is read/],
        ] as const)
          await assert.rejects(ask(store, of, [...from]), (error: { code?: string; message?: string }) => {
            assert.equal(error.code, code);
            assert.match(error.message ?? '', message);
            return true;
          });
      }));

    it('about the toolchain is unknown: no list says which one it was', () =>
      withStore(database, async (store) => {
        await fill(store, listed('1', '0.2.7'));
        const std = advisory({ id: 'CVE-2024-1', package: 'std', collection: 'rust', aliases: [] });
        const found = await ask(store, 'CVE-2020-26235', [feed(std, advisory({ collection: 'rust' }))]);
        assert.deepEqual([found.answer, found.missing.length], ['unknown', 1]);
      }));
  });

describe('a question', () => {
  for (const text of [
    '',
    'time@',
    'time@y',
    '@1',
    'RUSTSEC-',
    'CVE-2020',
    'GHSA-wcg3-cvx6',
    'a b',
    '../x',
    'time@1 2',
    'DSA-5532',
    'RHSA-2026-12345',
    'ALPINE-CVE-2026',
    'SUSE-SU-2026',
  ])
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseQuestion(text), { code: 'inventory/question' });
    });

  for (const [text, kind] of [
    ['RUSTSEC-2020-0071', 'advisory'],
    ['rustsec-2020-0071', 'advisory'],
    ['GHSA-wcg3-cvx6-7396', 'advisory'],
    ['MAL-2026-12', 'advisory'],
    ['DSA-5532-1', 'advisory'],
    ['usn-6000-2', 'advisory'],
    ['DEBIAN-CVE-2026-0042', 'advisory'],
    ['RLSA-2026:0042', 'advisory'],
    ['RHSA-2026:12345', 'advisory'],
    ['openSUSE-SU-2026:0042-1', 'advisory'],
    ['CGA-2345-6789-cfgh', 'advisory'],
    ['AZL-12345', 'advisory'],
    ['azl-client', 'crate'],
    ['dsa', 'crate'],
    ['dsa-sha', 'crate'],
    ['cve', 'crate'],
    ['rustsec', 'crate'],
    ['time@=0.2.7', 'crate'],
  ] as const)
    it(`may be ${text}`, () => assert.equal(parseQuestion(text).kind, kind));
});
