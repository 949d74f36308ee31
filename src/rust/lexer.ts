import type { Edition } from '../cargo/manifest/manifest.ts';
import { placeAt, type TokenKind, type Tokens, tokenKind } from './tokens.ts';

/** A file's tokens, or why it has none that can be trusted. */
export type Lexed =
  | { readonly kind: 'tokens'; readonly tokens: Tokens }
  | { readonly kind: 'opaque'; readonly reason: string; readonly line: number };

/** Longest file that is read, in UTF-16 units. The largest of real crates (generated bindings) have 8.6 MB. */
export const maxSourceLength = 12 * 1024 * 1024;

/**
 * Splits Rust source into tokens (The Rust Reference, "Lexical structure"; rustc's `rustc_lexer`), each delimiter with its
 * partner. Editions before 2021 have no C strings and no raw lifetimes: `cr"x"` is a name and a string there; what only an
 * edition refuses passes. A text that rustc's lexer would refuse, or that is longer than `maxSourceLength`, is opaque. With
 * `line`, all of it counts as that line of another file.
 */
export function lex(source: string, edition: Edition = '2021', line?: number): Lexed {
  if (source.length > maxSourceLength) return { kind: 'opaque', reason: 'too long to be read', line: 1 };
  try {
    return { kind: 'tokens', tokens: new Lexer(source, edition === '2015' || edition === '2018').run(line) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind: 'opaque', reason: error.message, line: placeAt(source, error.offset).line };
  }
}

class Refused extends Error {
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}

const class_ = {
  other: 0,
  space: 1,
  ident: 2,
  digit: 3,
  punct: 4,
  open: 5,
  close: 6,
  string: 7,
  tick: 8,
  slash: 9,
};

const classes = new Uint8Array(128);
for (const char of '\t\n\v\f\r ') classes[char.charCodeAt(0)] = class_.space;
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_')
  classes[char.charCodeAt(0)] = class_.ident;
for (const char of '0123456789') classes[char.charCodeAt(0)] = class_.digit;
for (const char of ';,.@#~?:$=!<>-&|+*^%') classes[char.charCodeAt(0)] = class_.punct;
for (const char of '([{') classes[char.charCodeAt(0)] = class_.open;
for (const char of ')]}') classes[char.charCodeAt(0)] = class_.close;
classes['"'.charCodeAt(0)] = class_.string;
classes["'".charCodeAt(0)] = class_.tick;
classes['/'.charCodeAt(0)] = class_.slash;

/** `Pattern_White_Space` beyond ASCII. */
const wideSpace = /[\u0085\u200e\u200f\u2028\u2029]/;
const identStart = /[\p{XID_Start}_]/u;
const identContinue = /\p{XID_Continue}/u;
/** An escape and the quote after it; whether Rust has such an escape is for its parser. */
const oneEscape = /\\(?:x[^'\n]{2}|u\{[^}'\n]*\}|[^xu\n])'/uy;
const digits = '0x(?=_*[0-9a-fA-F])[0-9a-fA-F_]+|0[ob](?=_*[0-9])[0-9_]+|(?!0[box])[0-9][0-9_]*';
const number = new RegExp(
  `(?:${digits})(\\.(?![.\\p{XID_Start}_])(?:[0-9][0-9_]*)?)?([eE][+-]?[0-9_]*)?|0[box]_*`,
  'uy',
);
/** What makes a literal, or a raw name, of what begins like a name. */
const newPrefix = /r#*"|r#(?=[\p{XID_Start}_])|b'|[bc]"|[bc]r#*"|[bc]?r#/uy;
const oldPrefix = /r#*"|r#(?=[\p{XID_Start}_])|b'|b"|br#*"|b?r#/uy;
const backslash = 92;
const quote = 34;
const tick = 39;

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

class Lexer {
  readonly #source: string;
  /** Whether its edition is older than 2021. */
  readonly #old: boolean;
  /** Whether a name has other letters than ASCII's. */
  #hasWide = false;
  readonly #length: number;
  #at = 0;
  #count = 0;
  #kinds: Uint8Array;
  #starts: Uint32Array;
  #ends: Uint32Array;
  #partners: Uint32Array;
  readonly #open: number[] = [];

  constructor(source: string, old: boolean) {
    this.#source = source;
    this.#old = old;
    this.#length = source.length;
    // Generated bindings have a token for every six characters, other code fewer.
    const room = Math.floor(source.length / 5) + 16;
    this.#kinds = new Uint8Array(room);
    this.#starts = new Uint32Array(room);
    this.#ends = new Uint32Array(room);
    this.#partners = new Uint32Array(room);
  }

