/** What was exchanged for what one build fetches. Of what opens it, only the SHA-256 (hex) is kept. */
export interface BuildSessionRecord {
  /** Digest of what was exchanged: a CI's token by its issuer and id, or a key. There is one exchange of each. */
  readonly identity: string;
  /** Digest of the session's own text; `null`: none was opened, since what was brought came too late. */
  readonly hash: string | null;
  /** Who it is for, in words: `github: repository_id 1, ref refs/heads/main`. */
  readonly who: string;
  /** SHA-256 of the Cargo.lock that it is bound to; `''` where none was opened. */
  readonly lockfile: string;
  /** The releases that the lockfile names: `word@1.0.0`, names as keys. */
  readonly releases: readonly string[];
  readonly openedAt: number;
  readonly endsAt: number;
  /** When the build said that it has what it needs. */
  readonly closedAt: number | null;
  /** How often somebody was refused because of it. */
  readonly refusals: number;
  /** Until then what was exchanged might be brought once more. */
  readonly keepUntil: number;
}

export interface BuildSessionReader {
  /** What came of the exchange of that identity. */
  buildSession(identity: string): Promise<BuildSessionRecord | undefined>;
  /** The session with that digest, also one that is over. */
  buildSessionOf(hash: string): Promise<BuildSessionRecord | undefined>;
}

export interface BuildSessionWriter {
  /** Inserts or replaces by identity. */
  putBuildSession(session: BuildSessionRecord): Promise<void>;
  /** Forgets those whose identity nobody would take any more. */
  forgetBuildSessions(before: number): Promise<void>;
}
