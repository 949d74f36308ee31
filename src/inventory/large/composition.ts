import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Member, SetBlock } from '../../store/inventory/records.ts';
import { blockOf } from '../../store/inventory/set-blocks.ts';
import type { Word } from '../../store/inventory/upload-records.ts';
import { surerWord } from '../composition.ts';
import { InventoryError } from '../error.ts';
import { type Ways, waysOf } from './breadth.ts';
import type { Source } from './source.ts';

/** Members after which others get their turn. */
const breath = 20_000;

/** Letters of all different words together: what is said of components is said of many alike. */
const maxWords = 16 * 1024 * 1024;

/**
 * What a large artefact is made of, in some 20 bytes a component and 4 an edge. Components are by place: their rank
 * among the ids. It says the same as `composition.ts` of what fits into memory, with the same digest.
 */
export interface LargeComposition {
  /** Ascending. */
  readonly ids: Int32Array;
  readonly words: readonly Word[];
  /** By place: which word; whether anybody says what it needs. */
  readonly wordOf: Int32Array;
  readonly told: Uint8Array;
  /** By place: where its edges begin in `targets` and where they end. Edges are places, ascending. */
  readonly offsets: Int32Array;
  readonly ends: Int32Array;
  readonly targets: Int32Array;
  /** Places, ascending; `undefined` where nobody says so. */
  readonly roots: Int32Array | undefined;
}

/**
 * All that some sources say together. Throws `InventoryError` where there are more words or edges than are taken.
 * `most`: edges, each as often as it is said.
 */
export async function compose(sources: readonly Source[], most: number): Promise<LargeComposition> {
  const ids = await idsOf(sources);
  const placeOf = (id: number) => rank(ids, id);
  const { words, wordOf } = await wordsOf(sources, ids.length, placeOf);
  const told = new Uint8Array(ids.length);
  const { offsets, ends, targets } = await edgesOf(sources, { told, placeOf, most });
  return { ids, words, wordOf, told, offsets, ends, targets, roots: await rootsOf(sources, placeOf) };
}

/** The digest of the set (`setOf`). */
export async function digestOf(said: LargeComposition): Promise<string> {
  const hash = createHash('sha256').update('{"members":[');
  for (let place = 0; place < said.ids.length; place++) {
    if (place % breath === breath - 1) await setImmediate();
    hash.update(`${place === 0 ? '' : ','}${JSON.stringify(memberAt(said, place, (target) => target))}`);
  }
  hash.update('],"roots":');
  if (said.roots === undefined) hash.update('null');
  else hash.update('[');
  for (const [i, root] of said.roots?.entries() ?? []) hash.update(`${i === 0 ? '' : ','}${root}`);
  return hash.update(said.roots === undefined ? '}' : ']}').digest('hex');
}

/**
 * The blocks that it is kept in; each is made when it is asked for. `library`: an id that stands for a library in it;
 * `undefined`: it has none.
 */
export async function* blocksOf(
  said: LargeComposition,
  setId: number,
  library: number | undefined,
): AsyncGenerator<SetBlock> {
  const ways = await waysOf(said);
  const { ids } = said;
  if (library !== undefined && (ids[0] === undefined || blockOf(ids[0]) !== blockOf(library)))
    yield blockFrom(said, ways, { setId, block: blockOf(library), from: 0, to: 0, before: [library] });
  for (let from = 0, to = 0; from < ids.length; from = to) {
    const block = blockOf(ids[from] ?? 0);
    while (to < ids.length && blockOf(ids[to] ?? 0) === block) to++;
    const before = library !== undefined && blockOf(library) === block ? [library] : [];
    yield blockFrom(said, ways, { setId, block, from, to, before });
  }
}

/** All of its members, for a row. */
export function membersOf(said: LargeComposition): readonly Member[] {
  return Array.from(said.ids, (_, place) => memberAt(said, place, (target) => target));
}

function blockFrom(
  said: LargeComposition,
  { before: way, depth }: Ways,
  {
    setId,
    block,
    from,
    to,
    before,
  }: { setId: number; block: number; from: number; to: number; before: readonly number[] },
): SetBlock {
  const { ids } = said;
  const places = Array.from({ length: to - from }, (_, i) => from + i);
  const idAt = (place: number) => ids[place] ?? 0;
  return {
    setId,
    block,
    first: from,
    size: to - from,
    components: [...before, ...ids.subarray(from, to)],
    ways: places.map((place) => ((depth[place] ?? 0) > 1 ? idAt(way[place] ?? 0) : 0)),
    depths: depth.subarray(from, to),
    members: places.map((place) => memberAt(said, place, idAt)),
  };
}

/** A member as it is kept; its keys in the order of `setOf`. */
function memberAt(
  { ids, words, wordOf, told, offsets, ends, targets }: LargeComposition,
  place: number,
  name: (target: number) => number,
): Member {
  const word = words[wordOf[place] ?? 0];
  if (word === undefined) throw new Error('a component of which nothing is said');
  const { scope, confidence, method, features } = word;
  const uses =
    told[place] === 1 ? Array.from(targets.subarray(offsets[place] ?? 0, ends[place] ?? 0), name) : null;
  return {
    component: ids[place] ?? 0,
    scope,
    confidence,
    method,
    uses,
    ...(features === undefined ? {} : { features }),
  };
}

