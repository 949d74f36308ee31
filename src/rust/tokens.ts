import { firstWhere } from './first-where.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What one token is, as rustc's lexer has it; punctuation comes one character at a time. */
export const tokenKind = {
  ident: 0,
  /** `r#name`. */
  rawIdent: 1,
  /** `'a`, `'r#a`. */
  lifetime: 2,
  punct: 3,
  /** `(`, `[` or `{`. */
  open: 4,
  /** `)`, `]` or `}`. */
  close: 5,
  /** `"…"`; its escapes not yet read. */
  string: 6,
  /** `r"…"`, `r#"…"#`. */
  rawString: 7,
  byteString: 8,
  rawByteString: 9,
  cString: 10,
  rawCString: 11,
  char: 12,
  byte: 13,
  integer: 14,
  float: 15,
} as const;

export type TokenKind = (typeof tokenKind)[keyof typeof tokenKind];

/**
 * The tokens of one file, side by side in flat arrays: a file of a megabyte has some 300,000 of them, and objects would
 * cost ten times the memory. Comments, documentation comments too, are no tokens.
 */
export interface Tokens {
  readonly source: string;
  readonly count: number;
  /** The `TokenKind` of each. */
  readonly kinds: Uint8Array;
  /** The one character of punctuation and delimiters; for others 0. */
  readonly signs: Uint8Array;
  /** Where each begins and ends in `source`, in UTF-16 units, the end not included. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** For a delimiter, the token that is its partner; for others 0. */
  readonly partners: Uint32Array;
  /** For a name, its number in the vocabulary, by which it is the same in normal form C; for others 0. */
  readonly words: Uint32Array;
  readonly vocabulary: Vocabulary;
  /** The numbers of its names, each once. */
  readonly names: Uint32Array;
  /** The tokens that are one of the words up to `lastMark`, in their order. */
  readonly marks: Uint32Array;
  /** Each `!` that a delimiter follows. */
  readonly calls: Uint32Array;
  /** The tokens that are strings of any kind. */
  readonly strings: Uint32Array;
  /** The line that all of it counts as, where a macro's call made it. */
  readonly line: number | undefined;
}

/** A range of tokens, its end not included. */
export interface TokenRange {
  readonly from: number;
  readonly to: number;
}

/** A token as it was written. */
export function textOf(tokens: Tokens, at: number): string {
  return tokens.source.slice(tokens.starts[at], tokens.ends[at]);
}

/**
 * The name that an identifier token gives, without its `r#`; `undefined` for every other token. Names are compared in normal
 * form C, in which the sign for kelvin is a `K` (The Rust Reference, "Identifiers": "Normalization").
 */
export function nameOf({ words, vocabulary }: Tokens, at: number): string | undefined {
  const word = words[at];
  return word === undefined || word === 0 ? undefined : vocabulary.text(word);
}

/** Whether the token there is this one character of punctuation, or this delimiter. */
export function isSign({ signs }: Tokens, at: number, sign: string): boolean {
  return signs[at] === sign.charCodeAt(0);
}

/** The character of punctuation, or the delimiter, that the token there is; `undefined` for every other token. */
export function signAt({ signs }: Tokens, at: number): string | undefined {
  const sign = signs[at];
  return sign === undefined || sign === 0 ? undefined : String.fromCharCode(sign);
}

/** Whether the token there and those that touch it spell these signs, such as `::`. */
export function isSigns(tokens: Tokens, at: number, signs: string): boolean {
  for (let index = 0; index < signs.length; index++) {
    if (!isSign(tokens, at + index, signs.charAt(index))) return false;
    if (index > 0 && tokens.starts[at + index] !== tokens.ends[at + index - 1]) return false;
  }
  return true;
}

/** Whether the token there is this word, not written `r#`. */
export function isWord({ kinds, words, vocabulary }: Tokens, at: number, word: string): boolean {
  return kinds[at] === tokenKind.ident && vocabulary.is(words[at] ?? 0, word);
}

/** The place in a list of tokens, such as `marks`, of the first one that does not stand before a token. */
function placeIn(list: Uint32Array, token: number): number {
  return firstWhere(list.length, (i) => (list[i] ?? 0) >= token);
}

/** Those of a list of tokens, such as `marks`, that stand in a range. */
export function listedIn(list: Uint32Array, { from, to }: TokenRange): Uint32Array {
  return list.subarray(placeIn(list, from), placeIn(list, to));
}

/** The token after this one, or after the whole group that it opens. */
export function after(tokens: Tokens, at: number): number {
  return (tokens.kinds[at] === tokenKind.open ? (tokens.partners[at] ?? at) : at) + 1;
}

/** The delimiter that opens the group which a token stands in; one before `least`, or that itself, where none does behind it. */
export function openBefore({ kinds, partners }: Tokens, at: number, least = 0): number {
  let open = at - 1;
  while (open > least && kinds[open] !== tokenKind.open)
    open = (kinds[open] === tokenKind.close ? (partners[open] ?? open) : open) - 1;
  return open;
}

/** What stands between the delimiters of the group that this token opens. */
export function inside(tokens: Tokens, open: number): TokenRange {
  return { from: open + 1, to: tokens.partners[open] ?? open + 1 };
}

/** Where a token stands: line and column from 1, the column in UTF-16 units. */
export function placeOf(tokens: Tokens, at: number): { readonly line: number; readonly column: number } {
  if (tokens.line !== undefined) return { line: tokens.line, column: 1 };
  return placeAt(tokens.source, tokens.starts[at] ?? tokens.source.length);
}

/** The line and column, from 1, of an offset in a text. */
export function placeAt(source: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let begin = 0;
  for (let next = source.indexOf('\n'); next !== -1 && next < offset; next = source.indexOf('\n', begin)) {
    line++;
    begin = next + 1;
  }
  return { line, column: offset - begin + 1 };
}

/** The lines of tokens, for files that are asked about many of them. */
export class Lines {
  readonly #starts = new Map<Tokens, readonly number[]>();

  /** The line of a token, from 1. */
  of(tokens: Tokens, at: number): number {
    if (tokens.line !== undefined) return tokens.line;
    const starts = this.#starts.get(tokens) ?? lineStarts(tokens.source);
    this.#starts.set(tokens, starts);
    const offset = tokens.starts[at] ?? tokens.source.length;
    return firstWhere(starts.length, (i) => (starts[i] ?? 0) > offset);
  }
}

function lineStarts(source: string): readonly number[] {
  const starts = [0];
  for (let next = source.indexOf('\n'); next !== -1; next = source.indexOf('\n', next + 1))
    starts.push(next + 1);
  return starts;
}
