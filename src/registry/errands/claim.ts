import { createHash } from 'node:crypto';
import type { FeedRecord } from '../../store/records.ts';
import type { Store, StoreWriter } from '../../store/store.ts';

/** The body of something that was tried and never read. */
export const nothing = '{}';

/** How often something is done, by one replica at a time: milliseconds. */
export interface Turns {
  /** Between two tries. */
  readonly every: number;
  /** How long a replica may be at it before another one tries; absent: as long as `every`. */
  readonly lease?: number;
  /** How far ahead the last try is ever put, to leave somebody alone: milliseconds; absent: as long as `lease`. */
  readonly longest?: number;
}

/** Whether it is due. What is further ahead than it is ever put was put there by a clock that was ahead. */
function isDue(triedAt: number, now: number, { every, lease = every, longest = lease }: Turns): boolean {
  return now >= triedAt + every || triedAt > now + Math.max(lease, longest);
}

/** Makes the next try at `name` this replica's, if one is due; then returns the record that says so. */
export async function claimTurn(
  tx: StoreWriter,
  name: string,
  now: number,
  turns: Turns,
): Promise<FeedRecord | undefined> {
  const { every, lease = every } = turns;
  const record = await tx.feed(name);
  if (record !== undefined && !isDue(record.triedAt, now, turns)) return undefined;
  const untried = { name, digest: digestOf(nothing), body: nothing, at: 0, alarm: null };
  const claimed = { ...untried, ...record, triedAt: now - every + lease };
  await tx.putFeed(claimed);
  return claimed;
}

/** The same in a transaction of its own, which begins only where it is due. */
export async function claimFeed(
  store: Store,
  name: string,
  now: number,
  turns: Turns,
): Promise<FeedRecord | undefined> {
  const known = await store.feed(name);
  if (known !== undefined && !isDue(known.triedAt, now, turns)) return undefined;
  return await store.write((tx) => claimTurn(tx, name, now, turns));
}

/** SHA-256 (hex) of what a feed says. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