async function idsOf(sources: readonly Source[]): Promise<Int32Array> {
  let all = new Int32Array(1024);
  let count = 0;
  for (const source of sources)
    for await (const { ids } of source.components()) {
      if (count + ids.length > all.length) {
        const larger = new Int32Array(Math.max(2 * all.length, count + ids.length));
        larger.set(all);
        all = larger;
      }
      all.set(ids, count);
      count += ids.length;
      await setImmediate();
    }
  const sorted = all.subarray(0, count).sort();
  let unique = 0;
  for (const id of sorted) if (unique === 0 || id !== sorted[unique - 1]) sorted[unique++] = id;
  return sorted.slice(0, unique);
}

async function wordsOf(
  sources: readonly Source[],
  size: number,
  placeOf: (id: number) => number,
): Promise<Pick<LargeComposition, 'words' | 'wordOf'>> {
  const words: Word[] = [];
  const known = new Map<string, number>();
  let letters = 0;
  const numberOf = (word: Word): number => {
    const text = JSON.stringify([word.scope, word.confidence, word.method, word.features ?? null]);
    const found = known.get(text);
    if (found !== undefined) return found;
    letters += text.length;
    if (letters > maxWords)
      throw new InventoryError(
        'inventory/too-many',
        'Its components have more different features than are taken.',
        'Add it without its features.',
      );
    known.set(text, words.length);
    return words.push(word) - 1;
  };
  const wordOf = new Int32Array(size).fill(-1);
  for (const source of sources)
    for await (const piece of source.components()) {
      const numbers = piece.words.map(numberOf);
      for (let i = 0; i < piece.ids.length; i++) {
        const place = placeOf(piece.ids[i] ?? 0);
        const said = numbers[piece.wordOf[i] ?? 0] ?? 0;
        const before = wordOf[place] ?? -1;
        if (before === -1) wordOf[place] = said;
        else if (before !== said)
          wordOf[place] = numberOf(surerWord(words[before] as Word, words[said] as Word));
      }
      await setImmediate();
    }
  return { words, wordOf };
}

/** Edges by the place that they are from, each once: counted first, then put where they belong. */
async function edgesOf(
  sources: readonly Source[],
  {
    told,
    placeOf,
    most,
  }: { readonly told: Uint8Array; readonly placeOf: (id: number) => number; readonly most: number },
): Promise<Pick<LargeComposition, 'offsets' | 'ends' | 'targets'>> {
  const offsets = new Int32Array(told.length);
  let total = 0;
  await eachList(sources, (from, list) => {
    const place = placeOf(from);
    told[place] = 1;
    offsets[place] = (offsets[place] ?? 0) + list.length;
    total += list.length;
  });
  if (total > most)
    throw new InventoryError('inventory/too-many', `It has ${total} edges; ${most} are taken.`);
  for (let place = 0, at = 0; place < offsets.length; place++) {
    const count = offsets[place] ?? 0;
    offsets[place] = at;
    at += count;
  }
  const ends = offsets.slice();
  const targets = new Int32Array(total);
  await eachList(sources, (from, list) => {
    const place = placeOf(from);
    for (const to of list) {
      targets[ends[place] ?? 0] = placeOf(to);
      ends[place] = (ends[place] ?? 0) + 1;
    }
  });
  for (let place = 0; place < offsets.length; place++) {
    const begin = offsets[place] ?? 0;
    const own = targets.subarray(begin, ends[place]).sort();
    let unique = 0;
    for (const to of own) if (unique === 0 || to !== own[unique - 1]) own[unique++] = to;
    ends[place] = begin + unique;
    if (place % breath === breath - 1) await setImmediate();
  }
  return { offsets, ends, targets };
}

async function eachList(
  sources: readonly Source[],
  visit: (from: number, to: readonly number[]) => void,
): Promise<void> {
  for (const source of sources)
    for await (const piece of source.uses()) {
      for (let at = 0; at < piece.length; ) {
        const [from = 0, count = 0] = [piece[at], piece[at + 1]];
        const list: number[] = [];
        for (let i = 0; i < count; i++) list.push(piece[at + 2 + i] ?? 0);
        visit(from, list);
        at += 2 + count;
      }
      await setImmediate();
    }
}

async function rootsOf(
  sources: readonly Source[],
  placeOf: (id: number) => number,
): Promise<Int32Array | undefined> {
  const saying = sources.flatMap(({ roots }) => roots ?? []);
  if (saying.length === 0) return undefined;
  const found = new Set<number>();
  for (const roots of saying)
    for await (const piece of roots())
      for (let i = 0; i < piece.length; i++) found.add(placeOf(piece[i] ?? 0));
  return Int32Array.from(found).sort();
}

/** The place of an id. Throws for one that is not among them. */
function rank(ids: Int32Array, id: number): number {
  let [low, high] = [0, ids.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = ids[middle] ?? 0;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  throw new InventoryError('inventory/statement', 'A component needs one that is not in the list.');
}
