import { type Kysely, sql, type Transaction } from 'kysely';
import type { Among, Dialect } from '../dialect/dialect.ts';
import { decodeRow, encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { SetCount } from './records.ts';
import { setCounts } from './tables.ts';

// How often sets are used: kept, not counted. A thousand sets that came one after another share a row, so that a
// release in twenty thousand of them is counted from some dozens.

/** Sets of one row. */
export const setsInBlock = 1024;

/** Numbers of a row: artefacts and partly known ones of each set, in turn. */
export type Block = ArrayLike<number>;

/** How often the sets of each list are used, together; those that nothing has count nothing. */
export async function usesOf(
  db: Kysely<Tables>,
  among: Among,
  lists: readonly (readonly number[])[],
): Promise<readonly SetCount[]> {
  const blocks = new Set<number>();
  for (const list of lists) {
    let last = -1;
    for (const set of list) {
      if (blockOf(set) !== last) blocks.add(blockOf(set));
      last = blockOf(set);
    }
  }
  const counts = await blocksOf(db, among, [...blocks]);
  return lists.map((list) => {
    let artefacts = 0;
    let partly = 0;
    // In place, and a block after the other: a list may have twenty thousand.
    let of = -1;
    let block: Block | undefined;
    for (const set of list) {
      if (blockOf(set) !== of) {
        of = blockOf(set);
        block = counts.get(of);
      }
      artefacts += block?.[placeOf(set)] ?? 0;
      partly += block?.[placeOf(set) + 1] ?? 0;
    }
    return { artefacts, partly };
  });
}

/** The counts that a transaction changes: read once each, written together. */
export class CountWriter {
  readonly #dialect: Dialect;
  readonly #tx: Transaction<Tables>;
  readonly #changed = new Map<number, number[]>();

  constructor(dialect: Dialect, tx: Transaction<Tables>) {
    this.#dialect = dialect;
    this.#tx = tx;
  }

  /** Counts an artefact of a set more or less; returns how often the set is used now. */
  async add(set: number, by: 1 | -1, isPartly: boolean): Promise<SetCount> {
    const id = blockOf(set);
    const block = this.#changed.get(id) ?? Array.from(await this.#read(id));
    this.#changed.set(id, block);
    const at = placeOf(set);
    while (block.length < at + 2) block.push(0);
    block[at] = (block[at] ?? 0) + by;
    if (isPartly) block[at + 1] = (block[at + 1] ?? 0) + by;
    return countIn(block, set);
  }

  async flush(): Promise<void> {
    const rows = [...this.#changed].map(([block, counts]) => encodeRow(setCounts, { block, counts }));
    if (rows.length > 0) await this.#dialect.load(this.#tx, setCounts, rows, { replace: true });
    this.#changed.clear();
  }

  async #read(id: number): Promise<Block> {
    return (await blocksOf(this.#tx, this.#dialect.among, [id])).get(id) ?? [];
  }
}

async function blocksOf(
  db: Kysely<Tables>,
  among: Among,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Block>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('set_counts')
    .selectAll()
    .where(among(sql.ref('block'), ids))
    .execute();
  return new Map(
    rows.map((row) => {
      const { block, counts } = decodeRow(setCounts, row);
      return [block, counts];
    }),
  );
}

function blockOf(set: number): number {
  return Math.floor(set / setsInBlock);
}

function placeOf(set: number): number {
  return 2 * (set % setsInBlock);
}

function countIn(block: Block, set: number): SetCount {
  const at = placeOf(set);
  return { artefacts: block[at] ?? 0, partly: block[at + 1] ?? 0 };
}
