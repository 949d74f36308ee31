import { afterAngles } from './angles.ts';
import type { Item } from './item.ts';
import type { Module, PlacedItem } from './module.ts';
import {
  after,
  isSign,
  isSigns,
  isWord,
  listedIn,
  nameOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from './tokens.ts';
import { usesOf } from './use-tree.ts';
import { words as word } from './vocabulary.ts';
import { readPath } from './written-path.ts';

/** A path that a name stands for, as it is written here. */
export interface Bound {
  readonly path: readonly string[];
  /** Whether it surely holds in all of the module: it is an item of the module, under no condition of its own. */
  readonly sure: boolean;
  /** Whether it is a type alias or a renamed crate, rather than an import. */
  readonly alias: boolean;
}

/** What a module has of a name of its own: one or more of these, added. */
export const own = {
  /** A function or a value. */
  value: 1,
  /** Something that a path can lead through: a type, a trait, a module. */
  type: 2,
  /** Such a thing that is surely there. */
  sureType: 4,
  /** A module that stands in a function, and is no module of the tree. */
  innerModule: 8,
  macro: 16,
} as const;

/** The names that a module has: what its uses and type aliases bring, at any depth of its tokens, and its own items. */
export interface Names {
  readonly bound: ReadonlyMap<string, readonly Bound[]>;
  /** The paths all of whose names are brought. */
  readonly globs: readonly Bound[];
  /** Functions, types, values, macros and modules that are written here. */
  readonly own: ReadonlyMap<string, number>;
  /** What `extern crate x as y` brings; in a crate's root it holds in all modules. */
  readonly externs: ReadonlyMap<string, string>;
  /** Types that traits and their impls name (`type Out = …;`), which paths lead through: `X::Out::new`. */
  readonly associated: ReadonlySet<string>;
  /** Aliases of one of their own parameters: `type Id<T> = T;`. */
  readonly identities: ReadonlySet<string>;
  /** Names that have more meanings than are kept. */
  readonly cut: ReadonlySet<string>;
}

/** Gathers names of several stretches that make one module. */
export class NamesMaker implements Names {
  readonly bound = new Map<string, Bound[]>();
  readonly globs: Bound[] = [];
  readonly own = new Map<string, number>();
  readonly externs = new Map<string, string>();
  readonly associated = new Set<string>();
  readonly identities = new Set<string>();
  readonly cut = new Set<string>();
  readonly #bounds = new Set<string>();
  #isSure: (at: number) => boolean = () => false;
  /** The items that names depend on, by their words. */
  #top: ReadonlyMap<number, PlacedItem> = new Map();
  #standing: Module['conditions'] | undefined;
  #impl: TokenRange = { from: 0, to: 0 };

  /** Of two stretches that stand under different conditions, neither surely has its names where the other is. */
  add(module: Module, ranges: readonly TokenRange[]): void {
    const { tokens, conditions, items } = module;
    this.#standing ??= conditions;
    const isOne = this.#standing === conditions && module.made === undefined;
    this.#top = new Map(
      items.flatMap((item) => (scopes.has(item.kind) ? [[item.content.from, item] as const] : [])),
    );
    this.#isSure = (at) => isOne && this.#top.get(at)?.conditions.length === conditions.length;
    for (const range of ranges) this.#range(tokens, range);
    // A module in braces is no part of the ranges.
    for (const { kind, name, content } of items)
      if (kind === 'mod' && name !== undefined) this.#mine(name, this.#typeAt(content.from));
  }

  #range(tokens: Tokens, range: TokenRange): void {
    this.#impl = { from: 0, to: 0 };
    const { marks, words } = tokens;
    for (const at of listedIn(marks, range)) {
      switch (words[at]) {
        case word.use:
          this.#use(tokens, at, range.to);
          break;
        case word.union:
        case word.enum:
        case word.struct:
          this.#item(tokens, at, this.#typeAt(at));
          break;
        case word.extern:
          if (isWord(tokens, at + 1, 'crate')) this.#extern(tokens, at);
          break;
        case word.type:
          this.#type(tokens, at, range.to);
          break;
        case word.trait:
          this.#enter(tokens, at, range.to);
          this.#item(tokens, at, this.#typeAt(at));
          break;
        case word.impl:
          this.#enter(tokens, at, range.to);
          break;
        case word.static:
        case word.fn:
        case word.const:
          this.#item(tokens, at, own.value);
          break;
        case word.mod: {
          const inner = this.#top.has(at) ? 0 : own.innerModule;
          this.#item(tokens, at, this.#typeAt(at) | inner);
          break;
        }
        case word.macro_rules:
          if (isSign(tokens, at + 1, '!')) this.#item(tokens, at + 1, own.macro);
      }
    }
  }

  /** Types within an impl or a trait are named by paths that lead through what has them. */
  #enter(tokens: Tokens, at: number, end: number): void {
    this.#impl = this.#top.get(at)?.body ?? blockAfter(tokens, at, end);
  }

  #typeAt(at: number): number {
    return this.#isSure(at) ? own.type | own.sureType : own.type;
  }

  #item(tokens: Tokens, at: number, kind: number): void {
    const name = nameOf(tokens, isWord(tokens, at + 1, 'mut') ? at + 2 : at + 1);
    if (name !== undefined) this.#mine(name, kind);
  }

  #mine(name: string, kind: number): void {
    this.own.set(name, (this.own.get(name) ?? 0) | kind);
  }

  #use(tokens: Tokens, at: number, end: number): void {
    // `impl Trait + use<'a>` is no import.
    if (isSign(tokens, at + 1, '<')) return;
    const content = { from: at, to: endOfUse(tokens, at, end) };
    const sure = this.#isSure(at);
    for (const { path, name } of usesOf(tokens, { kind: 'use', content, public: false })) {
      if (name === '*') this.globs.push({ path, sure, alias: false });
      else if (name !== '_') this.#bind(name, { path, sure, alias: false });
    }
  }

  #extern(tokens: Tokens, at: number): void {
    const content = { from: at, to: at + 5 };
    for (const { path, name } of usesOf(tokens, { kind: 'extern-crate', content, public: false })) {
      if (path[0] === 'self') this.#bind(name, { path: ['crate'], sure: this.#isSure(at), alias: true });
      else this.externs.set(name, path[0] ?? name);
    }
  }

  /** `type C = std::process::Command;`, and with generics on either side. */
  #type(tokens: Tokens, at: number, end: number): void {
    const name = nameOf(tokens, at + 1);
    if (name === undefined) return;
    let equals = at + 2;
    while (equals < end && !isSign(tokens, equals, '=') && !isSign(tokens, equals, ';')) {
      equals = isSign(tokens, equals, '<') ? equals + 1 : after(tokens, equals);
    }
    const path = isSign(tokens, equals, '=') ? plainPath(tokens, equals + 1) : [];
    const isPlain = nameOf(tokens, equals + 1) !== undefined && isSign(tokens, equals + 2, ';');
    const isOfImpl = at >= this.#impl.from && at < this.#impl.to;
    if (isOfImpl) this.associated.add(name);
    if (isPlain && hasParameter(tokens, { from: at + 2, to: equals }, path[0])) this.identities.add(name);
    if (path.length === 0 || (path.length === 1 && path[0] === name)) this.#mine(name, this.#typeAt(at));
    else this.#bind(name, { path, sure: this.#isSure(at), alias: true });
    const [first] = isSign(tokens, equals + 1, '<') ? namedBy(tokens, equals + 1, end) : [];
    if (first !== undefined && first !== name)
      this.#bind(name, { path: ofImpl(first), sure: false, alias: true });
  }

  #bind(name: string, bound: Bound): void {
    const key = `${name} ${bound.sure} ${bound.alias} ${bound.path.join('::')}`;
    if (this.#bounds.has(key)) return;
    this.#bounds.add(key);
    const known = this.bound.get(name);
    if (known === undefined) this.bound.set(name, [bound]);
    else if (known.length < maxMeanings) known.push(bound);
    else this.cut.add(name);
  }
}