  run(line: number | undefined): Tokens {
    this.#skipPreamble();
    while (this.#at < this.#length) this.#one();
    const open = this.#open.at(-1);
    if (open !== undefined) throw new Refused('a delimiter is never closed', this.#starts[open] ?? 0);
    return {
      source: this.#source,
      count: this.#count,
      kinds: this.#kinds,
      starts: this.#starts,
      ends: this.#ends,
      partners: this.#partners,
      wide: this.#hasWide,
      line,
      names: undefined,
    };
  }

  /** A byte order mark, and `#!…` unless it begins an attribute (rustc_lexer: `strip_shebang`). */
  #skipPreamble(): void {
    if (this.#source.charCodeAt(0) === 0xfeff) this.#at = 1;
    if (!this.#source.startsWith('#!', this.#at)) return;
    const next = /^(?:\s|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(.?)/.exec(
      this.#source.slice(this.#at + 2, this.#at + 10_000),
    );
    if (next?.[1] === '[') return;
    const end = this.#source.indexOf('\n', this.#at);
    this.#at = end === -1 ? this.#length : end;
  }

  #one(): void {
    const start = this.#at;
    const code = this.#source.charCodeAt(start);
    const kind = code < 128 ? classes[code] : class_.other;
    if (kind === class_.space) this.#at++;
    else if (kind === class_.ident) this.#word(start, code);
    else if (kind === class_.punct) this.#take(tokenKind.punct, start);
    else if (kind === class_.open) {
      this.#open.push(this.#count);
      this.#take(tokenKind.open, start);
    } else if (kind === class_.close) this.#close(start);
    else if (kind === class_.digit) this.#number(start);
    else if (kind === class_.string) this.#string(start, start + 1, tokenKind.string);
    else if (kind === class_.tick) this.#tick(start);
    else if (kind === class_.slash) this.#slash(start);
    else this.#wide(start);
  }

  /** A token of one character. */
  #take(kind: TokenKind, start: number): void {
    this.#at++;
    this.#push(kind, start);
  }

  #push(kind: TokenKind, start: number): void {
    if (this.#count === this.#kinds.length) this.#grow();
    this.#kinds[this.#count] = kind;
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = this.#at;
    this.#count++;
  }

  #grow(): void {
    const room = this.#kinds.length * 2;
    const wider = (old: Uint32Array) => {
      const made = new Uint32Array(room);
      made.set(old);
      return made;
    };
    const kinds = new Uint8Array(room);
    kinds.set(this.#kinds);
    this.#kinds = kinds;
    this.#starts = wider(this.#starts);
    this.#ends = wider(this.#ends);
    this.#partners = wider(this.#partners);
  }

  #close(start: number): void {
    const open = this.#open.pop();
    const sign = this.#source.charAt(start);
    if (open === undefined || closers[this.#source.charAt(this.#starts[open] ?? 0)] !== sign) {
      throw new Refused(`\`${sign}\` closes nothing that is open`, start);
    }
    this.#at++;
    const close = this.#count;
    this.#push(tokenKind.close, start);
    this.#partners[open] = close;
    this.#partners[close] = open;
  }

  #slash(start: number): void {
    const next = this.#source.charCodeAt(start + 1);
    if (next === 47) {
      const end = this.#source.indexOf('\n', start);
      this.#at = end === -1 ? this.#length : end + 1;
    } else if (next === 42) {
      this.#at = this.#blockEnd(start);
    } else {
      this.#take(tokenKind.punct, start);
    }
  }

  /** Block comments nest. */
  #blockEnd(start: number): number {
    const sign = /\/\*|\*\//g;
    sign.lastIndex = start;
    let depth = 0;
    for (let match = sign.exec(this.#source); match !== null; match = sign.exec(this.#source)) {
      depth += match[0] === '/*' ? 1 : -1;
      if (depth === 0) return sign.lastIndex;
    }
    throw new Refused('a comment is never closed', start);
  }

  /** An identifier, or the prefix of a literal. */
  #word(start: number, code: number): void {
    if (code === 98 || code === 99 || code === 114) {
      if (this.#prefixed(start)) return;
    }
    this.#at = this.#identEnd(start);
    this.#push(tokenKind.ident, start);
  }

  /** `r"`, `r#"`, `r#name`, `b'`, `b"`, `br"`, `c"`, `cr"`: whether one of them was read. */
  #prefixed(start: number): boolean {
    const prefix = this.#old ? oldPrefix : newPrefix;
    prefix.lastIndex = start;
    const text = prefix.exec(this.#source)?.[0];
    if (text === undefined) return false;
    const end = start + text.length;
    if (text === 'r#' && this.#startsIdent(end)) {
      this.#at = this.#identEnd(end);
      this.#push(tokenKind.rawIdent, start);
    } else if (text === "b'") {
      this.#at = this.#characterEnd(start, end);
      this.#suffix();
      this.#push(tokenKind.byte, start);
    } else if (text.endsWith('#')) {
      throw new Refused('a raw string never begins', start);
    } else if (text.includes('r')) {
      const kinds = { r: tokenKind.rawString, b: tokenKind.rawByteString, c: tokenKind.rawCString };
      this.#rawString(start, end, text.split('#').length - 1, kinds[text.charAt(0) as 'r' | 'b' | 'c']);
    } else {
      this.#string(start, end, text === 'b"' ? tokenKind.byteString : tokenKind.cString);
    }
    return true;
  }

  #string(start: number, from: number, kind: TokenKind): void {
    this.#at = this.#stringEnd(start, from);
    this.#suffix();
    this.#push(kind, start);
  }

