/** Paths as tokens write them: what they begin and end with, and what stands around them. */
import { afterAngles } from './angles.ts';
import { isSign, isSigns, isWord, nameOf, signAt, type Tokens, tokenKind } from './tokens.ts';

/** A path as it is written. */
export interface WrittenPath {
  readonly names: readonly string[];
  /** The token after it. */
  readonly next: number;
  /** Whether a part of it is a macro's argument, or is pasted together. */
  readonly spliced: boolean;
  readonly pasted: boolean;
  /** Whether it has generics, and whether those end where they are looked for. */
  readonly generics?: 'ended' | 'endless';
}

/** The names of the path that begins with the name there; its generics are left out. */
export function readPath(tokens: Tokens, from: number, to: number): WrittenPath {
  const names: string[] = [];
  let generics: WrittenPath['generics'];
  let at = from;
  const ends = (next: number, spliced: boolean, pasted: boolean): WrittenPath => {
    const path = { names, next, spliced, pasted };
    return generics === undefined ? path : { ...path, generics };
  };
  while (at < to) {
    const name = nameOf(tokens, at);
    if (name === undefined) break;
    names.push(name);
    at++;
    if (!isSigns(tokens, at, '::')) break;
    if (isSign(tokens, at + 2, '<')) {
      const end = afterAngles(tokens, at + 2, to);
      generics = end === at + 3 ? 'endless' : 'ended';
      if (!isSigns(tokens, end, '::') || nameOf(tokens, end + 2) === undefined) break;
      at = end;
    }
    const pasted = isSign(tokens, at + 2, '[') && isSign(tokens, at + 3, '<');
    if (pasted || isSign(tokens, at + 2, '$')) return ends(at + 2, true, pasted);
    if (nameOf(tokens, at + 2) === undefined) break;
    at += 2;
  }
  return ends(Math.max(at, from + 1), false, false);
}

/** The names that follow `<` this path `>`, as in `<Command as Run>::new`, or in `<() as Has>::Out::new`. */
export function qualified(tokens: Tokens, at: number, next: number, to: number): readonly string[] {
  if (isWord(tokens, at - 1, 'as')) {
    const end = isSign(tokens, next, '<') ? afterAngles(tokens, next, to) : next;
    const isEnded = isSign(tokens, end, '>') && isSigns(tokens, end + 1, '::');
    if (isEnded) return readPath(tokens, end + 3, to).names;
  }
  let start = isSigns(tokens, at - 2, '::') ? at - 2 : at;
  let close = next;
  while (isSign(tokens, start - 1, '(') && tokens.partners[start - 1] === close) {
    start--;
    close++;
  }
  if (!isSign(tokens, start - 1, '<')) return [];
  const end = isSign(tokens, close, '>')
    ? close + 1
    : isWord(tokens, close, 'as')
      ? afterAngles(tokens, start - 1, to)
      : 0;
  if (end === 0 || !isSigns(tokens, end, '::')) return [];
  return readPath(tokens, end + 2, to).names;
}

/** Whether a name there is all of its path, is not called, and has no generics: what it means is the same wherever it stands so. */
export function standsAlone(tokens: Tokens, at: number): boolean {
  const [before, next] = [signAt(tokens, at - 1), signAt(tokens, at + 1)];
  if (before === '<' || before === ':' || before === '$' || next === '<' || next === '!' || next === '(')
    return false;
  if (before === '(' && tokens.kinds[at + 1] === tokenKind.close) return false;
  if (next === '>' && isWord(tokens, at - 1, 'as')) return false;
  return next !== ':' || !isSigns(tokens, at + 1, '::');
}

export function isMacroCall(tokens: Tokens, next: number): boolean {
  return isSign(tokens, next, '!') && tokens.kinds[next + 1] === tokenKind.open;
}

/** `.name`, but not `..name`. */
export function isMember(tokens: Tokens, at: number): boolean {
  return isSign(tokens, at - 1, '.') && !isSign(tokens, at - 2, '.');
}

/** `$name`, but not `$crate`. */
export function isArgument(tokens: Tokens, at: number): boolean {
  return isSign(tokens, at - 1, '$') && !isWord(tokens, at, 'crate');
}

/** Whether the `::` there goes on with a path, rather than beginning one. */
export function followsPath(tokens: Tokens, at: number): boolean {
  const before = at - 1;
  if (before < 0) return false;
  if (isSign(tokens, before, '>')) return tokens.ends[before] === tokens.starts[at];
  const kind = tokens.kinds[before];
  if (kind === tokenKind.close)
    return isSign(tokens, before, ']') && tokens.ends[before] === tokens.starts[at];
  const name = nameOf(tokens, before);
  return name !== undefined && tokens.ends[before] === tokens.starts[at] && !pathless.has(name);
}

/** Words that begin no path. */
export const pathless: ReadonlySet<string> = new Set(
  'as break const dyn else for if impl in let match move mut ref return static use where while'.split(' '),
);
