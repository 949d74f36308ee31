import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import { dueDeployments } from '../deployments/due.ts';
import type { Among } from '../dialect/dialect.ts';
import type { ComponentRecord } from '../inventory/records.ts';
import { components } from '../inventory/tables.ts';
import { countTampered, type ShownTampered, tamperedOpen } from '../sightings/tampering.ts';
import { decodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { ExposureRecord, StruckRecord } from './records.ts';
import { type ExposureState, exposureState, exposures, struck } from './tables.ts';

/** Which exposures are asked for; what is absent does not limit. */
export interface ExposureQuery {
  readonly isOpen?: boolean | undefined;
  /** Part of the id of an advisory: `RUSTSEC-2026-0001`. */
  readonly advisory?: string | undefined;
  readonly host?: string | undefined;
  readonly environment?: string | undefined;
  readonly team?: string | undefined;
  /** Those with a smaller id. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** An exposure with what it is about. */
export interface ShownExposure extends ExposureRecord {
  /** `null`: it is stated to be deployed, and to no host in particular. */
  readonly host: string | null;
  readonly environment: string | null;
  readonly team: string | null;
  readonly service: string | null;
  /** Who stated that it is deployed; `null`: it was seen. */
  readonly statedBy: string | null;
  /** JSON, as `StruckRecord` has it; `null`: the advisory is not there any more. */
  readonly body: string | null;
}

/** How many exposures there are, and how long those that ended took. */
export interface ExposureCounts {
  readonly open: number;
  /** Of the open ones, those that a restart ends. */
  readonly restart: number;
  /** Of the open ones, those of programs that are installed and were not seen running. */
  readonly installed: number;
  readonly closed: number;
  /** Of those that ended: milliseconds from when it was known and ran until it was over, in all. */
  readonly fixTime: number;
  /** Of all: milliseconds from when it was known and ran until it was opened, in all. */
  readonly findTime: number;
}

/** Reads of what is exposed. */
export class ExposureReader {
  protected readonly db: Kysely<Tables>;
  protected readonly among: Among;

  constructor(db: Kysely<Tables>, among: Among) {
    this.db = db;
    this.among = among;
  }

  async state(): Promise<ExposureState> {
    const row = await this.db.selectFrom('exposure_state').selectAll().executeTakeFirst();
    return row === undefined ? { id: 1, readings: '', lastComponent: 0 } : decodeRow(exposureState, row);
  }

  /** What some hosts run that was tampered with, as it was last found. */
  async tamperedOpen(hostIds: readonly number[]): Promise<readonly ShownTampered[]> {
    return await tamperedOpen(this.db, this.among, hostIds);
  }

  async countTampered(): Promise<number> {
    return await countTampered(this.db);
  }

  /** Releases of an id beyond one, in their order. */
  async componentsAfter(id: number, limit: number): Promise<readonly ComponentRecord[]> {
    const rows = await this.db
      .selectFrom('components')
      .selectAll()
      .where('id', '>', id)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => decodeRow(components, row));
  }

  async struck(): Promise<readonly StruckRecord[]> {
    const rows = await this.db.selectFrom('struck').selectAll().execute();
    return rows.map((row) => decodeRow(struck, row));
  }

  /** Whether a host, or a deployment, waits to be looked at. */
  async isDue(): Promise<boolean> {
    const row = await this.db
      .selectFrom('hosts')
      .select('id')
      .where('exposure_due', 'is not', null)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined || (await dueDeployments(this.db, 1)).length > 0;
  }

  /** The newest first. */
  async list({
    isOpen,
    advisory,
    host,
    environment,
    team,
    before,
    limit,
  }: ExposureQuery): Promise<readonly ShownExposure[]> {
    const conditions: RawBuilder<SqlBool>[] = [sql`1 = 1`];
    if (isOpen !== undefined)
      conditions.push(isOpen ? sql`e.closed_at is null` : sql`e.closed_at is not null`);
    if (advisory !== undefined)
      conditions.push(
        sql`(e.advisory = ${advisory} or replace(e.advisory, ${`${advisory} `}, '') <> e.advisory)`,
      );
    if (host !== undefined) conditions.push(sql`coalesce(h.name, d.host) = ${host}`);
    if (environment !== undefined)
      conditions.push(sql`coalesce(h.environment, d.environment) = ${environment}`);
    if (team !== undefined) conditions.push(sql`coalesce(h.team, d.team) = ${team}`);
    if (before !== undefined) conditions.push(sql`e.id < ${before}`);
    const { rows } = await sql<Record<string, unknown> & Omit<ShownExposure, keyof ExposureRecord>>`
      select e.*, coalesce(h.name, d.host) as host, coalesce(h.environment, d.environment) as environment,
          coalesce(h.team, d.team) as team, coalesce(h.service, d.service) as service, d.by as "statedBy", s.body
        from exposures e left join hosts h on h.id = e.host_id left join deployments d on d.id = e.deployment_id
          left join struck s on s.component_id = e.component_id and s.advisory = e.advisory
        where ${sql.join(conditions, sql` and `)} order by e.id desc limit ${limit}`.execute(this.db);
    return rows.map((row) => {
      const { host, environment, team, service, statedBy, body } = row;
      return { ...decodeRow(exposures, row), host, environment, team, service, statedBy, body };
    });
  }

  /** Of those that are open, and those that ended since a time. */
  async counts(since: number): Promise<ExposureCounts> {
    const { rows } = await sql<Record<keyof ExposureCounts, unknown>>`
      select count(case when closed_at is null then 1 end) as open,
          count(case when closed_at is null and restart = 1 then 1 end) as restart,
          count(case when closed_at is null and way = 'installed' then 1 end) as installed,
          count(closed_at) as closed,
          sum(closed_at - (case when known_since > running_since then known_since else running_since end)) as "fixTime",
          sum(opened_at - (case when known_since > running_since then known_since else running_since end)) as "findTime"
        from exposures where closed_at is null or closed_at >= ${since}`.execute(this.db);
    const [row] = rows;
    const number = (of: keyof ExposureCounts) => Number(row?.[of] ?? 0);
    return {
      open: number('open'),
      restart: number('restart'),
      installed: number('installed'),
      closed: number('closed'),
      fixTime: number('fixTime'),
      findTime: number('findTime'),
    };
  }
}
