import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import { idsMeant, isLimited } from '../inventory/reader.ts';
import type { ArtefactFilter, HostFilter } from '../inventory/store.ts';
import { decodeRow } from '../table.ts';
import { onHosts } from './host-filter.ts';
import { installedList, installedOf } from './installed-at.ts';
import { LoadingReader } from './loading.ts';
import type { HostRecord, RunningRecord } from './records.ts';
import { isTampered, standingOf } from './standing.ts';
import type {
  Binary,
  HostQuery,
  InstalledCount,
  InstalledQuery,
  KnownHost,
  ProcessQuery,
  RunningAt,
  RunningCount,
  Standing,
  StandingProcess,
} from './store.ts';
import { hosts, processes, running } from './tables.ts';
import { countTied, type Tie } from './tied.ts';

/** Reads of what hosts run, each of them one statement or two. */
export class SightingReader {
  protected readonly dialect: Dialect;
  readonly loading: LoadingReader;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
    this.loading = new LoadingReader(dialect.reader, dialect.among);
  }

  async countRunning(filter: ArtefactFilter): Promise<RunningCount> {
    const { hosts, times } = await this.#count(filter, 'sets', 'artefacts');
    return { hosts, processes: times };
  }

  async countInstalled(filter: ArtefactFilter): Promise<InstalledCount> {
    const { hosts, times } = await this.#count(filter, 'installed_sets', 'installed_artefacts');
    return { hosts, programs: times };
  }

  async #count(
    { runsOn, sets, partlyKnown, ...filter }: ArtefactFilter,
    bySets: Tie,
    byArtefacts: Tie,
  ): Promise<{ readonly hosts: number; readonly times: number }> {
    const { reader, among } = this.dialect;
    const ofSets = sets !== undefined && partlyKnown !== true && !isLimited(filter);
    const wanted = ofSets ? sets : await idsMeant(reader, among, { ...filter, sets, partlyKnown });
    if (wanted.length === 0) return { hosts: 0, times: 0 };
    return await countTied(reader, ofSets ? bySets : byArtefacts, wanted, runsOn);
  }

  async runningAt(
    binaries: readonly Binary[],
    limit: number,
    on?: HostFilter,
  ): Promise<readonly (readonly RunningAt[])[]> {
    const { reader, among } = this.dialect;
    const digests = binaries.flatMap(({ digest }) => digest ?? []);
    if (digests.length === 0) return binaries.map(() => []);
    const buildIds = binaries.flatMap(({ buildId }) => buildId ?? []);
    // The first few of each as the key has them: a program that ten thousand hosts run is not put in order by their names for that.
    const { rows } = await sql<Record<string, unknown> & { standing: Standing }>`
      select found.*, ${standingOf(sql`found`)} as standing, h.name, h.environment, h.team, h.service, h.seen_at from (
        select r.*, row_number() over (partition by r.digest order by r.host_id) as place from running r
          where ${onHosts(sql`r.host_id`, on)} and (${among(sql`r.digest`, digests)} or (${among(sql`r.build_id`, buildIds)}
            and not exists (select 1 from artefacts k where k.digest = r.digest)))
        ) as found join hosts h on h.id = found.host_id where found.place <= ${limit} order by h.name, found.digest`.execute(
      reader,
    );
    const found = rows.map((row) => ({
      ...decodeRow(running, row),
      ...pick(decodeRow(hosts, { ...placeless, ...row })),
      standing: row.standing,
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

  async installedOf(binaries: readonly Binary[], limit: number, on?: HostFilter) {
    return await installedOf(this.dialect.reader, this.dialect.among, binaries, limit, on);
  }

  async installed(query: InstalledQuery) {
    return await installedList(this.dialect.reader, query);
  }

  async processes({ after, limit, ...query }: ProcessQuery): Promise<readonly StandingProcess[]> {
    const isFound = sql<SqlBool>`(p.host_id, p.digest) in (select t.host_id, t.digest from tampered t)`;
    const first =
      after?.isFirst === false ? [] : await this.#processes({ ...query, after, limit }, isFound, true);
    if (first.length === limit) return first;
    const rest = {
      ...query,
      after: after?.isFirst === false ? after : undefined,
      limit: limit - first.length,
    };
    return [...first, ...(await this.#processes(rest, sql`not coalesce(${isFound}, false)`, false))];
  }

  async #processes(
    { host, standing, restart, after, limit }: ProcessQuery,
    areMeant: RawBuilder<SqlBool>,
    isFirst: boolean,
  ): Promise<readonly StandingProcess[]> {
    const conditions: RawBuilder<SqlBool>[] = [sql`p.ended_at is null`, areMeant];
    if (host !== undefined) conditions.push(sql`h.name = ${host}`);
    if (restart === true) conditions.push(sql`p.restart = 1`);
    if (standing !== undefined) conditions.push(sql`${standingOf(sql`p`)} = ${standing}`);
    // Of millions of processes those are looked at whose binary is one of the few.
    if (standing === 'tampered')
      conditions.push(sql`(p.host_id, p.digest) in (
        select r.host_id, r.digest from running r join artefacts a on a.build_id = r.build_id and a.trust = 'signed'
          where ${isTampered(sql`r`)})`);
    if (after !== undefined) conditions.push(sql`(h.name, p.pid) > (${after.host}, ${after.pid})`);
    const { rows } = await sql<Record<string, unknown> & { host: string; standing: Standing }>`
      select p.*, h.name as host, ${standingOf(sql`p`)} as standing from processes p join hosts h on h.id = p.host_id
        where ${sql.join(conditions, sql` and `)} order by h.name, p.pid limit ${limit}`.execute(
      this.dialect.reader,
    );
    return rows.map((row) => ({
      ...decodeRow(processes, row),
      host: row.host,
      standing: row.standing,
      isFirst,
    }));
  }

  async tellerOf(host: string): Promise<string | undefined> {
    const row = await this.dialect.reader
      .selectFrom('hosts')
      .select('by')
      .where('name', '=', host)
      .where(sql<SqlBool>`retired_at is null`)
      .executeTakeFirst();
    return row?.by;
  }

  async hostsByVersion(): Promise<ReadonlyMap<number, number>> {
    const { rows } = await sql<{ version: number; n: unknown }>`
      select version, count(*) as n from hosts where retired_at is null group by version`.execute(
      this.dialect.reader,
    );
    return new Map(rows.map(({ version, n }) => [version, Number(n)]));
  }

  async hosts({ state, after, limit, ...filter }: HostQuery): Promise<readonly KnownHost[]> {
    const conditions: RawBuilder<SqlBool>[] = [onHosts(sql`h.id`, filter)];
    if (state !== undefined)
      conditions.push(state === 'retired' ? sql`h.retired_at is not null` : sql`h.retired_at is null`);
    if (after !== undefined) conditions.push(sql`h.name > ${after}`);
    const { rows } = await sql<Record<string, unknown>>`
      select h.*, (select coalesce(sum(r.processes), 0) from running r where r.host_id = h.id) as processes,
          (select count(*) from exposures e where e.host_id = h.id and e.closed_at is null) as exposures
        from hosts h where ${sql.join(conditions, sql` and `)} order by h.name limit ${limit}`.execute(
      this.dialect.reader,
    );
    return rows.map((row) => ({
      ...decodeRow(hosts, row),
      processes: Number(row.processes),
      exposures: Number(row.exposures),
      retiredAt: row.retired_at === null ? null : Number(row.retired_at),
      retiredBy: row.retired_by as string | null,
    }));
  }
}

function pick({
  name,
  environment,
  team,
  service,
  seenAt,
}: HostRecord): Omit<RunningAt, keyof RunningRecord | 'tie' | 'standing'> {
  return { name, environment, team, service, seenAt };
}

/** What a host's row has beside that a joined row has not. */
const placeless = { id: 0, boot_id: '', session: null, sequence: 0, version: 1, unread: 0, by: '' };
