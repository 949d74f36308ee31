import type { FeedRecord } from '../../store/records.ts';
import type { Store, StoreWriter } from '../../store/store.ts';
import { claimFeed, digestOf, nothing } from './claim.ts';

// Which crates a new reading of feeds concerns, or the end of somebody's token, is kept with it until each of them was
// judged anew: a server that dies in between must not leave a release as it was.

/** Under which the store keeps them. */
const name = 'crates to judge anew';
/** How long a replica may be silent over them before another one takes them: milliseconds. To judge twice does no harm. */
const turns = { every: 0, lease: 20_000 };

/** Crates by `canonicalName`, each with a number that grows whenever it is concerned once more. */
export type Concerned = Readonly<Record<string, number>>;

/** Notes crates that are to be judged anew, in the transaction of what says so. */
export async function concern(tx: StoreWriter, crates: ReadonlySet<string>, now: number): Promise<void> {
  if (crates.size === 0) return;
  const record = await tx.feed(name);
  const known = concernedIn(record);
  const next = Math.max(0, ...Object.values(known)) + 1;
  const all = { ...known, ...Object.fromEntries([...crates].map((crate) => [crate, next])) };
  // Whoever is at it stays at it.
  await tx.putFeed(recordOf(all, record?.triedAt ?? now, now));
}

/** Makes those that are there this replica's to judge; `undefined` where there are none, or another one is at them. */
export async function claimConcerned(store: Store, now: number): Promise<Concerned | undefined> {
  if (isNone(concernedIn(await store.feed(name)))) return undefined;
  const record = await claimFeed(store, name, now, turns);
  const crates = concernedIn(record);
  return isNone(crates) ? undefined : crates;
}

/** Notes that some were judged anew. Returns those that are left, which stay this replica's for as long as a claim lasts. */
export async function noteJudged(store: Store, judged: Concerned, now: number): Promise<Concerned> {
  return await store.write(async (tx) => {
    const record = await tx.feed(name);
    const left = Object.entries(concernedIn(record)).filter(([crate, number]) => judged[crate] !== number);
    const crates = Object.fromEntries(left);
    await tx.putFeed(recordOf(crates, left.length === 0 ? now : now + turns.lease, now));
    return crates;
  });
}

function isNone(crates: Concerned): boolean {
  return Object.keys(crates).length === 0;
}

function concernedIn(record: FeedRecord | undefined): Concerned {
  return record === undefined || record.body === nothing ? {} : (JSON.parse(record.body) as Concerned);
}

function recordOf(crates: Concerned, triedAt: number, now: number): FeedRecord {
  const body = JSON.stringify(crates);
  return { name, digest: digestOf(body), body, at: now, triedAt, alarm: null };
}
