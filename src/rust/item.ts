import { type Attribute, attributeAt } from './attribute.ts';
import {
  after,
  inside,
  isSign,
  isSigns,
  isWord,
  nameOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from './tokens.ts';

/** What an item is, by the word that makes it one. */
export type ItemKind =
  | 'mod'
  | 'use'
  | 'extern-crate'
  | 'extern-block'
  | 'fn'
  | 'macro-rules'
  /** A macro called where an item may stand: `include!("x.rs");`. */
  | 'macro-call'
  | 'type'
  | 'impl'
  | 'trait'
  | 'value'
  /** Tokens that begin no item known here. */
  | 'unknown';

/** One item of a module: what it is, its name, and where its parts are. */
export interface Item {
  readonly kind: ItemKind;
  /** Its name; of a macro call the macro's last name; of `extern crate a as b` it is `a`. */
  readonly name: string | undefined;
  readonly attributes: readonly Attribute[];
  /** Whether it is `pub` without any limit such as `pub(crate)`. */
  readonly public: boolean;
  /** All of it, its attributes included. */
  readonly range: TokenRange;
  /** From its word (`mod`, `use`, …) on. */
  readonly content: TokenRange;
  /** What stands in its braces, or in a macro's delimiters. */
  readonly body: TokenRange | undefined;
}

/** The items of a module or a file, and its own attributes (`#![…]`). */
export interface Items {
  readonly attributes: readonly Attribute[];
  readonly items: readonly Item[];
}

const noAttributes: readonly Attribute[] = [];

/**
 * Reads the items that stand in a range of tokens, one beside the other: those within them, such as in a function's body,
 * are not looked for. Where something is no item, it says `unknown` for the tokens up to the next `;` or group in braces.
 */
export function itemsOf(tokens: Tokens, range: TokenRange): Items {
  const own: Attribute[] = [];
  const items: Item[] = [];
  let at = range.from;
  while (at < range.to) {
    const from = at;
    let attributes: Attribute[] | undefined;
    for (let read = attributeAt(tokens, at); read !== undefined; read = attributeAt(tokens, at)) {
      if (read.attribute.inner) own.push(read.attribute);
      // Most have none or one, for which a list that grows keeps room for 17.
      else if (attributes === undefined) attributes = [read.attribute];
      else attributes.push(read.attribute);
      at = read.next;
    }
    if (at >= range.to) break;
    const item = itemAt(tokens, { from, to: range.to }, at, attributes ?? noAttributes);
    at = item.range.to;
    if (item.range.to - item.range.from > 1 || !isSign(tokens, from, ';')) items.push(item);
  }
  return { attributes: own, items };
}

const valueWords = new Set(['static', 'const']);
const typeWords = new Set(['struct', 'enum', 'union', 'type']);
const qualifiers = new Set(['default', 'async', 'unsafe', 'safe', 'auto', 'gen']);

function itemAt(tokens: Tokens, range: TokenRange, start: number, attributes: readonly Attribute[]): Item {
  const visibility = visibilityAt(tokens, start);
  const word = wordAt(tokens, visibility.next, range.to);
  const end = endOf(tokens, word.at, range.to, word.kind);
  return {
    kind: word.kind,
    name: word.name,
    attributes,
    public: visibility.public,
    range: { from: range.from, to: end.next },
    content: { from: word.at, to: end.next },
    body: end.body,
  };
}

function visibilityAt(tokens: Tokens, at: number): { readonly public: boolean; readonly next: number } {
  if (!isWord(tokens, at, 'pub')) return { public: false, next: at };
  if (!isSign(tokens, at + 1, '(')) return { public: true, next: at + 1 };
  // `pub (A, B)` is a tuple's field and no item, so a group after `pub` is always a limit here.
  return { public: false, next: after(tokens, at + 1) };
}

interface Word {
  readonly kind: ItemKind;
  readonly name: string | undefined;
  readonly at: number;
}

/** Passes over the words that may stand before the one that makes the item. */
function wordAt(tokens: Tokens, from: number, to: number): Word {
  let at = from;
  while (at < to) {
    const word = nameOf(tokens, at);
    if (word === undefined || tokens.kinds[at] === tokenKind.rawIdent) break;
    if (word === 'extern') {
      if (isWord(tokens, at + 1, 'crate')) return { kind: 'extern-crate', name: nameOf(tokens, at + 2), at };
      const abi = isString(tokens, at + 1) ? at + 2 : at + 1;
      if (isSign(tokens, abi, '{')) return { kind: 'extern-block', name: undefined, at };
      at = abi;
    } else if (word === 'const' && isConstOf(tokens, at + 1)) {
      at++;
    } else if (qualifiers.has(word) && nameOf(tokens, at + 1) !== undefined) {
      at++;
    } else {
      return ofWord(tokens, word, at);
    }
  }
  return macroAt(tokens, at) ?? { kind: 'unknown', name: undefined, at };
}

function isString(tokens: Tokens, at: number): boolean {
  const kind = tokens.kinds[at];
  return at < tokens.count && (kind === tokenKind.string || kind === tokenKind.rawString);
}

/** `const fn`, `const unsafe fn`, `const trait`, `const extern "C" fn`; a constant's name is none of these words. */
function isConstOf(tokens: Tokens, at: number): boolean {
  return ['fn', 'unsafe', 'async', 'extern', 'safe', 'trait', 'impl'].some((word) =>
    isWord(tokens, at, word),
  );
}

function ofWord(tokens: Tokens, word: string, at: number): Word {
  const name = nameOf(tokens, at + 1);
  if (word === 'mod' && name !== undefined) return { kind: 'mod', name, at };
  if (word === 'use') return { kind: 'use', name: undefined, at };
  if (word === 'fn' && name !== undefined) return { kind: 'fn', name, at };
  if (word === 'impl') return { kind: 'impl', name: undefined, at };
  if (word === 'trait' && name !== undefined) return { kind: 'trait', name, at };
  if (word === 'macro' && name !== undefined) return { kind: 'macro-rules', name, at };
  if (valueWords.has(word)) {
    return { kind: 'value', name: name === 'mut' ? nameOf(tokens, at + 2) : name, at };
  }
  if (typeWords.has(word) && name !== undefined) return { kind: 'type', name, at };
  return macroAt(tokens, at) ?? { kind: 'unknown', name: undefined, at };
}

/** `name! { … }`, `a::b!(…);`, `macro_rules! name { … }`. */
function macroAt(tokens: Tokens, from: number): Word | undefined {
  let at = isSigns(tokens, from, '::') ? from + 2 : from;
  for (; ; at += 3) {
    const name = nameOf(tokens, at);
    if (name === undefined) return undefined;
    if (isSign(tokens, at + 1, '!')) {
      if (name === 'macro_rules' && nameOf(tokens, at + 2) !== undefined) {
        return { kind: 'macro-rules', name: nameOf(tokens, at + 2), at: from };
      }
      return { kind: 'macro-call', name, at: from };
    }
    if (!isSigns(tokens, at + 1, '::')) return undefined;
  }
}

interface End {
  readonly next: number;
  readonly body: TokenRange | undefined;
}

/** Where an item ends: after its `;`, or after its braces where its kind ends with them. */
function endOf(tokens: Tokens, from: number, to: number, kind: ItemKind): End {
  const braces = kind !== 'use' && kind !== 'value' && kind !== 'extern-crate';
  let body: TokenRange | undefined;
  for (let at = from; at < to; at = after(tokens, at)) {
    if (isSign(tokens, at, ';')) return { next: at + 1, body };
    if (tokens.kinds[at] !== tokenKind.open) continue;
    if (kind === 'macro-call') body = inside(tokens, at);
    if (braces && isSign(tokens, at, '{') && !isConstArgument(tokens, at, to)) {
      return { next: after(tokens, at), body: inside(tokens, at) };
    }
  }
  return { next: to, body };
}

/** `impl Of<{ N }> for T`: braces in a list of generic arguments are no body. */
function isConstArgument(tokens: Tokens, open: number, to: number): boolean {
  const next = after(tokens, open);
  return next < to && (isSign(tokens, next, '>') || isSign(tokens, next, ','));
}
