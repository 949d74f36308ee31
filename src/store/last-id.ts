import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * The largest id that a table has, so that the next one is one more; 0: it has none. Rows are numbered in transactions
 * that come one after the other.
 */
export async function lastId(db: Kysely<Tables>, table: keyof Tables & string): Promise<number> {
  const { rows } = await sql<{ last: unknown }>`select max(id) as last from ${sql.table(table)}`.execute(db);
  return Number(rows[0]?.last ?? 0);
}
