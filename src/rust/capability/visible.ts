/** Which of a name's bindings count where it is used. */
import type { TokenRange } from '../tokens.ts';
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
  const from = hiddenBefore(bindings, at) ?? 0;
  const isOpen = (value: TokenRange, end: number) => value.to <= at && at < end;
  const found: Binding[] = [];
  for (const one of bindings) {
    if (one.at < from || (one.until !== undefined && !isOpen(one.value, one.until))) continue;
    found.push(one);
    if (found.length >= most) break;
  }
  return found;
}

/** Where a `let`, or a statement, stands that hides what a name was before it; `undefined` where none does, so that a parameter counts. */
export function hiddenBefore(bindings: readonly Binding[], at: number): number | undefined {
  const { lets, sets } = hidingOf(bindings);
  const last = lastOpen(lets, at, ({ until = 0 }) => at < until);
  const set = lastOpen(sets, at, ({ until, hides = 0 }) => at < hides && (until === undefined || at < until));
  return last === undefined && set === undefined ? undefined : Math.max(last?.at ?? 0, set?.at ?? 0);
}

/** Those of a name's bindings that hide others. */
interface Hiding {
  readonly lets: Ordered;
  readonly sets: Ordered;
}

interface Ordered {
  readonly bindings: readonly Binding[];
  /** Whether each value ends behind the one before it, so that those before a place are found at once. */
  readonly isOrdered: boolean;
}

const hiding = new WeakMap<readonly Binding[], Hiding>();

/** A name that is given 20,000 values is asked for as often. */
function hidingOf(bindings: readonly Binding[]): Hiding {
  const known = hiding.get(bindings);
  if (known !== undefined) return known;
  const made = {
    lets: ordered(bindings.filter(({ until, maybe }) => maybe !== true && until !== undefined)),
    sets: ordered(bindings.filter(({ hides }) => hides !== undefined)),
  };
  hiding.set(bindings, made);
  return made;
}

function ordered(bindings: readonly Binding[]): Ordered {
  const isOrdered = bindings.every(({ value }, i) => i === 0 || (bindings[i - 1]?.value.to ?? 0) <= value.to);
  return { bindings, isOrdered };
}

/** The last whose value ends before a place, of those that fit. */
function lastOpen(
  { bindings, isOrdered }: Ordered,
  at: number,
  fits: (one: Binding) => boolean,
): Binding | undefined {
  let [low, high] = [0, bindings.length];
  while (isOrdered && low < high) {
    const middle = (low + high) >> 1;
    if ((bindings[middle]?.value.to ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  for (let i = (isOrdered ? low : bindings.length) - 1; i >= 0; i--) {
    const one = bindings[i];
    if (one !== undefined && one.value.to <= at && fits(one)) return one;
  }
  return undefined;
}
