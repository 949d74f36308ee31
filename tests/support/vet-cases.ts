/** Invented stores and graphs that between them use everything cargo-vet's formats have. */
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import type { DependencyKind, Invented, StoreTexts } from './vet-workspace.ts';

export interface VetCase {
  readonly packages: readonly Invented[];
  readonly store: StoreTexts;
}

const commit = '0123456789abcdef0123456789abcdef01234567';
const crates = ['a', 'b', 'c', 'd', 'e'];
/** What a graph can use: no two of them are compatible, so that cargo lets them stand side by side. */
const used = ['0.1.0', '0.2.0', '1.0.0', '2.1.0', '3.0.0-rc.1', '4.0.0+build.5'];
const audited = [...used, '0.1.1', '1.0.1', '1.2.0', '2.0.0', '3.0.0', '4.0.0'];
const days = ['2023-01-01', '2023-06-30', '2024-01-01', '2025-01-01'];
const ranges = ['*', '^1', '>=1.0.0, <2', '=0.2.0', '<2', '>=3.0.0-rc.1', '2.*', '~0.1'];
const organisations = ['x', 'y', 'z'];
const own = ['crypto', 'fast', 'strict'];
const criteria = ['safe-to-run', 'safe-to-deploy', ...own];

const someCriteria = fc
  .subarray(criteria, { minLength: 1, maxLength: 2 })
  .map((list) => (list.length === 1 ? (list[0] ?? '') : list));
const anyCriteria = fc.oneof(someCriteria, fc.constant([] as string[]));
const publisher = fc.constantFrom({ 'user-id': 1 }, { 'user-id': 2 }, { 'trusted-publisher': 'github:o/r' });

/** One case. Half of them are well looked after, so that some succeed; some have violations, which hide all else. */
export const vetCase: fc.Arbitrary<VetCase> = fc
  .record({ packages: graph(), violations: fc.nat(5).map((n) => n === 0), cared: fc.boolean() })
  .chain(({ packages, violations, cared }) =>
    fc.record({ packages: fc.constant(packages), store: store(packages, violations, cared) }),
  );

function graph(): fc.Arbitrary<readonly Invented[]> {
  const kind = fc.constantFrom<DependencyKind>('normal', 'normal', 'build', 'dev');
  return fc
    .record({
      members: fc.integer({ min: 1, max: 3 }),
      releases: fc.uniqueArray(fc.tuple(fc.constantFrom(...crates), fc.constantFrom(...used)), {
        minLength: 2,
        maxLength: 9,
        selector: (release) => release.join(),
      }),
      git: fc.boolean(),
      links: fc.array(fc.tuple(fc.nat(30), fc.nat(30), kind), { minLength: 8, maxLength: 24 }),
    })
    .map(({ members, releases, git, links }) => {
      const names = [...'lmn'].slice(0, members);
      const nodes: Omit<Invented, 'dependencies'>[] = [
        ...names.map((name) => ({ name, version: '0.1.0', from: 'workspace' as const })),
        ...releases.sort().map(([name, version]) => ({ name, version, from: 'crates.io' as const })),
        ...(git ? [{ name: 'g', version: '1.0.0', from: { commit } }] : []),
      ];
      return withDependencies(nodes, links, members);
    });
}

/** Builds go forwards through the list, so there is no cycle; tests of members go anywhere. */
function withDependencies(
  nodes: readonly Omit<Invented, 'dependencies'>[],
  links: readonly (readonly [number, number, DependencyKind])[],
  members: number,
): Invented[] {
  const list = nodes.map((node) => ({ ...node, dependencies: [] as Invented['dependencies'][number][] }));
  const link = (from: number, to: number, kind: DependencyKind) => {
    const [source, target] = [list[from], list[to]];
    if (source === undefined || target === undefined || from === to) return;
    const member = from < members;
    // A registry's crate cannot use one's own, and only members are tested.
    if (!member && (to < members || kind === 'dev')) return;
    if (kind !== 'dev' && to < from) return;
    const { name, version } = target;
    const there = source.dependencies.some((each) => each.name === name && each.version === version);
    if (!there) source.dependencies.push({ name, version, kind });
  };
  for (const [a, b, kind] of links) link(a % list.length, b % list.length, kind);
  // Everything is reached from some member, else it would not be in the lockfile.
  for (let to = members; to < list.length; to++) link(to % members, to, to % 3 === 0 ? 'dev' : 'normal');
  return list;
}

