/** What stands under `#[cfg(…)]`: two things of which never both are there have nothing to do with each other. */
import { commaParts } from '../attribute.ts';
import { stringOf } from '../literal.ts';
import { after, inside, isSign, isWord, nameOf, type TokenRange, type Tokens, textOf } from '../tokens.ts';

/** Predicates that all hold where something is there, each as one text: `feature="x"`, `not(feature="x")`. */
export type Gates = readonly string[];

export const noGates: Gates = [];
const maxGates = 8;

/** The predicates of the attributes that stand before an item or a statement; words such as `pub` may stand between. */
export function gatesBefore(tokens: Tokens, at: number): Gates {
  let last = at - 1;
  while (
    modifiers.has(nameOf(tokens, last) ?? '') ||
    stringOf(tokens, last) !== undefined ||
    isOfPub(tokens, last)
  )
    last = isSign(tokens, last, ')') ? (tokens.partners[last] ?? last) - 1 : last - 1;
  let found: Gates = noGates;
  while (isSign(tokens, last, ']')) {
    const open = tokens.partners[last] ?? last;
    if (!isSign(tokens, open - 1, '#')) break;
    if (isWord(tokens, open + 1, 'cfg') && isSign(tokens, open + 2, '('))
      found = [...found, ...predicates(tokens, inside(tokens, open + 2))];
    last = open - 2;
  }
  return found.slice(0, maxGates);
}

/** Whether two are never there together, as far as their predicates say so word by word. */
export function exclude(one: Gates, other: Gates): boolean {
  return one.some((a) => other.some((b) => isOpposite(a, b)));
}

function isOpposite(a: string, b: string): boolean {
  if (a === b) return false;
  if (isNot(a, b) || isNot(b, a)) return true;
  // Most are of features, which may be there together.
  if (!a.startsWith('target_') || !b.startsWith('target_')) return false;
  const [x, y] = [single.exec(a), single.exec(b)];
  return x !== null && y !== null && x[1] === y[1] && x[2] !== y[2];
}

/** Whether one is `not(…)` of the other. */
function isNot(one: string, other: string): boolean {
  return (
    one.length === other.length + 5 && one.startsWith('not(') && one.endsWith(')') && one.startsWith(other, 4)
  );
}

/** Keys that have one value for a target. */
const single = /^(target_(?:os|arch|env|vendor|pointer_width|endian))="([^"]*)"$/;

/** `all(a, b)` is both of them. */
function predicates(tokens: Tokens, range: TokenRange): Gates {
  if (!isWord(tokens, range.from, 'all') || !isSign(tokens, range.from + 1, '('))
    return [written(tokens, range)];
  if (after(tokens, range.from + 1) < range.to) return [];
  return commaParts(tokens, inside(tokens, range.from + 1)).flatMap((part) => predicates(tokens, part));
}

function written(tokens: Tokens, { from, to }: TokenRange): string {
  let text = '';
  for (let at = from; at < to; at++) text += textOf(tokens, at);
  return text.replace(/,\)/g, ')').replace(/,$/, '');
}

const modifiers: ReadonlySet<string> = new Set('pub crate async unsafe const extern default'.split(' '));

/** `(crate)` of `pub(crate)`. */
function isOfPub(tokens: Tokens, at: number): boolean {
  return isSign(tokens, at, ')') && isWord(tokens, (tokens.partners[at] ?? 0) - 1, 'pub');
}
