import type { Module } from './module-tree.ts';
import { after, isSign, isSigns, isWord, nameOf, type TokenRange, type Tokens, tokenKind } from './tokens.ts';
import { usesOf } from './use-tree.ts';

/** The names that a module has: what its uses and type aliases bring, at any depth of its tokens, and its own items. */
export interface Names {
  /** Name → the paths that it may stand for, as they are written here. */
  readonly bound: ReadonlyMap<string, readonly (readonly string[])[]>;
  /** The paths all of whose names are brought. */
  readonly globs: readonly (readonly string[])[];
  /** Functions, types, values, macros and modules that are written here. */
  readonly own: ReadonlySet<string>;
  /** What `extern crate x as y` brings; in a crate's root it holds in all modules. */
  readonly externs: ReadonlyMap<string, string>;
}

/** Gathers names of several stretches that make one module. */
export class NamesMaker implements Names {
  readonly bound = new Map<string, (readonly string[])[]>();
  readonly globs: (readonly string[])[] = [];
  readonly own = new Set<string>();
  readonly externs = new Map<string, string>();

  add({ tokens }: Pick<Module, 'tokens'>, ranges: readonly TokenRange[]): void {
    for (const range of ranges) this.#range(tokens, range);
  }

  #range(tokens: Tokens, range: TokenRange): void {
    for (let at = range.from; at < range.to; at++) {
      if (tokens.kinds[at] !== tokenKind.ident || !maybeItem(tokens, at)) continue;
      if (isWord(tokens, at, 'use')) this.#use(tokens, at, range.to);
      else if (isWord(tokens, at, 'extern') && isWord(tokens, at + 1, 'crate')) this.#extern(tokens, at);
      else if (isWord(tokens, at, 'type')) this.#type(tokens, at, range.to);
      else if (itemWords.some((word) => isWord(tokens, at, word))) {
        const name = nameOf(tokens, isWord(tokens, at + 1, 'mut') ? at + 2 : at + 1);
        if (name !== undefined) this.own.add(name);
      } else if (isWord(tokens, at, 'macro_rules') && isSign(tokens, at + 1, '!')) {
        const name = nameOf(tokens, at + 2);
        if (name !== undefined) this.own.add(name);
      }
    }
  }

  #use(tokens: Tokens, at: number, end: number): void {
    // `impl Trait + use<'a>` is no import.
    if (isSign(tokens, at + 1, '<')) return;
    const content = { from: at, to: endOfUse(tokens, at, end) };
    for (const { path, name } of usesOf(tokens, { kind: 'use', content, public: false })) {
      if (name === '*') this.globs.push(path);
      else if (name !== '_') this.#bind(name, path);
    }
  }

  #extern(tokens: Tokens, at: number): void {
    const content = { from: at, to: at + 5 };
    for (const { path, name } of usesOf(tokens, { kind: 'extern-crate', content, public: false })) {
      if (path[0] === 'self') this.#bind(name, ['crate']);
      else this.externs.set(name, path[0] ?? name);
    }
  }

  /** `type C = std::process::Command;`, and with generics on either side. */
  #type(tokens: Tokens, at: number, end: number): void {
    const name = nameOf(tokens, at + 1);
    if (name === undefined) return;
    let equals = at + 2;
    while (equals < end && !isSign(tokens, equals, '=') && !isSign(tokens, equals, ';')) equals++;
    const path = isSign(tokens, equals, '=') ? plainPath(tokens, equals + 1) : [];
    if (path.length === 0 || (path.length === 1 && path[0] === name)) this.own.add(name);
    else this.#bind(name, path);
  }

  #bind(name: string, path: readonly string[]): void {
    const paths = this.bound.get(name);
    if (paths === undefined) this.bound.set(name, [path]);
    else if (paths.length < maxMeanings) paths.push(path);
  }
}

/** Meanings of one name in one module, of which the rest is left out. */
const maxMeanings = 16;
const itemWords = ['fn', 'struct', 'enum', 'union', 'trait', 'mod', 'const', 'static'] as const;
const firstLetters: ReadonlySet<number> = new Set([...'uetfscm'].map((letter) => letter.charCodeAt(0)));

function maybeItem(tokens: Tokens, at: number): boolean {
  return firstLetters.has(tokens.source.charCodeAt(tokens.starts[at] ?? 0));
}

/** The token after a `use` item: after its `;`, or where a macro's delimiter ends what is left of it. */
export function endOfUse(tokens: Tokens, from: number, end: number): number {
  for (let at = from; at < end; at = after(tokens, at)) {
    if (isSign(tokens, at, ';')) return at + 1;
    if (tokens.kinds[at] === tokenKind.close) return at;
  }
  return end;
}

/** The names of a path that begins there, `''` first for a leading `::`. */
function plainPath(tokens: Tokens, from: number): readonly string[] {
  const path: string[] = [];
  let at = from;
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
