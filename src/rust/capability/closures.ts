/** Closures that are called as functions are: by a name of their own, or by one of a function that is given them. */
import { commaParts } from '../attribute.ts';
import {
  after,
  inside,
  isSign,
  isSigns,
  isWord,
  nameOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from '../tokens.ts';
import { noGates } from './gates.ts';
import type { FunctionPlace } from './places.ts';

/**
 * A delimiter that is open while tokens are read one by one, and its argument that was come to: without empty ones, as
 * `commaParts` has them.
 */
export interface Open {
  readonly at: number;
  index: number;
  /** Where that argument begins. */
  from: number;
}

/** Tokens between the bars of a closure that are looked at. */
const maxBars = 60;

/**
 * The closure whose first bar stands there, `before` what stands before it and `within` the delimiter around it: one that a `let`
 * names, or that is an argument of a function. `undefined` for every other, and where no closure begins.
 */
export function closureAt(
  tokens: Tokens,
  bar: number,
  before: number,
  within: Open | undefined,
): FunctionPlace | undefined {
  const called = nameGiven(tokens, before);
  const call = called === undefined ? callAround(tokens, before, within) : undefined;
  if (called === undefined && call === undefined) return undefined;
  let end = bar + 1;
  while (end < bar + maxBars && end < tokens.count && !isSign(tokens, end, '|')) end = after(tokens, end);
  if (!isSign(tokens, end, '|')) return undefined;
  const given = commaParts(tokens, { from: bar + 1, to: end }).map((part) => parameterIn(tokens, part));
  return {
    name: called ?? '',
    parameters: given.map(({ name }) => name),
    types: given.map(({ type }) => type),
    method: false,
    type: undefined,
    ofTrait: false,
    gates: noGates,
    handed: call,
    body: bodyAt(tokens, end + 1),
  };
}

/** The names that closures in a range may have as parameters: what stands between two bars, or behind one in its statement. */
export function namesBehindBars(tokens: Tokens, { from, to }: TokenRange): ReadonlySet<string> {
  const names = new Set<string>();
  let isBehind = false;
  for (let at = from; at < to; at++) {
    if (isSign(tokens, at, '|')) {
      // "Or", a closure without parameters; a sign that is named.
      isBehind = !isSigns(tokens, at, '||') && !isSign(tokens, at + 1, ']');
      if (!isBehind) at++;
    } else if (isSign(tokens, at, ';')) isBehind = false;
    else if (isBehind) {
      const name = nameOf(tokens, at);
      if (name !== undefined) names.add(name);
    }
  }
  return names;
}

/** `let name = |…|`, `let name: Type = |…|`. */
function nameGiven(tokens: Tokens, equals: number): string | undefined {
  if (!isSign(tokens, equals, '=') || nameOf(tokens, equals - 1) === undefined) return undefined;
  const isLet = isWord(tokens, equals - 2, 'let') || isWord(tokens, equals - 2, 'mut');
  return isLet ? nameOf(tokens, equals - 1) : undefined;
}

/** `f(x, |…|)`, `f(x, &|…|)`: the call of a function, and which argument stands there. */
function callAround(
  tokens: Tokens,
  before: number,
  within: Open | undefined,
): FunctionPlace['handed'] | undefined {
  let last = before;
  while (isSign(tokens, last, '&') || isWord(tokens, last, 'mut')) last--;
  if (within === undefined) return undefined;
  const { at: open, index } = within;
  if (last !== open && !isSign(tokens, last, ',')) return undefined;
  if (!isSign(tokens, open, '(') || nameOf(tokens, open - 1) === undefined) return undefined;
  return { tokens, open, index };
}

/** `name`, `&name`, `mut name: Type`; nothing of a pattern. */
function parameterIn(
  tokens: Tokens,
  { from, to }: TokenRange,
): { readonly name: string | undefined; readonly type: TokenRange | undefined } {
  let at = from;
  while (isSign(tokens, at, '&') || isWord(tokens, at, 'mut')) at++;
  const name = nameOf(tokens, at);
  if (at + 1 === to) return { name, type: undefined };
  const isTyped = isSign(tokens, at + 1, ':') && !isSigns(tokens, at + 1, '::');
  return isTyped ? { name, type: { from: at + 2, to } } : { name: undefined, type: undefined };
}

/** `{ … }`, `-> Type { … }`, or an expression up to what ends it. */
function bodyAt(tokens: Tokens, from: number): TokenRange {
  let at = from;
  if (isSigns(tokens, at, '->')) while (at < tokens.count && !isSign(tokens, at, '{')) at = after(tokens, at);
  if (isSign(tokens, at, '{')) return inside(tokens, at);
  let to = at;
  while (
    to < tokens.count &&
    !isSign(tokens, to, ',') &&
    !isSign(tokens, to, ';') &&
    tokens.kinds[to] !== tokenKind.close
  )
    to = after(tokens, to);
  return { from: at, to };
}
