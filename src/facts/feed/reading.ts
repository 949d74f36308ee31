/** What every reading of a feed has, whatever the feed holds. */
export interface FeedReading {
  readonly provenance: FeedProvenance;
  /** Files that were skipped, and why. */
  readonly problems: readonly FileProblem[];
}

/** Where a reading came from. */
export interface FeedProvenance {
  readonly source: string;
  /** The commit that was read, where the source has commits. */
  readonly commit?: string;
  /** RFC 3339. */
  readonly readAt: string;
}

export interface FileProblem {
  readonly path: string;
  /** One clause. */
  readonly reason: string;
  /** The crates that it is about, as far as that can be told. */
  readonly crates?: readonly string[];
}

/** What is known of one configured feed. */
export interface FeedState<Reading extends FeedReading = FeedReading> {
  readonly feed: Reading | undefined;
  /** Why it was not read, or not read anew. */
  readonly alarm: string | undefined;
  /** Nobody configured it: until it was read once, nothing waits for it. */
  readonly isDefault?: boolean | undefined;
}

/** One kind of feed: how its readings are counted, compared and kept. `Said` is plain JSON. */
export interface FeedKind<Reading extends FeedReading, Said extends object = object> {
  /** What a reading holds, in the plural. */
  readonly noun: string;
  /** How many of those. */
  readonly size: (reading: Reading) => number;
  /** What a reading says, to be kept beside where it came from; two that say the same give equal JSON. */
  readonly said: (reading: Reading) => Said;
  /** The reading that was kept: what `said` gave, and where it came from. */
  restore(kept: FeedReading & Said): Reading;
  /** What it says of each crate, by `canonicalName`; equal texts say the same. */
  readonly byCrate: (reading: Reading) => ReadonlyMap<string, string>;
  /** What bears on every crate that feeds of this kind speak of. */
  readonly shared: (reading: Reading) => string;
}

/** As a clause that a rule puts into a sentence: why a feed has no say. */
export function whyMissing({ alarm }: FeedState, noun: string): string {
  return alarm?.replace(/\.$/, '') ?? `the ${noun} were not read yet`;
}

/** `SOURCE at COMMIT`. */
export function feedText({ provenance: { source, commit } }: FeedReading): string {
  return commit === undefined ? source : `${source} at ${commit.slice(0, 12)}`;
}
