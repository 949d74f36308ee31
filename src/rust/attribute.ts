import { type CfgExpression, parseCfg } from '../cargo/cfg/expression.ts';
import { CargoError } from '../cargo/error.ts';
import { stringOf } from './literal.ts';
import { after, inside, isSign, nameOf, type TokenRange, type Tokens, textOf } from './tokens.ts';

/** `#[path(input)]`, `#[path = value]` or `#[path]`; `#![…]` is an inner one. */
export interface Attribute {
  /** Its path: `cfg_attr`, `rustfmt::skip`. */
  readonly path: string;
  readonly inner: boolean;
  /** The tokens between its delimiters after the path; absent without any. */
  readonly input: TokenRange | undefined;
  /** The text of `= "…"`. */
  readonly value: string | undefined;
  /** The token that it begins with. */
  readonly at: number;
}

/** The attribute that begins with the `#` there, and the token after it; `undefined` where none does. */
export function attributeAt(
  tokens: Tokens,
  at: number,
): { readonly attribute: Attribute; readonly next: number } | undefined {
  if (!isSign(tokens, at, '#')) return undefined;
  const inner = isSign(tokens, at + 1, '!');
  const open = inner ? at + 2 : at + 1;
  if (!isSign(tokens, open, '[')) return undefined;
  const content = inside(tokens, open);
  return { attribute: { ...metaOf(tokens, content), inner, at }, next: after(tokens, open) };
}

/** What an attribute's `[…]`, or a part of `cfg_attr(…)`, says. `unsafe(no_mangle)` is `no_mangle`. */
export function metaOf(tokens: Tokens, range: TokenRange): Omit<Attribute, 'inner' | 'at'> {
  let at = range.from;
  const names: string[] = [];
  for (; at < range.to; at++) {
    const name = nameOf(tokens, at);
    if (name !== undefined) names.push(name);
    else if (!isSign(tokens, at, ':')) break;
  }
  const path = names.join('::');
  if (at < range.to && isSign(tokens, at, '=')) {
    return { path, input: undefined, value: at + 2 === range.to ? stringOf(tokens, at + 1) : undefined };
  }
  const input = at < range.to ? inside(tokens, at) : undefined;
  if (path === 'unsafe' && input !== undefined) return metaOf(tokens, input);
  return { path, input, value: undefined };
}

/** The parts of a list between its commas, empty ones left out. */
export function commaParts(tokens: Tokens, range: TokenRange): readonly TokenRange[] {
  const parts: TokenRange[] = [];
  let from = range.from;
  for (let at = range.from; at < range.to; at = after(tokens, at)) {
    if (!isSign(tokens, at, ',')) continue;
    if (at > from) parts.push({ from, to: at });
    from = at + 1;
  }
  if (range.to > from) parts.push({ from, to: range.to });
  return parts;
}

/**
 * The expression that these tokens of a `cfg(…)` or `cfg_attr(…)` make; `undefined` where it is not understood, such as
 * `version(…)`. Strings are read with their escapes, as rustc does in source and cargo does not in manifests.
 */
export function cfgOf(tokens: Tokens, range: TokenRange): CfgExpression | undefined {
  const words: string[] = [];
  for (let at = range.from; at < range.to; at++) {
    const string = stringOf(tokens, at);
    if (string?.includes('"') === true) return undefined;
    words.push(string === undefined ? textOf(tokens, at) : `"${string}"`);
  }
  try {
    return parseCfg(words.join(' '));
  } catch (error) {
    if (error instanceof CargoError) return undefined;
    throw error;
  }
}
