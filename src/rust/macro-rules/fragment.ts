import { afterAngles } from '../angles.ts';
import { itemsOf } from '../item.ts';
import {
  after,
  isSign,
  isSigns,
  isWord,
  nameOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from '../tokens.ts';

/**
 * The token after what a fragment of that kind takes from the beginning of a range; `undefined` where none is there. Expressions
 * and patterns are not parsed: they end where something stands that may follow them (The Rust Reference, "Follow-set Ambiguity
 * Restrictions").
 */
export function fragmentEnd(kind: string, tokens: Tokens, { from, to }: TokenRange): number | undefined {
  if (kind === 'vis') return visibilityEnd(tokens, { from, to });
  if (from >= to) return undefined;
  switch (kind) {
    case 'ident':
      return nameOf(tokens, from) === undefined || isWord(tokens, from, '_') ? undefined : from + 1;
    case 'lifetime':
      return tokens.kinds[from] === tokenKind.lifetime ? from + 1 : undefined;
    case 'tt':
      return after(tokens, from) > from + 1 ? after(tokens, from) : from + signLength(tokens, from);
    case 'literal':
      return literalEnd(tokens, from);
    case 'block':
      return isSign(tokens, from, '{') ? after(tokens, from) : undefined;
    case 'item':
      return itemsOf(tokens, { from, to }).items[0]?.range.to;
    case 'meta':
      return metaEnd(tokens, { from, to });
    case 'path':
    case 'ty':
      return typeEnd(tokens, { from, to });
    case 'pat':
    case 'pat_param':
      return untilFollower(tokens, { from, to }, patternFollowers);
    case 'expr':
    case 'expr_2021':
    case 'stmt':
      return untilFollower(tokens, { from, to }, expressionFollowers);
    default:
      return undefined;
  }
}

/**
 * Whether a fragment of that kind may begin with the token there, as rustc asks before it parses one, and takes the next rule where
 * not (rustc_parse: nonterminal.rs, `Token::can_begin_expr`): `@internal` is no expression.
 */
export function mayBegin(kind: string, tokens: Tokens, at: number): boolean {
  const signs = beginnings.get(kind);
  if (signs === undefined) return true;
  const token = tokens.kinds[at];
  const isExpression = signs === ofExpressions;
  if (token === tokenKind.open) return isExpression || !isSign(tokens, at, '{');
  if (token === tokenKind.ident) return !isExpression || !noExpressions.has(nameOf(tokens, at) ?? '');
  if (token !== tokenKind.punct) return true;
  const length = signLength(tokens, at);
  return signs.has(tokens.source.slice(tokens.starts[at], tokens.ends[at + length - 1]));
}

const ofExpressions: ReadonlySet<string> = new Set('! - * | || & && .. ... ..= < << :: #'.split(' '));
const ofPatterns: ReadonlySet<string> = new Set('& && - .. ... :: < <<'.split(' '));
const beginnings: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['expr', ofExpressions],
  ['expr_2021', ofExpressions],
  ['pat', new Set([...ofPatterns, '|'])],
  ['pat_param', ofPatterns],
]);
/** Reserved words that begin no expression. */
const noExpressions: ReadonlySet<string> = new Set(
  'abstract as dyn else enum extern final fn impl in let macro mod mut override priv pub ref struct trait type typeof unsized use virtual where'.split(
    ' ',
  ),
);

/** Fragments whose extent is not guessed. */
export const plainFragments: ReadonlySet<string> = new Set([
  'ident',
  'lifetime',
  'tt',
  'literal',
  'block',
  'vis',
]);

/** How many characters the sign has that begins there: rustc takes `::` or `..=` for one token. */
export function signLength(tokens: Tokens, at: number): number {
  if (tokens.kinds[at] !== tokenKind.punct) return 1;
  return signs.find((sign) => isSigns(tokens, at, sign))?.length ?? 1;
}

const signs = '<<= >>= ... ..= :: -> => == != <= >= && || += -= *= /= %= ^= &= |= << >> .. <-'.split(' ');

function visibilityEnd(tokens: Tokens, { from, to }: TokenRange): number {
  if (from >= to || !isWord(tokens, from, 'pub')) return from;
  return from + 1 < to && isSign(tokens, from + 1, '(') ? after(tokens, from + 1) : from + 1;
}

function literalEnd(tokens: Tokens, from: number): number | undefined {
  const at = isSign(tokens, from, '-') ? from + 1 : from;
  const kind = tokens.kinds[at] ?? 0;
  const isWordOne = isWord(tokens, at, 'true') || isWord(tokens, at, 'false');
  return isWordOne || (kind >= tokenKind.string && kind <= tokenKind.float) ? at + 1 : undefined;
}

