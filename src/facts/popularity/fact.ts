import { type Fact, known, unknown } from '../fact.ts';
import { shippedAt, shippedNames, shippedRank, shippedSource } from './shipped.ts';
import { usesOfRank } from './usage.ts';

/** How much a crate is used. */
export interface PopularityFact {
  /** Downloads, or an estimate of them where only a rank is known: to compare crates with, never to show as a count. */
  readonly uses: number;
  readonly downloads?: number | undefined;
  /** In the 90 days before the dump. */
  readonly recentDownloads?: number | undefined;
  /** Crates whose default version depends on it. */
  readonly dependents?: number | undefined;
  /** Place in the shipped list of the most used crates, from 1. */
  readonly rank?: number | undefined;
}

/** What a dump of the registry says of a crate's use. `null`: the dump does not say. */
export interface DumpedUse {
  readonly downloads: number;
  readonly recentDownloads: number | null;
  readonly dependents: number | null;
  /** When the dump was taken, as epoch milliseconds. */
  readonly takenAt: number;
}

/** The popularity of one crate: from the dump, else from the shipped list. */
export function popularityFact(crate: string, dumped: DumpedUse | undefined): Fact<PopularityFact> {
  const rank = shippedRank(crate);
  if (dumped !== undefined) {
    const { downloads, recentDownloads, dependents, takenAt } = dumped;
    const fact = {
      uses: downloads,
      downloads,
      recentDownloads: recentDownloads ?? undefined,
      dependents: dependents ?? undefined,
      rank,
    };
    return known(fact, 'database dump', takenAt);
  }
  if (rank !== undefined) return known({ uses: usesOfRank(rank), rank }, shippedSource, shippedAt);
  return unknown(
    `it is not among the ${shippedNames.length} crates of the shipped list, and no imported database dump has it`,
    shippedSource,
    shippedAt,
  );
}
