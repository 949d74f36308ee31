import type { ArtefactRecord, ComponentRecord } from '../store/inventory/records.ts';
import type { InventoryReader } from '../store/inventory/store.ts';
import { byName } from './lookup.ts';

/** What one artefact has and the other has not; a name with one other version is changed. */
export interface ContentsDiff {
  readonly added: readonly ComponentRecord[];
  readonly removed: readonly ComponentRecord[];
  readonly changed: readonly { readonly old: ComponentRecord; readonly new: ComponentRecord }[];
  /** How many both have: on every page. */
  readonly same: number;
  /** Where the next page begins: an id of a component; `undefined`: there is none. */
  readonly next: number | undefined;
}

/** Names whose releases are looked up in one go. */
const together = 50;

/**
 * Compares two artefacts by what they are made of, wherever it is linked: a page of what differs, by the ids of
 * components past `after`, and in it sorted by name. Each component that both have or one has is held as four bytes.
 */
export async function diffContents(
  store: InventoryReader,
  old: ArtefactRecord,
  current: ArtefactRecord,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<ContentsDiff> {
  const before = await store.memberIds(old.setId);
  const now = await store.memberIds(current.setId);
  const { ids, same, more } = differing(before, now, { after, limit });
  const page = (await store.components(ids)).toSorted(byName);
  const alone = (id: number, one: Int32Array, other: Int32Array) => has(one, id) && !has(other, id);
  const pairs = await pairsOf(
    store,
    page,
    (id) => alone(id, before, now),
    (id) => alone(id, now, before),
  );
  const added: ComponentRecord[] = [];
  const removed: ComponentRecord[] = [];
  const changed: { old: ComponentRecord; new: ComponentRecord }[] = [];
  const olds = await store.components([...pairs.values()]);
  const oldOf = new Map(olds.map((one) => [one.id, one]));
  const paired = new Set(pairs.values());
  for (const one of page) {
    const was = oldOf.get(pairs.get(one.id) ?? 0);
    if (was !== undefined) changed.push({ old: was, new: one });
    else if (has(now, one.id)) added.push(one);
    // What changed is on the page of what it is now.
    else if (!paired.has(one.id)) removed.push(one);
  }
  return { added, removed, changed, same, next: more ? ids.at(-1) : undefined };
}

/** Ids that are in one alone, past `after` and so many at most; how many are in both. */
function differing(
  before: Int32Array,
  now: Int32Array,
  { after, limit }: { readonly after: number; readonly limit: number },
) {
  const ids: number[] = [];
  let [same, more] = [0, false];
  for (let i = 0, j = 0; i < before.length || j < now.length; ) {
    const [old, current] = [before[i] ?? Infinity, now[j] ?? Infinity];
    const id = Math.min(old, current);
    if (old === id) i++;
    if (current === id) j++;
    if (old === current) same++;
    else if (id > after && ids.length < limit) ids.push(id);
    else if (id > after) more = true;
  }
  return { ids, same, more };
}

/** Of components the removed ones by the added one of the same name, where there is one of each. */
async function pairsOf(
  store: InventoryReader,
  page: readonly ComponentRecord[],
  isRemoved: (id: number) => boolean,
  isAdded: (id: number) => boolean,
): Promise<ReadonlyMap<number, number>> {
  const pairs = new Map<number, number>();
  const keys = [...new Set(page.map(({ key }) => key))];
  for (let from = 0; from < keys.length; from += together) {
    const releases = await store.releasesOf(keys.slice(from, from + together));
    for (const list of Map.groupBy(releases, nameKey).values()) {
      const [removed, added] = [isRemoved, isAdded].map((is) => list.filter(({ id }) => is(id)));
      const [was, is] = [removed?.[0], added?.[0]];
      if (was !== undefined && is !== undefined && removed?.length === 1 && added?.length === 1)
        pairs.set(is.id, was.id);
    }
  }
  return pairs;
}

function nameKey({ kind, key, source }: Pick<ComponentRecord, 'kind' | 'key' | 'source'>): string {
  return JSON.stringify([kind, key, source]);
}

/** Whether an id is among ascending ones. */
function has(ids: Int32Array, id: number): boolean {
  let [low, high] = [0, ids.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = ids[middle] ?? 0;
    if (found === id) return true;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
