import { compatibleWith, matches } from '../../cargo/requirement.ts';
import { comparePrecedence, isPrerelease, parseVersion, type Version } from '../../cargo/version.ts';
import { isAdmitted, type ServedCrate, type ServedRelease } from './served.ts';

/** What to use in place of a release that may not be downloaded. */
export interface Instead {
  readonly version: string;
  /** The line for a shell. */
  readonly command: string;
  /** Whether the upstream has yanked it: it stays downloadable here. */
  readonly yanked: boolean;
}

/**
 * The newest release that is handed out: first of the refused one's series, older or newer, then of all. A yanked one
 * only where nothing else is left: it is what a lockfile may go back to.
 */
export function useInstead(crate: ServedCrate, refused: string): Instead | undefined {
  const wanted = parseVersion(refused);
  const candidates = [...crate.releases.values()]
    .filter((release) => release.version !== refused && isAdmitted(release))
    .map((release) => ({ release, version: parseVersion(release.version) }))
    .sort((a, b) => comparePrecedence(b.version, a.version));
  const tests: ((candidate: { release: ServedRelease; version: Version }) => boolean)[] = [
    ({ release, version }) => !release.yanked && inSeries(version, wanted),
    ({ release, version }) => !release.yanked && !isPrerelease(version),
    ({ version }) => inSeries(version, wanted),
    () => true,
  ];
  const best = tests
    .map((test) => candidates.find(test))
    .find((candidate) => candidate !== undefined)?.release;
  if (best === undefined) return undefined;
  const command = `cargo update ${crate.name}@${refused} --precise ${best.version}`;
  return { version: best.version, command, yanked: best.yanked };
}

/** Whether one requirement of the usual kind, a caret on the older one, takes both. */
function inSeries(candidate: Version, wanted: Version): boolean {
  if (isPrerelease(candidate) && !isPrerelease(wanted)) return false;
  return matches(compatibleWith(candidate), wanted) || matches(compatibleWith(wanted), candidate);
}

/** The newest release that is handed out and not yanked, a pre-release only where there is nothing else. */
export function newestAdmitted(crate: ServedCrate): string | undefined {
  const versions = [...crate.releases.values()]
    .filter((release) => isAdmitted(release) && !release.yanked)
    .map((release) => parseVersion(release.version))
    .sort((a, b) => comparePrecedence(b, a));
  return (versions.find((version) => !isPrerelease(version)) ?? versions[0])?.text;
}
