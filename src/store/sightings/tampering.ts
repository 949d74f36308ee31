import { type Kysely, sql, type Transaction } from 'kysely';
import type { Among, Dialect } from '../dialect/dialect.ts';
import { decodeRow, encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import { isAtRest } from './installed-at.ts';
import type { TamperedRecord } from './records.ts';
import { isTampered } from './standing.ts';
import { tampered } from './tables.ts';

/** A binary that runs or is installed, and was tampered with. */
export type FoundTampered = Omit<TamperedRecord, 'openedAt'>;

/** One with the name of its host, and of the artefact that it says it is. */
export interface ShownTampered extends TamperedRecord {
  readonly host: string;
  readonly artefact: string;
}

/** What some hosts run, or have installed, that was tampered with, as they last reported. */
export async function tamperedOn(
  db: Kysely<Tables>,
  among: Among,
  hostIds: readonly number[],
): Promise<readonly FoundTampered[]> {
  if (hostIds.length === 0 || !(await haveSigned(db, among, hostIds))) return [];
  const { rows } = await sql<Record<string, unknown>>`
    select f.host_id, f.digest, min(f.path) as path, max(f.artefact_id) as artefact_id, 0 as opened_at from (
      select r.host_id, r.digest, r.path, a.id as artefact_id
        from running r join artefacts a on a.build_id = r.build_id and a.trust = 'signed'
        where ${among(sql`r.host_id`, hostIds)} and ${isTampered(sql`r`)}
      union all select i.host_id, i.digest, i.path, a.id as artefact_id
        from installed i join artefacts a on a.build_id = i.build_id and a.trust = 'signed'
        where ${isAtRest(undefined, among(sql`r.host_id`, hostIds))} and ${among(sql`i.host_id`, hostIds)} and i.digest is not null and ${isTampered(sql`i`)}
    ) as f group by f.host_id, f.digest order by f.host_id, f.digest`.execute(db);
  return rows.map((row) => decodeRow(tampered, row)).map(({ openedAt: _, ...one }) => one);
}

/** Whether any of what some hosts run, or have installed, has the build id of a signed artefact. */
async function haveSigned(db: Kysely<Tables>, among: Among, hostIds: readonly number[]): Promise<boolean> {
  const areTheirs = sql`${among(sql.ref('host_id'), hostIds)} and build_id is not null and segments is not null`;
  const { rows } = await sql<{ build_id: string }>`
    select build_id from running where ${areTheirs} union select build_id from installed where ${areTheirs}`.execute(
    db,
  );
  if (rows.length === 0) return false;
  const builds = rows.map((row) => row.build_id);
  const signed = await sql`select 1 from artefacts
    where trust = 'signed' and ${among(sql.ref('build_id'), builds)} limit 1`.execute(db);
  return signed.rows.length > 0;
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
