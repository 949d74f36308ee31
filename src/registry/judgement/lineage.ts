import { comparePrecedence, parseVersion, type Version } from '../../cargo/version.ts';
import { soundPublished } from '../../facts/age.ts';
import type { Fact } from '../../facts/fact.ts';
import { type HistoryFact, historyFacts, type IndexedRelease } from '../../facts/history.ts';
import type { ReleaseRecord } from '../../store/records.ts';
import { type BaseRecord, basesAmong } from './base.ts';

/** What the judgement of one release asks of each of its crate's releases. */
export type Relative = Pick<ReleaseRecord, 'version' | 'published' | 'firstSeen' | 'arrival' | 'yankedAt'>;

/** What all releases of a crate say together: the same for the judgement of any of them, whoever was read. */
export interface Lineage {
  /** Versions that the registry lists now: what it has deleted is compared with nothing. */
  readonly listed: ReadonlySet<string>;
  /** When the crate came out, as far as its back catalogue says. Epoch milliseconds. */
  readonly published: number | undefined;
  /** Newest first; of one moment, the oldest version first. */
  readonly yanks: readonly { readonly version: Version; readonly at: number }[];
  /** By version without build metadata: the first release that has it. */
  readonly firstOfVersion: (bare: string) => string | undefined;
  readonly history: (version: string, at: number) => Fact<HistoryFact>;
  /** The version that a release is compared with. */
  readonly baseOf: (version: string) => string | undefined;
}

/**
 * `all` releases of a crate in the order of its index, those that it deleted too; `firstSeen` is the crate's own. Pure;
 * what nobody asks for is not worked out, since a lockfile brings the releases of hundreds of crates.
 */
export function lineageOf(all: readonly Relative[], listed: ReadonlySet<string>, firstSeen: number): Lineage {
  const releases = all.filter(({ version }) => listed.has(version));
  let published: number | undefined;
  for (const release of all) {
    // What was there before the name was registered anew was of another crate.
    if (release.arrival !== 'back-catalogue' || release.firstSeen < firstSeen) continue;
    const own = soundPublished(release.published, release.firstSeen) ?? null;
    if (own !== null) published = Math.min(published ?? Number.POSITIVE_INFINITY, own);
  }
  // A lineage is kept in memory, tens of thousands of releases in all: what it holds of each is no more than this.
  const dated: readonly IndexedRelease[] = releases.map((release) => ({
    version: release.version,
    published: soundPublished(release.published, release.firstSeen) ?? null,
  }));
  let firstOfVersion: ReadonlyMap<string, string> | undefined;
  let history: Lineage['history'] | undefined;
  return {
    listed,
    published,
    yanks: yanksOf(releases),
    firstOfVersion: (bare) => {
      firstOfVersion ??= firstOf(dated);
      return firstOfVersion.get(bare);
    },
    history: (version, at) => {
      history ??= historyFacts(dated);
      return history(version, at);
    },
    baseOf: basesAmong(listed),
  };
}

function yanksOf(releases: readonly Relative[]): Lineage['yanks'] {
  const yanks = releases.flatMap(({ version, yankedAt }) =>
    yankedAt === null ? [] : [{ version: parseVersion(version), at: yankedAt }],
  );
  return yanks.sort((a, b) => b.at - a.at || comparePrecedence(a.version, b.version));
}

function firstOf(releases: readonly IndexedRelease[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const { version } of releases) {
    const bare = withoutBuild(version);
    if (!first.has(bare)) first.set(bare, version);
  }
  return first;
}

/** The releases among which one is judged, where all of them are at hand. */
export function relatives(
  all: readonly (Relative & BaseRecord)[],
  listed: ReadonlySet<string>,
  firstSeen: number,
): { readonly lineage: Lineage; readonly recordOf: (version: string) => BaseRecord | undefined } {
  const byVersion = new Map(all.map((release) => [release.version, release]));
  return {
    lineage: lineageOf(all, listed, firstSeen),
    recordOf: (version) => (listed.has(version) ? byVersion.get(version) : undefined),
  };
}

/** A version without its build metadata, which tells no two releases apart. */
export function withoutBuild(version: string): string {
  const plus = version.indexOf('+');
  return plus === -1 ? version : version.slice(0, plus);
}
