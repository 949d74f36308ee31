import type { Kind } from './type.ts';

/**
 * A value: of an expression, or JSON as a fact has it (its numbers are doubles, its objects maps with string keys).
 * Facts are walked where they lie; nothing is copied.
 */
export type Value =
  | bigint
  | number
  | string
  | boolean
  | null
  | Timestamp
  | Duration
  | readonly Value[]
  | ReadonlyMap<Key, Value | Failure>
  | JsonObject;

export type Key = string | bigint | boolean;

interface JsonObject {
  readonly [key: string]: Value | undefined;
}

/** A point in time, from year 1 to year 9999. */
export class Timestamp {
  /** Nanoseconds since 1970. */
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A span of time, about 292 years at most. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** What cannot be evaluated on the facts at hand, and why; one clause. Returned, not thrown: `||` can do without it. */
export class Failure {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

export type Result = Value | Failure;

/** What an evaluation may still cost. */
export interface Meter {
  left: number;
}

/** Thrown where an evaluation costs more than it may: nothing in the expression can do without that. */
export class OutOfSteps extends Error {
  override readonly name = 'OutOfSteps';
}

/** Pays for work in proportion to data. Every node of an expression costs 1. */
export function spend(meter: Meter, steps: number): void {
  meter.left -= steps;
  if (meter.left < 0) throw new OutOfSteps();
}

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
  }
  if (value === null || value === undefined) return 'null';
  if (value instanceof Timestamp) return 'timestamp';
  if (value instanceof Duration) return 'duration';
  return Array.isArray(value) ? 'list' : 'map';
}

/**
 * What a map has under a key, or why it cannot say; `undefined` where it has none. Whole doubles are keys like ints
 * (CEL, "Equality").
 */
export function lookUp(map: Value, key: Value): Result | undefined {
  const wanted = keyOf(key);
  if (wanted === undefined) return undefined;
  if (map instanceof Map) return (map as ReadonlyMap<Key, Result>).get(wanted);
  if (typeof wanted !== 'string' || !Object.hasOwn(map as JsonObject, wanted)) return undefined;
  return (map as JsonObject)[wanted];
}

/** Whether a map has something to say under a key. */
export function hasKey(map: Value, key: Value): boolean {
  const found = lookUp(map, key);
  return found !== undefined && !(found instanceof Failure);
}

/** A value as the key of a map; `undefined` where it cannot be one. */
export function keyOf(value: Value): Key | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean'
    ? value
    : undefined;
}

/** The keys of a map, as many as there are. */
export function keysOf(map: Value): readonly Key[] {
  if (map instanceof Map) return [...(map as ReadonlyMap<Key, Result>).keys()];
  const object = map as JsonObject;
  // A fact may carry an optional field as undefined; JSON has no such thing.
  return Object.keys(object).filter((key) => object[key] !== undefined);
}

/** Facts come from files too: what is nested deeper than this is equal to nothing. */
const maxDepth = 64;

/** CEL's equality: numbers by value, lists and maps by their items; values of different kinds are never equal. */
export function equals(a: Value, b: Value, meter: Meter, depth = 0): boolean {
  spend(meter, 1);
  if (a === b) return true;
  const kind = kindOf(a);
  const other = kindOf(b);
  // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1 is what is asked.
  if ((kind === 'int' || kind === 'double') && (other === 'int' || other === 'double')) return a == b;
  if (kind !== other || depth === maxDepth) return false;
  switch (kind) {
    case 'string':
      spend(meter, Math.min((a as string).length, (b as string).length) >> 6);
      return false;
    case 'timestamp':
    case 'duration':
      return (a as Timestamp).nanos === (b as Timestamp).nanos;
    case 'list': {
      const [left, right] = [a as readonly Value[], b as readonly Value[]];
      return (
        left.length === right.length &&
        left.every((item, i) => equals(item, right[i] ?? null, meter, depth + 1))
      );
    }
    case 'map': {
      const keys = keysOf(a);
      spend(meter, keys.length);
      if (keys.length !== keysOf(b).length) return false;
      return keys.every((key) => {
        const [left, right] = [lookUp(a, key), lookUp(b, key)];
        if (left === undefined || right === undefined) return false;
        if (left instanceof Failure || right instanceof Failure) return false;
        return equals(left, right, meter, depth + 1);
      });
    }
    default:
      return false;
  }
}
