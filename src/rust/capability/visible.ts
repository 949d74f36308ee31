/** Which of a name's bindings count where it is used. */
import { firstWhere } from '../first-where.ts';
import type { Binding } from './places.ts';

/**
 * The bindings of a name that a use of it there may mean: the last `let` before it whose block is open hides all before. In the
 * value of a `let` the name is what it was. Gives the first `most` of them.
 */
export function visibleAt(
  bindings: readonly Binding[],
  at: number,
  most = Number.POSITIVE_INFINITY,
): readonly Binding[] {
  const { lets, others, isOrdered } = scopesOf(bindings);
  const from = hiddenBefore(bindings, at) ?? 0;
  const found = lets.open(at, from);
  const free = found.length + most;
  const first = isOrdered ? firstWhere(others.length, (i) => (others[i]?.binding.at ?? 0) >= from) : 0;
  for (let i = first; i < others.length && found.length < free; i++) {
    const one = others[i];
    if (one !== undefined && one.binding.at >= from) found.push(one);
  }
  if (found.length > 1) found.sort((a, b) => a.index - b.index);
  return (found.length > most ? found.slice(0, most) : found).map(({ binding }) => binding);
}

/**
 * Where a `let`, or a statement, stands that hides what a name was before it; `undefined` where none does, so that a
 * parameter counts.
 */
export function hiddenBefore(bindings: readonly Binding[], at: number): number | undefined {
  const { hiding, sets } = scopesOf(bindings);
  const last = hiding.last(at);
  const set = sets.last(at);
  return last === undefined && set === undefined ? undefined : Math.max(last?.at ?? 0, set?.at ?? 0);
}

/** A binding, and which one of its name it is. */
interface Placed {
  readonly binding: Binding;
  readonly index: number;
}

/** Those of a name's bindings that hold in a block, and those that hold wherever they stand. */
interface Scopes {
  readonly lets: Blocks;
  /** Of these those that are there in any case. */
  readonly hiding: Blocks;
  readonly sets: Blocks;
  readonly others: readonly Placed[];
  /** Whether the others stand in the order of their places. */
  readonly isOrdered: boolean;
}

const scopes = new WeakMap<readonly Binding[], Scopes>();

/** A name that is given 20,000 values is asked for as often. */
function scopesOf(bindings: readonly Binding[]): Scopes {
  const known = scopes.get(bindings);
  if (known !== undefined) return known;
  const all = bindings.map((binding, index): Placed => ({ binding, index }));
  const others = all.filter(({ binding }) => binding.until === undefined);
  const lets = all.filter(({ binding }) => binding.until !== undefined);
  const made: Scopes = {
    lets: new Blocks(lets, ({ until = 0 }) => until),
    hiding: new Blocks(
      lets.filter(({ binding }) => !binding.maybe),
      ({ until = 0 }) => until,
    ),
    sets: new Blocks(
      all.filter(({ binding }) => binding.hides !== undefined),
      ({ hides = 0, until = hides }) => Math.min(hides, until),
    ),
    others,
    isOrdered: others.every(({ binding }, i) => i === 0 || (others[i - 1]?.binding.at ?? 0) <= binding.at),
  };
  scopes.set(bindings, made);
  return made;
}

/**
 * Bindings that hold from behind their values to the end of a block: those that hold at a place are found without a
 * look at all.
 */
class Blocks {
  /** By where their values end. */
  readonly #sorted: readonly Placed[];
  readonly #end: (one: Binding) => number;
  /** For each, the last one before it whose block is open there; -1 for none. */
  readonly #before: Int32Array;

  constructor(all: readonly Placed[], end: (one: Binding) => number) {
    this.#sorted = all.toSorted((a, b) => a.binding.value.to - b.binding.value.to);
    this.#end = end;
    this.#before = new Int32Array(all.length);
    const open: number[] = [];
    for (const [i, { binding }] of this.#sorted.entries()) {
      while (open.length > 0 && this.#endOf(open.at(-1) ?? 0) <= binding.value.to) open.pop();
      this.#before[i] = open.at(-1) ?? -1;
      open.push(i);
    }
  }

  /** The last one that holds there. */
  last(at: number): Binding | undefined {
    for (let i = this.#lastTo(at); i >= 0; i = this.#before[i] ?? -1)
      if (at < this.#endOf(i)) return this.#sorted[i]?.binding;
    return undefined;
  }

  /** All that hold there and stand at `from` or behind it, the last one first. */
  open(at: number, from: number): Placed[] {
    const found: Placed[] = [];
    for (let i = this.#lastTo(at); i >= 0; i = this.#before[i] ?? -1) {
      const one = this.#sorted[i];
      // The value of a `let` stands behind its name.
      if (one === undefined || one.binding.value.to < from) break;
      if (at < this.#endOf(i) && one.binding.at >= from) found.push(one);
    }
    return found;
  }

  #endOf(i: number): number {
    const one = this.#sorted[i];
    return one === undefined ? 0 : this.#end(one.binding);
  }

  /** The last one whose value ends there or before. */
  #lastTo(at: number): number {
    return firstWhere(this.#sorted.length, (i) => (this.#sorted[i]?.binding.value.to ?? 0) > at) - 1;
  }
}
