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
}

/** Makes the next try at `name` this replica's, if one is due; then returns the record that says so. */
export async function claimTurn(
  tx: StoreWriter,
  name: string,
  now: number,
  { every, lease = every }: Turns,
): Promise<FeedRecord | undefined> {
  const record = await tx.feed(name);
  if (record !== undefined && now < record.triedAt + every) return undefined;
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
  if (known !== undefined && now < known.triedAt + turns.every) return undefined;
  return await store.write((tx) => claimTurn(tx, name, now, turns));
}

/** SHA-256 (hex) of what a feed says. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
