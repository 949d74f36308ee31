import type { LockedPackage, Lockfile } from '../../cargo/lockfile.ts';
import type { AdvisorySource } from '../../facts/advisories/reading.ts';
import { contentsFact } from '../../facts/archive-contents/contents.ts';
import type { Base } from '../../facts/base.ts';
import { codeFact } from '../../facts/code.ts';
import type { Fact } from '../../facts/fact.ts';
import type { PlaceFact } from '../../facts/place.ts';
import { helperIn } from '../../policy/build-code-standing.ts';
import { comparesCode, comparesContents } from '../../policy/compared.ts';
import type { TomlSource } from '../../policy/toml.ts';
import { graphOf, type LockGraph } from '../diff/graph.ts';
import { diffLockfiles, type PackageChange } from '../diff/packages.ts';
import { placesOf } from '../diff/place.ts';
import { askedOf, type FactsPort, type PackageFacts } from '../facts-port.ts';
import type { ToldRelease } from '../project/crate-facts.ts';
import type { NamedLockfile } from '../project/lockfile-reader.ts';
import { isOwn, type KnownPackage } from './judge-package.ts';
import { partsOf } from './part-of.ts';

/** What happened to a package; without an old lockfile, that it is there. */
export type GraphChange = PackageChange | { readonly kind: 'present'; readonly after: LockedPackage };

/** Everything that a judgement of a change looks at. */
export interface Survey {
  readonly file: string;
  readonly graph: LockGraph;
  /** The graph before; absent where there is no old lockfile. */
  readonly before: LockGraph | undefined;
  readonly changes: readonly GraphChange[];
  readonly kept: readonly LockedPackage[];
  /** A package of either lockfile with what is known of it. */
  readonly of: (pkg: LockedPackage) => KnownPackage;
  /** The version that a package is compared with where another release of it is tried: what the lockfile had of it. */
  readonly baseOf: (pkg: LockedPackage) => string | undefined;
  /** Asks for the archives of packages that stay, too, since the change brings them into what is built. */
  readonly bring: (kept: readonly LockedPackage[]) => Promise<void>;
  /** What resolving needs of a release, where whoever gave the facts read it. */
  readonly told: (release: {
    readonly name: string;
    readonly version: string;
    readonly checksum: string;
  }) => ToldRelease | undefined;
  /** Epoch milliseconds: when the facts were given. */
  readonly now: number;
  /** The policy of whoever runs the server that gave the facts. */
  readonly organisation: TomlSource | undefined;
  /** What they approved of for all projects. */
  readonly approvals: TomlSource | undefined;
  /** The advisory databases that they go by. */
  readonly advisories: readonly AdvisorySource[] | undefined;
}

/** What depends on the policy and the list of whoever gives the facts. */
export interface SurveyOptions {
  readonly wanted: (organisation: TomlSource | undefined) => WantedCode;
  /** Target triples of the machines that may build. */
  readonly hosts: (organisation: TomlSource | undefined) => readonly string[];
}

/** Whether the code of all packages that stay is wanted, too: where somebody keeps a list of what was approved of it. */
export type WantedCode = 'all' | 'none';

/**
 * Compares the lockfiles and asks for the facts. The archive is wanted of what the change brings in; of what stays and of what is
 * replaced, what its index line says, and the code where `wanted` says so: never what somebody happened to read.
 */
export async function survey(
  head: NamedLockfile,
  base: Lockfile | undefined,
  port: FactsPort,
  { wanted, hosts }: SurveyOptions,
): Promise<Survey> {
  const { changes, kept } = compare(base, head.lockfile);
  const brought = changes.flatMap((change) => (change.kind === 'removed' ? [] : [change.after]));
  const bases = new Map(
    changes.flatMap((change) => ('before' in change && 'after' in change ? [basedOn(change)] : [])),
  );
  const replaced = changes.flatMap((change) =>
    'before' in change
      ? [
          {
            pkg: change.before,
            bytes: 'after' in change && change.after.source?.kind === 'git',
            base: undefined,
          },
        ]
      : [],
  );
  const asked = [
    ...brought.map((pkg) => ({ pkg, bytes: true, base: bases.get(pkg) })),
    ...kept.map((pkg) => ({ pkg, bytes: false, base: undefined })),
    ...replaced,
  ].filter(({ pkg }) => !isOwn(pkg));
  const { now, organisation, approvals, advisories, answers } = await port.facts(
    asked.map(({ pkg, bytes, base }) => askedOf(pkg, { bytes, ...(base === undefined ? {} : { base }) })),
  );
  const known = new Map<LockedPackage, PackageFacts>(asked.map(({ pkg }, i) => [pkg, answers[i]]));
  for (const change of changes)
    if ('before' in change && 'after' in change)
      known.set(change.after, besideBefore(known.get(change.after), known.get(change.before), change, now));
  const graph = graphOf(head.lockfile);
  const coded = wanted(approvals) === 'all' ? kept.filter(isFromRegistry) : [];
  if (coded.length > 0) await readCode(coded, known, port);
  await readDependents(brought, graph, known, port);
  const before = base === undefined ? undefined : graphOf(base);
  const places = new Map<LockedPackage, Fact<PlaceFact>>();
  for (const each of before === undefined ? [graph] : [before, graph]) {
    for (const [i, place] of placesOf(each, now).entries())
      places.set(each.packages[i] as LockedPackage, place);
  }
  const isBrought = new Set(brought);
  const told = new Map([...known].map(([pkg, facts]) => [pkg.checksum, toldBy(facts)]));
  const parts = partsOf(graph.packages, (pkg) => known.get(pkg), hosts(organisation));
  return {
    file: head.file,
    graph,
    before,
    changes,
    kept,
    of: (pkg) => ({
      pkg,
      file: head.file,
      place: places.get(pkg) as Fact<PlaceFact>,
      known: known.get(pkg),
      partOf: parts.get(pkg),
      isBrought: isBrought.has(pkg),
    }),
    baseOf: (pkg) => bases.get(pkg) ?? (isBrought.has(pkg) ? undefined : pkg.version),
    bring: async (switchedOn) => {
      const wanted = switchedOn.filter((pkg) => isFromRegistry(pkg) && !isBrought.has(pkg));
      if (wanted.length === 0) return;
      const { answers: whole } = await port.facts(wanted.map((pkg) => askedOf(pkg, { bytes: true })));
      for (const [i, pkg] of wanted.entries()) {
        known.set(pkg, whole[i]);
        isBrought.add(pkg);
      }
    },
    told: ({ checksum }) => told.get(checksum),
    now,
    organisation,
    approvals,
    advisories,
  };
}

