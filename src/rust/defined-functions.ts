import { lex } from './lexer.ts';
import { type Tokens, tokenKind } from './tokens.ts';

/** A function as a path names it: with the type or trait that has it, where one does. */
export interface FunctionPath {
  readonly type?: string | undefined;
  readonly name: string;
}

/**
 * Whether a file defines a function that a path may mean: `name` in a module, or in an implementation or a trait of
 * `type`. What macros make of their input, what is written in other functions, declarations without a body outside of
 * traits and modules of tests do not count.
 */
export function definesFunction(source: string, path: FunctionPath): boolean {
  // Most files name it nowhere.
  if (!source.includes(path.name)) return false;
  const lexed = lex(source);
  return lexed.kind === 'tokens' && new Finder(lexed.tokens, path).inItems(0, lexed.tokens.count, undefined);
}

/** What has the functions of a block: names of types and traits; `undefined`: it is a module. */
interface Owner {
  readonly names: readonly string[];
  readonly isTrait: boolean;
}

class Finder {
  readonly #tokens: Tokens;
  readonly #path: FunctionPath;

  constructor(tokens: Tokens, path: FunctionPath) {
    this.#tokens = tokens;
    this.#path = path;
  }

  /** Looks through items from one token to another. */
  inItems(from: number, to: number, owner: Owner | undefined): boolean {
    for (let at = from; at < to; at++) {
      const text = this.#text(at);
      if (text === 'fn' && this.#isName(at + 1)) {
        const body = this.#bodyAfter(at + 2, to);
        if (this.#text(at + 1) === this.#path.name && this.#isMeant(owner, body !== undefined)) return true;
        at = body === undefined ? at + 1 : this.#end(body);
      } else if (text === 'impl' || text === 'trait') {
        const body = this.#bodyAfter(at + 1, to);
        if (body === undefined) continue;
        const isTrait = text === 'trait';
        const names = isTrait ? [this.#text(at + 1)] : this.#header(at + 1, body);
        if (this.inItems(body + 1, this.#end(body), { names, isTrait })) return true;
        at = this.#end(body);
      } else if (text === 'mod' && this.#text(at + 2) === '{') {
        if (!/^tests?$/.test(this.#text(at + 1)) && this.inItems(at + 3, this.#end(at + 2), undefined))
          return true;
        at = this.#end(at + 2);
      } else if (this.#tokens.kinds[at] === tokenKind.open) at = this.#end(at);
    }
    return false;
  }

  #isMeant(owner: Owner | undefined, hasBody: boolean): boolean {
    const { type } = this.#path;
    if (owner === undefined) return type === undefined && hasBody;
    return type !== undefined && owner.names.includes(type) && (hasBody || owner.isTrait);
  }

  /** The `{` before the next `;`, what is in other brackets left out. */
  #bodyAfter(from: number, to: number): number | undefined {
    for (let at = from; at < to; at++) {
      const text = this.#text(at);
      if (text === '{') return at;
      if (text === ';') return undefined;
      if (this.#tokens.kinds[at] === tokenKind.open) at = this.#end(at);
    }
    return undefined;
  }

  /** The names of an implementation's trait and type, without their parameters and bounds. */
  #header(from: number, to: number): readonly string[] {
    const names: string[] = [];
    let depth = 0;
    for (let at = from; at < to; at++) {
      const text = this.#text(at);
      if (text === 'where') break;
      if (text === '<') depth++;
      // The arrow of a function's type closes nothing.
      else if (text === '>' && this.#text(at - 1) !== '-') depth--;
      else if (depth === 0 && this.#isName(at)) names.push(text);
    }
    return names;
  }

  #end(open: number): number {
    return this.#tokens.partners[open] ?? open;
  }

  #isName(at: number): boolean {
    return this.#tokens.kinds[at] === tokenKind.ident;
  }

  #text(at: number): string {
    return this.#tokens.source.slice(this.#tokens.starts[at], this.#tokens.ends[at]);
  }
}
