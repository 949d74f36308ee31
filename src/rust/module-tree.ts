import type { CfgExpression } from '../cargo/cfg/expression.ts';
import { type Attribute, cfgOf, commaParts, metaOf } from './attribute.ts';
import { cfgIfBranches } from './cfg-if.ts';
import { type Item, itemsOf } from './item.ts';
import { lex } from './lexer.ts';
import { stringOf } from './literal.ts';
import { isSign, placeOf, type TokenRange, type Tokens } from './tokens.ts';

/** The source files of a package, by their paths in it (`/` between parts): the text, or `undefined` where none is. */
export type SourceFiles = (path: string) => string | undefined;

/**
 * What a `cfg` comes to: it holds, it does not, or nobody can say. An expression that was not understood is given as
 * `undefined`. What surely does not hold is left out of the tree.
 */
export type CfgAnswer = (expression: CfgExpression | undefined) => boolean | undefined;

/** A module: a stretch of one file. A file that is included into a module makes a second entry with the same path. */
export interface Module {
  /** Its names from the root down; the root's is empty. */
  readonly path: readonly string[];
  readonly file: string;
  readonly tokens: Tokens;
  /** Its tokens: the whole file, or what stands in its braces. */
  readonly range: TokenRange;
  /** Its own attributes: those before `mod` and those inside. */
  readonly attributes: readonly Attribute[];
  /** Its items that may be there. */
  readonly items: readonly Item[];
  /** Whether each `cfg` on the way here surely holds. */
  readonly certain: boolean;
}

/** Something that could not be followed to its source. */
export interface Unfollowed {
  readonly file: string;
  readonly line: number;
  /** `src/missing.rs is not in the package`, `a path made at build time is included`. */
  readonly reason: string;
}

export interface ModuleTree {
  readonly modules: readonly Module[];
  readonly unfollowed: readonly Unfollowed[];
}

/** More modules than any real crate has; the rest is said to be unfollowed. */
const maxModules = 20_000;
const maxDepth = 128;

/**
 * The modules that a crate root brings, through `mod`, `#[path]`, `#[cfg_attr(…, path)]`, `include!` and `cfg_if!` (The Rust
 * Reference, "Modules"; rustc_expand: module.rs). Files that are no Rust source, missing files and cycles are `unfollowed`.
 */
export function moduleTree(root: string, files: SourceFiles, answer: CfgAnswer): ModuleTree {
  return new Walk(files, answer).run(root);
}

/** The `cfg` attributes of an item together: whether they hold. */
export function cfgHolding(
  tokens: Tokens,
  attributes: readonly Attribute[],
  answer: CfgAnswer,
): boolean | undefined {
  let all: boolean | undefined = true;
  for (const { path, input } of attributes) {
    if (path !== 'cfg') continue;
    const held = answer(input === undefined ? undefined : cfgOf(tokens, input));
    if (held === false) return false;
    if (held === undefined) all = undefined;
  }
  return all;
}

/** A file's own attributes with those of `cfg_attr` whose condition may hold in their place. */
export function expandedAttributes(
  tokens: Tokens,
  attributes: readonly Attribute[],
  answer: CfgAnswer,
): readonly (Attribute & { readonly certain: boolean })[] {
  return attributes.flatMap((attribute) => expanded(tokens, attribute, answer, true, 0));
}

function expanded(
  tokens: Tokens,
  attribute: Attribute,
  answer: CfgAnswer,
  certain: boolean,
  depth: number,
): readonly (Attribute & { readonly certain: boolean })[] {
  if (attribute.path !== 'cfg_attr' || attribute.input === undefined || depth > maxDepth)
    return [{ ...attribute, certain }];
  const [condition, ...parts] = commaParts(tokens, attribute.input);
  const held = answer(condition === undefined ? undefined : cfgOf(tokens, condition));
  if (held === false) return [];
  return parts.flatMap((part) => {
    const { inner, at } = attribute;
    return expanded(
      tokens,
      { ...metaOf(tokens, part), inner, at },
      answer,
      certain && held === true,
      depth + 1,
    );
  });
}

/** Where a module's own `mod x;` are looked for. */
interface Place {
  readonly file: string;
  /** The folder of `mod x;`. */
  readonly folder: string;
  /** The folder that `#[path]` starts from. */
  readonly pathFolder: string;
}

class Walk {
  readonly #files: SourceFiles;
  readonly #answer: CfgAnswer;
  readonly #modules: Module[] = [];
  readonly #unfollowed: Unfollowed[] = [];
  readonly #lexed = new Map<string, Tokens | undefined>();

  constructor(files: SourceFiles, answer: CfgAnswer) {
    this.#files = files;
    this.#answer = answer;
  }

  run(root: string): ModuleTree {
    const tokens = this.#tokensOf(root);
    if (tokens === undefined) {
      if (!this.#lexed.has(root))
        this.#unfollowed.push({ file: root, line: 1, reason: `${root} is not in the package` });
    } else {
      const folder = folderOf(root);
      this.#module([], tokens, whole(tokens), [], { file: root, folder, pathFolder: folder }, true, [root]);
    }
    return { modules: this.#modules, unfollowed: this.#unfollowed };
  }

  /** A file's tokens; `undefined` where it is missing, or cannot be read, which is then said. */
  #tokensOf(file: string): Tokens | undefined {
    if (this.#lexed.has(file)) return this.#lexed.get(file);
    const text = this.#files(file);
    if (text === undefined) return undefined;
    const lexed = lex(text);
    const tokens = lexed.kind === 'tokens' ? lexed.tokens : undefined;
    if (lexed.kind === 'opaque') this.#unfollowed.push({ file, line: lexed.line, reason: lexed.reason });
    this.#lexed.set(file, tokens);
    return tokens;
  }

  #module(
    path: readonly string[],
    tokens: Tokens,
    range: TokenRange,
    outer: readonly Attribute[],
    place: Place,
    certain: boolean,
    trail: readonly string[],
  ): void {
    if (this.#modules.length >= maxModules || path.length > maxDepth || trail.length > maxDepth) {
      this.#unfollowed.push({
        file: place.file,
        line: 1,
        reason: 'more modules, or deeper ones, than are followed',
      });
      return;
    }
    const read = itemsOf(tokens, range);
    const attributes = [...outer, ...read.attributes];
    const held = cfgHolding(tokens, read.attributes, this.#answer);
    if (held === false) return;
    const items: Item[] = [];
    const sure = certain && held === true;
    this.#modules.push({ path, file: place.file, tokens, range, attributes, items, certain: sure });
    this.#items(path, tokens, read.items, items, place, sure, trail);
  }

