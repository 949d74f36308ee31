import { afterAngles } from '../angles.ts';
import { commaParts } from '../attribute.ts';
import { after, inside, isSign, isWord, nameOf, type TokenRange, type Tokens, tokenKind } from '../tokens.ts';
import { words as word } from '../vocabulary.ts';
import { closureAt, type Open } from './closures.ts';
import { type Gates, gatesBefore } from './gates.ts';
import type { FunctionPlace } from './places.ts';

/**
 * The functions of a file in their order, and closures that are called as such. It is no parser: what it does not
 * understand is none.
 */
export function functionsOf(tokens: Tokens): readonly FunctionPlace[] {
  const reader = new Reader(tokens);
  for (let at = 0; at < tokens.count; at++) reader.token(at);
  return reader.functions;
}

const [bar, comma] = [124, 44];

class Reader {
  readonly functions: FunctionPlace[] = [];
  readonly #tokens: Tokens;
  /** The delimiters that are open. */
  readonly #within: Open[] = [];
  /** Modules and `impl`s that are only there under a predicate; those that ended are gone from these two lists by and by. */
  readonly #gated: (TokenRange & { readonly gates: Gates })[] = [];
  readonly #types: (TokenRange & { readonly name: string; readonly ofTrait: boolean })[] = [];

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  token(at: number): void {
    const { kinds, signs, words } = this.#tokens;
    switch (kinds[at]) {
      case tokenKind.open:
        this.#within.push({ at, index: 0, from: at + 1 });
        break;
      case tokenKind.close:
        this.#within.pop();
        break;
      case tokenKind.punct:
        if (signs[at] === bar) this.#closure(at);
        else if (signs[at] === comma) this.#comma(at);
        break;
      case tokenKind.ident:
        if (words[at] === word.impl) this.#implementation(at);
        else if (words[at] === word.fn) this.#function(at);
        else if (words[at] === word.mod) this.#gate(at, at + 2);
    }
  }

