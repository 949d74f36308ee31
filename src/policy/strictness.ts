import { z } from 'zod';
import type { Severity } from '../facts/advisories/advisory.ts';
import { lowestScore } from '../facts/advisories/cvss.ts';
import { compareEffects, type Effect } from './effect.ts';

/**
 * Which of two values of a setting is the stricter one; every setting says so, so that layers can be put together
 * value by value. `union` and `intersection` are for lists of what is forbidden and of what is allowed; `narrower` is for
 * a list of what is allowed that allows anything when it is empty. `outer` is for what has no order: the
 * organisation's value stands.
 */
export type Stricter =
  | 'greater'
  | 'smaller'
  | 'true'
  | 'false'
  | 'effect'
  | 'lower-severity'
  | 'higher-severity'
  | 'union'
  | 'intersection'
  | 'narrower'
  | 'outer';

declare module 'zod' {
  interface GlobalMeta {
    readonly stricter?: Stricter;
  }
}

/** How a setting's values are ordered; `undefined` where its schema does not say. */
export function strictnessOf(setting: z.core.$ZodType): Stricter | undefined {
  return z.globalRegistry.get(setting)?.stricter;
}

/** The stricter of the organisation's and the project's value of one setting. */
export function stricterValue(order: Stricter, outer: unknown, inner: unknown): unknown {
  switch (order) {
    case 'greater':
      return (inner as number) > (outer as number) ? inner : outer;
    case 'smaller':
      return (inner as number) < (outer as number) ? inner : outer;
    case 'true':
      return outer === true || inner === true;
    case 'false':
      return outer === true && inner === true;
    case 'effect':
      return stricterEffect(outer as EffectValue, inner as EffectValue);
    case 'lower-severity':
      return severity(inner) < severity(outer) ? inner : outer;
    case 'higher-severity':
      return severity(inner) > severity(outer) ? inner : outer;
    case 'narrower':
      return (outer as unknown[]).length > 0 ? outer : inner;
    case 'union':
      return distinct([...(outer as unknown[]), ...(inner as unknown[])]);
    case 'intersection':
      return intersection(outer as unknown[] | undefined, inner as unknown[] | undefined);
    case 'outer':
      return outer;
  }
}

/** A severity as the least score that it stands for, so that words and scores compare. */
function severity(value: unknown): number {
  if (typeof value === 'number') return value;
  return value === 'never' ? Number.POSITIVE_INFINITY : lowestScore[value as Severity];
}

type EffectValue = Effect | 'allow' | undefined;

function stricterEffect(outer: EffectValue, inner: EffectValue): EffectValue {
  if (outer === 'allow' || outer === undefined) return inner ?? outer;
  if (inner === 'allow' || inner === undefined) return outer;
  return compareEffects(inner, outer) > 0 ? inner : outer;
}

/** A list of what is allowed that is not given allows everything. */
function intersection(outer: unknown[] | undefined, inner: unknown[] | undefined): unknown[] | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner;
  const wanted = new Set(inner.map((item) => JSON.stringify(item)));
  return outer.filter((item) => wanted.has(JSON.stringify(item)));
}

function distinct(items: readonly unknown[]): unknown[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
