import { overloads } from './functions.ts';
import type { Overload } from './overload.ts';
import { compilePattern, type PatternBudget } from './pattern.ts';
import { type Plan, type Run, runAll } from './plan.ts';
import { type Expr, ExpressionError } from './syntax.ts';
import { comparable, itemOf, join, kindOfType, mayBe, sayType, type Type } from './type.ts';
import { Failure, kindOf, spend, type Value } from './value.ts';

type Call = Extract<Expr, { readonly kind: 'call' }>;

/** Checks a call whose arguments are planned already: which overloads can it mean, and what comes of them? */
export function planCall(call: Call, args: readonly Plan[], budget: PatternBudget): Plan {
  if (call.name === 'matches' && call.form === 'method') return planMatches(call, args, budget);
  const named = (overloads.get(call.name) ?? []).filter(({ form }) => form === call.form);
  const types = args.map(({ type }) => type);
  if (named.length === 0) throw new ExpressionError(unknownName(call), call.at);
  const possible = named.filter(
    ({ params }) =>
      params.length === types.length &&
      params.every((wanted, i) => mayBe(types[i] ?? { kind: 'any' }, wanted)),
  );
  const [first] = possible;
  if (first === undefined) throw new ExpressionError(noOverload(call, named, types), call.at);
  refuseNeverEqual(call, types);
  checkLiteral(call, first);
  const runs = args.map(({ run }) => run);
  return { type: resultOf(possible, types), run: runOf(call.name, possible, runs) };
}

function runOf(name: string, possible: readonly Overload[], runs: readonly Run[]): Run {
  return (frame) => {
    const values = runAll(runs, frame);
    if (values instanceof Failure) return values;
    const chosen = possible.find(({ params }) =>
      params.every((wanted, i) => isOf(values[i] ?? null, wanted)),
    );
    if (chosen === undefined) return new Failure(`${name} is given ${values.map(kindOf).join(' and ')}`);
    if (chosen.form === 'function') spend(frame, readingCost(values));
    return chosen.run(values, frame);
  };
}

/** Functions read texts, character by character. */
function readingCost(values: readonly Value[]): number {
  return values.reduce<number>(
    (cost, value) => (typeof value === 'string' ? cost + (value.length >> 1) : cost),
    8,
  );
}

function isOf(value: Value, wanted: Overload['params'][number]): boolean {
  return wanted === 'any' || kindOf(value) === wanted;
}

function resultOf(possible: readonly Overload[], types: readonly Type[]): Type {
  const [left, right] = types;
  const results = possible.map(({ result }): Type => ({ kind: result }));
  const [first] = results;
  if (first?.kind === 'list' && results.length === 1 && left !== undefined && right !== undefined)
    return join(left, right);
  return first === undefined ? { kind: 'any' } : results.reduce(join, first);
}

/** `==`, `!=` and `in` take anything; values of two kinds that are never equal are a slip all the same. */
function refuseNeverEqual({ name, at }: Call, [left, right]: readonly Type[]): void {
  if (left === undefined || right === undefined) return;
  const other = name === 'in' && kindOfType(right) === 'list' ? itemOf(right) : right;
  if ((name === '==' || name === '!=' || (name === 'in' && other !== right)) && !comparable(left, other))
    throw new ExpressionError(`${sayType(left)} and ${sayType(other)} are never equal`, at);
}

function checkLiteral(call: Call, { check }: Overload): void {
  const last = call.args.at(-1);
  if (check === undefined || last?.kind !== 'literal' || typeof last.value !== 'string') return;
  const problem = check(last.value);
  if (problem instanceof Failure) throw new ExpressionError(problem.reason, last.at);
}

function planMatches(call: Call, [text, pattern]: readonly Plan[], budget: PatternBudget): Plan {
  const written = call.args[1];
  if (text === undefined || pattern === undefined || call.args.length !== 2 || !mayBe(text.type, 'string'))
    throw new ExpressionError('matches() is asked of a string and takes a pattern', call.at);
  if (written?.kind !== 'literal' || typeof written.value !== 'string')
    throw new ExpressionError('the pattern of matches() is written out, as in crate.matches("^a")', call.at);
  const test = compileAt(written.value, written.at, budget);
  return {
    type: { kind: 'bool' },
    run: (frame) => {
      const value = text.run(frame);
      if (value instanceof Failure) return value;
      return typeof value === 'string'
        ? test(value, frame)
        : new Failure(`matches is asked of ${kindOf(value)}`);
    },
  };
}

function compileAt(pattern: string, at: number, budget: PatternBudget): ReturnType<typeof compilePattern> {
  try {
    return compilePattern(pattern, budget);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExpressionError(`the pattern is refused: ${reason}`, at);
  }
}

function unknownName({ name, form }: Call): string {
  const others = new Set((overloads.get(name) ?? []).map((overload) => overload.form));
  if (name === 'matches' || others.has('method'))
    return `${name} is asked of a value, as in crate.${name}(…)`;
  if (others.has('function')) return `${name} is a function, as in ${name}(…)`;
  return `there is no ${form} ${name}`;
}

function noOverload({ name, form }: Call, named: readonly Overload[], types: readonly Type[]): string {
  const wanted = named.map(({ params }) => sayArguments(form, name, params));
  const given = sayArguments(form, name, types.map(sayType));
  return `it says ${given}; there is ${[...new Set(wanted)].join(', ')}`;
}

function sayArguments(form: Call['form'], name: string, [first = '', ...rest]: readonly string[]): string {
  if (form === 'method') return `${first}.${name}(${rest.join(', ')})`;
  if (form === 'function') return `${name}(${[first, ...rest].join(', ')})`;
  return rest.length === 0 ? `${name}${first}` : `${first} ${name} ${rest.join(', ')}`;
}
