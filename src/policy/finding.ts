import type { Effect } from './effect.ts';

/** Where a finding can be seen: a place in a file, an advisory, a page, or a value as it was read. */
export interface Evidence {
  readonly file?: string;
  /** Whether that is a file of the project, and not one of the release that the finding is about. */
  readonly project?: true;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  readonly advisory?: string;
  readonly url?: string;
  /** Values the rule compared, by name, e.g. `{ "index": "ab…", "bytes": "cd…" }`. */
  readonly values?: Readonly<Record<string, string>>;
}

/** What one rule says of one subject. */
export interface Finding {
  readonly rule: string;
  readonly effect: Effect;
  /** `crate@version`. */
  readonly subject: string;
  /** One sentence. */
  readonly message: string;
  readonly evidence: Evidence;
  /** What to do next, one sentence. */
  readonly next: string;
  /** RFC 3339. Set on `hold` findings that end by themselves; absent: until something else changes. */
  readonly until?: string;
  /** The waiver that excepts it: it then counts for nothing, and stays visible. */
  readonly waived?: {
    readonly by: string;
    readonly reason: string /** A date, UTC. */;
    readonly expires: string;
  };
  /** The audit, or the people, that answer its question to a person: it then counts for nothing, and stays visible. */
  readonly answered?: {
    readonly by: 'cargo-vet' | 'crev' | 'people';
    /** Organisations, ids of reviewers, or names. */
    readonly who: readonly string[];
    /** One sentence. */
    readonly says: string;
  };
}
