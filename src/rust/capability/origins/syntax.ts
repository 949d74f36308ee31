/** What stands around a value tells what is made of it: conditions, lists, chains of methods. */
import { stringOf } from '../../literal.ts';
import {
  after,
  inside,
  isSign,
  isSigns,
  isWord,
  nameOf,
  openBefore,
  type TokenRange,
  type Tokens,
  textOf,
  tokenKind,
} from '../../tokens.ts';
import { allTheWay, type TextPlace } from './trail.ts';
import { beside, buildTools, cfgNames, instead, joining, naming, toolFinders } from './words.ts';

/** Whether a value is put behind a path as text, or joined to it. */
export type Joint = 'behind' | 'joined';

const sign = { equals: 61, bar: 124, close: 125 } as const;

/** A text that something is compared with, or matched by, and no part of a value. */
export function isCompared(tokens: Tokens, at: number): boolean {
  // A pattern: `"a" =>`, `Some("a") | Some("b") if x =>`.
  const { kinds, signs } = tokens;
  let next = at + 1;
  while (kinds[next] === tokenKind.close && signs[next] !== sign.close) next++;
  const after = signs[next];
  if (after === 0 ? isWord(tokens, next, 'if') : after === sign.equals && isSigns(tokens, next, '=>'))
    return true;
  if (signs[at + 1] === sign.equals && isSigns(tokens, at + 1, '==')) return true;
  if (after === sign.bar && signs[next + 1] !== sign.bar) return true;
  if (signs[at - 1] !== sign.equals) return false;
  if (isSigns(tokens, at - 2, '==') || isSigns(tokens, at - 2, '!=')) return true;
  return cfgNames.has(nameOf(tokens, at - 2) ?? '');
}

/** What decides, and is no part of a value. */
export const conditions: ReadonlySet<string> = new Set(['if', 'while', 'match']);
export const beginning: ReadonlySet<string> = new Set([...instead, 'else']);

/** The `{`, or the `=>` of an arm, that a condition ends before. */
export function afterCondition(tokens: Tokens, at: number, to: number): number {
  for (let next = at + 1; next < to; next = after(tokens, next))
    if (isSign(tokens, next, '{') || isSigns(tokens, next, '=>') || isSign(tokens, next, ';')) return next;
  return to;
}

/** The end of a `let`: what it binds is followed where it is used. */
export function afterStatement(tokens: Tokens, at: number, to: number): number {
  for (let next = at + 1; next < to; next = after(tokens, next)) if (isSign(tokens, next, ';')) return next;
  return to;
}

/** Whether a `[` opens a list, and no index or macro's argument. */
export function isList(tokens: Tokens, at: number): boolean {
  const before = at - 1;
  return (
    nameOf(tokens, before) === undefined &&
    !isSign(tokens, before, '!') &&
    tokens.kinds[before] !== tokenKind.close &&
    !isText(tokens.kinds[before])
  );
}

/** `"text"[..n]`. */
function isText(kind = 0): boolean {
  return kind >= tokenKind.string && kind <= tokenKind.rawCString;
}

/** `path[..n]`, `path.as_bytes()[0..n]`: where it is cut is not known; what goes on to the end loses nothing there. */
export function isCutAt(tokens: Tokens, open: number): boolean {
  return !isList(tokens, open) && !isSign(tokens, open - 1, '!') && endsBefore(tokens, inside(tokens, open));
}

/** `text[..n]`, `text[m..]`. */
export function isSliceAt(tokens: Tokens, open: number): boolean {
  if (isList(tokens, open) || isSign(tokens, open - 1, '!')) return false;
  const { from, to } = inside(tokens, open);
  for (let at = from; at < to; at = after(tokens, at)) if (isSigns(tokens, at, '..')) return to > from + 2;
  return false;
}

/** `..n`, `m..n`. */
function endsBefore(tokens: Tokens, { from, to }: TokenRange): boolean {
  for (let at = from; at < to; at = after(tokens, at)) if (isSigns(tokens, at, '..')) return at + 2 < to;
  return false;
}

/** Whether a method that cuts by what it is given cuts a path with that: `take(3)`, `get(..9)`, `replace("/out", "")`. */
export function isCutBy(tokens: Tokens, name: string, open: number): boolean {
  const range = inside(tokens, open);
  if (name === 'get') return endsBefore(tokens, range);
  if (name === 'take') return range.from < range.to;
  // `replace('\\\\', "/")` changes no folder.
  const [what = '', by = ''] = [stringOf(tokens, range.from), stringOf(tokens, range.from + 2)];
  return /\w/.test(what) || by.includes('..');
}

