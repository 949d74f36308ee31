/** A verdict on a change of a lockfile, as it was given to somebody who asked, without what it says in full. */
export interface ChangeOutline {
  /** Goes up with each that is kept. */
  readonly id: number;
  /**
   * SHA-256 of who asked, what it is called, and its lockfiles: who asks for the same again has the one that is there
   * brought up to date.
   */
  readonly identity: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly by: string;
  /** What people call the change; its file, where nobody said. */
  readonly name: string;
  readonly file: string;
  /** `server`: judged here; `project`: where the project is, by this server's facts. */
  readonly judged: 'server' | 'project';
  readonly compared: boolean;
  readonly verdict: 'allow' | 'hold' | 'review' | 'deny';
  /** When it ends by itself: epoch milliseconds. */
  readonly until: number | null;
  readonly policy: string;
  readonly changes: number;
  readonly findings: number;
  /** Bytes of what it says and of its lockfiles. */
  readonly size: number;
  /** SHA-256 of the new `Cargo.lock`: what is built of it says the same. */
  readonly lockfileDigest: string;
  /** The commit that was checked out and judged, lower-case hex; `null`: none, or something differed from it. */
  readonly commit: string | null;
  /** The pull request's own newest commit, where a merge of it was judged; `null`: nobody said. */
  readonly headCommit: string | null;
}

/** The same with all of it. */
export interface ChangeRecord extends ChangeOutline {
  /** The verdict as JSON. */
  readonly report: string;
  /** The new `Cargo.lock`, and the one before; `null`: there was none, or nobody sent it. */
  readonly lockfile: string;
  readonly base: string | null;
}

/** How many changes are kept: of all of them, those of whoever has most go first. */
export interface ChangeBounds {
  /** Those before this are forgotten: epoch milliseconds. */
  readonly since: number;
  readonly count: number;
  /** Of one person under one name. */
  readonly countOfOne: number;
  /** Bytes of all of them, before they are packed. */
  readonly bytes: number;
}