/** A package of a git repository has no release before it: what it is compared with is what was locked before. */
function besideBefore(
  now: PackageFacts,
  before: PackageFacts,
  change: { readonly before: LockedPackage; readonly after: LockedPackage },
  at: number,
): PackageFacts {
  if (now === undefined || before === undefined || change.after.source?.kind !== 'git') return now;
  const { version } = change.before;
  const { code, contents } = now.facts;
  const old = before.facts;
  return {
    ...now,
    facts: {
      ...now.facts,
      ...(code?.kind === 'known' && comparesCode(code.value)
        ? { code: codeFact(code.value, baseOf(version, old.code), at) }
        : {}),
      ...(contents?.kind === 'known' && comparesContents(contents.value)
        ? { contents: contentsFact(contents.value, baseOf(version, old.contents), at) }
        : {}),
    },
  };
}

/**
 * Whose part a library is follows from the code of what depends on it, which nobody may have read yet. It is read where the change
 * brings in a library that could do something grave there.
 */
async function readDependents(
  brought: readonly LockedPackage[],
  { packages, dependents }: LockGraph,
  known: Map<LockedPackage, PackageFacts>,
  port: FactsPort,
): Promise<void> {
  const codeOf = (pkg: LockedPackage) => known.get(pkg)?.facts.code;
  const found = new Set(
    brought.flatMap((pkg) => {
      const code = codeOf(pkg);
      return code?.kind === 'known' && helperIn(code.value, ['other crates']) !== undefined
        ? [packages.indexOf(pkg)]
        : [];
    }),
  );
  for (const at of found) for (const above of dependents[at] ?? []) found.add(above);
  const wanted = [...found].flatMap((at) => {
    const pkg = packages[at];
    return pkg !== undefined && known.has(pkg) && codeOf(pkg)?.kind !== 'known' ? [pkg] : [];
  });
  if (wanted.length === 0) return;
  await readCode(wanted, known, port);
}

/** Adds to what is known of packages what their code can do. */
async function readCode(
  packages: readonly LockedPackage[],
  known: Map<LockedPackage, PackageFacts>,
  port: FactsPort,
): Promise<void> {
  const { answers } = await port.facts(packages.map((pkg) => askedOf(pkg, { bytes: true, only: 'code' })));
  for (const [i, pkg] of packages.entries()) {
    const [was, read] = [known.get(pkg), answers[i]];
    const code = read?.facts.code;
    if (was !== undefined && code !== undefined)
      known.set(pkg, { ...was, facts: { ...was.facts, code }, runs: read?.runs });
  }
}

function baseOf<Read>(version: string, fact: Fact<Read> | undefined): Base<Read> {
  if (fact?.kind === 'known') return { version, read: fact.value };
  return { version, unread: fact?.reason ?? 'its archive was not read' };
}

function toldBy(known: PackageFacts): ToldRelease | undefined {
  return known?.line === undefined ? undefined : { line: known.line, code: known.runs };
}

/** The version that a changed package is compared with; another registry's release of the same name is another crate. */
function basedOn({
  before,
  after,
}: {
  readonly before: LockedPackage;
  readonly after: LockedPackage;
}): readonly [LockedPackage, string | undefined] {
  const isSame = before.source?.text === after.source?.text && before.version !== after.version;
  return [after, isSame ? before.version : undefined];
}

function compare(base: Lockfile | undefined, head: Lockfile) {
  if (base !== undefined) return diffLockfiles(base, head);
  return { changes: head.packages.map((after) => ({ kind: 'present', after }) as const), kept: [] };
}

function isFromRegistry(pkg: LockedPackage): boolean {
  return !isOwn(pkg) && pkg.source?.kind !== 'git';
}
