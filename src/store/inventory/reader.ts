import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import { isStated } from '../deployments/filter.ts';
import type { Among } from '../dialect/dialect.ts';
import { onHosts } from '../sightings/host-filter.ts';
import { decodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type {
  ArtefactRecord,
  ArtefactTrust,
  ComponentRecord,
  SetBlock,
  SetCount,
  SetRecord,
  TrustCounts,
} from './records.ts';
import { blocksOf, idsIn, membersIn, type Placed, pageIn } from './set-blocks.ts';
import { usesOf } from './set-counts.ts';
import { anyLibrary, bitsOf, SetIndex } from './set-index.ts';
import type {
  ArtefactFilter,
  ArtefactQuery,
  ComponentSearch,
  CountedComponent,
  HostFilter,
  InventoryReader,
} from './store.ts';
import { artefactFunctions, artefacts, components, type InventoryState, sets, state } from './tables.ts';

/** Reads of the inventory's tables, each of them one statement. */
export class SqlInventoryReader implements InventoryReader {
  protected readonly db: Kysely<Tables>;
  protected readonly among: Among;
  readonly #index: SetIndex;

  constructor(db: Kysely<Tables>, among: Among) {
    this.db = db;
    this.among = among;
    this.#index = new SetIndex(db, among);
  }

  async artefacts({ sets: wanted, ...query }: ArtefactQuery): Promise<readonly ArtefactRecord[]> {
    if (wanted === undefined || wanted.length <= manySets)
      return await this.#page({ ...query, sets: wanted });
    // Of the newest artefacts so many have one that they are looked through: twenty thousand ids take longer to be asked for.
    const asked = bitsOf(wanted);
    const found: ArtefactRecord[] = [];
    // As many as have them where the sets are spread evenly, and a quarter more.
    const sample = Math.ceil((1.25 * query.limit * asked.length) / wanted.length);
    for (let { before } = query, limit = Math.min(sample, 20 * query.limit); ; limit *= 2) {
      const ids = await this.#idsBefore({ ...query, before, limit });
      const having = ids.filter(({ set_id }) => asked[set_id] === 1).slice(0, query.limit - found.length);
      found.push(...(await this.artefactsOf(having.map(({ id }) => id))));
      if (found.length >= query.limit || ids.length < limit) return found.toSorted((a, b) => b.id - a.id);
      before = ids.at(-1)?.id;
    }
  }

  /** The sets of a page of artefacts. */
  async #idsBefore({
    before,
    limit,
    ...filter
  }: ArtefactQuery): Promise<readonly { readonly id: number; readonly set_id: number }[]> {
    return await this.db
      .selectFrom('artefacts')
      .select(['id', 'set_id'])
      .where(meant(filter, this.among))
      .$if(before !== undefined, (q) => q.where('id', '<', before ?? 0))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }

  async #page({ before, limit, ...filter }: ArtefactQuery): Promise<readonly ArtefactRecord[]> {
    const rows = await this.db
      .selectFrom('artefacts')
      .selectAll()
      .where(meant(filter, this.among))
      .$if(before !== undefined, (q) => q.where('id', '<', before ?? 0))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => decodeRow(artefacts, row));
  }

  async artefactsOf(ids: readonly number[]): Promise<readonly ArtefactRecord[]> {
    if (ids.length === 0) return [];
    const rows = await this.db
      .selectFrom('artefacts')
      .selectAll()
      .where(this.among(sql.ref('id'), ids))
      .execute();
    return rows.map((row) => decodeRow(artefacts, row));
  }

  async functionsOf(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.db
      .selectFrom('artefact_functions')
      .selectAll()
      .where(this.among(sql.ref('artefact_id'), ids))
      .execute();
    const read = rows.map((row) => decodeRow(artefactFunctions, row));
    return new Map(read.map(({ artefactId, functions }) => [artefactId, functions]));
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

  async countArtefacts({ sets: wanted, runsOn, partlyKnown, ...filter }: ArtefactFilter): Promise<number> {
    if (!isLimited(filter) && wanted === undefined && runsOn === undefined) {
      const { artefacts, partly } = await this.state();
      return partlyKnown === true ? partly : artefacts;
    }
    const { rows } = await sql<{ n: unknown }>`
      select count(*) as n from artefacts
        where ${meant({ sets: wanted, runsOn, partlyKnown, ...filter }, this.among)}`.execute(this.db);
    return Number(rows[0]?.n ?? 0);
  }

  async countByTrust({ sets: wanted, runsOn, ...filter }: ArtefactFilter): Promise<TrustCounts> {
    if (!isLimited(filter) && wanted === undefined && runsOn === undefined) {
      const { artefacts, signed, recovered } = await this.state();
      return { signed, unsigned: artefacts - signed - recovered, recovered };
    }
    const { rows } = await sql<{ trust: ArtefactTrust; n: unknown }>`
      select trust, count(*) as n from artefacts
        where ${meant({ sets: wanted, runsOn, ...filter }, this.among)} group by trust`.execute(this.db);
    const found = new Map(rows.map(({ trust, n }) => [trust, Number(n)]));
    return {
      signed: found.get('signed') ?? 0,
      unsigned: found.get('unsigned') ?? 0,
      recovered: found.get('recovered') ?? 0,
    };
  }

  async setsWith(wanted: readonly number[]): Promise<ReadonlyMap<number, readonly number[]>> {
    return await this.#index.having(wanted);
  }

  async setsWithLibraries(): Promise<readonly number[]> {
    return (await this.#index.having([anyLibrary])).get(anyLibrary) ?? [];
  }

  async usesOf(lists: readonly (readonly number[])[]): Promise<readonly SetCount[]> {
    return await usesOf(this.db, this.among, lists);
  }

  async targetsWith(wanted: readonly number[]): Promise<readonly string[]> {
    if (wanted.length === 0) return [];
    const { rows } = await sql<{ target: string }>`
      select distinct target from artefacts
        where target is not null and ${this.among(sql.ref('set_id'), wanted)} order by target`.execute(
      this.db,
    );
    return rows.map(({ target }) => target);
  }

  async set(id: number): Promise<SetRecord | undefined> {
    const row = await this.db
      .selectFrom('component_sets')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : decodeRow(sets, row);
  }

  async setOfDigest(digest: string): Promise<number | undefined> {
    const row = await this.db
      .selectFrom('component_sets')
      .select('id')
      .where('digest', '=', digest)
      .executeTakeFirst();
    return row?.id;
  }

  async membersOf(
    ids: readonly number[],
    wanted: ReadonlySet<number>,
  ): Promise<ReadonlyMap<number, readonly Placed[]>> {
    return await membersIn(this.db, this.among, ids, wanted);
  }

  async membersAt(
    set: number,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly Placed[]> {
    return await pageIn(this.db, set, page);
  }

  async memberIds(set: number): Promise<Int32Array> {
    return await idsIn(this.db, set);
  }

  blocksOf(set: number): AsyncIterable<SetBlock> {
    return blocksOf(this.db, set);
  }

  async components(ids: readonly number[]): Promise<readonly ComponentRecord[]> {
    if (ids.length === 0) return [];
    const rows = await this.db
      .selectFrom('components')
      .selectAll()
      .where(this.among(sql.ref('id'), ids))
      .execute();
    return rows.map((row) => decodeRow(components, row));
  }

  async releasesOf(
    keys: readonly string[],
  ): Promise<readonly Pick<ComponentRecord, 'id' | 'kind' | 'key' | 'source'>[]> {
    if (keys.length === 0) return [];
    const isAsked = this.among(sql.ref('key'), keys);
    const few = this.db
      .selectFrom('components')
      .select('key')
      .where(isAsked)
      .groupBy('key')
      .having(sql<boolean>`count(*) <= ${manyReleases}`);
    return await this.db
      .selectFrom('components')
      .select(['id', 'kind', 'key', 'source'])
      .where(isAsked)
      .where('key', 'in', few)
      .orderBy('id')
      .$castTo<Pick<ComponentRecord, 'id' | 'kind' | 'key' | 'source'>>()
      .execute();
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

  async packagesNamed(types: readonly string[], name: string): Promise<readonly ComponentRecord[]> {
    const rows = await this.db
      .selectFrom('components')
      .selectAll()
      .where('id', 'in', (q) => q.selectFrom('package_names').select('component_id').where('name', '=', name))
      .where('source', 'in', types)
      .orderBy('id')
      .execute();
    return rows.map((row) => decodeRow(components, row));
  }

  async searchComponents({ limit, ...query }: ComponentSearch): Promise<readonly CountedComponent[]> {
    const found: CountedComponent[] = [];
    for (let { after } = query; ; ) {
      const page = await this.#named({ ...query, after, limit });
      const having = await this.setsWith(page.map(({ id }) => id));
      const uses = await this.usesOf(page.map(({ id }) => having.get(id) ?? []));
      for (const [i, component] of page.entries()) {
        const { artefacts = 0 } = uses[i] ?? {};
        // What no artefact has any more is found by nobody.
        if (artefacts > 0) found.push({ ...component, artefacts });
      }
      after = page.at(-1);
      if (found.length >= limit || page.length < limit) return found.slice(0, limit);
    }
  }

  async #named({ text, kind, after, limit }: ComponentSearch): Promise<readonly ComponentRecord[]> {
    const rows = await this.db
      .selectFrom('components')
      .selectAll()
      .$if(text !== '', (q) => q.where(contains('key', text)))
      .$if(kind !== undefined, (q) => q.where('kind', '=', kind ?? 'cargo'))
      .$if(after !== undefined, (q) => q.where(sql<boolean>`(key, id) > (${after?.key}, ${after?.id})`))
      .orderBy('key')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => decodeRow(components, row));
  }

  protected async state(): Promise<InventoryState> {
    const row = await this.db.selectFrom('inventory_state').selectAll().executeTakeFirstOrThrow();
    return decodeRow(state, row);
  }
}

/** Of a name that so many releases have nobody wants to know them all. */
const manyReleases = 2000;

/** Of so many sets every artefact is likelier to be one than to be found by an index. */
const manySets = 1000;

/** Whether a filter limits what artefacts are of themselves. */
export function isLimited(filter: Omit<ArtefactFilter, 'sets' | 'runsOn'>): boolean {
  return Object.values(filter).some((value) =>
    typeof value === 'object' || typeof value === 'string' ? value.length > 0 : value === true,
  );
}

/** The ids of the artefacts that are meant. */
export async function idsMeant(
  db: Kysely<Tables>,
  among: Among,
  filter: ArtefactFilter,
): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`select id from artefacts where ${meant(filter, among)}`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Whether a row of `artefacts` is meant. */
export function meant(filter: ArtefactFilter, among: Among): RawBuilder<SqlBool> {
  const { sets: wanted, name, exceptTargets = [], partlyKnown, runsOn } = filter;
  const conditions: RawBuilder<SqlBool>[] = [sql`1 = 1`];
  if (wanted !== undefined) {
    // A plus keeps both databases from an index.
    const column = wanted.length > manySets ? sql`+set_id` : sql`set_id`;
    conditions.push(wanted.length === 0 ? sql`1 = 0` : among(column, wanted));
  }
  if (name !== undefined && name !== '') conditions.push(contains('name', name));
  const { trust, verdict, attempted } = filter;
  for (const column of ['project', 'target', 'commit'] as const)
    if (filter[column] !== undefined) conditions.push(sql`${sql.ref(column)} = ${filter[column]}`);
  if (trust === 'unverified') conditions.push(sql`trust <> 'signed'`);
  else if (trust !== undefined) conditions.push(sql`trust = ${trust}`);
  if (verdict === 'none') conditions.push(sql`verdict is null`);
  else if (verdict === 'not-allowed') conditions.push(sql`verdict not in ('allow', 'passed')`);
  else if (verdict !== undefined) conditions.push(sql`verdict = ${verdict}`);
  if (attempted === true) conditions.push(sql`attempts is not null`);
  if (exceptTargets.length > 0)
    conditions.push(sql`(target is null or target not in (${sql.join(exceptTargets)}))`);
  if (partlyKnown === true) conditions.push(sql`completeness <> 'complete'`);
  if (runsOn !== undefined) {
    const ways = [
      runsByDigest(runsOn),
      runsByBuild(runsOn),
      ...(runsOn.orStated ? [isDeployed(runsOn), isInstalledOn(runsOn)] : []),
    ];
    conditions.push(sql`(${sql.join(ways, sql` or `)})`);
  }
  return sql.join(conditions, sql` and `) as RawBuilder<SqlBool>;
}

function runsByDigest(hosts: HostFilter): RawBuilder<SqlBool> {
  return sql`artefacts.digest in (select r.digest from running r where ${onHosts(sql`r.host_id`, hosts)})`;
}

function isDeployed(place: HostFilter): RawBuilder<SqlBool> {
  return sql`artefacts.id in (select d.artefact_id from deployments d where ${isStated(place)})`;
}

/** Something on such a host names it which starts programs. */
function isInstalledOn(on: HostFilter): RawBuilder<SqlBool> {
  const isNoArtefact = sql`not exists (select 1 from artefacts k where k.digest = i.digest)`;
  return sql`(artefacts.digest in (select i.digest from installed i where ${onHosts(sql`i.host_id`, on)})
    or artefacts.build_id in (select i.build_id from installed i
      where i.build_id is not null and ${onHosts(sql`i.host_id`, on)} and ${isNoArtefact}))`;
}

/** Other bytes of the same build, where they are no artefact of their own. */
function runsByBuild(hosts: HostFilter): RawBuilder<SqlBool> {
  return sql`artefacts.build_id in (select r.build_id from running r where r.build_id is not null
    and ${onHosts(sql`r.host_id`, hosts)} and not exists (select 1 from artefacts k where k.digest = r.digest))`;
}

/** "contains", the same on both databases: "like" folds case on one of them. */
function contains(column: 'key' | 'name', text: string): RawBuilder<SqlBool> {
  return sql`replace(${sql.ref(column)}, ${text}, '') <> ${sql.ref(column)}`;
}
