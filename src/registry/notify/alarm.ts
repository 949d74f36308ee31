import type { StoreWriter } from '../../store/store.ts';
import { gather } from './gather.ts';

/** Something that somebody should look at now, and that is about no release. Kept as JSON. */
export interface Alarm {
  /** What kind it is: `session-replayed`. */
  readonly alarm: string;
  /** One sentence each. */
  readonly message: string;
  readonly next: string;
}

/**
 * Writes an alarm for the targets, in the transaction that refuses what it is about. `id` tells it from every other
 * one; `atOnce`: it does not wait for more of its kind.
 */
export async function tellAlarm(
  tx: StoreWriter,
  targets: readonly string[],
  { alarm, message, next }: Alarm,
  id: string,
  now: number,
  { atOnce = false } = {},
): Promise<void> {
  if (targets.length === 0) return;
  const notification = await gather(tx, targets, now, { atOnce });
  const body = JSON.stringify({ alarm, message, next });
  await tx.putToldFindings([
    // Over at once: there is nothing that it could stand for later.
    { notification, registry: '', key: '', version: id, finding: alarm, body, at: now, endedAt: now },
  ]);
}
