/** Tuples, as patterns and as values: which part of one a name is given. */
import { commaParts } from '../attribute.ts';
import { after, inside, isSign, isSigns, nameOf, type TokenRange, type Tokens } from '../tokens.ts';

/** The parts of a pattern that is a tuple, alone or in `Some(…)`, `Ok(…)`; `undefined` for every other. */
export function tupleIn(tokens: Tokens, range: TokenRange): readonly TokenRange[] | undefined {
  const { from, to } = unwrapped(tokens, range);
  if (!isSign(tokens, from, '(') || after(tokens, from) !== to) return undefined;
  const parts = commaParts(tokens, inside(tokens, from));
  return parts.length > 1 ? parts : undefined;
}

/**
 * What a value that stands there as a tuple, or as a list of such, has at one place; `undefined` where it is anything
 * else, so that all of it counts.
 */
export function partsAt(tokens: Tokens, range: TokenRange, part: number): readonly TokenRange[] | undefined {
  const value = unwrapped(tokens, range);
  const open = isSign(tokens, value.from + 1, '!') ? value.from + 2 : value.from;
  const isList = isSign(tokens, open, '[') && isOnlyPassedOn(tokens, after(tokens, open), value.to);
  const tuples = isList ? commaParts(tokens, inside(tokens, open)) : [value];
  const found: TokenRange[] = [];
  for (const tuple of tuples) {
    const own = tupleIn(tokens, tuple)?.[part];
    if (own === undefined) return undefined;
    found.push(own);
  }
  return found;
}

/** The name that a range is, but for what says only that it is there: `&name`, `Some(name)`. */
export function nameIn(tokens: Tokens, range: TokenRange): string | undefined {
  const { from, to } = unwrapped(tokens, range);
  return to === from + 1 ? nameOf(tokens, from) : undefined;
}

/** Whether an expression gives what a name or a function gives, whole: `name`, `&name`, `f(x)?`, `list.iter()`. */
export function isHandedOn(tokens: Tokens, { from, to }: TokenRange): boolean {
  let at = from;
  while (isSign(tokens, at, '&') || nameOf(tokens, at) === 'mut') at++;
  if (nameOf(tokens, at) === undefined) return false;
  at++;
  while (isSigns(tokens, at, '::') && nameOf(tokens, at + 2) !== undefined) at += 3;
  return isOnlyPassedOn(tokens, isSign(tokens, at, '(') ? after(tokens, at) : at, to);
}

/** Whether nothing follows but what leaves a value, or the values of a list, as they are. */
function isOnlyPassedOn(tokens: Tokens, from: number, to: number): boolean {
  for (let at = from; at < to; ) {
    if (isSign(tokens, at, '?')) at++;
    else if (
      isSign(tokens, at, '.') &&
      passing.has(nameOf(tokens, at + 1) ?? '') &&
      isSign(tokens, at + 2, '(')
    )
      at = after(tokens, at + 2);
    else return false;
  }
  return true;
}

const passing: ReadonlySet<string> = new Set(
  'unwrap expect iter into_iter iter_mut clone cloned copied as_ref as_deref to_vec to_owned'.split(' '),
);

/** Without the `&` before it and what says only that it is there: `Some(…)`, `Ok(…)`. */
function unwrapped(tokens: Tokens, range: TokenRange): TokenRange {
  let { from, to } = range;
  for (;;) {
    while (isSign(tokens, from, '&')) from++;
    if (!/^(?:Some|Ok)$/.test(nameOf(tokens, from) ?? '')) return { from, to };
    if (!isSign(tokens, from + 1, '(') || after(tokens, from + 1) !== to) return { from, to };
    ({ from, to } = inside(tokens, from + 1));
  }
}
