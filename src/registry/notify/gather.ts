import { randomUUID } from 'node:crypto';
import type { DeliveryRecord } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';

/** A notification waits so long for more of its kind, counted anew with each: milliseconds. */
export const quiet = 10_000;
/** And so long in all. */
export const longestGathering = 60_000;

/**
 * The notification that is being gathered, put off a little; or a new one. `atOnce`: it waits for what is told at the
 * same moment alone.
 */
export async function gather(
  tx: StoreWriter,
  targets: readonly string[],
  now: number,
  { atOnce = false } = {},
): Promise<string> {
  const open = await tx.gatheringDeliveries(now);
  const [first] = open;
  const isFor = open.map(({ target }) => target).join('\n') === [...targets].sort().join('\n');
  if (first !== undefined && isFor) {
    const later = Math.max(first.dueAt ?? now, Math.min(now + quiet, first.at + longestGathering));
    const dueAt = atOnce ? now + 1 : later;
    await tx.putDeliveries(open.map((delivery) => ({ ...delivery, dueAt })));
    return first.notification;
  }
  const notification = `msg_${randomUUID()}`;
  const delivery = {
    notification,
    at: now,
    dueAt: now + (atOnce ? 1 : quiet),
    attempts: 0,
    error: null,
    endedAt: null,
  };
  await tx.putDeliveries(
    targets.map((target): DeliveryRecord => ({ ...delivery, target, outcome: 'pending' })),
  );
  return notification;
}
