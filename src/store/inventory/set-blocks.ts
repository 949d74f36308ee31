import { type Kysely, sql } from 'kysely';
import type { Among } from '../dialect/dialect.ts';
import { decodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { Member, SetBlock } from './records.ts';
import { setBlocks, sets as setTable } from './tables.ts';
import { relationAt, unknownWay, type WayIn, wayTo } from './ways.ts';

// Sets of more components than a row should hold are kept in blocks of neighbouring ids. So whoever asks for a
// component reads one block of each such set that has it, and whoever asks for all reads a block after the other.

/** Members of a set beyond which it is kept in blocks. */
export const mostInRow = 20_000;

/** Ids of one block. */
export const idsInBlock = 1024;

/** Steps of a way that are shown; a longer one is none that anybody would read. */
const longestWay = 1000;

/** A component in a set, and how it comes to be there. What it needs is no part of it. */
export interface Placed {
  readonly member: Omit<Member, 'uses'>;
  /** Where only the relation was asked for, or it is longer than anybody would read, without a path. */
  readonly way: WayIn;
}

/** The block that an id is in. */
export function blockOf(id: number): number {
  return Math.floor(id / idsInBlock);
}

/** The sets in blocks that have each of the components: pairs of component and set. */
export async function blockSetsWith(
  db: Kysely<Tables>,
  among: Among,
  components: readonly number[],
): Promise<readonly (readonly [component: number, set: number])[]> {
  const wanted = new Set(components);
  const pairs: [number, number][] = [];
  const blocks = [...new Set(components.map(blockOf))];
  if (blocks.length === 0) return pairs;
  const rows = await db
    .selectFrom('set_blocks')
    .select(['set_id', 'components'])
    .where(among(sql.ref('block'), blocks))
    .orderBy('set_id')
    .orderBy('block')
    .execute();
  for (const { set_id, components: packed } of rows)
    for (const id of setBlocks.decodeComponents(packed)) if (wanted.has(id)) pairs.push([id, set_id]);
  return pairs;
}

/** Of some sets the members that are some components. One set is held at a time. */
export async function membersIn(
  db: Kysely<Tables>,
  among: Among,
  sets: readonly number[],
  components: ReadonlySet<number>,
): Promise<ReadonlyMap<number, readonly Placed[]>> {
  const found = new Map<number, readonly Placed[]>();
  const ids = [...new Set(sets)];
  for (let from = 0; from < ids.length; from += together) {
    const rows = await db
      .selectFrom('component_sets')
      .selectAll()
      .where(among(sql.ref('id'), ids.slice(from, from + together)))
      .execute();
    for (const row of rows)
      found.set(
        row.id,
        row.size === null ? membersInRow(row, components) : await membersInBlocks(db, row.id, components),
      );
  }
  return found;
}

/** Sets whose rows are read in one go. */
const together = 50;

function membersInRow(row: object, components: ReadonlySet<number>): readonly Placed[] {
  const set = decodeRow(setTable, row);
  const own = set.members.filter(({ component }) => components.has(component));
  return own.map(({ uses: _, ...member }) => ({ member, way: wayTo(set, member.component) }));
}

async function membersInBlocks(
  db: Kysely<Tables>,
  set: number,
  components: ReadonlySet<number>,
): Promise<readonly Placed[]> {
  const ways = new Ways(db, set);
  const list: Placed[] = [];
  const blocks = new Set([...components].map(blockOf));
  for (const block of [...blocks].toSorted((a, b) => a - b)) {
    const row = await db
      .selectFrom('set_blocks')
      .selectAll()
      .where('set_id', '=', set)
      .where('block', '=', block)
      .executeTakeFirst();
    if (row === undefined) continue;
    for (const { uses: _, ...member } of decodeRow(setBlocks.table, row).members)
      if (components.has(member.component)) list.push({ member, way: await ways.to(member.component) });
  }
  return list;
}

/** A page of a set in blocks, in the order of its ids; the relation alone is said of each way. */
export async function pageIn(
  db: Kysely<Tables>,
  set: number,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly Placed[]> {
  const rows = await db
    .selectFrom('set_blocks')
    .selectAll()
    .where('set_id', '=', set)
    .where('first', '<', after + limit)
    .where(sql<boolean>`first + size > ${after}`)
    .orderBy('block')
    .execute();
  return rows.flatMap((row) => {
    const { first, members, depths } = decodeRow(setBlocks.table, row);
    return members.flatMap(({ uses: _, ...member }, i) =>
      first + i < after || first + i >= after + limit
        ? []
        : [{ member, way: { relation: relationAt(depths[i] ?? 0), path: [] } }],
    );
  });
}

/** The blocks of a set, one after another; one is held at a time. */
export async function* blocksOf(db: Kysely<Tables>, set: number): AsyncGenerator<SetBlock> {
  for (let after = -1; ; ) {
    const row = await db
      .selectFrom('set_blocks')
      .selectAll()
      .where('set_id', '=', set)
      .where('block', '>', after)
      .orderBy('block')
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return;
    after = row.block;
    yield decodeRow(setBlocks.table, row);
  }
}

/** The ids of all members of a set, ascending: four bytes each. */
export async function idsIn(db: Kysely<Tables>, set: number): Promise<Int32Array> {
  const row = await db.selectFrom('component_sets').selectAll().where('id', '=', set).executeTakeFirst();
  if (row === undefined) return new Int32Array(0);
  if (row.size === null)
    return Int32Array.from(decodeRow(setTable, row).members, ({ component }) => component).sort();
  const ids = new Int32Array(row.size);
  let at = 0;
  for (let after = -1; ; ) {
    const rows = await db
      .selectFrom('set_blocks')
      .select(['block', 'components'])
      .where('set_id', '=', set)
      .where('block', '>', after)
      .orderBy('block')
      .limit(64)
      .execute();
    for (const { components } of rows)
      for (const id of setBlocks.decodeComponents(components)) if (id !== 0) ids[at++] = id;
    const last = rows.at(-1);
    if (last === undefined) return ids;
    after = last.block;
  }
}

/** Blocks whose ways are remembered: some megabytes. */
const remembered = 256;

/** Follows the ways of a set in blocks back to where they begin. */
class Ways {
  readonly #db: Kysely<Tables>;
  readonly #set: number;
  readonly #blocks = new Map<number, ReadonlyMap<number, readonly [before: number, depth: number]>>();

  constructor(db: Kysely<Tables>, set: number) {
    this.#db = db;
    this.#set = set;
  }

  async to(component: number): Promise<WayIn> {
    const [, depth] = await this.#at(component);
    if (depth === 0) return unknownWay;
    const path: number[] = [];
    if (depth <= longestWay)
      for (let at = component, left = depth; left > 0; left--) {
        path.unshift(at);
        [at] = await this.#at(at);
      }
    return { relation: relationAt(depth), path };
  }

  async #at(component: number): Promise<readonly [before: number, depth: number]> {
    const block = blockOf(component);
    let known = this.#blocks.get(block);
    if (known === undefined) {
      const row = await this.#db
        .selectFrom('set_blocks')
        .select(['components', 'ways', 'depths'])
        .where('set_id', '=', this.#set)
        .where('block', '=', block)
        .executeTakeFirst();
      known = row === undefined ? new Map() : setBlocks.decodeWays(row);
      if (this.#blocks.size >= remembered) this.#blocks.clear();
      this.#blocks.set(block, known);
    }
    return known.get(component) ?? [0, 0];
  }
}
