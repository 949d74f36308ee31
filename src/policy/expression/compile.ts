import { planCall } from './call.ts';
import { itemType, planEach } from './each.ts';
import { parseExpression } from './parse.ts';
import { patternBudget } from './pattern.ts';
import { asBool, needBool, type Plan, runAll, type Scope } from './plan.ts';
import { type Each, type Expr, ExpressionError } from './syntax.ts';
import { any, comparable, itemOf, join, kindOfType, listOf, sayType, type Type } from './type.ts';
import {
  Failure,
  hasKey,
  type Key,
  keyOf,
  kindOf,
  lookUp,
  OutOfSteps,
  type Result,
  spend,
  type Value,
} from './value.ts';

/** An expression that parses, type-checks and is a bool. */
export interface Compiled {
  /** A variable can be a `Failure` too: why it has no value. */
  readonly evaluate: (variables: ReadonlyMap<string, Result>) => Outcome;
}

/** What came of an evaluation, and how many steps it took. */
export type Outcome =
  | { readonly kind: 'known'; readonly value: boolean; readonly steps: number }
  /** `reason` is one clause. */
  | { readonly kind: 'failed'; readonly reason: string; readonly steps: number };

/**
 * What keeps a hostile expression from taking time. Every node that is evaluated costs a step, and work on texts, lists
 * and patterns costs steps in proportion to its size; whoever runs out has failed. Steps are counted, never timed, so
 * that a verdict is the same on every machine. The worst expressions known (tests/policy/expression/limits.test.ts)
 * take up to 45 ms of a busy core until they are cut off; a plain rule takes 20 to 200 steps, some microseconds.
 */
export const limits = { length: 2000, depth: 64, macros: 2, steps: 100_000 };

/**
 * Compiles a CEL expression whose names have the given types. Throws `ExpressionError` where it does not parse, uses a
 * name or function that does not exist, mixes types that cannot be mixed, or is no bool.
 */
export function compileExpression(text: string, variables: ReadonlyMap<string, Type>): Compiled {
  if (text.length > limits.length)
    throw new ExpressionError(`it has ${text.length} characters; ${limits.length} are allowed`, 0);
  const expr = parseExpression(text);
  const whole = plan(expr, { variables, items: [], patterns: patternBudget() }, 0);
  needBool(whole, 'the whole expression', expr.at);
  return { evaluate: (values) => evaluate(whole, values) };
}

function evaluate(whole: Plan, variables: ReadonlyMap<string, Result>): Outcome {
  const frame = { variables, items: [], left: limits.steps };
  try {
    const value = asBool(whole.run(frame));
    const steps = limits.steps - frame.left;
    return value instanceof Failure
      ? { kind: 'failed', reason: value.reason, steps }
      : { kind: 'known', value, steps };
  } catch (error) {
    if (!(error instanceof OutOfSteps)) throw error;
    return { kind: 'failed', reason: `it takes more than ${limits.steps} steps`, steps: limits.steps };
  }
}

function plan(expr: Expr, scope: Scope, depth: number): Plan {
  if (depth > limits.depth) throw new ExpressionError(`it is more than ${limits.depth} levels deep`, expr.at);
  const { type, run } = planNode(expr, scope, depth + 1);
  return {
    type,
    run: (frame) => {
      spend(frame, 1);
      return run(frame);
    },
  };
}

function planNode(expr: Expr, scope: Scope, depth: number): Plan {
  const part = (of: Expr) => plan(of, scope, depth);
  switch (expr.kind) {
    case 'literal':
      return { type: { kind: kindOf(expr.value) }, run: () => expr.value };
    case 'name':
      return planName(expr, scope);
    case 'field':
      return planField(expr, part(expr.of), expr.name);
    case 'has':
      return planHas(expr, part(expr.of));
    case 'index':
      return planIndex(expr, part(expr.of), part(expr.index));
    case 'call':
      return planCall(expr, expr.args.map(part), scope.patterns);
    case '&&':
    case '||':
      return planLogic(expr, expr.parts.map(part));
    case '?:':
      return planChoice(expr, part(expr.test), part(expr.then), part(expr.otherwise));
    case 'list':
      return planList(expr.items.map(part));
    case 'map':
      return planMap(expr.entries.map(([key, value]) => [part(key), part(value)]));
    case 'each':
      return planMacro(expr, scope, depth);
  }
}

type Node<Kind extends Expr['kind']> = Extract<Expr, { readonly kind: Kind }>;

function planName({ name, at }: Node<'name'>, { variables, items }: Scope): Plan {
  const slot = items.findLastIndex((item) => item.name === name);
  const item = items[slot];
  if (item !== undefined) return { type: item.type, run: (frame) => frame.items[slot] ?? null };
  const type = variables.get(name);
  if (type === undefined)
    throw new ExpressionError(
      `there is no variable ${name}; there are ${[...variables.keys()].join(', ')}`,
      at,
    );
  return {
    type,
    run: (frame) => {
      const value = frame.variables.get(name);
      return value === undefined ? new Failure(`there is no ${name}`) : value;
    },
  };
}

function planField(expr: Node<'field' | 'has' | 'index'>, of: Plan, name: string): Plan {
  const path = `${sayPath(expr.of)}.${name}`;
  return {
    type: fieldType(of.type, name, expr),
    run: (frame) => {
      const value = of.run(frame);
      if (value instanceof Failure) return value;
      const found = find(value, name);
      return found === undefined ? new Failure(`there is no ${path}`) : found;
    },
  };
}

