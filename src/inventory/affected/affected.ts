import type { Entry } from '../../facts/advisories/database.ts';
import type { AdvisoryFeed } from '../../facts/advisories/load.ts';
import type { FeedState } from '../../facts/feed/reading.ts';
import type { DeploymentReader } from '../../store/deployments/reader.ts';
import type { ComponentRecord, SetCount } from '../../store/inventory/records.ts';
import { unionOf } from '../../store/inventory/set-index.ts';
import type { ArtefactFilter, InventoryReader } from '../../store/inventory/store.ts';
import type { HostCursor } from '../../store/sightings/loading.ts';
import type { InstalledCount, RunningCount, SightingStore } from '../../store/sightings/store.ts';
import type { VexReader } from '../../store/vex/reader.ts';
import { type Asked, advisoriesCalled, type Described, describe, describePackage } from './advisories.ts';
import { type AffectedArtefact, isStatedMeant, withFindings } from './found-artefacts.ts';
import { type Defines, nobodyKnows } from './functions.ts';
import { countWithLibraries, librariesOf, packagesOf } from './libraries.ts';
import { type Loaded, loadedOf, nothingLoaded } from './loaded.ts';
import { onceEach, type ReleaseNext, upgradesIn, withNext } from './next-of-all.ts';
import { isRuledOut } from './platforms.ts';
import { parseLibraryQuestion, parseQuestion, type Question } from './question.ts';
import { countSettled, statementsOn } from './stated.ts';
import { releasesOf, suspectsOf } from './suspects.ts';
import type { Recorded } from './upgrades.ts';
import type { Suspect, Suspects, UnknownRelease } from './verdict.ts';

/** Which artefacts are asked about, and which page of them. */
export interface AffectedQuery
  extends Pick<ArtefactFilter, 'name' | 'project' | 'target' | 'trust' | 'runsOn'> {
  readonly of: string;
  /** `of` is a library of the system, or C code that a crate brings along. */
  readonly library?: boolean | undefined;
  readonly before?: number | undefined;
  /** Where the page of programs that have loaded a package begins. */
  readonly loadedAfter?: HostCursor | undefined;
  readonly limit: number;
  /** By which statements are over: epoch milliseconds. */
  readonly now: number;
  /** What the mirror has recorded of crates, for the shortest upgrades. */
  readonly recorded?: Recorded | undefined;
  /** Whether releases define functions; absent: nobody knows. */
  readonly defines?: Defines;
}

/** Where an advisory or a release is. */
export interface Affected {
  /** `unknown`: nothing is known to have it, and not of everything is that known. */
  readonly answer: 'affected' | 'unknown' | 'none';
  readonly advisories: readonly Described[];
  /** Releases that are meant, with how many artefacts have each, and the shortest upgrade. */
  readonly releases: readonly (Suspect & Counted & ReleaseNext)[];
  /** How many artefacts have one of them, and how many were asked about at all. */
  readonly count: number;
  readonly total: number;
  /** Of the first, those of which statements say of all of it that it does not strike, or is mended. */
  readonly settled: number;
  /** At how many places one of them is stated to be deployed, where nobody saw it. */
  readonly deployed: number;
  /** On how many hosts one of them is installed, and not seen running. */
  readonly installed: InstalledCount;
  /** How many hosts run one of them, and in how many processes, as hosts last reported. */
  readonly running: RunningCount;
  /** Where packages of distributions are loaded; limits of artefacts leave it out. */
  readonly loaded: Loaded;
  /** A page of those, the newest first. */
  readonly artefacts: readonly AffectedArtefact[];
  /** Releases of which it cannot be known, with how many artefacts have each. */
  readonly unknown: readonly (UnknownRelease & Counted)[];
  /** Artefacts that are not known to have it, but of which not all components are known. */
  readonly partlyKnown: number;
  /** Targets that every advisory rules out. */
  readonly ruledOut: readonly string[];
  /** Why something may be missing, a clause each. */
  readonly missing: readonly string[];
}

/** What is asked. */
export interface AffectedParts {
  readonly inventory: InventoryReader;
  readonly sightings: SightingStore;
  readonly deployments: Pick<DeploymentReader, 'of' | 'count'>;
  readonly vex: Pick<VexReader, 'standing' | 'coversOf' | 'artefactsStated'>;
}

