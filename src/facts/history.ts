import { type Fact, known, unknown } from './fact.ts';

/** When a crate's releases came out, as its index says, seen from one of them. All times are epoch milliseconds. */
export interface HistoryFact {
  /** When the release itself came out. */
  readonly published: number;
  /** The one that came out last before it; absent for a crate's first. */
  readonly previous?: DatedRelease | undefined;
  /** Releases that came out before it. */
  readonly earlier: number;
  /** Releases whose time is not known, and that are not counted. */
  readonly undated: number;
}

export interface DatedRelease {
  readonly version: string;
  readonly published: number;
}

/** One release as the index has it; `null`: it gives no time. */
export interface IndexedRelease {
  readonly version: string;
  readonly published: number | null;
}

/** The history of a release among all releases of its crate, itself included. */
export function historyFact(
  version: string,
  releases: readonly IndexedRelease[],
  at: number,
): Fact<HistoryFact> {
  const own = releases.find((release) => release.version === version)?.published ?? null;
  if (own === null) return unknown('the registry gives no publication time', 'index', at);
  let previous: DatedRelease | undefined;
  let earlier = 0;
  let undated = 0;
  for (const release of releases) {
    const { published } = release;
    if (published === null) undated++;
    if (published === null || published >= own) continue;
    earlier++;
    if (previous === undefined || published > previous.published)
      previous = { version: release.version, published };
  }
  return known({ published: own, previous, earlier, undated }, 'index', at);
}
