import { maxSourceLength } from '../lexer.ts';
import {
  beginning,
  begins,
  nextSign,
  numberEnd,
  odd,
  prefixed,
  slashEnd,
  stringEnd,
  suffixEnd,
  tickEnd,
} from './bytes.ts';
import { hashOf, type Keyword, NameSet, type Needles, type Where } from './needles.ts';

/** What the bytes of a source file show without its tokens being kept. */
export interface Skim {
  /** Whether it has a name, a text or a path in pieces that matters; what else it has was then not looked at. */
  readonly matters: boolean;
  /** Whether it has one of the names at all, wherever it stands, or names the standard library. */
  readonly named: boolean;
  /** Whether it leads to other files by more than `outline`, or defines macros. */
  readonly leads: boolean;
  /** The offsets, in bytes, of the items that lead to other files: `mod name;` and `include!` with what stands before each. */
  readonly outline: readonly Stretch[];
  /** Bytes of the file. */
  readonly size: number;
  /** The macros that it calls. */
  readonly calls: ReadonlySet<string>;
  /** What it gives other names to in a `use`. */
  readonly renamed: ReadonlySet<string>;
  /** Modules in braces. */
  readonly modules: ReadonlySet<string>;
  /** All names in it. */
  readonly names: NameSet;
}

/** From where to where, the end not included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What is looked for. */
export interface Sought {
  readonly needles: Needles;
  /** Longest text that means nothing by its length, in bytes with its quotes. */
  readonly maxText: number;
  /** What a text has that matters. */
  readonly texts: RegExp;
}

/**
 * Goes over a file once, faster than tokens are made. Whatever it says nothing of would yield nothing if its tokens were read.
 * `undefined` for what the lexer might refuse or read in another way, and for names beyond ASCII: that is for the lexer.
 */
export function skim(source: Uint8Array, sought: Sought): Skim | undefined {
  if (source.length > maxSourceLength) return undefined;
  return new Skimmer(source, sought).run();
}

const sign = {
  bang: 33,
  quote: 34,
  hash: 35,
  dollar: 36,
  tick: 39,
  paren: 40,
  closeParen: 41,
  star: 42,
  comma: 44,
  dot: 46,
  slash: 47,
  colon: 58,
  semicolon: 59,
  less: 60,
  equals: 61,
  bracket: 91,
  brace: 123,
  closeBrace: 125,
} as const;
/** Instead of a sign: what a token is that is none. */
const aName = 1;
const aLiteral = 2;
const aUse = 3;
/** `fn`, and other words before the name of what they declare. */
const aDeclaration = 4;
/** The sign that closes what a sign opens. */
const closing = new Uint8Array(128);
closing[sign.paren] = 41;
closing[sign.bracket] = 93;
closing[sign.brace] = 125;
/** Beside the sign: what was opened is given to a macro. */
const ofMacro = 128;
/** Signs that mean something by themselves. */
const telling = new Uint8Array(128);
for (const one of [sign.bang, sign.hash, sign.dollar, sign.star, sign.semicolon]) telling[one] = 1;
/** No text shorter than this, with its quotes, has anything that is looked for in texts. */
const minText = 8;
/** How many tokens before and behind a call the type of a function counts (`isFunctionMade`), and some more. */
const nearBefore = 26;
const nearBehind = 50;

class Skimmer {
  readonly #bytes: Buffer;
  readonly #sought: Sought;
  readonly #calls = new Set<string>();
  readonly #renamed = new Set<string>();
  readonly #modules = new Set<string>();
  readonly #names: NameSet;
  #matters = false;
  #named = false;
  #leads = false;
  readonly #outline: Stretch[] = [];
  /** Where the item begins that stands in nothing else, whether it leads to a file, and how deep the bytes are now. */
  #itemAt = 0;
  #isLead = false;
  #depth = 0;
  /** The tokens so far, the last type of a function among them, and the last call that matters beside one. */
  #count = 0;
  #functionAt = -nearBefore;
  #besideAt = -nearBehind;
  /** Whether it takes all names of something, and has a name that matters where it does. */
  #hasGlob = false;
  #needsGlob = false;
  #inUse = false;
  /** Whether that brings what the standard library has, and nothing else. */
  #isUseOfStd = false;
  /** How deep in what macros are given. */
  #inMacros = 0;
  /** The three tokens before: a sign, or what stands for one. */
  #last = 0;
  #second = 0;
  #third = 0;
  /** The last name. */
  #nameStart = 0;
  #nameEnd = 0;
  #isStd = false;

