import { firstWhere } from '../first-where.ts';
import { type Lexed, lex } from '../lexer.ts';
import { inside, isSign, isSigns, Lines, listedIn, nameOf, type TokenRange, type Tokens } from '../tokens.ts';
import { words as word } from '../vocabulary.ts';
import { type Definition, definitionsIn } from './definition.ts';
import { matchRule } from './matcher.ts';
import { pasted } from './paste.ts';
import { bringsUnseen, callsIn, splices } from './splicing.ts';
import { transcribed } from './transcribe.ts';

/** What the call of a macro makes. */
export interface Made {
  readonly tokens: Tokens;
}

/** Something that was not made, or not wholly. */
export interface Unmade {
  readonly line: number;
  readonly reason: string;
}

/** Calls that are expanded, and what they may make in all, in characters: far more than real crates have. */
const maxCalls = 8_000;
const maxTries = 30_000;
const maxMade = 6 * 1024 * 1024;
/** How deep calls make calls, as rustc's `recursion_limit`. */
const maxDepth = 128;
/** Definitions within each other. */
const maxNested = 64;

/** A call in a stretch of a module, and the macros that it was expanded by. */
export interface CallSite {
  readonly name: string;
  /** Its `!`. */
  readonly at: number;
  readonly by: Set<Definition | 'paste'>;
}

/** Whether a stretch is worth reading in another form: it has a name that matters. */
export type IsWorth = (tokens: Tokens, range: TokenRange) => boolean;

/**
 * Expands calls of the macros that a crate defines itself, as far as they make what is written nowhere, and puts names together as
 * `paste!` does. Names of macros are not scoped: a call is expanded by every macro that has its name.
 */
export class Expander {
  readonly #edition: Parameters<typeof lex>[1];
  readonly #definitions = new Map<string, Definition[]>();
  /** The definitions of a file, in their order. */
  readonly #places = new Map<Tokens, Definition[]>();
  readonly #aliases = new Map<string, string[]>();
  readonly #depths = new Map<Tokens, number>();
  readonly #lines = new Lines();
  readonly #done = new Set<string>();
  readonly #called = new Set<Definition>();
  readonly #unsure = new Set<Definition>();
  /** Definitions that make what is written nowhere, and those that call such, by whether they have a name that matters. */
  #splicing: Map<Definition, boolean> | undefined;
  readonly #isWorth: IsWorth;
  readonly #isModule: (name: string) => boolean;
  /** Of what macros made: what the calls in it were given that were expanded in their turn. */
  readonly handedOn = new Map<Tokens, TokenRange[]>();
  #calls = 0;
  #tries = 0;
  #length = 0;
  /** Whether a limit was reached. */
  #isFull = false;

  /** `isModule`: whether the crate has a module of that name. */
  constructor(edition: Parameters<typeof lex>[1], isWorth: IsWorth, isModule: (name: string) => boolean) {
    this.#edition = edition;
    this.#isModule = isModule;
    this.#isWorth = isWorth;
  }

