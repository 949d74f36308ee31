import { tryParseRequirement, matches as versionMatches } from '../../cargo/requirement.ts';
import { comparePrecedence, parseVersion } from '../../cargo/version.ts';
import type { LineDependency, ListedRelease } from '../../registry/locked/listing.ts';

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
