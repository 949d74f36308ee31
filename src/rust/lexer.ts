import type { Edition } from '../cargo/manifest/manifest.ts';
import { characterClass, classOf, continuesName, goesOnWith, startsName, wideSpace } from './characters.ts';
import { TokenStore } from './token-store.ts';
import { placeAt, type TokenKind, type Tokens, tokenKind } from './tokens.ts';
import { hashed } from './vocabulary.ts';

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
const [space, newline, quote, tick, slash, zero, dot, backslash] = [32, 10, 34, 39, 47, 48, 46, 92] as const;

const store = new TokenStore();
/** The characters of the file that is read, by number: asked for one by one, these come faster than those of a text. */
let characters = new Uint16Array(1 << 16);
/** Characters that room is kept for. */
const keptRoom = 1 << 21;

/** A text's UTF-16 units, and a line's end behind them. */
function unitsOf(source: string): Uint16Array {
  const room = source.length + 1;
  let units = characters;
  if (room > units.length) {
    units = new Uint16Array(Math.max(room, 1 << 16));
    if (room <= keptRoom) characters = units;
  }
  Buffer.from(units.buffer).write(source, 'utf16le');
  units[source.length] = newline;
  return units;
}

class Lexer {
  readonly #source: string;
  readonly #codes: Uint16Array;
  /** Whether its edition is older than 2021. */
  readonly #old: boolean;
  readonly #length: number;
  #rows: Uint32Array = new Uint32Array(0);
  #at = 0;
  readonly #open: number[] = [];

  constructor(source: string, old: boolean) {
    this.#source = source;
    this.#codes = unitsOf(source);
    this.#old = old;
    this.#length = source.length;
  }

  run(line: number | undefined): Tokens {
    this.#rows = store.begin(this.#length);
    this.#skipPreamble();
    this.#all();
    const open = this.#open.at(-1);
    if (open !== undefined) throw new Refused('a delimiter is never closed', store.startOf(open));
    return store.tokens(this.#source, line);
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

  /** Most of a file is spaces, names, signs and comments of one line: those are read here, the rest apart. */
  #all(): void {
    const codes = this.#codes;
    const length = this.#length;
    const rows = this.#rows;
    const { vocabulary } = store;
    for (let at = this.#at; at < length; ) {
      const code = codes[at] ?? 0;
      const kind = code < 128 ? classOf[code] : characterClass.other;
      if (kind === characterClass.space) {
        do at++;
        while (codes[at] === space);
      } else if (kind === characterClass.ident) {
        if ((code === 98 || code === 99 || code === 114) && mayPrefix(codes[at + 1]) && this.#prefixed(at)) {
          at = this.#at;
          continue;
        }
        let end = at;
        let hash = 0;
        let next = code;
        do {
          hash = hashed(hash, next);
          next = codes[++end] ?? 0;
        } while (next < 128 && continuesName[next] === 1);
        if (next >= 128) end = this.#identEnd(end);
        const row = store.count++ * 4;
        rows[row] = at;
        rows[row + 1] = end;
        rows[row + 2] = next >= 128 ? this.#wordOf(at, end) : vocabulary.numberOf(codes, at, end, hash);
        rows[row + 3] = tokenKind.ident;
        at = end;
      } else if (kind === characterClass.punct) {
        const row = store.count++ * 4;
        rows[row] = at++;
        rows[row + 1] = at;
        rows[row + 2] = 0;
        rows[row + 3] = tokenKind.punct | (code << 8);
      } else if (kind === characterClass.open) {
        this.#open.push(store.count);
        store.push(tokenKind.open, at, at + 1, code, 0);
        at++;
      } else if (kind === characterClass.close) {
        this.#close(at, code);
        at++;
      } else if (kind === characterClass.slash && codes[at + 1] === slash) {
        at += 2;
        while (codes[at] !== newline) at++;
        at++;
      } else {
        this.#other(at, kind);
        at = this.#at;
      }
    }
  }

  #other(start: number, kind: number | undefined): void {
    if (kind === characterClass.digit) this.#number(start);
    else if (kind === characterClass.string) this.#string(start, start + 1, tokenKind.string);
    else if (kind === characterClass.tick) this.#tick(start);
    else if (kind === characterClass.slash) this.#slash(start);
    else this.#wide(start);
  }

