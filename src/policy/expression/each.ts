import { asBool, type Frame, type Plan, type Run } from './plan.ts';
import type { Macro } from './syntax.ts';
import { any, itemOf, kindOfType, listOf, type Type } from './type.ts';
import { Failure, keysOf, kindOf, type Result, spend, type Value } from './value.ts';

/** The type of what a macro walks over: a list's items, a map's keys; `undefined` where it can be neither. */
export function itemType(over: Type): Type | undefined {
  switch (kindOfType(over)) {
    case 'list':
      return itemOf(over);
    case 'map':
      return over.kind === 'record' ? { kind: 'string' } : any;
    case undefined:
      return any;
    default:
      return undefined;
  }
}

/** The parts of a macro, checked. `slot` is where the item stands in the frame. */
export interface EachPlan {
  readonly macro: Macro;
  readonly over: Plan;
  readonly slot: number;
  readonly test: Plan | undefined;
  readonly result: Plan | undefined;
}

export function planEach({ macro, over, slot, test, result }: EachPlan): Plan {
  const walk = walker(over.run, slot);
  const holds = (frame: Frame) => (test === undefined ? true : asBool(test.run(frame)));
  switch (macro) {
    case 'exists':
      return { type: { kind: 'bool' }, run: (frame) => search(walk(frame), () => holds(frame), true) };
    case 'all':
      return { type: { kind: 'bool' }, run: (frame) => search(walk(frame), () => holds(frame), false) };
    case 'exists_one':
      return {
        type: { kind: 'bool' },
        run: (frame) =>
          one(
            collect(
              walk(frame),
              () => holds(frame),
              (item) => item,
            ),
          ),
      };
    case 'filter': {
      const type = itemType(over.type);
      return {
        type: type === undefined ? listOf(any) : listOf(type),
        run: (frame) =>
          collect(
            walk(frame),
            () => holds(frame),
            (item) => item,
          ),
      };
    }
    case 'map':
      return {
        type: listOf(result?.type ?? any),
        run: (frame) =>
          collect(
            walk(frame),
            () => holds(frame),
            (item) => (result === undefined ? item : result.run(frame)),
          ),
      };
  }
}

type Walk = Iterable<Value> | Failure;

/** Puts one item after the other into its slot. */
function walker(over: Run, slot: number): (frame: Frame) => Walk {
  return (frame) => {
    const value = over(frame);
    if (value instanceof Failure) return value;
    const kind = kindOf(value);
    if (kind !== 'list' && kind !== 'map') return new Failure(`${kind} has no items`);
    const items = kind === 'list' ? (value as readonly Value[]) : keysOf(value);
    if (kind === 'map') spend(frame, items.length >> 2);
    return placed(items, slot, frame);
  };
}

function* placed(items: readonly Value[], slot: number, frame: Frame): Generator<Value> {
  for (const item of items) {
    spend(frame, 1);
    frame.items[slot] = item;
    yield item;
  }
}

/** `exists` looks for true and `all` for false; what they look for counts, whatever else fails (CEL, "Macros"). */
function search(walk: Walk, holds: () => boolean | Failure, wanted: boolean): Result {
  if (walk instanceof Failure) return walk;
  let failure: Failure | undefined;
  for (const _ of walk) {
    const found = holds();
    if (found === wanted) return wanted;
    if (found instanceof Failure) failure ??= found;
  }
  return failure ?? !wanted;
}

function collect(
  walk: Walk,
  holds: () => boolean | Failure,
  make: (item: Value) => Result,
): Value[] | Failure {
  if (walk instanceof Failure) return walk;
  const found: Value[] = [];
  for (const item of walk) {
    const taken = holds();
    if (taken instanceof Failure) return taken;
    if (!taken) continue;
    const made = make(item);
    if (made instanceof Failure) return made;
    found.push(made);
  }
  return found;
}

function one(found: readonly Value[] | Failure): Result {
  return found instanceof Failure ? found : found.length === 1;
}