  #comma(at: number): void {
    const open = this.#within.at(-1);
    if (open === undefined) return;
    if (at > open.from) open.index++;
    open.from = at + 1;
  }

  /** One that has a name, or that a function is given. */
  #closure(at: number): void {
    const tokens = this.#tokens;
    const before = beforeClosure(tokens, at);
    if (isOfMethod(tokens, before)) return;
    const place = closureAt(tokens, at, before, this.#within.at(-1));
    if (place !== undefined) this.functions.push(place);
  }

  #function(at: number): void {
    const tokens = this.#tokens;
    const name = nameOf(tokens, at + 1);
    let open = at + 2;
    while (open < tokens.count && !isSign(tokens, open, '(') && !isSign(tokens, open, ';')) open++;
    if (name === undefined || !isSign(tokens, open, '(')) return;
    let body = after(tokens, open);
    while (body < tokens.count && !isSign(tokens, body, '{') && !isSign(tokens, body, ';'))
      body = after(tokens, body);
    if (!isSign(tokens, body, '{')) return;
    const parts = commaParts(tokens, inside(tokens, open));
    const method = parts[0] !== undefined && isSelf(tokens, parts[0]);
    const given = (method ? parts.slice(1) : parts).map(({ from, to }) => {
      const first = isWord(tokens, from, 'mut') ? from + 1 : from;
      return isSign(tokens, first + 1, ':')
        ? { name: nameOf(tokens, first), type: { from: first + 2, to } }
        : { name: undefined, type: undefined };
    });
    dropEnded(this.#types, at);
    const type = this.#types.findLast((one) => one.from <= at && at < one.to);
    this.functions.push({
      name,
      parameters: given.map((one) => one.name),
      types: given.map((one) => one.type),
      method,
      type: type?.name,
      ofTrait: type?.ofTrait === true,
      gates: this.#gatesAt(at),
      handed: undefined,
      body: inside(tokens, body),
    });
  }

  /** `impl<T> Trait for a::Type<T> where … {`: the name of the type. */
  #implementation(at: number): void {
    const tokens = this.#tokens;
    let name: string | undefined;
    let ofTrait = false;
    let to = isSign(tokens, at + 1, '<') ? afterAngles(tokens, at + 1, tokens.count) : at + 1;
    for (; to < tokens.count && !isSign(tokens, to, '{') && !isSign(tokens, to, ';'); to++) {
      if (isWord(tokens, to, 'where')) break;
      ofTrait ||= isWord(tokens, to, 'for');
      if (isSign(tokens, to, '<')) to = Math.max(to, afterAngles(tokens, to, tokens.count) - 1);
      else if (/^\p{Lu}/u.test(nameOf(tokens, to) ?? '')) name = nameOf(tokens, to);
    }
    while (to < tokens.count && !isSign(tokens, to, '{') && !isSign(tokens, to, ';')) to++;
    this.#gate(at, to);
    if (name !== undefined && isSign(tokens, to, '{'))
      this.#types.push({ name, ofTrait, ...inside(tokens, to) });
  }

  /** What stands in the block that opens there, of an item that may not be there. */
  #gate(at: number, open: number): void {
    if (!isSign(this.#tokens, open, '{')) return;
    const gates = gatesBefore(this.#tokens, at);
    if (gates.length > 0) this.#gated.push({ gates, ...inside(this.#tokens, open) });
  }

  #gatesAt(at: number): Gates {
    const own = gatesBefore(this.#tokens, at);
    dropEnded(this.#gated, at);
    const around = this.#gated.filter(({ from, to }) => from <= at && at < to);
    return around.length === 0 ? own : [...around.flatMap(({ gates }) => gates), ...own];
  }
}

/** Takes away the last stretches that end before a token: nothing from there on stands in them. */
function dropEnded(stretches: TokenRange[], at: number): void {
  while ((stretches.at(-1)?.to ?? at + 1) <= at) stretches.pop();
}

/** What stands before a closure whose first bar stands there. */
export function beforeClosure(tokens: Tokens, at: number): number {
  return isWord(tokens, at - 1, 'move') ? at - 2 : at - 1;
}

/** Whether that is the parenthesis of a method's arguments. */
export function isOfMethod(tokens: Tokens, before: number): boolean {
  return isSign(tokens, before, '(') && isSign(tokens, before - 2, '.');
}

/** What the body of a function gives: what follows its last `;`, and what it returns before that. */
export function valuesOf(tokens: Tokens, body: TokenRange): readonly TokenRange[] {
  let last = body.from;
  for (let at = body.from; at < body.to; at = after(tokens, at)) if (isSign(tokens, at, ';')) last = at + 1;
  last = afterBlocks(tokens, last, body.to);
  const values: TokenRange[] = [];
  for (let at = body.from; at < last; at++) {
    if (!isWord(tokens, at, 'return')) continue;
    let to = at + 1;
    while (to < last && !isSign(tokens, to, ';') && tokens.kinds[to] !== tokenKind.close)
      to = after(tokens, to);
    if (to > at + 1) values.push({ from: at + 1, to });
  }
  return last < body.to ? [...values, { from: last, to: body.to }] : values;
}

/** Past blocks that are statements of their own, with no `;` behind: `if x { … } value`, `for x in y { … } value`. */
function afterBlocks(tokens: Tokens, from: number, to: number): number {
  for (let start = from; ; ) {
    let at = start;
    while (isSign(tokens, at, '#') && isSign(tokens, at + 1, '[')) at = after(tokens, at + 1);
    if (!blocks.has(nameOf(tokens, at) ?? '')) return start;
    for (;;) {
      while (at < to && !isSign(tokens, at, '{')) at = after(tokens, at);
      at = after(tokens, at);
      if (!isWord(tokens, at, 'else')) break;
    }
    if (at >= to || isSign(tokens, at, '.') || isSign(tokens, at, '?')) return start;
    start = at;
  }
}

const blocks: ReadonlySet<string> = new Set('if while for loop match unsafe'.split(' '));

/** `self`, `&self`, `&'a mut self`, `mut self`, `self: Box<Self>`. */
function isSelf(tokens: Tokens, { from, to }: TokenRange): boolean {
  for (let at = from; at < to && !isSign(tokens, at, ':'); at++) if (isWord(tokens, at, 'self')) return true;
  return false;
}
