import { afterAngles } from '../angles.ts';
import { commaParts } from '../attribute.ts';
import { stringOf } from '../literal.ts';
import { after, inside, isSign, isSigns, listedIn, nameOf, type TokenRange, type Tokens } from '../tokens.ts';

/** A method that is called on something. */
export interface ChainCall {
  readonly method: string;
  /** The delimiter that opens its arguments. */
  readonly open: number;
}

/** The delimiter that opens the arguments of what ends before there, its generics passed over; `undefined` where none does. */
export function argumentsAt(tokens: Tokens, next: number): number | undefined {
  let at = isSign(tokens, next, '!') ? next + 1 : next;
  if (isSigns(tokens, at, '::') && isSign(tokens, at + 2, '<'))
    at = afterAngles(tokens, at + 2, tokens.count);
  // `<Command>::new(…)`: the path was read up to its `>`.
  return isSign(tokens, at, '(') || (at > next && (isSign(tokens, at, '[') || isSign(tokens, at, '{')))
    ? at
    : undefined;
}

/** One argument of the call whose arguments open there. */
export function argumentOf(tokens: Tokens, open: number, index: number): TokenRange | undefined {
  return commaParts(tokens, inside(tokens, open))[index];
}

/** The methods that are called, one after the other, on the call whose arguments open there: `.arg("x").status()`. */
export function chainAfter(tokens: Tokens, open: number): readonly ChainCall[] {
  const calls: ChainCall[] = [];
  let at = after(tokens, open);
  for (;;) {
    while (isSign(tokens, at, '?')) at++;
    const method = isSign(tokens, at, '.') ? nameOf(tokens, at + 1) : undefined;
    if (method === undefined) return calls;
    at += 2;
    if (isSigns(tokens, at, '::') && isSign(tokens, at + 2, '<'))
      at = afterAngles(tokens, at + 2, tokens.count);
    if (!isSign(tokens, at, '(')) continue;
    calls.push({ method, open: at });
    at = after(tokens, at);
  }
}

/** The texts between two tokens. */
export function textsIn(tokens: Tokens, range: TokenRange): readonly string[] {
  const texts: string[] = [];
  for (const at of listedIn(tokens.strings, range)) {
    const text = stringOf(tokens, at);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}
