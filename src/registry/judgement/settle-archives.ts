import type { ReleaseRecord } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { servesSameLine } from '../serve/served.ts';
import { assessCrate } from './assess.ts';
import { isCurrent } from './bytes.ts';
import type { Lineages } from './lineages.ts';
import type { Observed } from './reconcile.ts';
import type { Brought, Settled, SettleInput, Update } from './update.ts';
import { write } from './write.ts';

/**
 * Takes over bytes that were brought, and judges the releases that they were asked for. Of all others of the crate, of which
 * there may be thousands, none is read but the one that such a release is compared with. `undefined` where others are to be judged
 * anew, too, since another policy judged them.
 */
export async function settleArchives(
  tx: StoreWriter,
  input: SettleInput,
  update: Extract<Update, { kind: 'archives' }>,
  lineages: Lineages,
): Promise<Settled | undefined> {
  const { registry, key, policy, now } = input;
  const known = await lineages.of(tx, registry, key);
  if (known === undefined || [...known.policies].some((digest) => digest !== policy.digest)) return undefined;
  const { name, firstSeen, lineage } = known;
  const brought = new Map(update.brought.map((one) => [one.version, one]));
  const wanted = new Set(
    update.brought.flatMap(({ version }) => [version, lineage.baseOf(version) ?? version]),
  );
  const previous = new Map<string, ReleaseRecord>();
  for (const version of wanted) {
    const record = await tx.release(registry, key, version);
    if (record !== undefined) previous.set(version, record);
  }
  const records = [...previous.values()].map((record) => withBytes(record, brought.get(record.version), now));
  const byVersion = new Map(records.map((record) => [record.version, record]));
  const after = await assessCrate(
    {
      name,
      firstSeen,
      lineage,
      recordOf: (version) => (lineage.listed.has(version) ? byVersion.get(version) : undefined),
      subjects: records.filter(({ version }) => brought.has(version)),
      previous,
      blocks: await tx.activeBlocks(registry, key),
      breakGlass: await tx.breakGlass(registry, key),
      decisions: await tx.standingDecisions(registry, key),
      knowledge: input.knowledge,
    },
    policy,
    now,
    ({ version }) => isAsked(brought.get(version)),
  );
  const written = await write(tx, input, { changes: [], previous, after });
  const sameFile = written.changed.every((record) => servesSameLine(previous.get(record.version), record));
  return { ...written, releases: after, isFirst: false, sameFile, untaken: [] };
}

/**
 * Bytes tell something of the release that was asked for. Those that are compared with it had its bytes brought themselves, or
 * ask for them at their own time: that somebody asks for one release changes no other.
 */
export function isAsked(brought: Brought | undefined): boolean {
  return brought !== undefined && 'reading' in brought && brought.isAsked;
}

/** A release with what was read of its bytes, or why that was not possible. */
export function withBytes(record: ReleaseRecord, brought: Brought | undefined, now: number): Observed {
  if (brought === undefined) return record;
  if ('unread' in brought)
    return {
      ...record,
      unread: { reason: brought.unread, at: now, tries: (record.unread?.tries ?? 0) + 1 },
    };
  const { reading, isAsked } = brought;
  // Another one may have brought all of it meanwhile.
  const isLess = reading.only !== undefined && isCurrent(record.archive, 'whole');
  return {
    ...record,
    judged: isAsked ? 'release' : record.judged,
    archive: isLess ? record.archive : JSON.stringify(reading),
    unread: null,
  };
}
