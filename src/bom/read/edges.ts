import { Numbers } from './numbers.ts';
import { Refs } from './refs.ts';

/**
 * Edges of a document, by the reference that they are from. A list that is empty says that there are none. Of a million
 * some 20 bytes each are held, and each reference once.
 */
export class Edges {
  readonly #refs = new Refs();
  readonly #needs = new Lists();
  readonly #contains = new Lists();

  /** Something needs others; of none, that it needs nothing. */
  needs(from: string, to: readonly string[]): void {
    this.#put(this.#needs, from, to);
  }

  /** Something has others in it: a folder, an image, an application. */
  contains(from: string, to: readonly string[]): void {
    this.#put(this.#contains, from, to);
  }

  #put(lists: Lists, from: string, to: readonly string[]): void {
    const id = this.#refs.idOf(from);
    lists.put(id, -1);
    for (const one of to) lists.put(id, this.#refs.idOf(one));
  }

  /** All of them, as `each` gives them: once. */
  all(): ReadonlyMap<string, readonly string[]> {
    return new Map(this.each());
  }

  /**
   * All of them, one reference after another: once, as what they were put together from is let go. A scanner's folder
   * contains whatever lies below it, however deep in the graph: what something else needs is not had directly, and is
   * left out unless nothing else leads there.
   */
  *each(): Generator<readonly [from: string, to: readonly string[]]> {
    const size = this.#refs.size;
    const [needs, contains] = [this.#needs.sorted(size), this.#contains.sorted(size)];
    const needed = new Uint8Array(size);
    for (const from of needs.order) for (const to of needs.of(from)) if (to !== from) needed[to] = 1;
    const reached = new Uint8Array(size);
    const reach = (start: number) => {
      const waiting = [start];
      for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
        if (reached[at] === 1) continue;
        reached[at] = 1;
        for (const to of needs.of(at)) waiting.push(to);
        for (const to of contains.of(at)) if (needed[to] !== 1) waiting.push(to);
      }
    };
    for (const from of contains.order) if (needed[from] !== 1) reach(from);
    /** What nothing else leads to, by what contains it. */
    const only = new Map<number, number[]>();
    for (const from of contains.order)
      for (const to of contains.of(from)) {
        if (reached[to] === 1) continue;
        const known = only.get(from);
        if (known === undefined) only.set(from, [to]);
        else known.push(to);
        reach(to);
      }
    const listOf = (from: number): readonly string[] => {
      const kept = [...contains.of(from)].filter((to) => needed[to] !== 1);
      const ids = new Set([...needs.of(from), ...kept, ...(only.get(from) ?? [])]);
      return [...ids].map((id) => this.#refs.textOf(id));
    };
    for (const from of needs.order) yield [this.#refs.textOf(from), listOf(from)];
    for (const from of contains.order) if (!needs.has(from)) yield [this.#refs.textOf(from), listOf(from)];
  }
}

/** Lists of numbers by a number, as they are put together. */
class Lists {
  #from = new Numbers();
  /** -1: something is said of `from`. */
  #to = new Numbers();

  put(from: number, to: number): void {
    this.#from.push(from);
    this.#to.push(to);
  }

  /** Each list in one piece, of numbers below `size`. It holds them no more then. */
  sorted(size: number): Sorted {
    const starts = new Int32Array(size + 1);
    const said = new Uint8Array(size);
    const order = new Numbers();
    for (let i = 0; i < this.#from.length; i++) {
      const from = this.#from.at(i);
      if (said[from] !== 1) order.push(from);
      said[from] = 1;
      if (this.#to.at(i) !== -1) starts[from + 1] = (starts[from + 1] ?? 0) + 1;
    }
    for (let id = 0; id < size; id++) starts[id + 1] = (starts[id + 1] ?? 0) + (starts[id] ?? 0);
    const next = starts.slice();
    const targets = new Int32Array(starts[size] ?? 0);
    for (let i = 0; i < this.#from.length; i++) {
      const [from, to] = [this.#from.at(i), this.#to.at(i)];
      if (to === -1) continue;
      targets[next[from] ?? 0] = to;
      next[from] = (next[from] ?? 0) + 1;
    }
    [this.#from, this.#to] = [new Numbers(), new Numbers()];
    return {
      order,
      of: (from) => targets.subarray(starts[from], starts[from + 1]),
      has: (from) => said[from] === 1,
    };
  }
}

interface Sorted {
  /** Of what something is said, in the order in which that began. */
  readonly order: Iterable<number>;
  readonly of: (from: number) => Int32Array;
  readonly has: (from: number) => boolean;
}