/** Meanings of one name in one module; a name that has more is not told at all. */
const maxMeanings = 1024;
const scopes: ReadonlySet<Item['kind']> = new Set(['mod', 'use', 'extern-crate', 'type', 'trait', 'impl']);

/** The braces of an `impl` in a function. */
function blockAfter(tokens: Tokens, from: number, end: number): TokenRange {
  for (let at = from; at < end; at = after(tokens, at)) {
    if (isSign(tokens, at, '{')) return { from: at + 1, to: tokens.partners[at] ?? at };
    if (isSign(tokens, at, ';') || tokens.kinds[at] === tokenKind.close) break;
  }
  return { from: 0, to: 0 };
}

function hasParameter(tokens: Tokens, { from, to }: TokenRange, name: string | undefined): boolean {
  for (let at = from; at < to; at++) if (nameOf(tokens, at) === name) return true;
  return false;
}

/** The token after a `use` item: after its `;`, or where a macro's delimiter ends what is left of it. */
export function endOfUse(tokens: Tokens, from: number, end: number): number {
  for (let at = from; at < end; at = after(tokens, at)) {
    if (isSign(tokens, at, ';')) return at + 1;
    if (tokens.kinds[at] === tokenKind.close) return at;
  }
  return end;
}

/** The path of a type that an impl names, whosever: `Out` of `<X as Has>::Out`. */
function ofImpl(name: string): readonly string[] {
  return [anyImpl, name];
}

export const anyImpl = '<>';

/** What follows `<X as Has>::`. */
function namedBy(tokens: Tokens, open: number, end: number): readonly string[] {
  const close = afterAngles(tokens, open, end);
  return isSigns(tokens, close, '::') ? readPath(tokens, close + 2, end).names : [];
}

/**
 * The names of a path that begins there, `''` first for a leading `::`. Parentheses around it mean nothing; of
 * `<A as B>::C` it is `A`.
 */
function plainPath(tokens: Tokens, from: number): readonly string[] {
  const path: string[] = [];
  let at = from;
  while ((isSign(tokens, at, '(') && !isSign(tokens, at + 1, ')')) || isSign(tokens, at, '<')) at++;
  if (isSigns(tokens, at, '::')) {
    path.push('');
    at += 2;
  }
  for (let name = nameOf(tokens, at); name !== undefined; name = nameOf(tokens, at)) {
    path.push(name);
    if (!isSigns(tokens, at + 1, '::')) break;
    at += 3;
  }
  return path;
}
