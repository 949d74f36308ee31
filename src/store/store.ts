import type { AnswerWriter } from './answers-writer.ts';
import type { AuditReader, AuditWriter } from './audit.ts';
import type { BuildSessionReader, BuildSessionWriter } from './build-sessions.ts';
import type { ChangeReader } from './changes/reader.ts';
import type { ChangeBounds, ChangeRecord } from './changes/records.ts';
import type { DecisionReader, DecisionWriter, ReleasePlace } from './decisions.ts';
import type { DeploymentReader } from './deployments/reader.ts';
import type { DeploymentWriter } from './deployments/writer.ts';
import type { DumpStore } from './dump-store.ts';
import type { OnDamage } from './error.ts';
import type { ExploitedReader } from './exploited/reader.ts';
import type { ExploitedWriter } from './exploited/writer.ts';
import type { ExposureReader } from './exposures/reader.ts';
import type { ExposureWriter } from './exposures/writer.ts';
import type { InventoryStore } from './inventory/store.ts';
import type { OutboxReader, OutboxWriter } from './outbox.ts';
import type { ProposalReader, ProposalWriter } from './proposals/store.ts';
import type {
  BlockRecord,
  BreakGlassRecord,
  CrateRecord,
  ExactNeedRecord,
  FeedRecord,
  LogEntry,
  PeopleRecord,
  PolicyRecord,
  ReleaseOutline,
  ReleaseRecord,
  ReleaseState,
  SignInLinkRecord,
  TokenRecord,
  WebSessionRecord,
} from './records.ts';
import type { RequestReader, RequestWriter } from './requests.ts';
import type { SightingStore } from './sightings/store.ts';
import type { SigningReader, SigningWriter } from './signings.ts';
import type { VexReader } from './vex/reader.ts';
import type { VexWriter } from './vex/writer.ts';

/**
 * The store as the rooms below see it. Reads are consistent with themselves; all writing happens in `write`.
 *
 * Throws `StoreError` (`store/damaged`) for a row that does not read as what it should be: it is never skipped.
 * Writing what could not be read again throws `store/unstorable`.
 */
