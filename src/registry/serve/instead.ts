import { compatibleWith, matches } from '../../cargo/requirement.ts';
import { comparePrecedence, isPrerelease, parseVersion, type Version } from '../../cargo/version.ts';
import { type Family, updateTo } from './family.ts';
import { isAdmitted, type ServedCrate, type ServedRelease } from './served.ts';

/** What to use in place of a release that may not be downloaded. */
export interface Instead {
  readonly version: string;
  /** The line for a shell. */
  readonly command: string;
  /** Whether the upstream has yanked it: it stays downloadable here. */
  readonly yanked: boolean;
  /** Where the command names crates beside the refused one, which a lockfile may do without: those, and the line without them. */
  readonly beside?: { readonly crates: readonly string[]; readonly alone: string } | undefined;
}

/** So many releases are tried where some have siblings that are not handed out. */
const maxTries = 20;

/**
 * The newest release that is handed out: first of the refused one's series, older or newer, then of all. A yanked one
 * only where nothing else is left: it is what a lockfile may go back to. What requires the refused one exactly moves with it.
 */
export async function useInstead(
  crate: ServedCrate,
  refused: string,
  family: Family,
): Promise<Instead | undefined> {
  const ranked = alternatives(crate, refused);
  for (const { version, yanked } of ranked.slice(0, maxTries)) {
    const update = await updateTo(family, crate, refused, version);
    if (update === undefined) continue;
    const alone = lineAlone(crate, refused, version);
    const beside = update.others.length === 0 ? undefined : { crates: update.others, alone };
    return { version, yanked, command: update.command, beside };
  }
  const [best] = ranked;
  if (best === undefined) return undefined;
  return { version: best.version, command: lineAlone(crate, refused, best.version), yanked: best.yanked };
}

function lineAlone({ name }: ServedCrate, refused: string, version: string): string {
  return `cargo update ${name}@${refused} --precise ${version}`;
}

/** Releases that are handed out, the best ones first. */
function alternatives(crate: ServedCrate, refused: string): readonly ServedRelease[] {
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
  return [...new Set(tests.flatMap((test) => candidates.filter(test).map(({ release }) => release)))];
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
