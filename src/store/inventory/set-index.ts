import { type Kysely, sql, type Transaction } from 'kysely';
import type { Among, Dialect } from '../dialect/dialect.ts';
import { decodeRow, encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import { blockSetsWith } from './set-blocks.ts';
import { type InventoryState, postings, state as states, tail } from './tables.ts';

// Which sets have a component. The newest sets wait in a tail; a full tail becomes one row for each of its components.
// So an addition writes a few rows instead of one for each component, and a component of a set takes a few bytes.

/** Sets and members of sets that the tail holds: beyond either it is packed. */
const most = { sets: 1024, members: 400_000 };

/** Stands for every library of a system, whichever it is; no component has this id. */
export const anyLibrary = 0;

/** What is remembered of a tail: a set never changes, and no id of one is given again. */
interface Tail {
  readonly lastSet: number;
  readonly sets: number;
  /** The sets that have a component, ascending; some may be gone. */
  readonly having: Map<number, number[]>;
}

const emptyTail = (): Tail => ({ lastSet: 0, sets: 0, having: new Map() });

/** Answers which sets have a component. It remembers the tail, and reads of it what is new: half a megabyte where it is full. */
export class SetIndex {
  readonly #db: Kysely<Tables>;
  readonly #among: Among;
  #tail = emptyTail();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(db: Kysely<Tables>, among: Among) {
    this.#db = db;
    this.#among = among;
  }

  /** The sets that have each of the components, ascending; some may be gone, and then count nothing. */
  async having(components: readonly number[]): Promise<ReadonlyMap<number, readonly number[]>> {
    const found = new Map<number, number[]>(components.map((id) => [id, []]));
    if (components.length === 0) return found;
    // In this order: what is packed between the two is in both, and never in neither.
    const { having } = await this.#fresh();
    const posted = await this.#db
      .selectFrom('set_postings')
      .selectAll()
      .where(this.#among(sql.ref('component_id'), components))
      .orderBy('component_id')
      .orderBy('first_set')
      .execute();
    for (const row of posted) {
      const { componentId, sets } = decodeRow(postings, row);
      const list = found.get(componentId);
      for (const set of sets) list?.push(set);
    }
    for (const [id, list] of found) {
      const last = list.at(-1) ?? 0;
      for (const set of having.get(id) ?? []) if (set > last) list.push(set);
    }
    const inBlocks = await blockSetsWith(this.#db, this.#among, components);
    for (const [id, set] of inBlocks) found.get(id)?.push(set);
    for (const id of new Set(inBlocks.map(([component]) => component))) found.get(id)?.sort((a, b) => a - b);
    return found;
  }

  async #fresh(): Promise<Tail> {
    const turn = this.#turn.then(() => this.#refresh());
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  async #refresh(): Promise<Tail> {
    const row = await this.#db.selectFrom('inventory_state').selectAll().executeTakeFirstOrThrow();
    const { lastSet, tailSets } = decodeRow(states, row);
    const known = this.#tail;
    if (known.lastSet === lastSet && known.sets === tailSets) return known;
    // Where it is not what is known with more sets, it was packed, or one of its sets is gone.
    const read = tailSets < known.sets ? undefined : await this.#read(known);
    this.#tail =
      read?.sets === tailSets ? { ...read, lastSet: Math.max(lastSet, read.lastSet) } : emptyTail();
    if (this.#tail.sets !== tailSets) this.#tail = await this.#read(this.#tail);
    return this.#tail;
  }

  /** A tail with what came after it. */
  async #read({ lastSet, sets, having }: Tail): Promise<Tail> {
    const rows = await this.#db
      .selectFrom('set_tail')
      .selectAll()
      .where('set_id', '>', lastSet)
      .orderBy('set_id')
      .execute();
    // All of them before the first is remembered: one that cannot be read leaves things as they were.
    for (const { setId, components } of rows.map((row) => decodeRow(tail, row)))
      for (const component of components) add(having, component, setId);
    return { lastSet: rows.at(-1)?.set_id ?? lastSet, sets: sets + rows.length, having };
  }
}

/** Puts sets there, newer ones than all that are, and empties the tail where it is full. Returns what is to be kept of it. */
export async function indexSets(
  dialect: Dialect,
  tx: Transaction<Tables>,
  sets: readonly { readonly setId: number; readonly components: readonly number[] }[],
  state: InventoryState,
): Promise<Pick<InventoryState, 'tailSets' | 'tailMembers'>> {
  const rows = sets.map((set) => encodeRow(tail, set));
  await dialect.load(tx, tail, rows, { replace: false });
  const tailSets = state.tailSets + sets.length;
  const tailMembers = sets.reduce((sum, { components }) => sum + components.length, state.tailMembers);
  if (tailSets < most.sets && tailMembers < most.members) return { tailSets, tailMembers };
  await packTail(dialect, tx);
  return { tailSets: 0, tailMembers: 0 };
}

async function packTail(dialect: Dialect, tx: Transaction<Tables>): Promise<void> {
  const lists = new Map<number, number[]>();
  for (const row of await tx.selectFrom('set_tail').selectAll().orderBy('set_id').execute()) {
    const { setId, components } = decodeRow(tail, row);
    for (const component of components) add(lists, component, setId);
  }
  const rows = [...lists]
    .toSorted(([a], [b]) => a - b)
    .map(([componentId, sets]) => encodeRow(postings, { componentId, firstSet: sets[0] ?? 0, sets }));
  await dialect.load(tx, postings, rows, { replace: false });
  await tx.deleteFrom('set_tail').execute();
}

function add(lists: Map<number, number[]>, component: number, set: number): void {
  const list = lists.get(component);
  if (list === undefined) lists.set(component, [set]);
  else list.push(set);
}

/** Forgets a set that nothing has any more, while it waits in the tail; a posting keeps its id, which is never given again. */
export async function unindexSet(
  tx: Transaction<Tables>,
  setId: number,
  state: InventoryState,
): Promise<Pick<InventoryState, 'tailSets' | 'tailMembers'>> {
  const gone = await tx.deleteFrom('set_tail').where('set_id', '=', setId).returningAll().executeTakeFirst();
  const { tailSets, tailMembers } = state;
  return gone === undefined
    ? { tailSets, tailMembers }
    : { tailSets: tailSets - 1, tailMembers: tailMembers - decodeRow(tail, gone).components.length };
}

/** For each id whether it is one of some. */
export function bitsOf(ids: readonly number[]): Uint8Array {
  let most = 0;
  for (const id of ids) most = Math.max(most, id);
  const bits = new Uint8Array(most + 1);
  for (const id of ids) bits[id] = 1;
  return bits;
}

/** The sets of some ascending lists, each once, ascending. */
export function unionOf(lists: Iterable<readonly number[]>): readonly number[] {
  const all = [...lists].filter((list) => list.length > 0);
  if (all.length < 2) return all[0] ?? [];
  const bits = new Uint8Array(all.reduce((most, list) => Math.max(most, list.at(-1) ?? 0), 0) + 1);
  for (const list of all) for (const set of list) bits[set] = 1;
  const union: number[] = [];
  for (let set = bits.indexOf(1); set !== -1; set = bits.indexOf(1, set + 1)) union.push(set);
  return union;
}
