import { type RawBuilder, type SqlBool, sql, type Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import { meant } from '../inventory/reader.ts';
import type { ArtefactFilter } from '../inventory/store.ts';
import { decodeRow, encodeRow, type Table } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { HostRecord, ProcessRecord, RunningRecord } from './records.ts';
import type {
  Binary,
  NumberedHost,
  ProcessChange,
  ProcessQuery,
  RunningAt,
  RunningCount,
  SeenRecord,
  SightingStore,
  Standing,
  StandingProcess,
  Taken,
} from './store.ts';
import { hosts, processes, running } from './tables.ts';

type Transact = <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>;

/** What hosts run, on either database. */
export class SqlSightings implements SightingStore {
  readonly #dialect: Dialect;
  readonly #transact: Transact;

  constructor(dialect: Dialect, transact: Transact) {
    this.#dialect = dialect;
    this.#transact = transact;
  }

  async replace(
    host: Omit<HostRecord, 'id'>,
    seen: readonly SeenRecord[],
    forgetBefore: number,
  ): Promise<Taken> {
    return await this.#transact(async (tx) => {
      const known = await hostNamed(tx, host.name);
      if (isOld(host, known)) return nothing;
      const hostId = await this.#putHost(tx, host, known);
      const open = await openOf(tx, hostId);
      return await this.#settle(tx, { hostId, at: host.seenAt, forgetBefore }, open, new Map(entries(seen)));
    });
  }

  async change(host: NumberedHost, change: ProcessChange, forgetBefore: number): Promise<Taken | undefined> {
    return await this.#transact(async (tx) => {
      const known = await hostNamed(tx, host.name);
      if (isOld(host, known)) return nothing;
      const isNext =
        known?.session === host.session &&
        known.sequence + 1 === host.sequence &&
        known.bootId === host.bootId;
      if (!isNext) return undefined;
      const hostId = await this.#putHost(tx, host, known);
      if (change.begun.length === 0 && change.ended.length === 0) return nothing;
      const open = await openOf(tx, hostId);
      const current = new Map<string, SeenRecord>(entries(open));
      for (const { pid, started } of change.ended)
        current.delete(keyOf({ bootId: host.bootId, pid, started }));
      for (const [key, one] of entries(change.begun)) current.set(key, one);
      return await this.#settle(tx, { hostId, at: host.seenAt, forgetBefore }, open, current);
    });
  }

  /** Makes what runs of what is open: rows that are as they were are not written again. */
  async #settle(
    tx: Transaction<Tables>,
    {
      hostId,
      at,
      forgetBefore,
    }: { readonly hostId: number; readonly at: number; readonly forgetBefore: number },
    open: readonly ProcessRecord[],
    now: ReadonlyMap<string, SeenRecord>,
  ): Promise<Taken> {
    const before = new Map(entries(open));
    const ended = open
      .filter((one) => !now.has(keyOf(one)))
      .map((one): ProcessRecord => ({ ...one, endedAt: at }));
    const current = [...now].map(
      ([key, one]): ProcessRecord => ({
        ...one,
        hostId,
        firstSeen: before.get(key)?.firstSeen ?? at,
        endedAt: null,
      }),
    );
    const changed = current.filter((one) => !isSame(before.get(keyOf(one)), one));
    await this.#load(tx, processes, [...ended, ...changed]);
    if (ended.length > 0 || changed.length > 0) {
      await tx.deleteFrom('running').where('host_id', '=', hostId).execute();
      await this.#load(tx, running, countsOf(current));
    }
    await tx
      .deleteFrom('processes')
      .where('host_id', '=', hostId)
      .where('ended_at', '<', forgetBefore)
      .execute();
    return { begun: current.filter((one) => !before.has(keyOf(one))).length, ended: ended.length };
  }

  async countRunning(filter: ArtefactFilter): Promise<RunningCount> {
    const { rows } = await sql<{ hosts: unknown; processes: unknown }>`
      with asked as (select digest, build_id from artefacts where ${meant(filter, this.#dialect.among)})
      select count(distinct host_id) as hosts, sum(processes) as processes from (
        select r.digest, r.host_id, r.processes from running r join asked a on a.digest = r.digest
        union
        select r.digest, r.host_id, r.processes from running r join asked a on a.build_id = r.build_id
          where not exists (select 1 from artefacts k where k.digest = r.digest)
      ) as found`.execute(this.#dialect.reader);
    return { hosts: Number(rows[0]?.hosts ?? 0), processes: Number(rows[0]?.processes ?? 0) };
  }

  async runningAt(binaries: readonly Binary[], limit: number): Promise<readonly (readonly RunningAt[])[]> {
    const { reader, among } = this.#dialect;
    const digests = binaries.flatMap(({ digest }) => digest ?? []);
    if (digests.length === 0) return binaries.map(() => []);
    const buildIds = binaries.flatMap(({ buildId }) => buildId ?? []);
    const { rows } = await sql<Record<string, unknown>>`
      select * from (
        select r.*, h.name, h.environment, h.team, h.service, h.seen_at,
            row_number() over (partition by r.digest order by h.name) as place
          from running r join hosts h on h.id = r.host_id
          where ${among(sql`r.digest`, digests)} or (${among(sql`r.build_id`, buildIds)}
            and not exists (select 1 from artefacts k where k.digest = r.digest))
        ) as found where place <= ${limit} order by name, digest`.execute(reader);
    const found = rows.map((row) => ({
      ...decodeRow(running, row),
      ...pick(decodeRow(hosts, { ...placeless, ...row })),
    }));
    const byDigest = Map.groupBy(found, ({ digest }) => digest);
    const byBuild = Map.groupBy(found, ({ buildId }) => buildId);
    return binaries.map(({ digest, buildId }) => {
      if (digest === null) return [];
      const same = (byDigest.get(digest) ?? []).map((one) => ({ ...one, tie: 'digest' as const }));
      // What has a digest that an artefact has is in the list for that one's sake.
      const built = (buildId === null ? [] : (byBuild.get(buildId) ?? []))
        .filter((one) => !digests.includes(one.digest))
        .map((one) => ({ ...one, tie: 'build-id' as const }));
      return [...same, ...built].slice(0, limit);
    });
  }

  async processes({
    host,
    standing,
    restart,
    after,
    limit,
  }: ProcessQuery): Promise<readonly StandingProcess[]> {
    const conditions: RawBuilder<SqlBool>[] = [sql`p.ended_at is null`];
    if (host !== undefined) conditions.push(sql`h.name = ${host}`);
    if (restart === true) conditions.push(sql`p.restart = 1`);
    if (standing !== undefined) conditions.push(sql`${standingSql} = ${standing}`);
    if (after !== undefined) conditions.push(sql`(h.name, p.pid) > (${after.host}, ${after.pid})`);
    const { rows } = await sql<Record<string, unknown> & { host: string; standing: Standing }>`
      select p.*, h.name as host, ${standingSql} as standing from processes p join hosts h on h.id = p.host_id
        where ${sql.join(conditions, sql` and `)} order by h.name, p.pid limit ${limit}`.execute(
      this.#dialect.reader,
    );
    return rows.map((row) => ({ ...decodeRow(processes, row), host: row.host, standing: row.standing }));
  }

  async #putHost(
    tx: Transaction<Tables>,
    host: Omit<HostRecord, 'id'>,
    known: HostRecord | undefined,
  ): Promise<number> {
    const last =
      known ?? (await tx.selectFrom('hosts').select('id').orderBy('id', 'desc').executeTakeFirst());
    const id = known?.id ?? (last?.id ?? 0) + 1;
    // What was seen while the server was away is told late, and makes nothing older than it is.
    await this.#load(tx, hosts, [{ ...host, id, seenAt: Math.max(host.seenAt, known?.seenAt ?? 0) }]);
    return id;
  }

  async #load<R>(tx: Transaction<Tables>, table: Table<R>, records: readonly R[]): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map((record) => encodeRow(table, record));
    await this.#dialect.load(tx, table, rows, { replace: true });
  }
}

