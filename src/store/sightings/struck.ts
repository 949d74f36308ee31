import { type Kysely, sql } from 'kysely';
import type { Among } from '../dialect/dialect.ts';
import type { FoundRunning } from '../exposures/records.ts';
import type { Tables } from '../tables.ts';
import { setsTied } from './tied.ts';

// What of struck releases hosts run, or have installed. Some hosts are looked at out of thousands: each question is
// about their own rows, or about artefacts by id, as a database that is left to join these with all artefacts, or with
// what all hosts run, reads all of those for each few hosts.

/** Struck releases, by the sets that have them. */
export type StruckSets = ReadonlyMap<number, readonly number[]>;

/** What of struck releases some hosts run. */
export async function runningWith(
  db: Kysely<Tables>,
  among: Among,
  hostIds: readonly number[],
  bySet: StruckSets,
): Promise<readonly FoundRunning[]> {
  const artefacts = await struckArtefacts(db, among, hostIds, 'sets', bySet);
  const found = await tiedTo(
    db,
    among,
    artefacts,
    await programsOf<ProgramRow>(db, among, 'running', hostIds, artefacts),
  );
  const stale = await staleOn(db, among, [...new Set(found.map(({ row }) => row.host_id))]);
  return found.flatMap(({ row, artefact }) =>
    exposedOf(row, artefact, bySet, {
      way: 'artefact',
      restart: stale.get(`${row.host_id} ${row.digest}`) === row.processes,
    }),
  );
}

/** What of struck releases programs have that are installed on some hosts and do not run there. */
export async function installedWith(
  db: Kysely<Tables>,
  among: Among,
  hostIds: readonly number[],
  bySet: StruckSets,
): Promise<readonly FoundRunning[]> {
  const artefacts = await struckArtefacts(db, among, hostIds, 'installed_sets', bySet);
  const rows = await programsOf<ProgramRow>(db, among, 'installed', hostIds, artefacts);
  const found = await tiedTo(db, among, artefacts, await atRest(db, among, hostIds, rows));
  return found.flatMap(({ row, artefact }) =>
    exposedOf(row, artefact, bySet, { way: 'installed', restart: false }),
  );
}

interface ProgramRow {
  readonly host_id: number;
  readonly path: string;
  readonly digest: string | null;
  readonly build_id: string | null;
  readonly since: number;
  /** Of what runs. */
  readonly processes?: number;
}

interface ArtefactRow {
  readonly id: number;
  readonly digest: string | null;
  readonly build_id: string | null;
  readonly set_id: number;
  readonly target: string | null;
}

interface Tied {
  readonly row: ProgramRow;
  readonly artefact: ArtefactRow;
}

async function struckArtefacts(
  db: Kysely<Tables>,
  among: Among,
  hostIds: readonly number[],
  by: 'sets' | 'installed_sets',
  bySet: StruckSets,
): Promise<readonly ArtefactRow[]> {
  if (hostIds.length === 0 || bySet.size === 0) return [];
  const sets = await setsTied(db, among, hostIds, by, bySet);
  if (sets.length === 0) return [];
  const { rows } = await sql<ArtefactRow>`
    select id, digest, build_id, set_id, target from artefacts where ${among(sql.ref('set_id'), sets)} order by id`.execute(
    db,
  );
  return rows;
}

/** Rows of some hosts that may be of one of some artefacts. */
async function programsOf<R extends ProgramRow>(
  db: Kysely<Tables>,
  among: Among,
  table: 'running' | 'installed',
  hostIds: readonly number[],
  artefacts: readonly ArtefactRow[],
): Promise<readonly R[]> {
  if (artefacts.length === 0) return [];
  const digests = [...new Set(artefacts.flatMap(({ digest }) => digest ?? []))];
  const builds = [...new Set(artefacts.flatMap((one) => one.build_id ?? []))];
  const { rows } = await sql<R>`
    select * from ${sql.table(table)} where ${among(sql.ref('host_id'), hostIds)}
      and (${among(sql.ref('digest'), digests)} or ${among(sql.ref('build_id'), builds)})`.execute(db);
  return rows;
}

/** Those that no process of their host runs. */
async function atRest(
  db: Kysely<Tables>,
  among: Among,
  hostIds: readonly number[],
  rows: readonly ProgramRow[],
): Promise<readonly ProgramRow[]> {
  if (rows.length === 0) return [];
  const running = await db
    .selectFrom('running')
    .select(['host_id', 'digest'])
    .where(among(sql.ref('host_id'), hostIds))
    .where(among(sql.ref('digest'), [...new Set(rows.flatMap(({ digest }) => digest ?? []))]))
    .execute();
  const runs = new Set(running.map((one) => `${one.host_id} ${one.digest}`));
  return rows.filter((row) => !runs.has(`${row.host_id} ${row.digest}`));
}

/** Each row with the artefacts of its digest; else, where that is no artefact's, with those of its build. */
async function tiedTo(
  db: Kysely<Tables>,
  among: Among,
  artefacts: readonly ArtefactRow[],
  rows: readonly ProgramRow[],
): Promise<readonly Tied[]> {
  const byDigest = Map.groupBy(artefacts, ({ digest }) => digest);
  const byBuild = Map.groupBy(artefacts, (one) => one.build_id);
  const others = rows.filter(({ digest }) => digest === null || !byDigest.has(digest));
  const known = await digestsOfArtefacts(db, among, others);
  return rows.flatMap((row) => {
    const same = row.digest === null ? undefined : byDigest.get(row.digest);
    const built =
      row.build_id === null || known.has(row.digest ?? '') ? [] : (byBuild.get(row.build_id) ?? []);
    return (same ?? built).map((artefact) => ({ row, artefact }));
  });
}

async function digestsOfArtefacts(
  db: Kysely<Tables>,
  among: Among,
  rows: readonly ProgramRow[],
): Promise<ReadonlySet<string>> {
  const digests = [...new Set(rows.flatMap(({ digest }) => digest ?? []))];
  if (digests.length === 0) return new Set();
  const found = await db
    .selectFrom('artefacts')
    .select('digest')
    .where(among(sql.ref('digest'), digests))
    .execute();
  return new Set(found.flatMap(({ digest }) => digest ?? []));
}

/** In how many processes binaries of some hosts run that are not on disk any more, by host and digest. */
async function staleOn(
  db: Kysely<Tables>,
  among: Among,
  hostIds: readonly number[],
): Promise<ReadonlyMap<string, number>> {
  if (hostIds.length === 0) return new Map();
  const { rows } = await sql<{ host_id: number; digest: string; n: unknown }>`
    select host_id, digest, count(*) as n from processes
      where ${among(sql.ref('host_id'), hostIds)} and ended_at is null and digest is not null
        and state in ('replaced', 'deleted')
      group by host_id, digest`.execute(db);
  return new Map(rows.map((row) => [`${row.host_id} ${row.digest}`, Number(row.n)]));
}

function exposedOf(
  row: ProgramRow,
  artefact: ArtefactRow,
  bySet: StruckSets,
  more: Pick<FoundRunning, 'way' | 'restart'>,
): readonly FoundRunning[] {
  return (bySet.get(artefact.set_id) ?? []).map((componentId) => ({
    ...more,
    hostId: row.host_id,
    path: row.path,
    componentId,
    artefactId: artefact.id,
    digest: row.digest,
    deploymentId: null,
    runningSince: row.since,
    target: artefact.target,
  }));
}
