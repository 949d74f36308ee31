import type { Arrival } from '../facts/age.ts';
import type { Verdict } from '../policy/verdict.ts';

// What the store keeps. All times are epoch milliseconds; every name key is the crate's lower-case name.

/** A crate that the mirror has served at least once, or was told of by an event. */
export interface CrateRecord {
  readonly registry: string;
  /** Lower-case name: the key of its index file. */
  readonly key: string;
  readonly firstSeen: number;
  /** Validators of the last index file, for conditional requests. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** SHA-256 (hex) of the last index file that was taken over; `null` before the first. */
  readonly digest: string | null;
  readonly checkedAt: number | null;
  /** When it is to be read again. */
  readonly pollAt: number;
  /** Failed polls in a row. */
  readonly failures: number;
  /** Why the last poll failed, or, where none did, what of the file was not read; or `null`. */
  readonly lastError: string | null;
  /** Since when the upstream says that there is no such crate. */
  readonly absentSince: number | null;
}

export type ReleaseState = 'held' | 'promoted' | 'review' | 'blocked' | 'withdrawn';

/** One release: what the upstream says of it, and what was decided. */
export interface ReleaseRecord {
  readonly registry: string;
  readonly key: string;
  /** Full version, build metadata included. */
  readonly version: string;
  /** Place of its line in the upstream's index file, from 0. */
  readonly position: number;
  /** The index line as the upstream wrote it, without its newline. */
  readonly line: string;
  /** SHA-256 (hex) at first sight: what the bytes must be. */
  readonly checksum: string;
  /** SHA-256 (hex) that the upstream's newest line names; differs from `checksum` only after tampering. */
  readonly lineChecksum: string;
  readonly published: number | null;
  readonly firstSeen: number;
  readonly arrival: Arrival;
  readonly dependenciesChangedAt: number | null;
  /** The upstream's own flag; apart from `state`. */
  readonly yanked: boolean;
  /** When this mirror saw it being yanked; `null` for what came yanked or is not. */
  readonly yankedAt: number | null;
  readonly state: ReleaseState;
  /** When a `held` state ends by itself, if it has a date. */
  readonly until: number | null;
  /** Whether the bytes were judged, or the index line alone. */
  readonly judged: 'index' | 'release';
  /** Facts of the archive as JSON, once it was read; kept so that judging again needs no bytes. */
  readonly archive: string | null;
  /** Why its bytes could not be had when another release was to be compared with it; `null` where nobody tried in vain. */
  readonly unread: Unread | null;
  readonly verdict: Verdict;
  /** Digest of the policy that gave the verdict. */
  readonly policy: string;
  /** When it is to be judged again without being asked: the end of a hold, a retry. */
  readonly judgeAt: number | null;
  /** When `state` last changed. */
  readonly stateSince: number;
}

/** Bytes that were asked for in vain. */
export interface Unread {
  /** A clause. */
  readonly reason: string;
  readonly at: number;
  /** In a row. */
  readonly tries: number;
}

/** What the judgement of another release of its crate asks of a release. */
export type ReleaseOutline = Pick<
  ReleaseRecord,
  'version' | 'position' | 'published' | 'firstSeen' | 'arrival' | 'yankedAt' | 'state' | 'policy'
>;

/** What happened to a release or to the mirror. */
export type LogEvent =
  | 'appeared'
  | 'judged'
  | 'yanked'
  | 'unyanked'
  | 'altered'
  | 'withdrawn'
  | 'restored'
  | 'blocked'
  | 'unblocked'
  | 'break-glass'
  | 'approved'
  | 'rejected'
  | 'taken-back'
  | 'policy-activated'
  | 'feed-updated'
  | 'dump-imported'
  | 'dump-forgotten'
  | 'clock-trusted';