  #items(
    path: readonly string[],
    tokens: Tokens,
    read: readonly Item[],
    kept: Item[],
    place: Place,
    certain: boolean,
    trail: readonly string[],
  ): void {
    for (const item of read) {
      const held = cfgHolding(tokens, item.attributes, this.#answer);
      if (held === false) continue;
      kept.push(item);
      const sure = certain && held === true;
      if (item.kind === 'mod') this.#mod(path, tokens, item, place, sure, trail);
      else if (item.kind === 'macro-call' && item.body !== undefined) {
        if (item.name === 'include') this.#include(path, tokens, item, item.body, place, sure, trail);
        else if (item.name === 'cfg_if') {
          for (const branch of cfgIfBranches(tokens, item.body, this.#answer)) {
            const { items } = itemsOf(tokens, branch.body);
            this.#items(path, tokens, items, kept, place, sure && branch.certain, trail);
          }
        } else {
          // Other macros mostly hand on the items that they are given (`cfg_net! { mod tcp; }`), perhaps under a condition.
          const { items } = itemsOf(tokens, item.body);
          const nested = items.filter(({ kind }) => kind === 'mod' || kind === 'macro-call');
          this.#items(path, tokens, nested, kept, place, false, trail);
        }
      }
    }
  }

  #mod(
    path: readonly string[],
    tokens: Tokens,
    item: Item,
    place: Place,
    certain: boolean,
    trail: readonly string[],
  ): void {
    const name = item.name ?? '';
    const inner = [...path, name];
    const named = expandedAttributes(tokens, item.attributes, this.#answer).filter(
      (attribute) => attribute.path === 'path' && attribute.value !== undefined,
    );
    if (item.body !== undefined) {
      const folder = join(place.folder, name);
      const places =
        named.length === 0 ? [folder] : named.map(({ value = '' }) => join(place.pathFolder, value));
      for (const each of places) {
        const within = { file: place.file, folder: each, pathFolder: each };
        this.#module(
          inner,
          tokens,
          item.body,
          item.attributes,
          within,
          certain && places.length === 1,
          trail,
        );
      }
      return;
    }
    const line = placeOf(tokens, item.content.from).line;
    for (const { value = '', certain: sure } of named) {
      const file = join(place.pathFolder, value);
      this.#file(inner, file, item.attributes, folderOf(file), certain && sure, trail, {
        file: place.file,
        line,
      });
    }
    if (named.some((attribute) => attribute.certain)) return;
    this.#ordinary(inner, name, item.attributes, place, certain && named.length === 0, trail, line);
  }

  /** `name.rs`, or `name/mod.rs`. */
  #ordinary(
    path: readonly string[],
    name: string,
    attributes: readonly Attribute[],
    place: Place,
    certain: boolean,
    trail: readonly string[],
    line: number,
  ): void {
    const flat = join(place.folder, `${name}.rs`);
    const nested = join(place.folder, `${name}/mod.rs`);
    const file = this.#files(flat) === undefined && this.#files(nested) !== undefined ? nested : flat;
    const folder = join(place.folder, name);
    this.#file(path, file, attributes, folder, certain, trail, { file: place.file, line });
  }

  #file(
    path: readonly string[],
    file: string,
    attributes: readonly Attribute[],
    folder: string,
    certain: boolean,
    trail: readonly string[],
    from: { readonly file: string; readonly line: number },
  ): void {
    if (trail.includes(file)) {
      this.#unfollowed.push({ ...from, reason: `${file} brings itself` });
      return;
    }
    const tokens = this.#tokensOf(file);
    if (tokens === undefined) {
      // A module that a condition may leave out may well be missing from the package.
      if (certain && !this.#lexed.has(file))
        this.#unfollowed.push({ ...from, reason: `${file} is not in the package` });
      return;
    }
    const place = { file, folder, pathFolder: folderOf(file) };
    this.#module(path, tokens, whole(tokens), attributes, place, certain, [...trail, file]);
  }

  #include(
    path: readonly string[],
    tokens: Tokens,
    item: Item,
    body: TokenRange,
    place: Place,
    certain: boolean,
    trail: readonly string[],
  ): void {
    const line = placeOf(tokens, item.content.from).line;
    const literal =
      body.to - body.from === 1 || isSign(tokens, body.from + 1, ',')
        ? stringOf(tokens, body.from)
        : undefined;
    if (literal === undefined) {
      this.#unfollowed.push({ file: place.file, line, reason: 'a path made at build time is included' });
      return;
    }
    const file = join(folderOf(place.file), literal);
    this.#file(path, file, [], folderOf(file), certain, trail, { file: place.file, line });
  }
}

function whole(tokens: Tokens): TokenRange {
  return { from: 0, to: tokens.count };
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
}

/** Joins as a file system would; a path that leaves the package keeps its `..` and so names no file. */
function join(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path.replaceAll('\\', '/')}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
