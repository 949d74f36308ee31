import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import { decodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { ArtefactRecord, ComponentRecord, SetRecord } from './records.ts';
import type { ArtefactFilter, ArtefactQuery, ComponentSearch, InventoryReader } from './store.ts';
import { artefacts, components, sets } from './tables.ts';

/** Reads of the inventory's tables, each of them one statement. */
export class SqlInventoryReader implements InventoryReader {
  protected readonly db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  async artefacts({ before, limit, ...filter }: ArtefactQuery): Promise<readonly ArtefactRecord[]> {
    const rows = await this.db
      .selectFrom('artefacts')
      .selectAll()
      .where(meant(filter))
      .$if(before !== undefined, (q) => q.where('id', '<', before ?? 0))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => decodeRow(artefacts, row));
  }

  async artefactsByIdentity(prefix: string): Promise<readonly ArtefactRecord[]> {
    const rows = await this.db
      .selectFrom('artefacts')
      .selectAll()
      .where('identity', '>=', prefix)
      // Hex digits end before `g`.
      .where('identity', '<', `${prefix}g`)
      .orderBy('identity')
      .limit(2)
      .execute();
    return rows.map((row) => decodeRow(artefacts, row));
  }

  async countArtefacts({ components: wanted, ...filter }: ArtefactFilter): Promise<number> {
    const isPlain = Object.values(filter).every((value) => value === undefined);
    if (wanted !== undefined && isPlain) {
      if (wanted.length === 0) return 0;
      const { rows } = await sql<{ n: unknown }>`
        select sum(artefacts) as n from component_sets where ${inSets('id', wanted)}`.execute(this.db);
      return Number(rows[0]?.n ?? 0);
    }
    const { rows } = await sql<{ n: unknown }>`
      select count(*) as n from artefacts where ${meant({ components: wanted, ...filter })}`.execute(this.db);
    return Number(rows[0]?.n ?? 0);
  }

  async countByComponent(wanted: readonly number[]): Promise<ReadonlyMap<number, number>> {
    if (wanted.length === 0) return new Map();
    const { rows } = await sql<{ id: number; n: unknown }>`
      select m.component_id as id, sum(s.artefacts) as n from set_members m
        join component_sets s on s.id = m.set_id
        where m.component_id in (${sql.join(wanted)}) group by m.component_id`.execute(this.db);
    return new Map(rows.map(({ id, n }) => [id, Number(n)]));
  }

  async targetsWith(wanted: readonly number[]): Promise<readonly string[]> {
    if (wanted.length === 0) return [];
    const { rows } = await sql<{ target: string }>`
      select distinct target from artefacts
        where target is not null and ${inSets('set_id', wanted)} order by target`.execute(this.db);
    return rows.map(({ target }) => target);
  }

  async set(id: number): Promise<SetRecord | undefined> {
    return (await this.sets([id]))[0];
  }

  async sets(ids: readonly number[]): Promise<readonly SetRecord[]> {
    if (ids.length === 0) return [];
    const rows = await this.db.selectFrom('component_sets').selectAll().where('id', 'in', ids).execute();
    return rows.map((row) => decodeRow(sets, row));
  }

  async components(ids: readonly number[]): Promise<readonly ComponentRecord[]> {
    const found: ComponentRecord[] = [];
    for (let from = 0; from < ids.length; from += chunk) {
      const some = ids.slice(from, from + chunk);
      const rows = await this.db.selectFrom('components').selectAll().where('id', 'in', some).execute();
      for (const row of rows) found.push(decodeRow(components, row));
    }
    return found;
  }

  async componentsNamed(kind: ComponentRecord['kind'], key: string): Promise<readonly ComponentRecord[]> {
    const rows = await this.db
      .selectFrom('components')
      .selectAll()
      .where('key', '=', key)
      .where('kind', '=', kind)
      .orderBy('id')
      .execute();
    return rows.map((row) => decodeRow(components, row));
  }

  async searchComponents({ text, kind, after, limit }: ComponentSearch): Promise<readonly ComponentRecord[]> {
    const rows = await this.db
      .selectFrom('components')
      .selectAll()
      // Only those that an artefact has.
      .where(sql<boolean>`exists (select 1 from set_members m where m.component_id = components.id)`)
      .$if(text !== '', (q) => q.where(contains('key', text)))
      .$if(kind !== undefined, (q) => q.where('kind', '=', kind ?? 'cargo'))
      .$if(after !== undefined, (q) => q.where(sql<boolean>`(key, id) > (${after?.key}, ${after?.id})`))
      .orderBy('key')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => decodeRow(components, row));
  }
}

/** Values in one list of a statement. */
export const chunk = 500;

/** Whether a row of `artefacts` is meant. */
export function meant(filter: ArtefactFilter): RawBuilder<SqlBool> {
  const { components: wanted, name, exceptTargets = [], partlyKnown } = filter;
  const conditions: RawBuilder<SqlBool>[] = [sql`1 = 1`];
  if (wanted !== undefined) conditions.push(wanted.length === 0 ? sql`1 = 0` : inSets('set_id', wanted));
  if (name !== undefined && name !== '') conditions.push(contains('name', name));
  for (const column of ['project', 'target', 'commit', 'trust'] as const)
    if (filter[column] !== undefined) conditions.push(sql`${sql.ref(column)} = ${filter[column]}`);
  if (exceptTargets.length > 0)
    conditions.push(sql`(target is null or target not in (${sql.join(exceptTargets)}))`);
  if (partlyKnown === true) conditions.push(sql`completeness <> 'complete'`);
  return sql.join(conditions, sql` and `) as RawBuilder<SqlBool>;
}

function inSets(column: 'id' | 'set_id', wanted: readonly number[]): RawBuilder<SqlBool> {
  return sql`${sql.ref(column)} in (select set_id from set_members where component_id in (${sql.join(wanted)}))`;
}

/** "contains", the same on both databases: "like" folds case on one of them. */
function contains(column: 'key' | 'name', text: string): RawBuilder<SqlBool> {
  return sql`replace(${sql.ref(column)}, ${text}, '') <> ${sql.ref(column)}`;
}
