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
  return historyFacts(releases)(version, at);
}

/** The history of each release of a crate; the releases are put in order once. */
export function historyFacts(
  releases: readonly IndexedRelease[],
): (version: string, at: number) => Fact<HistoryFact> {
  const dated = releases.filter((release): release is DatedRelease => release.published !== null);
  const undated = releases.length - dated.length;
  // Stable: of releases of one moment, the one that stands first in the index stays first.
  const inOrder = [...dated].sort((a, b) => a.published - b.published);
  const facts = new Map<string, HistoryFact>();
  let [momentStart, previous] = [0, undefined as DatedRelease | undefined];
  for (const [i, { version, published }] of inOrder.entries()) {
    if (published !== inOrder[momentStart]?.published) {
      previous = inOrder[momentStart];
      momentStart = i;
    }
    facts.set(version, {
      published,
      previous: previous && { version: previous.version, published: previous.published },
      earlier: momentStart,
      undated,
    });
  }
  return (version, at) => {
    const fact = facts.get(version);
    return fact === undefined
      ? unknown('the registry gives no publication time', 'index', at)
      : known(fact, 'index', at);
  };
}
