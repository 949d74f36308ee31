import type { PatternBudget } from './pattern.ts';
import { ExpressionError } from './syntax.ts';
import { kindOfType, sayType, type Type } from './type.ts';
import { Failure, kindOf, type Meter, type Result, type Value } from './value.ts';

/** One evaluation: what the names stand for, the items of the macros around, and what it may still cost. */
export interface Frame extends Meter {
  readonly variables: ReadonlyMap<string, Result>;
  readonly items: Value[];
}

export type Run = (frame: Frame) => Result;

/** A part of an expression, checked: what it will be, and how to get it. */
export interface Plan {
  readonly type: Type;
  readonly run: Run;
}

/** The names that can be used at a place. */
export interface Scope {
  readonly variables: ReadonlyMap<string, Type>;
  /** The items of the macros around, outermost first. */
  readonly items: readonly { readonly name: string; readonly type: Type }[];
  readonly patterns: PatternBudget;
}

/** Refuses what can never be a bool. */
export function needBool({ type }: Plan, what: string, at: number): void {
  const kind = kindOfType(type);
  if (kind !== undefined && kind !== 'bool')
    throw new ExpressionError(`${what} is ${sayType(type)}, not bool`, at);
}

/** A result as a bool. */
export function asBool(result: Result): boolean | Failure {
  if (typeof result === 'boolean' || result instanceof Failure) return result;
  return new Failure(`${kindOf(result)} stands where a bool is needed`);
}

/** Evaluates all of them; the first that fails is the result. */
export function runAll(runs: readonly Run[], frame: Frame): Value[] | Failure {
  const values: Value[] = [];
  for (const run of runs) {
    const value = run(frame);
    if (value instanceof Failure) return value;
    values.push(value);
  }
  return values;
}