/**
 * Answers "where are we affected?" out of what the inventory has: nothing is scanned. What cannot be known is said, and never
 * counts as fine. Throws `InventoryError`.
 */
export async function affected(
  { inventory: store, sightings, deployments, vex }: AffectedParts,
  states: readonly FeedState<AdvisoryFeed>[],
  {
    of,
    library = false,
    before,
    loadedAfter,
    limit,
    now,
    recorded,
    defines = nobodyKnows,
    ...filter
  }: AffectedQuery,
): Promise<Affected> {
  const question = library ? parseLibraryQuestion(of) : parseQuestion(of);
  const asked = question.kind === 'advisory' ? advisoriesCalled(question.id, states) : nothingAsked;
  const found = await suspectsIn(store, question, asked);
  const components = found.affected.map(({ component }) => component.id);
  const having = await store.setsWith([...components, ...found.unknown.map(({ component }) => component.id)]);
  const sets = unionOf(components.map((id) => having.get(id) ?? []));
  // Those of a distribution's package are of every target.
  const ruledOut = asked.packages.length > 0 ? [] : await ruledOutTargets(store, asked.entries, sets);
  const meant: ArtefactFilter = {
    ...filter,
    sets,
    ...(ruledOut.length === 0 ? {} : { exceptTargets: ruledOut }),
  };
  const isLimited = Object.values(filter).some((value) => value !== undefined);
  const { runsOn, ...ofArtefacts } = filter;
  // What is loaded is on hosts, and of no artefact.
  const isOfArtefacts = Object.values(ofArtefacts).some((value) => value !== undefined);
  const isOfPackages = library || asked.packages.length > 0;
  const componentsOf = (list: readonly { readonly component: ComponentRecord }[]) =>
    list.map(({ component }) => component);
  const loaded =
    isOfPackages && !isOfArtefacts
      ? await loadedOf(sightings, componentsOf(found.affected), componentsOf(found.unknown), {
          limit,
          after: loadedAfter,
          on: runsOn,
          installed: runsOn === undefined || Object.values(runsOn).some((value) => value !== undefined),
        })
      : nothingLoaded;
  const statements = await statementsOn(vex, components, idsOf(question, asked), now);
  const listsOf = (list: readonly { readonly component: ComponentRecord }[]) =>
    list.map(({ component }) => having.get(component.id) ?? []);
  const [uses, running, deployed, installed, page, total, partly, settled] = await Promise.all([
    store.usesOf([sets, ...listsOf(found.affected), ...listsOf(found.unknown)]),
    sightings.countRunning(meant),
    // What is asked for as it was seen running is not what somebody states.
    isStatedMeant(runsOn) ? deployments.count(meant) : 0,
    isStatedMeant(runsOn) ? sightings.countInstalled(meant) : { hosts: 0, programs: 0 },
    store.artefacts({ ...meant, before, limit }),
    store.countArtefacts(filter),
    store.countArtefacts({ ...filter, partlyKnown: true }),
    countSettled({ inventory: store, vex }, meant, new Set(components), statements),
  ]);
  const isAll = ruledOut.length === 0 && !isLimited;
  const [count, both] = isAll
    ? [uses[0]?.artefacts ?? 0, uses[0]?.partly ?? 0]
    : await Promise.all([
        store.countArtefacts(meant),
        partly === 0 ? 0 : store.countArtefacts({ ...meant, partlyKnown: true }),
      ]);
  const releases = counted(found.affected, uses.slice(1), loaded.processes);
  const unknown = counted(found.unknown, uses.slice(1 + found.affected.length), loaded.processes);
  // Which toolchain built an artefact is in no list of crates.
  const toolchain = asked.entries.filter(({ advisory }) => advisory.collection === 'rust');
  const missing = [
    ...asked.missing,
    ...(isOfPackages ? await withoutLibraries(store, filter, total) : []),
    ...loaded.missing,
    ...toolchain.map(
      ({ advisory }) =>
        `${advisory.id} is about ${advisory.package} of the Rust toolchain, and no list says which one built an artefact`,
    ),
  ];
  const once = recorded && onceEach(recorded);
  const upgrades = await upgradesIn(store, page, new Set(components), asked, once);
  const isLoaded = loaded.running.processes > 0 || isNeeded(loaded);
  // An inventory without artefacts knows nothing.
  const isUnsure =
    total === 0 ||
    loaded.possible.processes > 0 ||
    loaded.installed.length > 0 ||
    unknown.length > 0 ||
    partly > both ||
    missing.length > 0;
  return {
    answer: count > settled || isLoaded ? 'affected' : isUnsure ? 'unknown' : 'none',
    advisories: [...asked.entries.map(describe), ...asked.packages.map(describePackage)],
    releases: await withNext(releases, asked, once, upgrades),
    count,
    total,
    settled,
    running,
    deployed,
    installed,
    loaded,
    artefacts: await withFindings({ inventory: store, sightings, deployments }, page, {
      wanted: new Set(components),
      statements,
      runsOn,
      upgrades,
      entries: asked.entries,
      defines,
    }),
    unknown,
    partlyKnown: partly - both,
    ruledOut,
    missing,
  };
}

