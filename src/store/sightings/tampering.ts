import { type Kysely, sql, type Transaction } from 'kysely';
import type { Among, Dialect } from '../dialect/dialect.ts';
import { decodeRow, encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { TamperedRecord } from './records.ts';
import { isTampered } from './standing.ts';
import { tampered } from './tables.ts';

/** A binary that runs, and was tampered with. */
export type FoundTampered = Omit<TamperedRecord, 'openedAt'>;

/** One with the name of its host, and of the artefact that it says it is. */
export interface ShownTampered extends TamperedRecord {
  readonly host: string;
  readonly artefact: string;
}

/** What some hosts run that was tampered with, as they last reported. */
export async function tamperedOn(
  db: Kysely<Tables>,
  among: Among,
  hostIds: readonly number[],
): Promise<readonly FoundTampered[]> {
  if (hostIds.length === 0) return [];
  const { rows } = await sql<Record<string, unknown>>`
    select r.host_id, r.digest, r.path, max(a.id) as artefact_id, 0 as opened_at
      from running r join artefacts a on a.build_id = r.build_id and a.trust = 'signed'
      where ${among(sql`r.host_id`, hostIds)} and ${isTampered(sql`r`)}
      group by r.host_id, r.digest, r.path order by r.host_id, r.digest`.execute(db);
  return rows.map((row) => decodeRow(tampered, row)).map(({ openedAt: _, ...one }) => one);
}

/** What was found of some hosts. */
export async function tamperedOpen(
  db: Kysely<Tables>,
  among: Among,
  hostIds: readonly number[],
): Promise<readonly ShownTampered[]> {
  if (hostIds.length === 0) return [];
  const { rows } = await sql<Record<string, unknown> & { host: string; artefact: string }>`
    select t.*, h.name as host, a.name as artefact
      from tampered t join hosts h on h.id = t.host_id join artefacts a on a.id = t.artefact_id
      where ${among(sql`t.host_id`, hostIds)} order by h.name, t.path, t.digest`.execute(db);
  return rows.map((row) => ({ ...decodeRow(tampered, row), host: row.host, artefact: row.artefact }));
}

export async function countTampered(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ n: unknown }>`select count(*) as n from tampered`.execute(db);
  return Number(rows[0]?.n ?? 0);
}

/** Keeps what was found, and forgets what is over. */
export async function putTampered(
  dialect: Dialect,
  tx: Transaction<Tables>,
  found: readonly TamperedRecord[],
  over: readonly Pick<TamperedRecord, 'hostId' | 'digest'>[],
): Promise<void> {
  for (const { hostId, digest } of over)
    await tx.deleteFrom('tampered').where('host_id', '=', hostId).where('digest', '=', digest).execute();
  if (found.length === 0) return;
  const rows = found.map((one) => encodeRow(tampered, one));
  await dialect.load(tx, tampered, rows, { replace: true });
}