  #rawString(start: number, from: number, hashes: number, kind: TokenKind): void {
    const close = `"${'#'.repeat(hashes)}`;
    const end = this.#source.indexOf(close, from);
    if (end === -1) throw new Refused('a raw string is never closed', start);
    this.#at = end + close.length;
    this.#suffix();
    this.#push(kind, start);
  }

  /** The end of a string whose text begins at `from`. */
  #stringEnd(start: number, from: number): number {
    for (let at = from; at < this.#length; at++) {
      const code = this.#source.charCodeAt(at);
      if (code === quote) return at + 1;
      if (code === backslash) at++;
    }
    throw new Refused('a string is never closed', start);
  }

  /** A literal may end in a name: `1u8`, `"a"suffix`. */
  #suffix(): void {
    if (this.#at < this.#length && this.#startsIdent(this.#at)) this.#at = this.#identEnd(this.#at);
  }

  /** A lifetime or a character (rustc_lexer: `lifetime_or_char`). */
  #tick(start: number): void {
    const first = this.#source.codePointAt(start + 1) ?? 0;
    const width = first > 0xffff ? 2 : 1;
    const second = this.#source.charCodeAt(start + 1 + width);
    if (second !== tick && first !== backslash && this.#startsIdent(start + 1)) {
      this.#at = this.#identEnd(start + 1);
      const raw = !this.#old && this.#source.startsWith("'r#", start) && this.#startsIdent(start + 3);
      if (raw) this.#at = this.#identEnd(start + 3);
      else if (this.#source.charCodeAt(this.#at) === tick) {
        throw new Refused('a character has one character', start);
      }
      this.#push(tokenKind.lifetime, start);
      return;
    }
    this.#at = this.#characterEnd(start, start + 1);
    this.#suffix();
    this.#push(tokenKind.char, start);
  }

  /** The end of a character or byte whose text begins at `from`: an escape, or one character. */
  #characterEnd(start: number, from: number): number {
    const first = this.#source.codePointAt(from) ?? 0;
    if (first === backslash) {
      oneEscape.lastIndex = from;
      if (!oneEscape.test(this.#source)) throw new Refused('a character has one character', start);
      return oneEscape.lastIndex;
    }
    const end = from + (first > 0xffff ? 2 : 1);
    if (first === tick || this.#source.charCodeAt(end) !== tick) {
      throw new Refused('a character has one character', start);
    }
    return end + 1;
  }

  /** rustc_lexer: `number`. `1..2` and `1.max(2)` are an integer and more; `1.` is a float. */
  #number(start: number): void {
    number.lastIndex = start;
    const [, fraction, exponent] = number.exec(this.#source) ?? [];
    if (exponent !== undefined && !/[0-9]/.test(exponent))
      throw new Refused('an exponent has no digits', start);
    this.#at = number.lastIndex;
    this.#suffix();
    this.#push(fraction === undefined && exponent === undefined ? tokenKind.integer : tokenKind.float, start);
  }

  /** Beyond ASCII: a space, or the start of a name. */
  #wide(start: number): void {
    if (this.#source.charCodeAt(start) >= 128) {
      if (wideSpace.test(this.#source.charAt(start))) {
        this.#at++;
        return;
      }
      if (this.#startsIdent(start)) {
        this.#at = this.#identEnd(start);
        this.#push(tokenKind.ident, start);
        return;
      }
    }
    throw new Refused('a character that no token has', start);
  }

  #startsIdent(at: number): boolean {
    const code = this.#source.charCodeAt(at);
    if (code < 128) return classes[code] === class_.ident;
    const point = this.#source.codePointAt(at);
    return point !== undefined && identStart.test(String.fromCodePoint(point));
  }

  #identEnd(from: number): number {
    let at = from;
    while (at < this.#length) {
      const code = this.#source.charCodeAt(at);
      if (code < 128) {
        const kind = classes[code];
        if (kind !== class_.ident && kind !== class_.digit) return at;
        at++;
      } else {
        const point = this.#source.codePointAt(at) ?? 0;
        if (!identContinue.test(String.fromCodePoint(point))) return at;
        this.#hasWide = true;
        at += point > 0xffff ? 2 : 1;
      }
    }
    return at;
  }
}
