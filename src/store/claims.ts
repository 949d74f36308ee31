import { type Kysely, sql, type Transaction } from 'kysely';
import { type OnDamage, StoreError } from './error.ts';
import { isOfScope } from './reader.ts';
import type { CrateRecord, DeliveryRecord, ReleaseRecord } from './records.ts';
import type { DueScope, Horizons } from './store.ts';
import { decodeRow, type Table } from './table.ts';
import { crates, deliveries, releases, type Tables } from './tables.ts';

// The rows are the queue: what is due is claimed by moving its time forward, in a transaction that is open.

/** What is claimed: rows that are due at `now`, at most `limit` of them, until `leaseUntil` (epoch milliseconds). */
interface Claim {
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
  /** Told of rows that do not read; absent: one throws. */
  readonly onDamage: OnDamage | undefined;
}

/** Claims crates whose index file is to be looked at. */
export async function claimPolls(
  tx: Transaction<Tables>,
  { now, leaseUntil, limit, onDamage }: Claim,
  { registry }: Pick<DueScope, 'registry'>,
): Promise<readonly CrateRecord[]> {
  const due = (db: Kysely<Tables>) =>
    db
      .selectFrom('crates')
      .where('poll_at', '<=', now)
      .$if(registry !== undefined, (q) => q.where('registry', '=', registry ?? ''))
      .orderBy('poll_at')
      .orderBy('registry')
      .orderBy('key')
      .limit(limit);
  const rows = await due(tx).selectAll().execute();
  if (rows.length === 0) return [];
  // The same rows: nobody else writes in between, and the order leaves no ties.
  await tx
    .updateTable('crates')
    .set({ poll_at: leaseUntil })
    .where(({ eb, refTuple }) =>
      eb(refTuple('registry', 'key'), 'in', due(tx).select(['registry', 'key']).$asTuple('registry', 'key')),
    )
    .execute();
  return readable(crates, rows, onDamage).map((crate) => ({ ...crate, pollAt: leaseUntil }));
}

/** Claims releases that are to be judged anew. */
export async function claimJudgements(
  tx: Transaction<Tables>,
  { now, leaseUntil, limit, onDamage }: Claim,
  scope: DueScope,
): Promise<readonly ReleaseRecord[]> {
  const due = (db: Kysely<Tables>) =>
    db
      .selectFrom('releases')
      .where('judge_at', '<=', now)
      .where(isOfScope(scope))
      .orderBy('judge_at')
      .orderBy('registry')
      .orderBy('key')
      .orderBy('version')
      .limit(limit);
  const rows = await due(tx).selectAll().execute();
  if (rows.length === 0) return [];
  await tx
    .updateTable('releases')
    .set({ judge_at: leaseUntil })
    .where(({ eb, refTuple }) =>
      eb(
        refTuple('registry', 'key', 'version'),
        'in',
        due(tx).select(['registry', 'key', 'version']).$asTuple('registry', 'key', 'version'),
      ),
    )
    .execute();
  return readable(releases, rows, onDamage).map((release) => ({ ...release, judgeAt: leaseUntil }));
}

/** Claims messages that are to be sent, and counts the attempt. */
export async function claimDeliveries(
  tx: Transaction<Tables>,
  { now, leaseUntil, limit, onDamage }: Claim,
): Promise<readonly DeliveryRecord[]> {
  const due = (db: Kysely<Tables>) =>
    db
      .selectFrom('deliveries')
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .orderBy('notification')
      .orderBy('target')
      .limit(limit);
  const rows = await due(tx).selectAll().execute();
  if (rows.length === 0) return [];
  await tx
    .updateTable('deliveries')
    .set(({ eb }) => ({ due_at: leaseUntil, attempts: eb('attempts', '+', 1) }))
    .where(({ eb, refTuple }) =>
      eb(
        refTuple('notification', 'target'),
        'in',
        due(tx).select(['notification', 'target']).$asTuple('notification', 'target'),
      ),
    )
    .execute();
  return readable(deliveries, rows, onDamage).map((delivery) => ({
    ...delivery,
    dueAt: leaseUntil,
    attempts: delivery.attempts + 1,
  }));
}

/** The messages of the newest notification that nobody was sent yet and that waits for more. */
export async function gatheringDeliveries(
  tx: Transaction<Tables>,
  now: number,
): Promise<readonly DeliveryRecord[]> {
  const untried = await tx
    .selectFrom('deliveries')
    .select('notification')
    .where('due_at', '>', now)
    .groupBy('notification')
    .having(({ fn, eb }) => eb(fn.max('attempts'), '=', 0))
    .orderBy(({ fn }) => fn.max('at'), 'desc')
    .orderBy('notification')
    .limit(1)
    .executeTakeFirst();
  if (untried === undefined) return [];
  const rows = await tx
    .selectFrom('deliveries')
    .selectAll()
    .where('notification', '=', untried.notification)
    .orderBy('target')
    .execute();
  return rows.map((row) => decodeRow(deliveries, row));
}

/** Brings times that lie beyond what they can be back to `now`. */
export async function reinIn(
  tx: Transaction<Tables>,
  now: number,
  { poll, judge, people, deliver }: Horizons,
): Promise<void> {
  for (const statement of [
    sql`update crates set poll_at = ${now} where poll_at > ${poll}`,
    sql`update releases set judge_at = ${now}
      where judge_at > ${judge} and (until is null or judge_at <> until)`,
    sql`update people set ask_at = ${now} where ask_at > ${people}`,
    sql`update deliveries set due_at = ${now} where due_at > ${deliver}`,
  ])
    await statement.execute(tx);
}

/** The rows that read. One that does not is told of, and holds up no other; where nobody listens, it throws. */
function readable<R>(table: Table<R>, rows: readonly object[], onDamage?: OnDamage): readonly R[] {
  return rows.flatMap((row) => {
    try {
      return [decodeRow(table, row)];
    } catch (error) {
      if (onDamage === undefined || !(error instanceof StoreError)) throw error;
      onDamage(error);
      return [];
    }
  });
}