  /** Takes over what a stretch defines; gives whether there is anything. */
  define(tokens: Tokens, range: TokenRange): boolean {
    const found = definitionsIn(tokens, range);
    if (found.length > 0) this.#splicing = undefined;
    for (const definition of found) {
      added(this.#definitions, definition.name, definition);
      added(this.#places, tokens, definition);
    }
    return found.length > 0;
  }

  /** Where a stretch gives another name to something. */
  renamingsIn(tokens: Tokens, range: TokenRange): readonly number[] {
    const { marks, words } = tokens;
    const found: number[] = [];
    for (const at of listedIn(marks, range)) if (words[at] === word.as) found.push(at);
    return found;
  }

  /** Takes over a name that a macro is given as well (`use run as go;`); gives whether it is a new one. */
  rename(tokens: Tokens, at: number): boolean {
    const known = this.#definitions.get(nameOf(tokens, at - 1) ?? '');
    const name = nameOf(tokens, at + 1);
    if (known === undefined || name === undefined || name === '_') return false;
    if (!this.#isOwn(tokens, at - 1)) return false;
    const others = this.#definitions.get(name) ?? [];
    const all = [...new Set([...others, ...known])];
    if (all.length === others.length) return false;
    this.#definitions.set(name, all);
    added(this.#aliases, name, known[0]?.name ?? '');
    this.#splicing = undefined;
    return true;
  }

  #spliced(): Map<Definition, boolean> {
    if (this.#splicing !== undefined) return this.#splicing;
    const all = new Set([...this.#definitions.values()].flat());
    const names = new Set<string>();
    const found = new Map<Definition, boolean>();
    const add = (one: Definition) => {
      found.set(one, bringsUnseen(one) || one.rules.some(({ body }) => this.#isWorth(one.tokens, body)));
      names.add(one.name);
    };
    for (const one of all) if (splices(one)) add(one);
    const calls = new Map([...all].map((one) => [one, callsIn(one)]));
    for (let before = -1; before < found.size; ) {
      before = found.size;
      for (const [alias, of] of this.#aliases) if (of.some((name) => names.has(name))) names.add(alias);
      for (const [one, called] of calls)
        if (!found.has(one) && called.some((name) => names.has(name))) add(one);
    }
    this.#splicing = found;
    return found;
  }

  /** The calls in a stretch whose macros may be the crate's own. */
  callsIn(tokens: Tokens, range: TokenRange): readonly CallSite[] {
    const sites: CallSite[] = [];
    for (const at of listedIn(tokens.calls, range)) {
      const name = nameOf(tokens, at - 1);
      if (name === undefined || this.#around(tokens, at) !== undefined) continue;
      sites.push({ name, at, by: new Set() });
    }
    return sites;
  }

  /** What calls in a module make, but for what was made for that module before. */
  *made(module: string, tokens: Tokens, sites: readonly CallSite[]): Generator<Made | Unmade> {
    const depth = (this.#depths.get(tokens) ?? 0) + 1;
    for (const site of sites)
      if (this.#isOwn(tokens, site.at - 1)) yield* this.#call(module, site, tokens, depth);
  }

  /** Whether the path whose last name stands there may be one of the crate's own: `crate::a::name`, `name`. */
  #isOwn(tokens: Tokens, last: number): boolean {
    let first = last;
    while (isSigns(tokens, first - 2, '::') && nameOf(tokens, first - 3) !== undefined) first -= 3;
    if (first === last) return true;
    const name = nameOf(tokens, first) ?? '';
    return (
      name === 'crate' ||
      name === 'self' ||
      name === 'super' ||
      this.#isModule(name) ||
      this.#isPaste(tokens, last)
    );
  }

  #isPaste(tokens: Tokens, last: number): boolean {
    return isSign(tokens, last + 1, '!') && !this.#definitions.has(nameOf(tokens, last) ?? '');
  }

  /** Whether a token stands in a definition all of whose calls, of which there are some, were expanded. */
  isRead(tokens: Tokens, at: number): boolean {
    const around = this.#around(tokens, at);
    return around !== undefined && this.#called.has(around) && !this.#unsure.has(around);
  }

  /** The definition that a token stands in. */
  #around(tokens: Tokens, at: number): Definition | undefined {
    const all = this.#places.get(tokens) ?? [];
    const behind = firstWhere(all.length, (i) => (all[i]?.range.from ?? 0) > at);
    // Definitions within definitions end before those around them.
    for (let index = behind - 1; index >= Math.max(0, behind - maxNested); index--) {
      const one = all[index];
      if (one !== undefined && at < one.range.to) return one;
    }
    return undefined;
  }

  *#call(
    module: string,
    { name, at, by }: CallSite,
    tokens: Tokens,
    depth: number,
  ): Generator<Made | Unmade> {
    if (this.#isFull) return;
    if (this.#tries > maxTries) {
      this.#isFull = true;
      yield { line: this.#lines.of(tokens, at), reason: tooMuch };
      return;
    }
    const input = inside(tokens, at + 1);
    const own = this.#definitions.get(name);
    const texts: string[] = [];
    const splicing = own?.filter((one) => this.#spliced().has(one)) ?? [];
    if (own === undefined) {
      if (by.has('paste')) return;
      by.add('paste');
      const put = pasted(tokens, input);
      if (put === undefined) return;
      texts.push(put.text);
      if (put.unknown) yield { line: this.#lines.of(tokens, at), reason: 'a macro puts a name together' };
    }
    for (const definition of splicing) {
      this.#called.add(definition);
      if (by.has(definition)) continue;
      if (this.#spliced().get(definition) !== true && !this.#isWorth(tokens, input)) continue;
      by.add(definition);
      const text = this.#expanded(definition, tokens, input);
      if (text === undefined) continue;
      texts.push(text);
      if (depth > 1) {
        const ranges = this.handedOn.get(tokens) ?? [];
        if (ranges.at(-1)?.from !== input.from) ranges.push(input);
        this.handedOn.set(tokens, ranges);
      }
    }
    if (texts.length === 0) return;
    const line = this.#lines.of(tokens, at);
    for (const text of texts) {
      const key = `${module} ${text}`;
      if (text.trim() === '' || this.#done.has(key)) continue;
      this.#done.add(key);
      this.#length += text.length;
      if (++this.#calls > maxCalls || this.#length > maxMade || depth > maxDepth) {
        if (!this.#isFull) yield { line, reason: tooMuch };
        this.#isFull = true;
        return;
      }
      const lexed: Lexed = lex(text, this.#edition, line);
      if (lexed.kind === 'opaque') {
        for (const definition of splicing) this.#unsure.add(definition);
        continue;
      }
      this.#depths.set(lexed.tokens, depth);
      yield { tokens: lexed.tokens };
    }
  }

  /** What the first rule makes that fits. */
  #expanded(definition: Definition, tokens: Tokens, input: TokenRange): string | undefined {
    if (++this.#tries > maxTries) {
      this.#unsure.add(definition);
      return undefined;
    }
    for (const { matcher, body } of definition.rules) {
      const match = matchRule(definition.tokens, matcher, tokens, input);
      if (match.kind === 'unsure') this.#unsure.add(definition);
      if (match.kind !== 'fits') continue;
      const text = transcribed(definition.tokens, body, match.bindings);
      if (text === undefined) this.#unsure.add(definition);
      return text;
    }
    return undefined;
  }
}

const tooMuch = 'macros make more code than is followed';

function added<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
