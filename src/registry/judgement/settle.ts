import { createHash } from 'node:crypto';
import { crateKey } from '../../cargo/index-path.ts';
import type { Policy } from '../../policy/policy.ts';
import type { CrateRecord, ExactNeedRecord, LogEntry, ReleaseRecord } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { tellFindings } from '../notify/tell.ts';
import { servesSameLine } from '../serve/served.ts';
import { exactDependenciesOf } from '../way-out/choice.ts';
import { assessCrate } from './assess.ts';
import type { ArchiveReading } from './bytes.ts';
import { crateName } from './gather.ts';
import type { Knowledge } from './knowledge.ts';
import { type Change, type Observed, type Reconciled, reconcile } from './reconcile.ts';
import { hidesRelease } from './untaken-line.ts';

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
  /** Those that differ from what was recorded. */
  readonly changed: readonly ReleaseRecord[];
  /** Whether the index file is served as before. */
  readonly sameFile: boolean;
  /** Lines of the index file that were not taken, where it is another file than the last one. */
  readonly untaken: Reconciled['untaken'];
}

/**
 * The only way in which a release gets a state: reads the crate inside the transaction, takes the update over, judges
 * every release that it concerns, and writes what differs together with its log entries.
 */
export async function settle(tx: StoreWriter, asked: SettleInput): Promise<Settled> {
  const { registry, key, policy, now } = asked;
  const known = await tx.releases(registry, key);
  const recorded = await tx.crate(registry, key);
  const overtaken =
    'basedOn' in asked.update && (recorded?.digest ?? null) !== (asked.update.basedOn?.digest ?? null);
  const input: SettleInput = overtaken ? { ...asked, update: { kind: 'again' } } : asked;
  const { update } = input;
  const arrived = takeOver(input, known, recorded?.digest == null || !input.isWatched);
  const looked = 'basedOn' in update ? afterLook(update.crate, update.basedOn, recorded) : undefined;
  const crate = looked === undefined ? recorded : withReading(looked, arrived, now);
  const previous = new Map(known.map((record) => [record.version, record]));
  const after = assessCrate(
    {
      name: crateName(arrived.releases.map(({ observed }) => observed)),
      firstSeen: crate?.firstSeen ?? now,
      releases: arrived.releases.map(({ observed }) => observed),
      previous,
      listed: new Set(
        arrived.releases.filter(({ present }) => present).map(({ observed }) => observed.version),
      ),
      blocks: await tx.activeBlocks(registry, key),
      breakGlass: await tx.breakGlass(registry, key),
      decisions: await tx.standingDecisions(registry, key),
      knowledge: asked.knowledge,
    },
    policy,
    now,
    (release) => isConcerned(release, update),
  );
  const entries = logEntries(input, arrived.changes, previous, after);
  const changed = after.filter((record) => differs(previous.get(record.version), record));
  await tx.putReleases(changed);
  await tx.append(entries);
  await tx.putExactNeeds(newExactNeeds(changed, previous));
  await tellFindings(tx, asked.targets, previous, changed, now);
  if (looked !== undefined && crate !== undefined) await tx.putCrate(crate);
  const sameFile =
    after.length === known.length &&
    changed.every((record) => servesSameLine(previous.get(record.version), record));
  const untaken = crate !== undefined && crate.digest === recorded?.digest ? [] : arrived.untaken;
  return { releases: after, changed, entries, sameFile, untaken };
}

/**
 * Bytes tell something of the release that was asked for. Those that are compared with it had its bytes brought themselves, or
 * ask for them at their own time: that somebody asks for one release changes no other.
 */
function isConcerned({ version }: Observed, update: Update): boolean {
  return (
    update.kind !== 'archives' ||
    update.brought.some((one) => one.version === version && 'reading' in one && one.isAsked)
  );
}

/** A crate after a look at its upstream. Where an event asked for another look meanwhile, that is still to come. */
export function afterLook(
  crate: CrateRecord,
  basedOn: CrateRecord | undefined,
  recorded: CrateRecord | undefined,
): CrateRecord {
  if (recorded === undefined || recorded.pollAt === basedOn?.pollAt) return crate;
  return { ...crate, pollAt: Math.min(crate.pollAt, recorded.pollAt) };
}

/**
 * A crate after its file was taken over. One that was registered anew is a new crate. While a line hides a release, the
 * crate says so, and its file is taken for another one at each look, whole.
 */
