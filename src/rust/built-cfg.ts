import { type CfgExpression, type CfgSet, cfgKey } from '../cargo/cfg/expression.ts';
import { mayBeSet } from './build-cfgs.ts';
import type { CfgAnswer } from './conditions.ts';

/** What decides a `cfg` of a dependency as it is built. */
export interface World {
  readonly features: ReadonlySet<string>;
  readonly target: CfgSet;
  /** What its build script may set (`cfgNames`). */
  readonly own: readonly string[];
}

/** Whether all conditions hold; `undefined`: perhaps. `null` stands for one that was not understood. */
export function allHold(conditions: readonly (CfgExpression | null)[], world: World): boolean | undefined {
  return every(conditions, (name, value) => isSet(name, value, world));
}

/** How code of a package is built for who only depends on it. */
export interface Shipped {
  /** Whether it is a library of macros. */
  readonly procMacro: boolean;
  /** Whether the package's build script may set a name; absent where none decides. */
  readonly sets: ((name: string) => boolean) | undefined;
}

/**
 * Answers what of a package's code is not there for who only depends on it: its tests. `docsrs`, `clippy`, `miri` and the like
 * may be set by whoever builds, through RUSTFLAGS or by a tool.
 */
export function shippedCfg({ procMacro, sets }: Shipped): CfgAnswer {
  const answer: IsSet = (name, value) => {
    if (value !== undefined || !onlyForTests.has(name)) return undefined;
    if (name === 'proc_macro' && procMacro) return true;
    return sets?.(name) === true ? undefined : false;
  };
  return (expression) => (expression === undefined ? undefined : evaluated(expression, answer));
}

/** What nobody sets for a dependency but its own build script: `proc_macro` is rustc's, for libraries of macros. */
const onlyForTests: ReadonlySet<string> = new Set(['test', 'doctest', 'proc_macro']);

/** Whether a name, or a name with a value, is set. */
type IsSet = (name: string, value: string | undefined) => boolean | undefined;

function every(conditions: readonly (CfgExpression | null)[], answer: IsSet): boolean | undefined {
  const held = conditions.map((one) => (one === null ? undefined : evaluated(one, answer)));
  return held.includes(false) ? false : held.includes(undefined) ? undefined : true;
}

function evaluated(expression: CfgExpression, answer: IsSet): boolean | undefined {
  switch (expression.kind) {
    case 'all':
      return every(expression.of, answer);
    case 'any': {
      const held = expression.of.map((one) => evaluated(one, answer));
      return held.includes(true) ? true : held.includes(undefined) ? undefined : false;
    }
    case 'not': {
      const held = evaluated(expression.of, answer);
      return held === undefined ? undefined : !held;
    }
    case 'constant':
      return expression.holds;
    case 'is':
      return answer(expression.name, expression.value);
  }
}

/** Set by nobody when a dependency is built. */
const never: ReadonlySet<string> = new Set([
  'test',
  'doc',
  'doctest',
  'docsrs',
  'miri',
  'rustfmt',
  'clippy',
  'proc_macro',
]);
/** Set or not by the profile or by rustc itself. */
const perhaps: ReadonlySet<string> = new Set(['debug_assertions', 'overflow_checks', 'ub_checks', 'panic']);

function isSet(
  name: string,
  value: string | undefined,
  { features, target, own }: World,
): boolean | undefined {
  if (name === 'feature') return value !== undefined && features.has(value);
  if (never.has(name)) return false;
  if (perhaps.has(name)) return undefined;
  if (target.has(cfgKey(name, value))) return true;
  if (ofRustc.test(name)) return false;
  // What rustc does not set for any target is set by the package's own build script, or not at all.
  return mayBeSet(own, name, value) ? undefined : false;
}

/** What rustc itself sets, or not, for a target: it refuses to be told otherwise (lint `explicit_builtin_cfgs_in_flags`). */
const ofRustc = /^(?:unix|windows|target_.*)$/;
