/** Texts that code puts together in pieces, as far as it can be told what they come to. */
import { commaParts } from '../attribute.ts';
import { stringOf } from '../literal.ts';
import {
  after,
  inside,
  isSign,
  isSigns,
  nameOf,
  type TokenRange,
  type Tokens,
  textOf,
  tokenKind,
} from '../tokens.ts';
import { argumentsAt } from './call.ts';
import type { OriginFinder } from './origins/finder.ts';

/** What an expression comes to. */
export interface Spelled {
  /** With `hole` where something stands that nobody can tell; a list has its parts. */
  readonly parts: readonly string[];
  /**
   * Signs of the longest text that stands here and is made into something else on the way, decoded, turned by a table;
   * 0: none is.
   */
  readonly turned: number;
}

/** What stands for what is not known, such as what a macro is given. */
export const hole = '\u{1f}';

const maxDepth = 12;
const maxLength = 64 * 1024;
const maxSteps = 4096;

/** What a text comes to where it is used. */
export function spelledBy(finder: OriginFinder, tokens: Tokens, range: TokenRange): Spelled {
  return new Speller(finder).range(tokens, range, 0);
}

/** What a name comes to that stands in braces in the text there: `{key}`. */
export function spelledName(finder: OriginFinder, tokens: Tokens, at: number, name: string): Spelled {
  return new Speller(finder).named(tokens, at, name, 0);
}

class Speller {
  readonly #finder: OriginFinder;
  #steps = maxSteps;

  constructor(finder: OriginFinder) {
    this.#finder = finder;
  }

  /** `a + b`, each with the methods that are called on it. */
  range(tokens: Tokens, { from, to }: TokenRange, depth: number): Spelled {
    if (depth > maxDepth || --this.#steps < 0) return unknown;
    const terms: Spelled[] = [];
    let start = from;
    for (let at = from; at <= to; at = after(tokens, at)) {
      if (at < to && !(isSign(tokens, at, '+') && !isSign(tokens, at + 1, '='))) continue;
      terms.push(this.#term(tokens, { from: start, to: Math.min(at, to) }, depth));
      start = at + 1;
    }
    const [only] = terms;
    return terms.length === 1 && only !== undefined ? only : together(terms);
  }

  #term(tokens: Tokens, range: TokenRange, depth: number): Spelled {
    let { from } = range;
    while (isSign(tokens, from, '&') || isSign(tokens, from, '*') || nameOf(tokens, from) === 'mut') from++;
    if (from >= range.to) return unknown;
    const [begun, next] = this.#begin(tokens, { from, to: range.to }, depth);
    return this.#chain(tokens, next, range.to, begun, depth);
  }

  /** What a term begins with, and where its methods follow. */
  #begin(tokens: Tokens, { from, to }: TokenRange, depth: number): readonly [Spelled, number] {
    const text = stringOf(tokens, from) ?? charOf(tokens, from);
    if (text !== undefined) return [plain(text), from + 1];
    if (isSign(tokens, from, '(') || isSign(tokens, from, '{'))
      return [this.range(tokens, inside(tokens, from), depth + 1), after(tokens, from)];
    if (isSign(tokens, from, '[')) return [this.#list(tokens, from, depth), after(tokens, from)];
    let last = from;
    while (isSigns(tokens, last + 1, '::') && nameOf(tokens, last + 3) !== undefined) last += 3;
    const name = nameOf(tokens, last);
    if (name === undefined) return [unknown, to];
    const open = isSign(tokens, last + 1, '!') ? last + 2 : argumentsAt(tokens, last + 1);
    if (open === undefined || open >= to)
      return [last === from ? this.named(tokens, from, name, depth) : unknown, last + 1];
    return [this.#call(tokens, { from, to: after(tokens, open) }, name, open, depth), after(tokens, open)];
  }

  #call(tokens: Tokens, whole: TokenRange, name: string, open: number, depth: number): Spelled {
    const parts = commaParts(tokens, inside(tokens, open));
    if (isSign(tokens, open - 1, '!')) {
      if (name === 'format' || name === 'format_ident') return this.#formatted(tokens, parts, depth);
      if (name === 'concat') return together(parts.map((part) => this.range(tokens, part, depth + 1)));
      if (name === 'vec') return this.#list(tokens, open, depth);
      if (name === 'stringify')
        return plain(tokens.source.slice(tokens.ends[open], tokens.starts[tokens.partners[open] ?? 0]));
      return unknown;
    }
    const [first] = parts;
    if (name === 'new' && first === undefined) return plain('');
    const isCString = name === 'new' && nameOf(tokens, open - 4) === 'CString';
    if ((handing.has(name) || isCString) && first !== undefined) return this.range(tokens, first, depth + 1);
    // A function of its own, or a constant behind one.
    const { texts, built } = this.#finder.of(tokens, whole);
    const [text] = texts;
    return texts.length === 1 && text !== undefined && !built ? plain(text) : unknown;
  }

  #list(tokens: Tokens, open: number, depth: number): Spelled {
    const parts = commaParts(tokens, inside(tokens, open)).map((part) => this.range(tokens, part, depth + 1));
    return {
      parts: parts.map(textIn),
      turned: longest(parts),
    };
  }

