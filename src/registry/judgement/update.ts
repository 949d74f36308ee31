import type { Policy } from '../../policy/policy.ts';
import type { CrateRecord, LogEntry, ReleaseRecord } from '../../store/records.ts';
import type { ArchiveReading } from './bytes.ts';
import type { Knowledge } from './knowledge.ts';
import type { Reconciled } from './reconcile.ts';

/** What is new about a crate. */
export type Update =
  | {
      readonly kind: 'index';
      readonly bytes: Uint8Array;
      readonly crate: CrateRecord;
      /** What was recorded when the file was asked for: if another one came between, this one may be older. */
      readonly basedOn: CrateRecord | undefined;
    }
  /** The upstream has no such crate any more. */
  | { readonly kind: 'absent'; readonly crate: CrateRecord; readonly basedOn: CrateRecord | undefined }
  /** Bytes that were brought: of a release that was asked for, and of the one that it is compared with. */
  | { readonly kind: 'archives'; readonly brought: readonly Brought[] }
  /** Nothing but the time, the policy, or what an operator did in the same transaction. */
  | { readonly kind: 'again' };

/** What came of fetching a release's bytes. */
export type Brought = { readonly version: string } & (
  | {
      readonly reading: ArchiveReading;
      /** Whether the release itself was asked for: from then on it is judged by its bytes. */
      readonly isAsked: boolean;
    }
  /** Why they could not be had, as a clause. */
  | { readonly unread: string }
);

export interface SettleInput {
  readonly registry: string;
  readonly key: string;
  /** Who or what brought the update, for the log. */
  readonly actor: string;
  readonly update: Update;
  readonly policy: Policy;
  readonly knowledge: Knowledge;
  /** Names of those who are told of findings on releases that had been handed out. */
  readonly targets: readonly string[];
  /** Whether the crate is watched, so that a release that was not there at the first look is new. */
  readonly isWatched: boolean;
  /** What is judged by: epoch milliseconds. */
  readonly now: number;
  /** When what is new was seen; later than `now` while the clock is in doubt. Epoch milliseconds. */
  readonly seenAt: number;
}

export interface Settled {
  readonly releases: readonly ReleaseRecord[];
  /** What was appended to the log. */
  readonly entries: readonly Omit<LogEntry, 'seq'>[];
  /** `seq` of the first of them. */
  readonly firstSeq: number;
  /** Those that differ from what was recorded. */
  readonly changed: readonly ReleaseRecord[];
  /** Whether these are the first releases that are recorded of it: all that is served of it was read just now. */
  readonly isFirst: boolean;
  /** Whether the index file is served as before. */
  readonly sameFile: boolean;
  /** Lines of the index file that were not taken, where it is another file than the last one. */
  readonly untaken: Reconciled['untaken'];
}