type Table = Record<string, readonly object[]>;

/** For every release of the graph one way in which it can be all right, with or without an exemption. */
function care(packages: readonly Invented[]): fc.Arbitrary<{ audits: Table; exemptions: Table }> {
  const releases = packages.filter(({ from }) => from === 'crates.io');
  const all = { criteria: ['fast', 'safe-to-deploy', 'strict'] };
  const older = '0.0.1';
  const ways = releases.map(({ name, version }) =>
    fc.constantFrom(
      { name, audits: [{ version, ...all }], exemptions: [] },
      { name, audits: [], exemptions: [{ version, ...all }] },
      {
        name,
        audits: [{ delta: `${older} -> ${version}`, ...all }],
        exemptions: [{ version: older, ...all }],
      },
      {
        name,
        audits: [
          { version: older, ...all },
          { delta: `${older} -> ${version}`, ...all },
        ],
        exemptions: [],
      },
    ),
  );
  return fc.tuple(...ways).map((list) => {
    const gather = (of: (way: (typeof list)[number]) => readonly object[]): Table =>
      Object.fromEntries(
        [...Map.groupBy(list, ({ name }) => name)].map(([name, group]) => [name, group.flatMap(of)]),
      );
    return { audits: gather(({ audits }) => audits), exemptions: gather(({ exemptions }) => exemptions) };
  });
}

function merged(a: Table, b: Table): Table {
  return withoutEmpty(
    Object.fromEntries(
      [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => [
        name,
        [...(a[name] ?? []), ...(b[name] ?? [])],
      ]),
    ),
  );
}

