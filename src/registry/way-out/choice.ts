import {
  crateOfDependency,
  type IndexEntry,
  parseIndexLine,
  rememberedIndexLine,
} from '../../cargo/index-entry.ts';
import { tryParseRequirement, matches as versionMatches } from '../../cargo/requirement.ts';
import { comparePrecedence, parseVersion } from '../../cargo/version.ts';
import type { ReleaseState } from '../../store/records.ts';

/** A dependency of an index line, as far as choosing a version needs it. Development dependencies are left out. */
export interface LineDependency {
  readonly crate: string;
  readonly requirement: string;
  readonly optional: boolean;
}

/** One release of a crate, for those who look for another one. */
export interface ListedRelease {
  readonly version: string;
  readonly state: ReleaseState;
  /**
   * Whether its index line alone would let it in: what may be tried, whether or not somebody has asked for its bytes. Absent from
   * older servers.
   */
  readonly passesByLine?: boolean | undefined;
  readonly yanked: boolean;
  readonly dependencies: readonly LineDependency[];
}

/** A package of the new lockfile, as far as moving it needs. */
export interface GraphNode {
  readonly crate: string;
  readonly version: string;
  /** As the lockfile writes it; absent for the project's own. */
  readonly source: string | undefined;
  /** What it requires; `undefined` where that is not known. */
  readonly needs: readonly LineDependency[] | undefined;
  /** Indexes of the packages that it depends on. */
  readonly dependencies: readonly number[];
}

/** Newest first; what is yanked comes last: it is what a lockfile may go back to where nothing else is left. */
export function inOrder(releases: readonly ListedRelease[]): ListedRelease[] {
  return releases
    .map((release) => ({ release, version: parseVersion(release.version) }))
    .sort(
      (a, b) =>
        Number(a.release.yanked) - Number(b.release.yanked) || comparePrecedence(b.version, a.version),
    )
    .map(({ release }) => release);
}

/** Whether a release is worth asking for: by its index line, since what somebody read before makes no difference here. */
export function mayBeTried({ state, passesByLine }: ListedRelease): boolean {
  return passesByLine ?? state === 'promoted';
}

export function takes(requirement: string, version: string): boolean {
  const read = tryParseRequirement(requirement);
  return read !== undefined && versionMatches(read, parseVersion(version));
}

export function nameOf({ crate, version, source }: GraphNode): string {
  return source === undefined ? crate : `${crate} ${version}`;
}

/** What an index line says that its release needs to be built. */
export function dependenciesOf(line: string): readonly LineDependency[] {
  return neededBy(rememberedIndexLine(line));
}

/**
 * Those of them that one version alone fits: siblings that are published together. Quick for a line that has none. It
 * is asked once of each line of an index file, and remembers none.
 */
export function exactDependenciesOf(line: string): readonly LineDependency[] {
  if (!/"req"\s*:\s*"\s*=/.test(line)) return [];
  return neededBy(parseIndexLine(line)).filter(({ requirement }) => /^\s*=[^,]*$/.test(requirement));
}

function neededBy({ deps }: IndexEntry): readonly LineDependency[] {
  return deps
    .filter(({ kind }) => kind !== 'dev')
    .map((dependency) => ({
      crate: crateOfDependency(dependency),
      requirement: dependency.req,
      optional: dependency.optional,
    }));
}
