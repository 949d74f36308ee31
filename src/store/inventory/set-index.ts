import { type Kysely, sql, type Transaction } from 'kysely';
import type { Among, Dialect } from '../dialect/dialect.ts';
import { decodeRow, encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import { commonWith } from './packed.ts';
import { type InventoryState, postings, tail } from './tables.ts';

// Which sets have a component. The newest sets wait in a tail that every question reads; a full tail becomes one row for each of its
// components. So an addition writes a few rows instead of one for each component, and a component of a set takes a few bytes.

/** Sets and members of sets that the tail holds at most: reading it takes some milliseconds. */
const most = { sets: 1024, members: 400_000 };

/** The sets that have each of the components, ascending. */
export async function setsWith(
  db: Kysely<Tables>,
  among: Among,
  components: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const found = new Map<number, number[]>(components.map((id) => [id, []]));
  if (components.length === 0) return found;
  const ascending = [...found.keys()].toSorted((a, b) => a - b);
  const posted = await db
    .selectFrom('set_postings')
    .selectAll()
    .where(among(sql.ref('component_id'), components))
    .orderBy('component_id')
    .orderBy('first_set')
    .execute();
  for (const row of posted) {
    const { componentId, sets } = decodeRow(postings, row);
    const list = found.get(componentId);
    for (const set of sets) list?.push(set);
  }
  for (const row of await db.selectFrom('set_tail').selectAll().orderBy('set_id').execute()) {
    for (const member of commonWith(row.components, ascending)) found.get(member)?.push(row.set_id);
  }
  return found;
}

/** Puts a set there, and empties the tail where it is full. Returns what is to be kept of it. */
export async function indexSet(
  dialect: Dialect,
  tx: Transaction<Tables>,
  { setId, components }: { readonly setId: number; readonly components: readonly number[] },
  state: InventoryState,
): Promise<Pick<InventoryState, 'tailSets' | 'tailMembers'>> {
  await dialect.load(tx, tail, [encodeRow(tail, { setId, components })], { replace: false });
  const tailSets = state.tailSets + 1;
  const tailMembers = state.tailMembers + components.length;
  if (tailSets < most.sets && tailMembers < most.members) return { tailSets, tailMembers };
  const lists = new Map<number, number[]>();
  for (const row of await tx.selectFrom('set_tail').selectAll().orderBy('set_id').execute()) {
    const { setId: id, components: members } = decodeRow(tail, row);
    for (const member of members) {
      const list = lists.get(member);
      if (list === undefined) lists.set(member, [id]);
      else list.push(id);
    }
  }
  const rows = [...lists]
    .toSorted(([a], [b]) => a - b)
    .map(([componentId, sets]) => encodeRow(postings, { componentId, firstSet: sets[0] ?? 0, sets }));
  await dialect.load(tx, postings, rows, { replace: false });
  await tx.deleteFrom('set_tail').execute();
  return { tailSets: 0, tailMembers: 0 };
}

/** Forgets a set that nothing has any more, while it waits in the tail; a posting keeps its id, which is never given again. */
export async function unindexSet(
  tx: Transaction<Tables>,
  setId: number,
  size: number,
  state: InventoryState,
): Promise<Pick<InventoryState, 'tailSets' | 'tailMembers'>> {
  const { numDeletedRows } = await tx
    .deleteFrom('set_tail')
    .where('set_id', '=', setId)
    .executeTakeFirstOrThrow();
  const { tailSets, tailMembers } = state;
  return numDeletedRows === 0n
    ? { tailSets, tailMembers }
    : { tailSets: tailSets - 1, tailMembers: tailMembers - size };
}