function planHas(expr: Node<'has'>, of: Plan): Plan {
  fieldType(of.type, expr.name, expr);
  return {
    type: { kind: 'bool' },
    run: (frame) => {
      const value = of.run(frame);
      if (value instanceof Failure) return value;
      return kindOf(value) === 'map'
        ? hasKey(value, expr.name)
        : new Failure(`${kindOf(value)} has no fields`);
    },
  };
}

function fieldType(of: Type, name: string, { at }: Expr): Type {
  const kind = kindOfType(of);
  if (kind !== undefined && kind !== 'map')
    throw new ExpressionError(`${sayType(of)} has no field ${name}`, at);
  if (of.kind !== 'record') return any;
  const type = of.fields.get(name);
  if (type === undefined)
    throw new ExpressionError(
      `there is no ${of.what} ${name}; there are ${[...of.fields.keys()].join(', ')}`,
      at,
    );
  return type;
}

function planIndex(expr: Node<'index'>, of: Plan, index: Plan): Plan {
  if (expr.index.kind === 'literal' && typeof expr.index.value === 'string' && kindOfType(of.type) !== 'list')
    return planField(expr, of, expr.index.value);
  const kind = kindOfType(of.type);
  if (kind !== undefined && kind !== 'list' && kind !== 'map')
    throw new ExpressionError(`${sayType(of.type)} has no items`, expr.at);
  if (kind === 'list' && !comparable(index.type, { kind: 'int' }))
    throw new ExpressionError(`an item of a list is named by an int, not by ${sayType(index.type)}`, expr.at);
  return {
    type: kind === 'list' ? itemOf(of.type) : any,
    run: (frame) => {
      const values = runAll([of.run, index.run], frame);
      if (values instanceof Failure) return values;
      const [value = null, key = null] = values;
      const found = find(value, key);
      return found === undefined ? new Failure(`there is no such item in ${sayPath(expr.of)}`) : found;
    },
  };
}

function find(value: Value, key: Value): Result | undefined {
  switch (kindOf(value)) {
    case 'map':
      return lookUp(value, key);
    case 'list': {
      const place = typeof key === 'number' || typeof key === 'bigint' ? keyOf(key) : undefined;
      return typeof place === 'bigint' ? (value as readonly Value[])[Number(place)] : undefined;
    }
    default:
      return undefined;
  }
}

/** One part that decides counts, whatever else fails (CEL, "Logical Operators"). */
function planLogic({ kind, parts, at }: Node<'&&' | '||'>, plans: readonly Plan[]): Plan {
  for (const [i, each] of plans.entries()) needBool(each, `one side of ${kind}`, parts[i]?.at ?? at);
  const deciding = kind === '||';
  return {
    type: { kind: 'bool' },
    run: (frame) => {
      let failure: Failure | undefined;
      for (const each of plans) {
        const value = asBool(each.run(frame));
        if (value === deciding) return deciding;
        if (value instanceof Failure) failure ??= value;
      }
      return failure ?? !deciding;
    },
  };
}

function planChoice(expr: Node<'?:'>, test: Plan, then: Plan, otherwise: Plan): Plan {
  needBool(test, 'what stands before ?', expr.test.at);
  if (!comparable(then.type, otherwise.type))
    throw new ExpressionError(
      `the branches of ?: are ${sayType(then.type)} and ${sayType(otherwise.type)}`,
      expr.at,
    );
  return {
    type: join(then.type, otherwise.type),
    run: (frame) => {
      const value = asBool(test.run(frame));
      if (value instanceof Failure) return value;
      return value ? then.run(frame) : otherwise.run(frame);
    },
  };
}

function planList(items: readonly Plan[]): Plan {
  const [first] = items;
  const type = first === undefined ? any : items.map((item) => item.type).reduce(join, first.type);
  const runs = items.map(({ run }) => run);
  return { type: listOf(type), run: (frame) => runAll(runs, frame) };
}

function planMap(entries: readonly (readonly [key: Plan, value: Plan])[]): Plan {
  return {
    type: { kind: 'map' },
    run: (frame) => {
      const map = new Map<Key, Value>();
      for (const [key, value] of entries) {
        const both = runAll([key.run, value.run], frame);
        if (both instanceof Failure) return both;
        const name = keyOf(both[0] ?? null);
        if (name === undefined) return new Failure(`${kindOf(both[0] ?? null)} cannot be a key`);
        if (map.has(name)) return new Failure(`the key ${name} stands twice in a map`);
        map.set(name, both[1] ?? null);
      }
      return map;
    },
  };
}

function planMacro(expr: Each, scope: Scope, depth: number): Plan {
  const over = plan(expr.over, scope, depth);
  const type = itemType(over.type);
  if (type === undefined) throw new ExpressionError(`${sayType(over.type)} has no items`, expr.at);
  const slot = scope.items.length;
  if (slot >= limits.macros)
    throw new ExpressionError(`${expr.macro}() stands inside ${limits.macros} others`, expr.at);
  const inner = { ...scope, items: [...scope.items, { name: expr.item, type }] };
  const test = expr.test === undefined ? undefined : plan(expr.test, inner, depth);
  const result = expr.result === undefined ? undefined : plan(expr.result, inner, depth);
  if (test !== undefined) needBool(test, `what ${expr.macro}() asks`, expr.at);
  return planEach({ macro: expr.macro, over, slot, test, result });
}

function sayPath(expr: Expr): string {
  if (expr.kind === 'name') return expr.name;
  return expr.kind === 'field' ? `${sayPath(expr.of)}.${expr.name}` : '…';
}
