import { sql, type Transaction } from 'kysely';
import type { Among } from '../dialect/dialect.ts';
import type { Tables } from '../tables.ts';

/** Has what some hosts are exposed to looked at; `anew`: as of now (epoch milliseconds), where they wait for it already. */
export async function markDue(
  tx: Transaction<Tables>,
  among: Among,
  hostIds: readonly number[],
  { at, anew = false }: { readonly at: number; readonly anew?: boolean },
): Promise<void> {
  if (hostIds.length === 0) return;
  await sql`update hosts set exposure_due = ${at}
    where ${among(sql.ref('id'), hostIds)} ${anew ? sql`` : sql`and exposure_due is null`}`.execute(tx);
}