function store(packages: readonly Invented[], violations: boolean, cared: boolean): fc.Arbitrary<StoreTexts> {
  const names = [...new Set(packages.filter(({ from }) => from !== 'workspace').map(({ name }) => name))];
  const versions = fc.constantFrom(...audited);
  const perCrate = <T>(entry: (crate: string) => fc.Arbitrary<T>, maxLength: number) =>
    fc
      .tuple(...names.map((crate) => fc.array(entry(crate), { maxLength })))
      .map((lists) => Object.fromEntries(names.map((crate, index) => [crate, lists[index] ?? []])))
      .map(withoutEmpty);
  const audit = (foreign: boolean) => (crate: string) => {
    const git = crate === 'g' ? [`1.0.0@git:${commit}`] : [];
    const any = fc.oneof(versions, ...git.map((text) => fc.constant(text)));
    const delta = fc.tuple(any, any).map(([from, to]) => ({ delta: `${from} -> ${to}` }));
    const full = any.map((version) => ({ version }));
    const violation = fc.constantFrom(...ranges).map((range) => ({ violation: range }));
    const what: fc.Arbitrary<object> = violations
      ? fc.oneof({ weight: 5, arbitrary: delta }, { weight: 4, arbitrary: full }, violation)
      : fc.oneof(delta, delta, full);
    return fc
      .record({
        what,
        criteria: someCriteria,
        who: fc.constantFrom([], 'W <w@example.com>', ['V', 'W']),
        importable: fc.nat(4).map((n) => foreign || n > 0),
        notes: fc.constantFrom(undefined, 'looked at it'),
      })
      .map(({ what, importable, ...rest }) => ({ ...rest, ...what, ...(importable ? {} : { importable }) }));
  };
  const span = fc.subarray(days, { minLength: 2, maxLength: 2 }).map(([start, end]) => ({ start, end }));
  const trust = () =>
    fc
      .record({ criteria: someCriteria, publisher, span })
      .map(({ criteria, publisher, span }) => ({ criteria, ...publisher, ...span }));
  const imports = fc.subarray(organisations);
  return fc
    .record({
      defined: fc.record({
        crypto: fc.subarray(['safe-to-run']),
        fast: fc.constant([] as string[]),
        strict: fc.subarray(['safe-to-deploy', 'crypto']),
      }),
      audits: perCrate(audit(false), 4),
      wildcards: perCrate(trust, 2),
      trusted: perCrate(trust, 1),
      imports: imports.chain((list) =>
        fc.tuple(
          fc.constant(list),
          ...list.map(() =>
            fc.record({ audits: perCrate(audit(true), 4), 'wildcard-audits': perCrate(trust, 1) }),
          ),
        ),
      ),
      exemptions: perCrate(
        () =>
          fc.record({
            version: versions,
            criteria: someCriteria,
            suggest: fc.constantFrom(undefined, false),
          }),
        2,
      ),
      publisher: perCrate(
        () =>
          fc
            .record({ version: versions, when: fc.constantFrom(...days), publisher })
            .map(({ publisher, ...rest }) => ({ ...rest, ...login(publisher) })),
        3,
      ),
      unpublished: perCrate(() => fc.record({ version: versions, audited_as: versions }), 1),
      policy: policies(packages),
      care: cared ? care(packages) : fc.constant({ audits: {}, exemptions: {} }),
    })
    .map((parts) => {
      const [list, ...imported] = parts.imports as [string[], ...object[]];
      return {
        audits: stringify({
          criteria: mapValues(parts.defined, (implies) => ({ description: 'as it says', implies })),
          audits: merged(parts.audits, parts.care.audits),
          'wildcard-audits': parts.wildcards,
          trusted: parts.trusted,
        }),
        config: stringify({
          'cargo-vet': { version: '0.10' },
          imports: Object.fromEntries(
            list.map((name) => [name, { url: `https://${name}.invalid/audits.toml` }]),
          ),
          policy: parts.policy,
          exemptions: merged(parts.exemptions, parts.care.exemptions),
        }),
        imports: stringify({
          unpublished: parts.unpublished,
          publisher: parts.publisher,
          audits: Object.fromEntries(list.map((name, index) => [name, imported[index] ?? { audits: {} }])),
        }),
      };
    });
}

function policies(packages: readonly Invented[]): fc.Arbitrary<object> {
  const policy = (each: Invented) =>
    fc.record(
      {
        ...(each.from === 'workspace' ? { criteria: anyCriteria, 'dev-criteria': anyCriteria } : {}),
        ...(each.from === 'crates.io' ? {} : { 'audit-as-crates-io': fc.boolean() }),
        'dependency-criteria': fc
          .uniqueArray(fc.tuple(fc.constantFrom(...crates, 'g', 'm'), anyCriteria), {
            maxLength: 3,
            selector: ([name]) => name,
          })
          .map((list) => Object.fromEntries(list)),
      },
      { requiredKeys: [] },
    );
  const keys = (each: Invented) =>
    each.from === 'workspace'
      ? each.name
      : typeof each.from === 'object'
        ? `${each.name}:${each.version}@git:${each.from.commit}`
        : `${each.name}:${each.version}`;
  // A crate that others publish has a policy for each of its versions, or none.
  const byName = [...Map.groupBy(packages, ({ name }) => name).values()];
  return fc
    .tuple(...byName.map((group) => fc.option(fc.tuple(...group.map(policy)), { freq: 1 })))
    .map((all) =>
      Object.fromEntries(
        byName.flatMap((group, index) =>
          (all[index] ?? []).map((entry, at) => [keys(group[at] as Invented), entry] as const),
        ),
      ),
    );
}

function login(publisher: object): object {
  return 'user-id' in publisher ? { ...publisher, 'user-login': `user${publisher['user-id']}` } : publisher;
}

function withoutEmpty<T>(table: Readonly<Record<string, readonly T[]>>): Record<string, readonly T[]> {
  return Object.fromEntries(Object.entries(table).filter(([, list]) => list.length > 0));
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
