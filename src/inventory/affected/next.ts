import { matches, parseRequirement } from '../../cargo/requirement.ts';
import {
  comparePrecedence,
  isPrerelease,
  parseVersion,
  tryParseVersion,
  type Version,
} from '../../cargo/version.ts';
import { inOrder, type ListedRelease, mayBeTried } from '../../registry/way-out/choice.ts';
import type { Suspect } from './verdict.ts';

/** What is known of a crate's other releases. */
export interface Others {
  /** Its releases as the mirror has them recorded; empty where it has not. */
  readonly listed: readonly ListedRelease[];
  /** Whether what is asked about is in a version, too. */
  readonly isMeant: (version: string) => boolean;
}

/**
 * The shortest upgrade of a release that an advisory strikes, for people: the line that the gate gives for a lockfile
 * in which nothing requires more of the crate than Cargo's default does: to the newest release of its series that may
 * enter by its index line. `undefined`: none is known.
 */
export function nextOf({ component, fixed }: Suspect, { listed, isMeant }: Others): string | undefined {
  const { kind, name, version } = component;
  const from = tryParseVersion(version ?? '');
  if (kind !== 'cargo' || version === null || from === undefined) return undefined;
  const to = listed.length === 0 ? fixed : newest(listed, from, isMeant);
  if (to === undefined || tryParseVersion(to) === undefined) return undefined;
  return inSeries(from, parseVersion(to))
    ? `cargo update ${name}@${version} --precise ${to}`
    : `${name} = "${to}" in the Cargo.toml that asks for it, then cargo update`;
}

/** In the order in which the gate tries releases: those of the series first. */
function newest(
  listed: readonly ListedRelease[],
  from: Version,
  isMeant: Others['isMeant'],
): string | undefined {
  const candidates = inOrder(listed.filter((one) => mayBeTried(one) && !isMeant(one.version)));
  const versions = candidates.map(({ version }) => parseVersion(version));
  const of = (isWanted: (version: Version) => boolean) =>
    candidates[versions.findIndex((version) => isWanted(version))]?.version;
  return (
    of((version) => inSeries(from, version)) ??
    of((version) => !isPrerelease(version) && comparePrecedence(version, from) > 0)
  );
}

/** Whether Cargo takes one for the other where nothing more is required. */
function inSeries(from: Version, to: Version): boolean {
  return matches(parseRequirement(seriesOf(from)), to);
}

/** The requirement that takes all that Cargo takes for a version where nothing more is required. */
export function seriesOf({ major, minor, patch }: Version): string {
  if (major > 0n) return `^${major}`;
  return minor > 0n ? `^0.${minor}` : `^0.0.${patch}`;
}
