import type { SetBlock } from '../../store/inventory/records.ts';
import { mostInRow } from '../../store/inventory/set-blocks.ts';
import { anyLibrary } from '../../store/inventory/set-index.ts';
import type { InventoryStore, InventoryWriter } from '../../store/inventory/store.ts';
import { blocksOf, type LargeComposition, membersOf } from './composition.ts';
import type { Source } from './source.ts';

/** Blocks that are written in one transaction: others get their turn in between. */
const together = 16;

/** A set that can be taken in with the artefact that has it. */
export interface PlacedSet {
  readonly size: number;
  /** `undefined`: it was kept, and is gone. */
  readonly put: (tx: InventoryWriter) => Promise<number | undefined>;
}

/**
 * Writes the blocks of what an artefact is made of, unless it is kept already or fits into a row. Nothing has them
 * before `put`; where that never comes they are forgotten (`forgetReserved`). `now`: epoch milliseconds.
 */
export async function placeLarge(
  store: InventoryStore,
  { said, digest }: { readonly said: LargeComposition; readonly digest: string },
  sources: readonly Source[],
  now: number,
): Promise<PlacedSet> {
  const size = said.ids.length;
  const roots = said.roots === undefined ? null : [];
  if (size <= mostInRow) {
    const members = membersOf(said);
    const places = said.roots === undefined ? null : [...said.roots];
    return { size, put: (tx) => tx.putSet({ digest, members, roots: places }) };
  }
  if ((await store.setOfDigest(digest)) !== undefined) return { size, put: (tx) => tx.setOfDigest(digest) };
  const id = await store.write((tx) => tx.reserveSet(now));
  const isSaid = await Promise.all(sources.map((source) => source.hasLibrary()));
  const library = isSaid.includes(true) ? anyLibrary : undefined;
  let waiting: SetBlock[] = [];
  const flush = async () => {
    const blocks = waiting;
    waiting = [];
    await store.write((tx) => tx.putBlocks(blocks));
  };
  for await (const block of blocksOf(said, id, library)) if (waiting.push(block) >= together) await flush();
  await flush();
  return { size, put: (tx) => tx.putSetOfBlocks({ id, digest, roots, size }) };
}
