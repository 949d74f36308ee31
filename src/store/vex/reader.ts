import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Among } from '../dialect/dialect.ts';
import { meant } from '../inventory/reader.ts';
import type { ArtefactRecord } from '../inventory/records.ts';
import { SetIndex } from '../inventory/set-index.ts';
import type { ArtefactFilter } from '../inventory/store.ts';
import { artefacts } from '../inventory/tables.ts';
import { decodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { CoverRecord, StatementRecord } from './records.ts';
import { covers, statements } from './tables.ts';

/** Which statements are asked for; what is absent does not limit. */
export interface StatementQuery {
  /** Any of the ids of an advisory. */
  readonly advisory?: string | undefined;
  readonly componentIds?: readonly number[] | undefined;
  /** `valid` at `now`, `expired` or `withdrawn`. */
  readonly state?: 'valid' | 'expired' | 'withdrawn' | undefined;
  readonly project?: string | undefined;
  readonly target?: string | undefined;
  readonly name?: string | undefined;
  /** Those with a smaller id. */
  readonly before?: number | undefined;
  readonly limit: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Reads of what is said of advisories in artefacts. */
export class VexReader {
  protected readonly db: Kysely<Tables>;
  protected readonly among: Among;

  constructor(db: Kysely<Tables>, among: Among) {
    this.db = db;
    this.among = among;
  }

  /** The newest first. */
  async list(query: StatementQuery): Promise<readonly StatementRecord[]> {
    const { rows } = await sql<Record<string, unknown>>`select s.* from vex_statements s
      where ${asked(query, this.among)} order by s.id desc limit ${query.limit}`.execute(this.db);
    return rows.map((row) => decodeRow(statements, row));
  }

  /** Whether the time of one is over that nobody ended yet. */
  async isExpired(now: number): Promise<boolean> {
    const row = await this.db
      .selectFrom('vex_statements')
      .select('id')
      .where('ended', '=', 0)
      .where('until', '<=', now)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** What some statements are about, by statement and place. */
  async coversOf(ids: readonly number[]): Promise<readonly CoverRecord[]> {
    if (ids.length === 0) return [];
    const rows = await this.db
      .selectFrom('vex_covers')
      .selectAll()
      .where(this.among(sql.ref('statement_id'), ids))
      .orderBy('statement_id')
      .orderBy('place')
      .execute();
    return rows.map((row) => decodeRow(covers, row));
  }

  /** All that is said of some releases and was not withdrawn. */
  async standing(componentIds: readonly number[]): Promise<readonly StatementRecord[]> {
    if (componentIds.length === 0) return [];
    const rows = await this.db
      .selectFrom('vex_statements')
      .selectAll()
      .where('withdrawn_at', 'is', null)
      .where(this.among(sql.ref('component_id'), componentIds))
      .orderBy('id')
      .execute();
    return rows.map((row) => decodeRow(statements, row));
  }

  /** Artefacts of a filter that some statements of releases may be about: of their lineages, or by their identity. */
  async artefactsStated(
    filter: ArtefactFilter,
    statementIds: readonly number[],
  ): Promise<readonly ArtefactRecord[]> {
    if (statementIds.length === 0) return [];
    // What one statement is about may be as much as there is: neither is held against all of the other.
    const { rows } = await sql<Record<string, unknown>>`
      with about as (select artefact, project, target, name from vex_covers
        where ${this.among(sql.ref('statement_id'), statementIds)})
      select * from artefacts where ${meant(filter, this.among)}
        and (identity in (select artefact from about where artefact is not null)
          or (project, target, name) in (select project, target, name from about where artefact is null))`.execute(
      this.db,
    );
    return rows.map((row) => decodeRow(artefacts, row));
  }

  /** Artefacts that have a release, of one that a statement names. */
  async artefactsWith(
    componentId: number,
    of: Partial<Pick<ArtefactRecord, 'project' | 'target' | 'name' | 'digest'>>,
  ): Promise<readonly ArtefactRecord[]> {
    const sets = (await new SetIndex(this.db, this.among).having([componentId])).get(componentId) ?? [];
    if (sets.length === 0) return [];
    const conditions: RawBuilder<SqlBool>[] = [this.among(sql.ref('set_id'), sets)];
    for (const column of ['project', 'target', 'name', 'digest'] as const)
      if (of[column] !== undefined) conditions.push(sql`${sql.ref(column)} = ${of[column]}`);
    const { rows } = await sql<
      Record<string, unknown>
    >`select * from artefacts where ${sql.join(conditions, sql` and `)} order by id`.execute(this.db);
    return rows.map((row) => decodeRow(artefacts, row));
  }
}

function asked(query: StatementQuery, among: Among): RawBuilder<unknown> {
  const { advisory, componentIds, state, before, now, project, target, name } = query;
  const conditions: RawBuilder<SqlBool>[] = [sql`1 = 1`];
  if (advisory !== undefined)
    conditions.push(
      sql`(s.advisory = ${advisory} or replace(s.aliases, ${JSON.stringify(advisory)}, '') <> s.aliases)`,
    );
  if (componentIds !== undefined)
    conditions.push(componentIds.length === 0 ? sql`1 = 0` : among(sql`s.component_id`, componentIds));
  if (state === 'withdrawn') conditions.push(sql`s.withdrawn_at is not null`);
  if (state === 'valid') conditions.push(sql`(s.withdrawn_at is null and s.until > ${now})`);
  if (state === 'expired') conditions.push(sql`(s.withdrawn_at is null and s.until <= ${now})`);
  if (before !== undefined) conditions.push(sql`s.id < ${before}`);
  const of = Object.entries({ project, target, name }).filter(([, value]) => value !== undefined);
  if (of.length > 0)
    conditions.push(
      sql`exists (select 1 from vex_covers v where v.statement_id = s.id and ${sql.join(
        of.map(([column, value]) => sql`v.${sql.ref(column)} = ${value}`),
        sql` and `,
      )})`,
    );
  return sql.join(conditions, sql` and `);
}
