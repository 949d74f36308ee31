import { createHash } from 'node:crypto';
import type { CrateRecord, ReleaseRecord } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { servesSameLine } from '../serve/served.ts';
import { assessCrate } from './assess.ts';
import { crateName } from './gather.ts';
import { relatives } from './lineage.ts';
import type { Lineages } from './lineages.ts';
import { type Observed, type Reconciled, reconcile } from './reconcile.ts';
import { isAsked, settleArchives, withBytes } from './settle-archives.ts';
import { hidesRelease } from './untaken-line.ts';
import type { Settled, SettleInput, Update } from './update.ts';
import { write } from './write.ts';

/**
 * The only way in which a release gets a state: reads the crate inside the transaction, takes the update over, judges
 * every release that it concerns, and writes what differs together with its log entries.
 */
export async function settle(tx: StoreWriter, asked: SettleInput, lineages: Lineages): Promise<Settled> {
  const { update } = asked;
  const quick = update.kind === 'archives' ? await settleArchives(tx, asked, update, lineages) : undefined;
  return quick ?? (await settleWhole(tx, asked));
}

async function settleWhole(tx: StoreWriter, asked: SettleInput): Promise<Settled> {
  const { registry, key, policy, now } = asked;
  const known = await tx.releases(registry, key);
  const recorded = await tx.crate(registry, key);
  const overtaken =
    'basedOn' in asked.update && (recorded?.digest ?? null) !== (asked.update.basedOn?.digest ?? null);
  const input: SettleInput = overtaken ? { ...asked, update: { kind: 'again' } } : asked;
  const { update } = input;
  const arrived = await takeOver(input, known, recorded?.digest == null || !input.isWatched);
  const looked = 'basedOn' in update ? afterLook(update.crate, update.basedOn, recorded) : undefined;
  const crate = looked === undefined ? recorded : withReading(looked, arrived, now);
  const previous = new Map(known.map((record) => [record.version, record]));
  const observed = arrived.releases.map((release) => release.observed);
  const listed = new Set(
    arrived.releases.filter(({ present }) => present).map((release) => release.observed.version),
  );
  const firstSeen = crate?.firstSeen ?? now;
  const after = await assessCrate(
    {
      name: crateName(observed),
      firstSeen,
      ...relatives(observed, listed, firstSeen),
      subjects: observed,
      previous,
      blocks: await tx.activeBlocks(registry, key),
      breakGlass: await tx.breakGlass(registry, key),
      decisions: await tx.standingDecisions(registry, key),
      knowledge: asked.knowledge,
    },
    policy,
    now,
    (release) => isConcerned(release, update),
  );
  const written = await write(tx, input, { changes: arrived.changes, previous, after });
  if (looked !== undefined && crate !== undefined) await tx.putCrate(crate);
  // What is kept in memory of its releases together counts no more.
  if (looked !== undefined || written.changed.length > 0) await tx.revise(registry, key);
  const sameFile =
    after.length === known.length &&
    written.changed.every((record) => servesSameLine(previous.get(record.version), record));
  const untaken = crate !== undefined && crate.digest === recorded?.digest ? [] : arrived.untaken;
  return { ...written, releases: after, isFirst: known.length === 0 && after.length > 0, sameFile, untaken };
}

function isConcerned({ version }: Observed, update: Update): boolean {
  return update.kind !== 'archives' || isAsked(update.brought.find((one) => one.version === version));
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

async function takeOver(
  { registry, key, update, now, seenAt }: SettleInput,
  known: readonly ReleaseRecord[],
  first: boolean,
): Promise<Reconciled> {
  switch (update.kind) {
    case 'index':
      return await reconcile(
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
