/** Whether a new reading of a feed may replace the one before. */
export type Acceptance =
  | { readonly kind: 'accepted' }
  /** `alarm` is one sentence for the operators. */
  | { readonly kind: 'refused'; readonly alarm: string };

/** The share that a feed may lose at once. What it says is taken back one by one, hardly ever deleted. */
const largestLoss = 0.2;

/** How much a reading holds. */
export interface FeedSize {
  readonly count: number;
  readonly source: string;
}

/** A feed that shrinks by more than a fifth at once is refused: it was emptied, cut short, or is another. */
export function acceptFeed(previous: FeedSize | undefined, next: FeedSize, noun: string): Acceptance {
  if (previous === undefined || previous.source !== next.source) return { kind: 'accepted' };
  const lost = previous.count - next.count;
  if (lost <= previous.count * largestLoss) return { kind: 'accepted' };
  const alarm =
    `${next.source} shrank from ${previous.count} ${noun} to ${next.count} at once; the old ones ` +
    'stay in force until somebody accepts the smaller feed.';
  return { kind: 'refused', alarm };
}
