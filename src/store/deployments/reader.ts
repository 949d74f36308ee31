import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Among } from '../dialect/dialect.ts';
import { meant } from '../inventory/reader.ts';
import type { ArtefactRecord } from '../inventory/records.ts';
import { bitsOf } from '../inventory/set-index.ts';
import type { ArtefactFilter, HostFilter } from '../inventory/store.ts';
import { artefacts } from '../inventory/tables.ts';
import { decodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import { isStated } from './filter.ts';
import type { DeploymentRecord } from './records.ts';
import { deployments } from './tables.ts';

/** Which deployments are asked for; what is absent does not limit. */
export interface DeploymentQuery extends HostFilter {
  readonly service?: string | undefined;
  readonly artefactId?: number | undefined;
  readonly isOver?: boolean | undefined;
  /** Those with a smaller id. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** A deployment with the artefact that it is of. */
export interface Deployed {
  readonly deployment: DeploymentRecord;
  readonly artefact: ArtefactRecord;
}

/** Reads of where artefacts are stated to be deployed. */
export class DeploymentReader {
  protected readonly db: Kysely<Tables>;
  protected readonly among: Among;

  constructor(db: Kysely<Tables>, among: Among) {
    this.db = db;
    this.among = among;
  }

  /** The newest first. */
  async list({ isOver, before, limit, ...query }: DeploymentQuery): Promise<readonly Deployed[]> {
    const conditions: RawBuilder<SqlBool>[] = [sql`1 = 1`];
    const { host, environment, team, service, artefactId: artefact_id } = query;
    for (const [name, value] of Object.entries({ host, environment, team, service, artefact_id }))
      if (value !== undefined) conditions.push(sql`${sql.ref(`d.${name}`)} = ${value}`);
    if (isOver !== undefined) conditions.push(isOver ? sql`d.ended_at is not null` : sql`d.ended_at is null`);
    if (before !== undefined) conditions.push(sql`d.id < ${before}`);
    return await this.#withArtefacts(
      sql`${sql.join(conditions, sql` and `)} order by d.id desc limit ${limit}`,
    );
  }

  /** Where each of some artefacts is stated to be deployed, by id: at most `limit` places each, those that were stated first. */
  async of(
    artefactIds: readonly number[],
    limit: number,
    on?: HostFilter,
  ): Promise<ReadonlyMap<number, readonly DeploymentRecord[]>> {
    if (artefactIds.length === 0) return new Map();
    const { rows } = await sql<Record<string, unknown>>`select * from (
        select d.*, row_number() over (partition by d.artefact_id order by d.id) as rank from deployments d
          where ${isStated(on)} and ${this.among(sql`d.artefact_id`, artefactIds)}
      ) as found where rank <= ${limit} order by id`.execute(this.db);
    return Map.groupBy(
      rows.map((row) => decodeRow(deployments, row)),
      ({ artefactId }) => artefactId,
    );
  }

  /** How many deployments are of artefacts that are meant, at the places that `runsOn` means. */
  async count({ sets, runsOn, ...filter }: ArtefactFilter): Promise<number> {
    const { rows } = await sql<{ set_id: number }>`
      select artefacts.set_id from deployments d join artefacts on artefacts.id = d.artefact_id
        where ${isStated(runsOn)} and ${meant(filter, this.among)}`.execute(this.db);
    if (sets === undefined) return rows.length;
    const asked = bitsOf(sets);
    return rows.filter((row) => asked[row.set_id] === 1).length;
  }

  async #withArtefacts(rest: RawBuilder<unknown>): Promise<readonly Deployed[]> {
    const { rows } = await sql<Record<string, unknown>>`select d.* from deployments d where ${rest}`.execute(
      this.db,
    );
    const records = rows.map((row) => decodeRow(deployments, row));
    const ids = [...new Set(records.map(({ artefactId }) => artefactId))];
    const found =
      ids.length === 0
        ? []
        : await this.db
            .selectFrom('artefacts')
            .selectAll()
            .where(this.among(sql.ref('id'), ids))
            .execute();
    const byId = new Map(found.map((row) => [row.id, decodeRow(artefacts, row)]));
    return records.flatMap((deployment) => {
      const artefact = byId.get(deployment.artefactId);
      return artefact === undefined ? [] : [{ deployment, artefact }];
    });
  }
}