/** Whether a program that can be started will load it. */
function isNeeded({ installed }: Loaded): boolean {
  return installed.some(({ objects }) => objects.some(({ how }) => how === 'needed'));
}

/** The ids by which statements may name what is asked; a crate alone is no flaw. */
function idsOf(question: Question, { entries, packages }: Asked): readonly string[] {
  if (question.kind !== 'advisory') return [];
  const all = [...entries.map(({ advisory }) => advisory), ...packages];
  return [question.id, ...all.flatMap(({ id, aliases }) => [id, ...aliases])];
}

const nothingAsked: Asked = { entries: [], packages: [], missing: [] };

async function suspectsIn(store: InventoryReader, question: Question, asked: Asked): Promise<Suspects> {
  switch (question.kind) {
    case 'crate':
      return await releasesOf(store, question);
    case 'library':
      return await librariesOf(store, question);
    case 'advisory': {
      const [crates, packages] = [
        await suspectsOf(store, asked.entries),
        await packagesOf(store, asked.packages),
      ];
      return {
        affected: [...crates.affected, ...packages.affected],
        unknown: [...crates.unknown, ...packages.unknown],
      };
    }
  }
}

/** What a list of crates says nothing of is not known to be absent. */
async function withoutLibraries(
  store: InventoryReader,
  filter: ArtefactFilter,
  total: number,
): Promise<readonly string[]> {
  const without = total - (await countWithLibraries(store, filter));
  if (without === 0) return [];
  return [
    `${without === 1 ? '1 artefact is' : `${without} artefacts are`} known by lists that name no library of a system, as documents of \`safeguard build\` do`,
  ];
}

/** How many artefacts have a release. */
interface Counted {
  readonly artefacts: number;
  /** Processes that have loaded a file of it. */
  readonly processes: number;
}

/** With how many artefacts and processes have each; releases that none has any more are left out. */
function counted<S extends { readonly component: ComponentRecord }>(
  suspects: readonly S[],
  uses: readonly SetCount[],
  running: ReadonlyMap<number, number>,
): readonly (S & Counted)[] {
  return suspects
    .map((one, i) => ({
      ...one,
      artefacts: uses[i]?.artefacts ?? 0,
      processes: running.get(one.component.id) ?? 0,
    }))
    .filter(({ artefacts, processes }) => artefacts > 0 || processes > 0)
    .toSorted(
      (a, b) => b.artefacts - a.artefacts || b.processes - a.processes || a.component.id - b.component.id,
    );
}

/** Targets of artefacts that no advisory is about: a platform excludes one only where both sides name theirs. */
async function ruledOutTargets(
  store: InventoryReader,
  entries: readonly Entry[],
  sets: readonly number[],
): Promise<readonly string[]> {
  const platforms = entries.map(({ advisory }) => advisory.platforms);
  if (platforms.length === 0 || platforms.some(({ arch, os }) => arch.length === 0 && os.length === 0))
    return [];
  const targets = await store.targetsWith(sets);
  return targets.filter((triple) => platforms.every((one) => isRuledOut(one, triple)));
}