function pick({
  name,
  environment,
  team,
  service,
  seenAt,
}: HostRecord): Omit<RunningAt, keyof RunningRecord | 'tie'> {
  return { name, environment, team, service, seenAt };
}

const nothing: Taken = { begun: 0, ended: 0 };

/** Whether a message was taken before: it came twice, as its sender did not hear the answer. */
function isOld(host: Omit<HostRecord, 'id'>, known: HostRecord | undefined): boolean {
  return host.session !== null && known?.session === host.session && host.sequence <= known.sequence;
}

async function hostNamed(tx: Transaction<Tables>, name: string): Promise<HostRecord | undefined> {
  const row = await tx.selectFrom('hosts').selectAll().where('name', '=', name).executeTakeFirst();
  return row === undefined ? undefined : decodeRow(hosts, row);
}

function entries<P extends Pick<ProcessRecord, 'bootId' | 'pid' | 'started'>>(
  list: readonly P[],
): readonly (readonly [string, P])[] {
  return list.map((one) => [keyOf(one), one] as const);
}

function isSame(before: ProcessRecord | undefined, now: ProcessRecord): boolean {
  return (
    before !== undefined &&
    JSON.stringify(encodeRow(processes, before)) === JSON.stringify(encodeRow(processes, now))
  );
}

/** What a host's row has beside that a joined row has not. */
const placeless = { id: 0, boot_id: '', session: null, sequence: 0, unread: 0, by: '' };

const standingSql: RawBuilder<Standing> = sql`case
  when exists (select 1 from artefacts k where k.digest = p.digest) then 'known'
  when exists (select 1 from artefacts k where k.build_id = p.build_id) then 'changed'
  else 'unknown' end`;

async function openOf(tx: Transaction<Tables>, hostId: number): Promise<readonly ProcessRecord[]> {
  const rows = await tx
    .selectFrom('processes')
    .selectAll()
    .where('host_id', '=', hostId)
    .where('ended_at', 'is', null)
    .execute();
  return rows.map((row) => decodeRow(processes, row));
}

function keyOf({ bootId, pid, started }: Pick<ProcessRecord, 'bootId' | 'pid' | 'started'>): string {
  return `${bootId} ${pid} ${started}`;
}

/** A row for each binary that a host runs. */
function countsOf(current: readonly ProcessRecord[]): readonly RunningRecord[] {
  const byDigest = Map.groupBy(current, ({ digest }) => digest);
  return [...byDigest].flatMap(([digest, list]) => {
    const [first] = list.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    if (digest === null || first === undefined) return [];
    return [
      {
        digest,
        hostId: first.hostId,
        buildId: first.buildId,
        path: first.path,
        processes: list.length,
        restart: list.filter(({ restart }) => restart).length,
        since: Math.min(...list.map(({ firstSeen }) => firstSeen)),
      },
    ];
  });
}
