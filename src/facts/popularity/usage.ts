/**
 * An estimate of a crate's downloads from its place in a list of the most used. Downloads fall about as one over the
 * rank; the first has some thousand millions. Good for "how many times as much", which is all that it is used for.
 */
export function usesOfRank(rank: number): number {
  return Math.round(2e9 / rank);
}

/**
 * What a crate counts as that somebody wrote an advisory, an audit or a review of, where nothing else is known of its
 * use: used enough to be looked at, far from the most used.
 */
export const usesOfNamed = 50_000;