  /** A name: what it is given, and what is put behind that by then. */
  named(tokens: Tokens, at: number, name: string, depth: number): Spelled {
    // `write!(s, "{s}")` leads back to itself.
    if (depth > maxDepth || --this.#steps < 0) return unknown;
    const bindings = this.#finder.boundTo(tokens, at, name);
    const given = bindings.filter(({ adds }) => adds === undefined);
    const [only] = given;
    if (only === undefined || given.length > 1) return unknown;
    const value = this.range(only.tokens, only.value, depth + 1);
    const added = bindings
      .filter((one) => (one.adds === 'text' || one.adds === 'path') && one.tokens === tokens && one.at < at)
      .map((one) => this.#added(one.tokens, one.value, depth + 1));
    return added.length === 0 ? value : together([value, ...added]);
  }

  /** What is pushed, or written as `format!` has it. */
  #added(tokens: Tokens, value: TokenRange, depth: number): Spelled {
    const parts = commaParts(tokens, value);
    const isFormat = parts.length > 1 || /\{/.test(stringOf(tokens, value.from) ?? '');
    return isFormat ? this.#formatted(tokens, parts, depth) : this.range(tokens, value, depth);
  }

  /** The Rust Reference knows no format; `std::fmt`: `{}`, `{0}`, `{name}`, with what follows a colon. */
  #formatted(tokens: Tokens, parts: readonly TokenRange[], depth: number): Spelled {
    const [first, ...others] = parts;
    const text = first === undefined ? undefined : stringOf(tokens, first.from);
    if (first === undefined || text === undefined) return unknown;
    let count = 0;
    const values: Spelled[] = [];
    const filled = text.replaceAll(/\{\{|\}\}|\{(\w*)(:[^{}]*)?\}/g, (whole, name?: string, how?: string) => {
      if (name === undefined) return whole.charAt(0);
      const isNumber = /^\d*$/.test(name);
      const index = isNumber ? (name === '' ? count++ : Number(name)) : undefined;
      const part =
        index !== undefined
          ? others[index]
          : others.find(({ from }) => nameOf(tokens, from) === name && isSign(tokens, from + 1, '='));
      const own = part === undefined || index !== undefined ? part : { from: part.from + 2, to: part.to };
      const value =
        own !== undefined
          ? this.range(tokens, own, depth + 1)
          : isNumber
            ? unknown
            : this.named(tokens, first.from, name, depth + 1);
      values.push(value);
      return how?.includes('?') === true ? JSON.stringify(textIn(value)) : textIn(value);
    });
    return { parts: [filled.slice(0, maxLength)], turned: longest(values) };
  }

  #chain(tokens: Tokens, from: number, to: number, begun: Spelled, depth: number): Spelled {
    let value = begun;
    for (let at = from; at < to; ) {
      if (isSign(tokens, at, '?')) {
        at++;
        continue;
      }
      // What it is taken for is a matter of types.
      if (nameOf(tokens, at) === 'as') return value;
      const method = isSign(tokens, at, '.') ? nameOf(tokens, at + 1) : undefined;
      const open = method === undefined ? undefined : argumentsAt(tokens, at + 2);
      if (method === undefined || open === undefined) return unknown;
      const given = commaParts(tokens, inside(tokens, open)).map((part) =>
        this.range(tokens, part, depth + 1),
      );
      value = this.#method(value, method, given);
      at = after(tokens, open);
    }
    return value;
  }