/** One entry of the append-only release log. `seq` grows with every committed entry, without reordering. */
export interface LogEntry {
  readonly seq: number;
  readonly at: number;
  readonly event: LogEvent;
  readonly registry: string;
  /** `''` when the entry is about the whole mirror. */
  readonly key: string;
  /** `''` when the entry is about the whole crate. */
  readonly version: string;
  readonly from: ReleaseState | null;
  readonly to: ReleaseState | null;
  /** Who or what did it: `poll`, `clock`, `download`, `event:kellnr`, or a person's name. */
  readonly actor: string;
  readonly policy: string;
  readonly verdict: Verdict | null;
  /** Anything else worth keeping, such as both lines of an alteration. */
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** An operator's block. Lifted blocks stay, for the record. */
export interface BlockRecord {
  readonly id: number;
  readonly registry: string;
  readonly key: string;
  /** `null`: every version. */
  readonly version: string | null;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
  readonly liftedBy: string | null;
  readonly liftedAt: number | null;
  readonly liftReason: string | null;
}

/** One person's request to end one release's cool-down. */
export interface BreakGlassRecord {
  readonly registry: string;
  readonly key: string;
  readonly version: string;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  /** When the token ended that it was made with. */
  readonly authorEndedAt: number | null;
}

/** A person's decision on the bytes of one release. Those that ended stay, for the record. */
export interface DecisionRecord {
  readonly id: number;
  readonly registry: string;
  readonly key: string;
  readonly version: string;
  /** SHA-256 (hex) of the bytes that it is about. */
  readonly checksum: string;
  readonly kind: 'approve' | 'reject';
  /** Digests of the findings that were there. */
  readonly answers: readonly string[];
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  /** From then on it counts no more. */
  readonly until: number | null;
  /** When the token ended that it was made with. */
  readonly authorEndedAt: number | null;
  readonly takenBackBy: string | null;
  readonly takenBackAt: number | null;
  readonly takenBackReason: string | null;
}

/** That some release of one crate requires another crate of its registry in exactly one version. */
export interface ExactNeedRecord {
  readonly registry: string;
  /** Of the crate that is required. */
  readonly key: string;
  /** Key of the crate that requires it. */
  readonly by: string;
}

/** How often the download of a release was refused in the state that it is in. */
export interface RefusalRecord {
  readonly registry: string;
  readonly key: string;
  readonly version: string;
  /** `stateSince` of the release: in another state it is counted anew. */
  readonly since: number;
  readonly count: number;
  readonly lastAt: number;
}

/** A policy that was in force from `at` on. */
export interface PolicyRecord {
  readonly digest: string;
  /** The policy file as it was read. */
  readonly text: string;
  readonly at: number;
}

/** A person's or machine's key to the acting part of the API. Only the SHA-256 (hex) of the token is kept. */
export interface TokenRecord {
  readonly name: string;
  /** The person whose it is: whoever has several counts once. `null`: it has its owner's name. */
  readonly owner: string | null;
  readonly hash: string;
  readonly at: number;
  readonly revokedAt: number | null;
  readonly role: Role;
  /** From then on it opens nothing; `null`: until it is revoked. */
  readonly endsAt: number | null;
  /** When it was last seen in use, to the minute or so. */
  readonly usedAt: number | null;
}

/** A browser that is signed in. Its cookie is a random text, of which only the SHA-256 (hex) is kept. */
export interface WebSessionRecord {
  readonly digest: string;
  /** Digest of the token that it stands for; of its own secret, where it stands for a person. */
  readonly token: string;
  readonly at: number;
  readonly endsAt: number;
  /** Who it stands for, where that is no token. */
  readonly name: string | null;
  readonly role: Role | null;
}

/** A link that signs somebody in once. It is a random text, of which only the SHA-256 (hex) is kept. */
export interface SignInLinkRecord {
  readonly digest: string;
  readonly name: string;
  readonly role: Role;
  readonly endsAt: number;
}

/** What a token's owner may do; `server/identity/roles.ts` says which may do what. */
export type Role = (typeof roles)[number];

export const roles = ['reader', 'ci', 'build', 'agent', 'reviewer', 'auditor', 'admin'] as const;

/** What a registry's web API last said of the people behind a crate. */
export interface PeopleRecord {
  readonly registry: string;
  readonly key: string;
  /** The crate's name as its index spells it: what the API is asked for. */
  readonly name: string;
  /** When the API is to be asked; `null`: it need not be. */
  readonly askAt: number | null;
  /** When it gave `answer`. */
  readonly at: number | null;
  /** The answer as JSON; `null` before the first. */
  readonly answer: string | null;
  /** Asks in a row that did not bring what was wanted. */
  readonly failures: number;
  /** Why the last ask brought no answer, or `null`. */
  readonly reason: string | null;
}

/** What was last read of a feed, such as an advisory database, so that every replica judges by the same reading. */
export interface FeedRecord {
  /** What feed it is, as configured. */
  readonly name: string;
  /** SHA-256 (hex) over what it says; differs where two readings do. */
  readonly digest: string;
  /** The reading, as JSON. */
  readonly body: string;
  /** When `body` was read. */
  readonly at: number;
  /** When somebody last tried to read it anew. */
  readonly triedAt: number;
  /** Why the last try changed nothing, or `null`. */
  readonly alarm: string | null;
}

/** A finding on a release that had been handed out, in the notification that tells of it. */
export interface ToldRecord {
  /** The notification's id: what webhooks carry as `webhook-id`. */
  readonly notification: string;
  readonly registry: string;
  readonly key: string;
  readonly version: string;
  /** Which finding it is, whatever its words: rule, effect and, where there is one, advisory. */
  readonly finding: string;
  /** What is told of it, as JSON. */
  readonly body: string;
  readonly at: number;
  /** When the release was handed out again: the same finding is then worth telling anew. */
  readonly endedAt: number | null;
}

/** One notification on its way to one target. */
export interface DeliveryRecord {
  readonly notification: string;
  /** Name of the target in the configuration. */
  readonly target: string;
  readonly at: number;
  /** When it is to be tried; `null` once it ended. */
  readonly dueAt: number | null;
  readonly attempts: number;
  /** Why the last try failed, or `null`. */
  readonly error: string | null;
  readonly outcome: DeliveryOutcome;
  readonly endedAt: number | null;
}

export type DeliveryOutcome = 'pending' | 'delivered' | 'given-up';

/** The outlines of a crate's releases in one text, as of a revision of the crate; a row of `packed_outlines`. */
export interface PackedOutlines {
  readonly registry: string;
  readonly key: string;
  readonly revision: number;
  readonly body: string;
  /** SHA-256 in hex of all of the above. */
  readonly digest: string;
}