export interface Store extends StoreReader {
  /** Registries' database dumps. */
  readonly dumps: DumpStore;
  /** Artefacts and what they are made of. */
  readonly inventory: InventoryStore;
  /** What hosts run. */
  readonly sightings: SightingStore;
  /** What runs of what advisories strike. */
  readonly exposures: Pick<ExposureReader, keyof ExposureReader>;
  /** What is actively exploited, and the clocks that it starts. */
  readonly exploited: Pick<ExploitedReader, keyof ExploitedReader>;
  /** Where artefacts are stated to be deployed, where no agent looks. */
  readonly deployments: Pick<DeploymentReader, keyof DeploymentReader>;
  readonly vex: Pick<VexReader, keyof VexReader>;
  /** Policies that wait for another person. */
  readonly proposals: Pick<ProposalReader, 'list' | 'triedAt'>;
  /** Verdicts on changes of lockfiles. */
  readonly changes: Pick<ChangeReader, keyof ChangeReader>;
  /** The store, for whoever asks for many crates: what they name first is read together. */
  readAhead(): ReadAhead;
  /**
   * Runs `work` in one transaction; writers are serialised over all processes, so that log entries commit in
   * the order of their `seq`. When it returns, the changes are on disk; when it throws, none is. `work` may read
   * through `tx` only, and calling `write` inside of it throws.
   */
  write<T>(work: (tx: StoreWriter) => Promise<T>): Promise<T>;
  /**
   * As `write`, in one transaction with others that wait for one: they wait for the disk once. Where one of them
   * throws, nothing was written, and each is done again by itself: `work` must do the same a second time.
   */
  writeTogether<T>(work: (tx: StoreWriter) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** What is read of a store for the judgement of a crate's releases. */
export type CrateReader = Pick<
  StoreReader,
  | 'crate'
  | 'revision'
  | 'release'
  | 'releases'
  | 'releaseOutlines'
  | 'activeBlocks'
  | 'breakGlass'
  | 'standingDecisions'
>;

/**
 * A store with what is about to be asked of many crates read in a few statements: thousands of small ones take longer than all that
 * is made of their answers. What was not brought is read as it is asked for.
 */
export interface ReadAhead extends CrateReader {
  /** Reads what there is of these releases and of their crates; of crates that were brought before, the releases alone. */
  bring(wanted: readonly ReleaseKey[]): Promise<void>;
  /**
   * Keeps what outlines were brought in the form that is read at once the next time, for as long as their crate is of
   * the same revision: so from then on `releaseOutlines` gives the `state` and `policy` of that time, of what is no
   * matter of a release's bytes alone.
   */
  keep(): Promise<void>;
  /** What was brought of a crate counts no more: somebody had it written. */
  forget(registry: string, key: string): void;
}

/** A token to be. */
export type NewToken = Omit<TokenRecord, 'revokedAt' | 'usedAt'>;

/** Which release is meant. */
export type ReleaseKey = Pick<ReleaseRecord, 'registry' | 'key' | 'version'>;

export interface StoreReader
  extends OutboxReader,
    DecisionReader,
    RequestReader,
    AuditReader,
    BuildSessionReader,
    SigningReader {
  crate(registry: string, key: string): Promise<CrateRecord | undefined>;
  /** All releases of a crate in the order of the upstream's file. */
  releases(registry: string, key: string): Promise<readonly ReleaseRecord[]>;
  release(registry: string, key: string, version: string): Promise<ReleaseRecord | undefined>;
  /** Releases of a crate in the order of their versions as texts, those past `after`. */
  releaseOutlines(
    registry: string,
    key: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly ReleaseOutline[]>;
  /** A number of a crate that goes up with each `revise`; `undefined`: it is not recorded. */
  revision(registry: string, key: string): Promise<number | undefined>;
  findReleases(query: ReleaseQuery): Promise<readonly ReleaseRecord[]>;
  /** Keys of crates whose key contains `text`, shortest first. */
  searchCrates(registry: string, text: string, limit: number): Promise<readonly string[]>;
  /** Keys of crates that have, or had, a release which requires a crate in exactly one version. */
  exactDependents(registry: string, key: string): Promise<readonly string[]>;
  /** Keys of crates that were read and that the upstream still has, most recently checked first. */
  presentCrates(registry: string, limit: number): Promise<readonly string[]>;
  /** Keys of all crates that were read. */
  crateKeys(registry: string): Promise<readonly string[]>;
  /** By the key of each crate: the earliest publication time of its releases, as far as one is known. */
  firstPublications(registry: string): Promise<ReadonlyMap<string, number>>;
  /** Keys of crates that published a release since then (epoch milliseconds), in their order. */
  publishedSince(registry: string, since: number, limit: number): Promise<readonly string[]>;
  /** Crates that have a release whose verdict another policy gave; none only when there is none. */
  cratesJudgedOtherwise(
    policy: string,
    limit: number,
  ): Promise<readonly { readonly registry: string; readonly key: string }[]>;
  /**
   * Releases whose archive was read and whose reading does not begin as `current` does, after one of them in the order of
   * registry, key and version.
   */
  readOtherwise(
    current: string,
    after: ReleaseKey | undefined,
    limit: number,
  ): Promise<readonly ReleaseKey[]>;
  /** Blocks of a crate that are in force. */
  activeBlocks(registry: string, key: string): Promise<readonly BlockRecord[]>;
  breakGlass(registry: string, key: string): Promise<readonly BreakGlassRecord[]>;
  log(query: LogQuery): Promise<readonly LogEntry[]>;
  lastSeq(): Promise<number>;
  policyInForce(): Promise<PolicyRecord | undefined>;
  /** Policies that were put in force, the newest first. */
  policyHistory(limit: number): Promise<readonly PolicyRecord[]>;
  tokens(): Promise<readonly TokenRecord[]>;
  /** The token with that digest, also one that was revoked or has ended. */
  tokenOf(hash: string): Promise<TokenRecord | undefined>;
  /**
   * The token that a browser's session stands for, or what stands for one where it is a person's, if the session has
   * not ended by then.
   */
  tokenOfSession(digest: string, now: number): Promise<TokenRecord | undefined>;
  /** The last reading of a feed, if there was one. */
  feed(name: string): Promise<FeedRecord | undefined>;
  /** The digests of the last readings of feeds, of those that were read: by name. */
  feedDigests(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** What is known of the people behind a crate, if that was ever asked for. */
  people(registry: string, key: string): Promise<PeopleRecord | undefined>;
  /** The crate whose people are to be asked for next, where one is due. */
  nextPeople(registry: string, now: number): Promise<PeopleRecord | undefined>;
  counts(): Promise<StoreCounts>;
  /** Crates whose last file was not read whole, with what their `lastError` says of it. */
  partlyRead(limit: number): Promise<readonly CrateRecord[]>;
  /** Whether something is due later than it ever may be. */
  isAhead(horizons: Horizons): Promise<boolean>;
  /** When the next crate of those meant is to be polled and the next release judged; `null`: none. */
  nextDue(scope?: DueScope): Promise<{ readonly poll: number | null; readonly judge: number | null }>;
}

/** Times after which nothing of each kind is ever due, unless a clock was ahead: epoch milliseconds. */
export interface Horizons {
  readonly poll: number;
  /** Of releases that wait for something else than the end of their hold. */
  readonly judge: number;
  readonly people: number;
  readonly deliver: number;
}

export interface StoreWriter
  extends StoreReader,
    OutboxWriter,
    DecisionWriter,
    RequestWriter,
    AuditWriter,
    BuildSessionWriter,
    SigningWriter {
  /** Works on what is exposed, in this transaction. */
  exposing<T>(work: (writer: ExposureWriter) => Promise<T>): Promise<T>;
  /** Works on what is exploited and its clocks, in this transaction. */
  exploiting<T>(work: (writer: ExploitedWriter) => Promise<T>): Promise<T>;
  /** Takes a host out of service; returns how many of its processes ended by it. `undefined`: there is none in service. */
  retireHost(
    name: string,
    how: { readonly by: string; readonly at: number },
  ): Promise<{ readonly processes: number } | undefined>;
  /** Works on policies that wait for another person, in this transaction. */
  proposing<T>(work: (writer: ProposalWriter) => Promise<T>): Promise<T>;
  /** Keeps a verdict on a change, and forgets the oldest beyond the bounds. */
  keepChange(change: Omit<ChangeRecord, 'id'>, bounds: ChangeBounds): Promise<void>;
  /** Works on where artefacts are stated to be deployed, in this transaction. */
  deploying<T>(work: (writer: DeploymentWriter) => Promise<T>): Promise<T>;
  /** Works on what is said of advisories in artefacts, in this transaction. */
  stating<T>(work: (writer: VexWriter) => Promise<T>): Promise<T>;
  /** Works on answers that are kept for requests that come again, in this transaction. */
  answering<T>(work: (writer: AnswerWriter) => Promise<T>): Promise<T>;
  /** Inserts or replaces the record with the same registry and key. */
  putCrate(crate: CrateRecord): Promise<void>;
  /** Says that more of a crate changed than what the bytes of some releases say of them. */
  revise(registry: string, key: string): Promise<void>;
  /** Forgets a crate of which no index file was ever taken over. */
  forgetUnread(registry: string, key: string): Promise<void>;
  /** Inserts or replaces by registry, key and version; thousands at once are fine. */
  putReleases(releases: readonly ReleaseRecord[]): Promise<void>;
  /** What is there already stays. */
  putExactNeeds(needs: readonly ExactNeedRecord[]): Promise<void>;
  /** Appends in the given order; `seq` is assigned: that of the first is returned. Thousands at once are fine. */
  append(entries: readonly Omit<LogEntry, 'seq'>[]): Promise<number>;
  putBlock(block: Omit<BlockRecord, 'id' | 'liftedBy' | 'liftedAt' | 'liftReason'>): Promise<void>;
  /** Lifts the active blocks of exactly this crate and version (`null`: the block on every version); returns how many. */
  liftBlocks(
    block: Pick<BlockRecord, 'registry' | 'key' | 'version'>,
    lift: { readonly by: string; readonly at: number; readonly reason: string },
  ): Promise<number>;
  /** One request per person and release: a second one by the same person replaces the first. */
  putBreakGlass(request: BreakGlassRecord): Promise<void>;
  /** The policy put last is the one in force, even after a clock stepped back. */
  putPolicy(policy: PolicyRecord): Promise<void>;
  /** Inserts or replaces by name. */
  putFeed(feed: FeedRecord): Promise<void>;
  /** Inserts or replaces by registry and key. */
  putPeople(people: PeopleRecord): Promise<void>;
  /**
   * One token per name: a second one, active or revoked, is replaced, and its old value opens nothing any more. What was done with
   * the old one is marked: its author's token has ended.
   */
  putToken(token: NewToken): Promise<void>;
  /** Keeps a browser's session, and forgets those that ended before it began. */
  putWebSession(session: WebSessionRecord): Promise<void>;
  /** Ends it; one that is not there is no fault. */
  endWebSession(digest: string): Promise<void>;
  /**
   * Ends every session of a person's that stands for no token, however the name's case is; returns how many. What still
   * waits for others counts no more.
   */
  endSessionsOf(name: string, at: number): Promise<number>;
  putSignInLink(link: SignInLinkRecord): Promise<void>;
  /** Takes the link with that digest, which is then gone; `undefined`: there is none, or it ended by then. */
  takeSignInLink(digest: string, now: number): Promise<SignInLinkRecord | undefined>;
  /** Notes when tokens were used, by name; a time that is earlier than what is there changes nothing. */
  noteTokenUses(uses: ReadonlyMap<string, number>): Promise<void>;
  /** Returns whether there was an active token of that name; what was done with it is marked as above. */
  revokeToken(name: string, at: number): Promise<boolean>;
  /** Forgets events taken before `forgetBefore`, then records this one; `false` when it had been taken already. */
  takeEvent(source: string, id: string, at: number, forgetBefore: number): Promise<boolean>;
  /**
   * Takes up to `limit` crates whose `pollAt` has come, earliest first, with their `pollAt` moved to `leaseUntil`. With
   * `onDamage`, a damaged row among them is told of and left out, so that it does not hold up the others.
   */
  claimPolls(
    now: number,
    leaseUntil: number,
    limit: number,
    onDamage?: OnDamage,
    scope?: Pick<DueScope, 'registry'>,
  ): Promise<readonly CrateRecord[]>;
  /** What is due later than it ever may be is due at `now`. */
  reinIn(now: number, horizons: Horizons): Promise<void>;
  /** Takes up to `limit` releases whose `judgeAt` has come, in the same way. */
  claimJudgements(
    now: number,
    leaseUntil: number,
    limit: number,
    onDamage?: OnDamage,
    scope?: DueScope,
  ): Promise<readonly ReleaseRecord[]>;
}

/** Which of the work that is due is meant; absent: all of it. */
export interface DueScope {
  readonly registry?: string | undefined;
  /** Of releases: whose bytes are needed and not here, or the others. */
  readonly bytes?: 'wanted' | 'here' | undefined;
}

export interface ReleaseQuery {
  readonly registry?: string | undefined;
  readonly key?: string | undefined;
  readonly states?: readonly ReleaseState[] | undefined;
  readonly limit: number;
  /** Newest `stateSince` first, or what ends first (`until`; last what has no end). Absent: `since`. */
  readonly order?: 'since' | 'until' | undefined;
  /** The last one of the page before, as it was then. */
  readonly after?: ReleasePlace | undefined;
}

export interface LogQuery {
  /** Entries with a greater `seq`, oldest first. */
  readonly after?: number | undefined;
  readonly registry?: string | undefined;
  readonly key?: string | undefined;
  readonly version?: string | undefined;
  readonly limit: number;
}

export interface StoreCounts {
  readonly crates: number;
  /** Crates whose last poll failed. */
  readonly failing: number;
  readonly releases: Readonly<Record<ReleaseState, number>>;
}

/** The bytes of `.crate` files, by their SHA-256 (lower-case hex). */
export interface BlobStore {
  /** Whether it is there, with the bytes that its digest names. */
  has(digest: string): Promise<boolean>;
  /** Its bytes, where they are in memory: the hot path, without a promise. */
  readonly peek?: (digest: string) => Buffer | undefined;
  /**
   * Takes a stream in: into a temporary file, hashed on the way, fsynced, renamed to its digest. Returns what was
   * stored. Throws `StoreError` `store/blob-too-large` past `maxBytes` and `store/blob-mismatch` (with the actual
   * digest) where `expected` is given and differs; then nothing is kept.
   */
  put(
    body: AsyncIterable<Uint8Array>,
    options: { readonly maxBytes: number; readonly expected?: string },
  ): Promise<{ digest: string; size: number }>;
  /** Opens a blob for reading; `undefined` when there is none, or its bytes are others. The caller closes it. */
  open(digest: string): Promise<BlobHandle | undefined>;
  delete(digest: string): Promise<void>;
}

export interface BlobHandle {
  readonly size: number;
  /** Where its bytes lie on this machine, if they do. */
  readonly path: string | undefined;
  /** The whole blob by one positioned read. */
  read(): Promise<Buffer>;
  stream(): NodeJS.ReadableStream;
  close(): Promise<void>;
}