  constructor(source: Uint8Array, sought: Sought) {
    this.#bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
    this.#sought = sought;
    this.#names = new NameSet(source.length);
  }

  run(): Skim | undefined {
    const bytes = this.#bytes;
    // A mark of the byte order, and a first line for a shell.
    if (bytes[0] === 0xef || (bytes[0] === sign.hash && bytes[1] === sign.bang && bytes[2] !== sign.bracket))
      return undefined;
    const open: number[] = [];
    const { length } = bytes;
    for (let at = 0; at < length; ) {
      const byte = bytes[at] as number;
      const kind = beginning[byte] as number;
      if (kind === begins.space) {
        at++;
      } else if (kind === begins.ident) {
        at = this.#word(at);
        if (at === odd) return undefined;
        if (this.#matters) break;
      } else if (kind === begins.punct) {
        at++;
        if (telling[byte] !== 0) {
          this.#telling(byte, at);
          if (this.#matters) break;
        }
        this.#take(byte);
      } else if (kind === begins.open) {
        const isGiven = this.#last === sign.bang;
        if (isGiven) this.#inMacros++;
        this.#depth++;
        open.push((closing[byte] as number) + (isGiven ? ofMacro : 0));
        at++;
        // `[<Com mand>]`: a name that is put together.
        if (byte === sign.bracket && isNext(bytes, at, sign.less)) this.#leads = true;
        this.#take(byte);
      } else if (kind === begins.close) {
        const opened = open.pop() ?? 0;
        if ((opened & 127) !== byte) return undefined;
        if (opened > ofMacro) this.#inMacros--;
        at++;
        if (--this.#depth === 0 && byte === sign.closeBrace) this.#endItem(at);
        this.#take(byte);
      } else if (kind === begins.slash) {
        const end = slashEnd(bytes, at);
        if (end === odd) return undefined;
        if (end === at + 1) this.#take(byte);
        at = end;
      } else {
        at = this.#literal(kind, at);
        if (at === odd) return undefined;
        if (this.#matters) break;
      }
    }
    if (!this.#matters && open.length > 0) return undefined;
    if (this.#isLead) this.#leads = true;
    return {
      matters: this.#matters || (this.#needsGlob && this.#hasGlob),
      named: this.#named || this.#matters,
      leads: this.#leads,
      outline: this.#outline,
      size: length,
      calls: this.#calls,
      renamed: this.#renamed,
      modules: this.#modules,
      names: this.#names,
    };
  }

  #endItem(at: number): void {
    if (this.#isLead) this.#outline.push({ from: this.#itemAt, to: at });
    this.#itemAt = at;
    this.#isLead = false;
  }

  /** Something leads to a file: an item of the file's own, or what stands deeper. */
  #lead(): void {
    if (this.#depth === 0) this.#isLead = true;
    else this.#leads = true;
  }

  #take(token: number): void {
    this.#third = this.#second;
    this.#second = this.#last;
    this.#last = token;
    this.#count++;
  }

  #literal(kind: number, at: number): number {
    const bytes = this.#bytes;
    if (kind === begins.quote) return this.#text(at, stringEnd(bytes, at + 1));
    if (kind !== begins.digit && kind !== begins.tick) return odd;
    const end = kind === begins.digit ? numberEnd(bytes, at) : tickEnd(bytes, at);
    if (end === odd) return odd;
    this.#take(aLiteral);
    return suffixEnd(bytes, end);
  }

  #text(start: number, end: number): number {
    if (end === odd) return odd;
    if (end - start > this.#sought.maxText) this.#matters = true;
    else if (end - start > minText && this.#sought.texts.test(this.#bytes.toString('latin1', start, end)))
      this.#matters = true;
    this.#take(aLiteral);
    return suffixEnd(this.#bytes, end);
  }

  #telling(byte: number, next: number): void {
    const last = this.#last;
    if (byte === sign.semicolon) {
      if (this.#depth === 0) this.#endItem(next);
      this.#inUse = false;
      this.#isUseOfStd = false;
    } else if (byte === sign.bang) {
      if (last === aName && isOpenNext(this.#bytes, next))
        this.#calls.add(this.#bytes.toString('latin1', this.#nameStart, this.#nameEnd));
    } else if (this.#inUse && byte === sign.star) {
      this.#hasGlob = true;
      // `use std::*`: `process` is its module then.
      if (this.#isUseOfStd && this.#isInStd()) this.#matters = true;
    } else if (last === sign.colon && this.#second === sign.colon) {
      // `std::$name`, `std::#name`, `$($a)::*`.
      if (byte !== sign.star || this.#third === sign.closeParen) this.#matters = true;
    }
  }

  /** A name, or the prefix of a literal; gives where to go on. */
  #word(from: number): number {
    const bytes = this.#bytes;
    let at = from + 1;
    let hash = bytes[from] as number;
    let byte = bytes[at] ?? 0;
    while (beginning[byte] === begins.ident || beginning[byte] === begins.digit) {
      hash = (Math.imul(hash, 31) + byte) | 0;
      byte = bytes[++at] ?? 0;
    }
    if (byte >= 128) return odd;
    if (byte === sign.quote || byte === sign.hash || byte === sign.tick) {
      const end = prefixed(bytes, from, at);
      if (end === odd) return odd;
      if (end !== undefined) return this.#text(from, end);
      // `r#type` is a name like others, but no keyword.
      if (byte === sign.hash && at === from + 1 && bytes[from] === 114) return this.#raw(at + 1);
    }
    this.#names.add(hash);
    let token = aName;
    if (this.#sought.needles.bits[hash & 0x7fff] !== 0) token = this.#known(from, at, hash, true);
    else this.#isStd = false;
    this.#nameStart = from;
    this.#nameEnd = at;
    this.#take(token);
    return at;
  }

  #raw(from: number): number {
    const end = nameEnd(this.#bytes, from);
    if (end === from || (this.#bytes[end] ?? 0) >= 128) return odd;
    const hash = hashOf(this.#bytes.toString('latin1', from, end));
    this.#names.add(hash);
    this.#known(from, end, hash, false);
    this.#nameStart = from;
    this.#nameEnd = end;
    this.#take(aName);
    return end;
  }

  /** A name that may be one that matters; gives what it is. */
  #known(from: number, to: number, hash: number, mayBeKeyword: boolean): number {
    this.#isStd = false;
    const known = this.#sought.needles.at(this.#bytes, from, to, hash);
    if (known === undefined) return aName;
    if (known.where !== undefined) {
      if (known.where !== 'crate-only') this.#named = true;
      this.#needle(known.where, to);
    }
    return known.keyword === undefined || !mayBeKeyword ? aName : this.#keyword(known.keyword, to);
  }

  #keyword(word: Keyword, to: number): number {
    const bytes = this.#bytes;
    const at = nextSign(bytes, to);
    const next = bytes[at] ?? 0;
    switch (word) {
      case 'std':
      case 'core':
        this.#isStd = true;
        this.#named ||= word === 'std';
        // `use std::…`, `use ::std::…`.
        if (this.#last === aUse || (this.#third === aUse && this.#last === sign.colon))
          this.#isUseOfStd = true;
        return aName;
      case 'use':
        this.#inUse = true;
        return aUse;
      case 'as':
        if (this.#inUse) this.#renamed.add(bytes.toString('latin1', this.#nameStart, this.#nameEnd));
        return aName;
      case 'fn':
        if (next === sign.paren || next === sign.slash) {
          this.#functionAt = this.#count;
          if (this.#count - this.#besideAt <= nearBehind) this.#matters = true;
        }
        return aDeclaration;
      case 'cfg':
      case 'cfg_attr':
        // `#![cfg(…)]`: whether the file counts at all.
        if (this.#last === sign.bracket && this.#second === sign.bang) this.#leads = true;
        return aName;
      case 'include':
        if (next === sign.bang) this.#lead();
        else if (next === sign.slash) this.#leads = true;
        return aName;
      case 'mod': {
        const end = nameEnd(bytes, at);
        if (end > at && isNext(bytes, end, sign.brace)) this.#modules.add(bytes.toString('latin1', at, end));
        else if (end > at && this.#bytes[nextSign(bytes, end)] === sign.semicolon) this.#lead();
        else this.#leads = true;
        return aDeclaration;
      }
      case 'macro':
      case 'macro_rules':
        this.#leads = true;
        return aName;
    }
  }

  #needle(where: Where, to: number): void {
    const isMember = this.#last === sign.dot && this.#second !== sign.dot;
    if (isMember && where !== 'method') return;
    const next = nextSign(this.#bytes, to);
    const byte = this.#bytes[next] ?? 0;
    // What a comment hides is for the lexer.
    if (byte === sign.slash || this.#counts(where, byte, next)) this.#matters = true;
  }

  /** Whether a name counts before that sign. */
  #counts(where: Where, next: number, at: number): boolean {
    const isFirst = next === sign.colon && this.#bytes[at + 1] === sign.colon;
    const isBrought = this.#inUse || this.#isAfterCrate();
    switch (where) {
      case 'anywhere':
      case 'method':
        return true;
      case 'crate':
      case 'crate-only':
        // `std::time` is the standard library's, whatever crates there are.
        if (this.#isUseOfStd || (this.#isStd && this.#last === sign.colon)) return false;
        return isFirst || isBrought || next === sign.bang;
      case 'module':
        return isFirst || isBrought || this.#inMacros > 0 || next === sign.bang;
      case 'function':
        if (isFirst || isBrought || this.#last === sign.colon || next === sign.paren || this.#inMacros > 0)
          return true;
        this.#needsGlob = true;
        return false;
      case 'type':
        if (this.#last === aDeclaration || (next === sign.colon && !isFirst)) return false;
        return !(
          this.#last === sign.colon &&
          this.#second !== sign.colon &&
          (next === sign.comma || next === sign.closeParen)
        );
      case 'beside-function':
        if (next !== sign.paren && !isFirst) return true;
        this.#besideAt = this.#count;
        return this.#count - this.#functionAt <= nearBefore;
      case 'other-name':
        return next !== sign.bang;
    }
  }

  #isAfterCrate(): boolean {
    return this.#last === aName && this.#bytes.toString('latin1', this.#nameStart, this.#nameEnd) === 'crate';
  }

  /** Whether a `std::` stands before. */
  #isInStd(): boolean {
    return this.#isStd && this.#last === sign.colon && this.#second === sign.colon;
  }
}

/** Whether that sign comes next; a comment may hide it. */
function isNext(bytes: Uint8Array, from: number, wanted: number): boolean {
  const next = bytes[nextSign(bytes, from)] ?? 0;
  return next === wanted || next === sign.slash;
}

function isOpenNext(bytes: Uint8Array, from: number): boolean {
  const next = bytes[nextSign(bytes, from)] ?? 0;
  return beginning[next] === begins.open || next === sign.slash;
}

function nameEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (beginning[bytes[at] ?? 0] === begins.ident || beginning[bytes[at] ?? 0] === begins.digit) at++;
  return at;
}