/** How a text stands to what comes before it in its expression. */
export function placeOfText(tokens: Tokens, at: number, as: Joint | undefined, from: number): TextPlace {
  if (as === 'behind') return 'behind';
  const before = isSign(tokens, at - 1, '&') ? at - 2 : at - 1;
  if (isSign(tokens, before, '+')) return 'behind';
  if (isSign(tokens, before, '(')) {
    const name = nameOf(tokens, before - 1) ?? '';
    const isMember = isSign(tokens, before - 2, '.');
    if (joining.has(name) || beside.has(name)) return isMember ? 'joined' : 'first';
    if (name === 'new' || name === 'from') return 'first';
  }
  if (before >= from) return 'within';
  return as ?? 'first';
}

/** How far `.ancestors()` goes that opens there. */
export function stepsUp(tokens: Tokens, open: number): number {
  const next = after(tokens, open);
  const steps = nameOf(tokens, next + 1) === 'nth' ? Number(textOf(tokens, next + 3)) : Number.NaN;
  return Number.isInteger(steps) ? steps : allTheWay;
}

/** Past a chain that begins there and leaves nothing of a path but its name: `entry.path().file_name()`. */
export function nameOnly(tokens: Tokens, at: number, to: number): number | undefined {
  return pastCall(tokens, at, to, naming, false);
}

/**
 * Past a chain that begins there and finds a tool of the toolchain: `build.target(t).get_compiler()`. What it is found
 * by is no name of it.
 */
export function toolFound(tokens: Tokens, at: number, to: number): number | undefined {
  return pastCall(tokens, at, to, toolFinders);
}

/** Past a chain that begins there and ends with `.build()`, or a call of `cmake::build`. */
export function buildAt(tokens: Tokens, at: number, to: number): number | undefined {
  return pastCall(tokens, at, to, buildMethod);
}

/** Past the first call of one of some names, in a chain that begins there and goes on by `.`, and by `::` if asked to. */
function pastCall(
  tokens: Tokens,
  at: number,
  to: number,
  names: ReadonlySet<string>,
  byPaths = true,
): number | undefined {
  let next = at + 1;
  for (let links = 0; links < maxLinks && next < to; links++) {
    while (isSign(tokens, next, '?')) next++;
    if (isSign(tokens, next, '(')) next = after(tokens, next);
    else {
      const link = isSign(tokens, next, '.') ? 1 : byPaths && isSigns(tokens, next, '::') ? 2 : 0;
      const name = link === 0 ? undefined : nameOf(tokens, next + link);
      if (name === undefined) return undefined;
      next += link + 1;
      if (names.has(name) && isSign(tokens, next, '(')) return after(tokens, next);
    }
  }
  return undefined;
}

/**
 * Whether what stands there begins with a builder of a tool that builds into OUT_DIR: `cmake::Config::new(…)`,
 * `Config::new(…)` of it.
 */
export function isBuilder(tokens: Tokens, { from, to }: TokenRange): boolean {
  const at = nameOf(tokens, from) === 'mut' || isSign(tokens, from, '&') ? from + 1 : from;
  if (at >= to || !isSigns(tokens, at + 1, '::')) return false;
  const name = nameOf(tokens, at) ?? '';
  if (buildTools.has(name)) return true;
  const used = new RegExp(`\\buse\\s+(?:::)?(?:cmake|autotools)::(?:\\{[^}]*\\b)?${name}\\b`);
  return name === 'Config' && used.test(tokens.source);
}

const maxLinks = 40;
const buildMethod: ReadonlySet<string> = new Set(['build']);
export const together: ReadonlySet<string> = new Set(['iter', 'into_iter', 'join', 'concat']);

/** Whether a range names what a program wrote: `output.stdout`. */
export function isOutput(tokens: Tokens, { from, to }: TokenRange): boolean {
  for (let at = from; at < to; at++)
    if (isSign(tokens, at - 1, '.') && /^std(?:out|err)$/.test(nameOf(tokens, at) ?? '')) return true;
  return false;
}

/** Whether a value is what a program gives that is run: `Command::new("git").output()?`. */
export function asksForOutput(tokens: Tokens, { from, to }: TokenRange): boolean {
  for (let at = from; at < to; at++)
    if (isSign(tokens, at - 1, '.') && /^(?:wait_with_)?output$/.test(nameOf(tokens, at) ?? '')) return true;
  return false;
}

/** Whether a name stands in the pattern of a `let`, between braces: `let Output { stdout, .. } = …`. */
export function isInPattern(tokens: Tokens, at: number): boolean {
  const open = openBefore(tokens, at);
  const close = tokens.partners[open] ?? open;
  return isSign(tokens, open, '{') && isSign(tokens, close + 1, '=') && !isSigns(tokens, close + 1, '==');
}