  #method(value: Spelled, method: string, given: readonly Spelled[]): Spelled {
    const [first, second] = given.map(textIn);
    const { turned } = value;
    if (same.has(method)) return value;
    switch (method) {
      case 'concat':
      case 'collect':
        return { parts: [value.parts.join('').slice(0, maxLength)], turned };
      case 'join':
        return { parts: [value.parts.join(first ?? '').slice(0, maxLength)], turned };
      case 'rev':
        return value.parts.length === 1
          ? { parts: [[...textIn(value)].reverse().join('')], turned }
          : { parts: value.parts.toReversed(), turned };
      case 'replace':
      case 'replacen':
        if (first === undefined || first === '' || second === undefined) return unknown;
        return { parts: value.parts.map((part) => part.replaceAll(first, second)), turned };
      case 'to_lowercase':
      case 'to_ascii_lowercase':
        return { parts: value.parts.map((part) => part.toLowerCase()), turned };
      case 'to_uppercase':
      case 'to_ascii_uppercase':
        return { parts: value.parts.map((part) => part.toUpperCase()), turned };
      case 'repeat':
        return unknown;
    }
    const whole = turning.has(method) && isWhole(value) ? textIn(value).length : 0;
    return { parts: [hole], turned: Math.max(turned, whole) };
  }
}

const unknown: Spelled = { parts: [hole], turned: 0 };

function plain(text: string): Spelled {
  return { parts: [text.slice(0, maxLength)], turned: 0 };
}

/** A text in one piece. */
export function textIn({ parts }: Spelled): string {
  return parts.join('').slice(0, maxLength);
}

function together(terms: readonly Spelled[]): Spelled {
  return {
    parts: [terms.map(textIn).join('').slice(0, maxLength)],
    turned: longest(terms),
  };
}

/**
 * Whether a text that is long enough for code is made into something else: shorter ones than any path that gives power
 * hide none.
 */
export function hidesCode({ turned }: Spelled): boolean {
  return turned >= minHidden;
}

function longest(all: readonly Spelled[]): number {
  return all.reduce((most, { turned }) => Math.max(most, turned), 0);
}

/** Whether there is any text, and all of it stands here. */
function isWhole(value: Spelled): boolean {
  const text = textIn(value);
  return text !== '' && !text.includes(hole);
}

/** Signs of the shortest text that may hide code. */
export const minHidden = 12;

/** `'x'`, `b'x'`, a number of a list of bytes. */
function charOf(tokens: Tokens, at: number): string | undefined {
  const kind = tokens.kinds[at];
  const text = textOf(tokens, at);
  if (kind === tokenKind.char || kind === tokenKind.byte) {
    const inner = text.slice(text.indexOf("'") + 1, -1);
    return inner.startsWith('\\') ? (escapes[inner] ?? hole) : inner;
  }
  if (kind !== tokenKind.integer) return undefined;
  const value = Number(text.replaceAll('_', '').replace(/(?:u8|i32|usize|u32)$/, ''));
  return value < 256 ? String.fromCharCode(value) : hole;
}

const escapes: Readonly<Record<string, string>> = {
  '\\n': '\n',
  '\\t': '\t',
  '\\\\': '\\',
  "\\'": "'",
  '\\"': '"',
};

/** Functions that give what they are given. */
const handing: ReadonlySet<string> = new Set(
  'from from_utf8 from_utf8_lossy from_utf8_unchecked from_iter Ok Some Box Cow once'.split(' '),
);
/** Methods that make other texts of one, sign by sign. */
const turning: ReadonlySet<string> = new Set(
  'map filter_map flat_map filter fold scan zip step_by skip_while chunks windows decode decrypt decompress'.split(
    ' ',
  ),
);
/** Methods that leave a text what it is. */
const same: ReadonlySet<string> = new Set(
  'as_str as_ref as_bytes as_slice as_ptr as_c_str as_bytes_with_nul cast into to_string to_owned to_vec clone cloned copied iter into_iter chars bytes unwrap unwrap_or_default expect into_string into_owned into_bytes borrow deref trim by_ref leak into_boxed_str'.split(
    ' ',
  ),
);
