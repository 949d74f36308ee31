import { type Kysely, type RawBuilder, type SqlBool, sql, type Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** Has what is exposed at some deployments looked at; `areMeant` is about rows of `deployments`. `at`: epoch milliseconds. */
export async function markDeployments(
  tx: Transaction<Tables>,
  areMeant: RawBuilder<SqlBool>,
  at: number,
): Promise<void> {
  await sql`update deployments set exposure_due = ${at}
    where ended_at is null and exposure_due is null and ${areMeant}`.execute(tx);
}

/** Ids of deployments that wait to be looked at, those that wait longest first. */
export async function dueDeployments(db: Kysely<Tables>, limit: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('deployments')
    .select('id')
    .where('exposure_due', 'is not', null)
    .orderBy('exposure_due')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}