/** `path`, `path(…)`, `path = "…"`; `unsafe(…)`. */
function metaEnd(tokens: Tokens, { from, to }: TokenRange): number | undefined {
  const end = pathEnd(tokens, { from, to });
  if (end === undefined || end >= to) return end;
  if (tokens.kinds[end] === tokenKind.open) return after(tokens, end);
  return isSign(tokens, end, '=') ? untilFollower(tokens, { from: end + 1, to }, expressionFollowers) : end;
}

/** A path with its generics: `a::B<C>`, `<A as B>::C`. */
function pathEnd(tokens: Tokens, { from, to }: TokenRange): number | undefined {
  let at = from;
  if (isSign(tokens, at, '<')) {
    at = afterAngles(tokens, at, to);
    if (!isSigns(tokens, at, '::')) return at;
  }
  if (isSigns(tokens, at, '::')) at += 2;
  for (;;) {
    if (at >= to || nameOf(tokens, at) === undefined) return undefined;
    at++;
    const generics = isSigns(tokens, at, '::') && isSign(tokens, at + 2, '<') ? at + 2 : at;
    if (isSign(tokens, generics, '<') && !isSigns(tokens, generics, '<<'))
      at = afterAngles(tokens, generics, to);
    else if (isSign(tokens, at, '(') && /^Fn(?:Mut|Once)?$/.test(nameOf(tokens, at - 1) ?? ''))
      at = after(tokens, at);
    if (isSigns(tokens, at, '->')) return typeEnd(tokens, { from: at + 2, to });
    if (!isSigns(tokens, at, '::') || nameOf(tokens, at + 2) === undefined) return at;
    at += 2;
  }
}

function typeEnd(tokens: Tokens, { from, to }: TokenRange): number | undefined {
  let at = from;
  for (; at < to; at++) {
    const isBefore =
      isSign(tokens, at, '&') ||
      isSign(tokens, at, '*') ||
      tokens.kinds[at] === tokenKind.lifetime ||
      prefixes.some((word) => isWord(tokens, at, word));
    if (!isBefore) break;
  }
  if (at >= to) return undefined;
  if (isSign(tokens, at, '!')) return at + 1;
  if (isWord(tokens, at, 'for') && isSign(tokens, at + 1, '<'))
    return typeEnd(tokens, { from: afterAngles(tokens, at + 1, to), to });
  let end: number | undefined;
  if (isWord(tokens, at, 'fn') && isSign(tokens, at + 1, '(')) {
    end = after(tokens, at + 1);
    if (isSigns(tokens, end, '->')) end = typeEnd(tokens, { from: end + 2, to });
  } else if (tokens.kinds[at] === tokenKind.open) end = after(tokens, at);
  else end = pathEnd(tokens, { from: at, to });
  if (end === undefined) return undefined;
  if (isSign(tokens, end, '!') && tokens.kinds[end + 1] === tokenKind.open && end + 1 < to)
    end = after(tokens, end + 1);
  // `dyn A + B`.
  return isSign(tokens, end, '+') && end < to ? (typeEnd(tokens, { from: end + 1, to }) ?? end) : end;
}

const prefixes = ['mut', 'const', 'dyn', 'impl', 'unsafe', 'extern'] as const;

type Follower = (tokens: Tokens, at: number) => boolean;

const expressionFollowers: Follower = (tokens, at) =>
  isSign(tokens, at, ',') || isSign(tokens, at, ';') || isSigns(tokens, at, '=>');
const patternFollowers: Follower = (tokens, at) =>
  expressionFollowers(tokens, at) ||
  (isSign(tokens, at, '=') && !isSign(tokens, at - 1, '.')) ||
  isWord(tokens, at, 'if') ||
  isWord(tokens, at, 'in');

function untilFollower(tokens: Tokens, { from, to }: TokenRange, follows: Follower): number | undefined {
  let at = from;
  // The parameters of a closure have commas.
  const bar = isWord(tokens, at, 'move') ? at + 1 : at;
  if (isSign(tokens, bar, '|')) {
    at = bar + 1;
    while (at < to && !isSign(tokens, at, '|')) at = after(tokens, at);
    at++;
  }
  while (at < to && !follows(tokens, at)) {
    if (isSigns(tokens, at, '::') && isSign(tokens, at + 2, '<')) at = afterAngles(tokens, at + 2, to);
    else at = after(tokens, at);
  }
  return at > from ? Math.min(at, to) : undefined;
}