  #push(kind: TokenKind, start: number, word = 0): void {
    store.push(kind, start, this.#at, 0, word);
  }

  #close(start: number, code: number): void {
    const open = this.#open.pop();
    const rows = this.#rows;
    const opening = open === undefined ? 0 : (rows[open * 4 + 3] ?? 0) >> 8;
    // `)` follows `(` in ASCII, `]` and `}` stand two after theirs.
    if (open === undefined || (opening !== code - 1 && opening !== code - 2))
      throw new Refused(`\`${String.fromCharCode(code)}\` closes nothing that is open`, start);
    const close = store.count;
    store.push(tokenKind.close, start, start + 1, code, open);
    rows[open * 4 + 2] = close;
  }

  /** A comment of several lines, or the sign. */
  #slash(start: number): void {
    this.#at = start + 1;
    if (this.#codes[start + 1] === 42) this.#at = this.#blockEnd(start);
    else store.push(tokenKind.punct, start, start + 1, slash, 0);
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

  /** The number of a name, which may have other letters than ASCII's. */
  #wordOf(start: number, end: number): number {
    return store.vocabulary.of(this.#source.slice(start, end).normalize('NFC'));
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
      this.#push(tokenKind.rawIdent, start, this.#wordOf(end, this.#at));
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
    const codes = this.#codes;
    const length = this.#length;
    for (let at = from; at < length; at++) {
      const code = codes[at];
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
    const plain = this.#plainInteger(start);
    if (plain !== undefined) {
      this.#at = plain;
      this.#push(tokenKind.integer, start);
      return;
    }
    number.lastIndex = start;
    const [, fraction, exponent] = number.exec(this.#source) ?? [];
    if (exponent !== undefined && !/[0-9]/.test(exponent))
      throw new Refused('an exponent has no digits', start);
    this.#at = number.lastIndex;
    this.#suffix();
    this.#push(fraction === undefined && exponent === undefined ? tokenKind.integer : tokenKind.float, start);
  }

  /** The end of an integer of decimal digits without a point, an exponent or a suffix; `undefined` for all others. */
  #plainInteger(start: number): number | undefined {
    const codes = this.#codes;
    let end = start + 1;
    while (isDigit(codes[end] ?? 0)) end++;
    const next = codes[end] ?? 0;
    if (next >= 128 || next === dot || classOf[next] === characterClass.ident) return undefined;
    return end;
  }

  /** Beyond ASCII: a space, or the start of a name. */
  #wide(start: number): void {
    if (this.#source.charCodeAt(start) >= 128) {
      if (wideSpace.test(this.#source.charAt(start))) {
        this.#at = start + 1;
        return;
      }
      if (this.#startsIdent(start)) {
        this.#at = this.#identEnd(start);
        this.#push(tokenKind.ident, start, this.#wordOf(start, this.#at));
        return;
      }
    }
    throw new Refused('a character that no token has', start);
  }

  #startsIdent(at: number): boolean {
    const code = this.#source.charCodeAt(at);
    if (code < 128) return classOf[code] === characterClass.ident;
    return startsName(this.#source.codePointAt(at));
  }

  #identEnd(from: number): number {
    const codes = this.#codes;
    let at = from;
    while (at < this.#length) {
      const code = codes[at] ?? 0;
      if (code < 128) {
        if (continuesName[code] !== 1) return at;
        at++;
      } else {
        const point = this.#source.codePointAt(at) ?? 0;
        if (!goesOnWith(point)) return at;
        at += point > 0xffff ? 2 : 1;
      }
    }
    return at;
  }
}

/** Whether a sign after `b`, `c` or `r` may go on with the prefix of a literal or of a raw name. */
function mayPrefix(next: number | undefined): boolean {
  return next === quote || next === tick || next === 35 || next === 114;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= 57;
}