function withReading(crate: CrateRecord, { untaken, isAnew }: Reconciled, now: number): CrateRecord {
  const seen = isAnew ? { ...crate, firstSeen: now } : crate;
  const hidden = untaken.find(hidesRelease);
  if (hidden === undefined || seen.digest === null) return seen;
  const digest = createHash('sha256').update(`not whole: ${seen.digest}`).digest('hex');
  const lastError = `line ${hidden.number} of its index file does not read (${hidden.reason}): until it does, none of its releases counts as deleted`;
  return { ...seen, digest, etag: null, lastModified: null, lastError };
}

function takeOver(
  { registry, key, update, now, seenAt }: SettleInput,
  known: readonly ReleaseRecord[],
  first: boolean,
): Reconciled {
  switch (update.kind) {
    case 'index':
      return reconcile(
        { registry, key, bytes: update.bytes, arrival: first ? 'back-catalogue' : 'new', now: seenAt },
        known,
      );
    case 'absent':
      return {
        releases: known.map((observed) => ({ observed, present: false })),
        changes: known
          .filter((record) => record.state !== 'withdrawn')
          .map(({ version }) => ({ version, event: 'withdrawn', details: { what: 'crate' } })),
        untaken: [],
        isAnew: false,
      };
    case 'archives': {
      const brought = new Map(update.brought.map((one) => [one.version, one]));
      return unchanged(
        known.map((record) => withBytes(record, brought.get(record.version), now)),
        known,
      );
    }
    case 'again':
      return unchanged(known, known);
  }
}

function unchanged(releases: readonly Observed[], known: readonly ReleaseRecord[]): Reconciled {
  const withdrawn = new Set(known.filter(({ state }) => state === 'withdrawn').map(({ version }) => version));
  return {
    releases: releases.map((observed) => ({ observed, present: !withdrawn.has(observed.version) })),
    changes: [],
    untaken: [],
    isAnew: false,
  };
}

function withBytes(record: ReleaseRecord, brought: Brought | undefined, now: number): Observed {
  if (brought === undefined) return record;
  if ('unread' in brought)
    return {
      ...record,
      unread: { reason: brought.unread, at: now, tries: (record.unread?.tries ?? 0) + 1 },
    };
  const { reading, isAsked } = brought;
  return {
    ...record,
    judged: isAsked ? 'release' : record.judged,
    archive: JSON.stringify(reading),
    unread: null,
  };
}

/** What lines that are new say of releases that are required in exactly one version. */
function newExactNeeds(
  changed: readonly ReleaseRecord[],
  previous: ReadonlyMap<string, ReleaseRecord>,
): readonly ExactNeedRecord[] {
  const fresh = changed.filter((record) => previous.get(record.version)?.line !== record.line);
  const needs = fresh.flatMap(({ registry, key: by, line }) =>
    exactDependenciesOf(line).map(({ crate }) => ({ registry, key: crateKey(crate), by })),
  );
  return [...new Map(needs.map((need) => [need.key, need])).values()];
}

function logEntries(
  { registry, key, actor, policy, now }: SettleInput,
  changes: readonly Change[],
  previous: ReadonlyMap<string, ReleaseRecord>,
  after: readonly ReleaseRecord[],
): Omit<LogEntry, 'seq'>[] {
  const byVersion = Map.groupBy(changes, (change) => change.version);
  return after.flatMap((record) => {
    const before = previous.get(record.version);
    const own: readonly Omit<Change, 'version'>[] = byVersion.get(record.version) ?? [];
    const moved = before?.state !== record.state || before.judged !== record.judged;
    const events = own.length > 0 || !moved ? own : [{ event: 'judged' as const, details: null }];
    // Where several things changed at once, the first entry tells of the other state: one chain of states.
    return events.map(({ event, details }, i) => ({
      at: now,
      event,
      registry,
      key,
      version: record.version,
      from: i > 0 ? record.state : (before?.state ?? null),
      to: record.state,
      actor,
      policy: policy.digest,
      verdict: record.verdict,
      details,
    }));
  });
}

function differs(before: ReleaseRecord | undefined, after: ReleaseRecord): boolean {
  if (before === undefined) return true;
  const keys = Object.keys(after) as (keyof ReleaseRecord)[];
  return keys.some((name) =>
    name === 'verdict' || name === 'unread'
      ? JSON.stringify(before[name]) !== JSON.stringify(after[name])
      : before[name] !== after[name],
  );
}
