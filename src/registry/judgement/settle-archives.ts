import { setImmediate } from 'node:timers/promises';
import type { ReleaseRecord } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { servesSameLine } from '../serve/served.ts';
import { assessCrate } from './assess.ts';
import { crateName, type Outline } from './gather.ts';
import type { Observed } from './reconcile.ts';
import type { Brought, Settled, SettleInput, Update } from './update.ts';
import { write } from './write.ts';

/**
 * Takes over bytes that were brought, and judges the releases that they were asked for. Of all others of the crate, of which
 * there may be thousands, only what a judgement looks at is read: not their lines, nor their verdicts. `undefined`
 * where others are to be judged anew, too, since another policy judged them.
 */
export async function settleArchives(
  tx: StoreWriter,
  input: SettleInput,
  update: Extract<Update, { kind: 'archives' }>,
): Promise<Settled | undefined> {
  const { registry, key, policy, now } = input;
  const outlines = [...(await tx.releaseOutlines(registry, key))].sort(inOrderOfFile);
  if (outlines.some((outline) => outline.policy !== policy.digest)) return undefined;
  // Reading so many rows, and judging among them, are two turns: whoever asks for what is in memory goes between.
  await setImmediate();
  const known: ReleaseRecord[] = [];
  for (const { version } of update.brought) {
    const record = await tx.release(registry, key, version);
    if (record !== undefined) known.push(record);
  }
  const first = outlines[0] && (await tx.release(registry, key, outlines[0].version));
  const brought = new Map(update.brought.map((one) => [one.version, one]));
  const subjects = known.map((record) => withBytes(record, brought.get(record.version), now));
  const own = new Map<string, Outline>(subjects.map((subject) => [subject.version, subject]));
  const previous = new Map(known.map((record) => [record.version, record]));
  const after = assessCrate(
    {
      name: crateName(first === undefined ? [] : [first]),
      firstSeen: (await tx.crate(registry, key))?.firstSeen ?? now,
      releases: outlines.map((outline) => own.get(outline.version) ?? outline),
      subjects,
      previous,
      listed: new Set(
        outlines.filter(({ state }) => state !== 'withdrawn').map((outline) => outline.version),
      ),
      blocks: await tx.activeBlocks(registry, key),
      breakGlass: await tx.breakGlass(registry, key),
      decisions: await tx.standingDecisions(registry, key),
      knowledge: input.knowledge,
    },
    policy,
    now,
    ({ version }) => isAsked(brought.get(version)),
  );
  await setImmediate();
  const written = await write(tx, input, { changes: [], previous, after });
  const sameFile = written.changed.every((record) => servesSameLine(previous.get(record.version), record));
  return { ...written, releases: after, sameFile, untaken: [] };
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
  return {
    ...record,
    judged: isAsked ? 'release' : record.judged,
    archive: JSON.stringify(reading),
    unread: null,
  };
}

function inOrderOfFile(
  a: Pick<ReleaseRecord, 'position' | 'version'>,
  b: Pick<ReleaseRecord, 'position' | 'version'>,
): number {
  return a.position - b.position || (a.version < b.version ? -1 : 1);
}
