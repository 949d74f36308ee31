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

/**
 * The history of each release of a crate. A few are looked for among the others, which costs no order of them; whoever
 * asks for many has them put in order once.
 */
export function historyFacts(
  releases: readonly IndexedRelease[],
): (version: string, at: number) => Fact<HistoryFact> {
  let asked = 0;
  let all: ReadonlyMap<string, HistoryFact> | undefined;
  return (version, at) => {
    asked += 1;
    if (asked > few) all ??= inOrder(releases);
    const fact = all === undefined ? soughtOut(version, releases) : all.get(version);
    return fact === undefined
      ? unknown('the registry gives no publication time', 'index', at)
      : known(fact, 'index', at);
  };
}

const few = 4;

function soughtOut(version: string, releases: readonly IndexedRelease[]): HistoryFact | undefined {
  const published = releases.findLast((one) => one.version === version && one.published !== null)?.published;
  if (published == null) return undefined;
  let [earlier, undated] = [0, 0];
  let previous: DatedRelease | undefined;
  for (const one of releases) {
    if (one.published === null) undated += 1;
    else if (one.published < published) {
      earlier += 1;
      // Of releases of one moment, the one that stands first in the index.
      if (previous === undefined || one.published > previous.published) previous = one as DatedRelease;
    }
  }
  return {
    published,
    previous: previous && { version: previous.version, published: previous.published },
    earlier,
    undated,
  };
}

function inOrder(releases: readonly IndexedRelease[]): ReadonlyMap<string, HistoryFact> {
  const dated = releases.filter((release): release is DatedRelease => release.published !== null);
  const undated = releases.length - dated.length;
  // Stable: of releases of one moment, the one that stands first in the index stays first.
  const sorted = [...dated].sort((a, b) => a.published - b.published);
  const facts = new Map<string, HistoryFact>();
  let [momentStart, previous] = [0, undefined as DatedRelease | undefined];
  for (const [i, { version, published }] of sorted.entries()) {
    if (published !== sorted[momentStart]?.published) {
      previous = sorted[momentStart];
      momentStart = i;
    }
    facts.set(version, {
      published,
      previous: previous && { version: previous.version, published: previous.published },
      earlier: momentStart,
      undated,
    });
  }
  return facts;
}
