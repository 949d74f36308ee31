import type { AdvisoryFeed } from './load.ts';

/** Whether a new reading of a feed may replace the one before. */
export type Acceptance =
  | { readonly kind: 'accepted' }
  /** `alarm` is one sentence for the operators. */
  | { readonly kind: 'refused'; readonly alarm: string };

/** The share that a feed may lose at once. Advisories are withdrawn, hardly ever deleted. */
const largestLoss = 0.2;

/** How many advisories a reading has. It is all that has to be kept of the last one over a restart. */
export interface FeedSize {
  readonly advisories: number;
  readonly source: string;
}

/** A feed that shrinks by more than a fifth at once is refused: it was emptied, cut short, or is another. */
export function acceptFeed(previous: FeedSize | undefined, next: FeedSize): Acceptance {
  if (previous === undefined || previous.source !== next.source) return { kind: 'accepted' };
  const lost = previous.advisories - next.advisories;
  if (lost <= previous.advisories * largestLoss) return { kind: 'accepted' };
  const alarm =
    `${next.source} shrank from ${previous.advisories} advisories to ${next.advisories} at once; the old ones ` +
    'stay in force until somebody accepts the smaller feed.';
  return { kind: 'refused', alarm };
}

export function sizeOf(feed: AdvisoryFeed): FeedSize {
  return { advisories: feed.database.advisories.length, source: feed.provenance.source };
}
