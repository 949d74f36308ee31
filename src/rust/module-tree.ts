import type { Edition } from '../cargo/manifest/manifest.ts';
import type { Attribute } from './attribute.ts';
import { cfgIfBranches } from './cfg-if.ts';
import { type CfgAnswer, expandedAttributes, type Standing, standingOf, within } from './conditions.ts';
import { type Item, itemsOf } from './item.ts';
import { lex } from './lexer.ts';
import { stringOf } from './literal.ts';
import { type CallSite, Expander, type IsWorth } from './macro-rules/expander.ts';
import {
  joinedUp,
  type Module,
  type ModuleTree,
  ownRanges,
  type PlacedItem,
  type SourceFiles,
  type Unfollowed,
} from './module.ts';
import { folderOf, joined, leavesPackage } from './source-path.ts';
import { after, inside, isSign, Lines, listedIn, type TokenRange, type Tokens, tokenKind } from './tokens.ts';
import { words as word } from './vocabulary.ts';

/** A tree that can be read again with what the crate's own macros make. */
export interface OpenTree {
  readonly tree: ModuleTree;
  /**
   * The tree with what calls make that have a name that matters, in themselves or in the macro; it follows the modules that are
   * written.
   */
  expand(isWorth: IsWorth): ModuleTree;
}

/** More modules than any real crate has, and deeper ones; the rest is said to be unfollowed. */
const maxModules = 20_000;
const maxDepth = 128;

/**
 * The modules that a crate root brings, through `mod`, `#[path]`, `#[cfg_attr(…, path)]`, `include!` and `cfg_if!` (The Rust
 * Reference, "Modules"; rustc_expand: module.rs), but for what surely is not built. Missing and broken files and cycles are
 * `unfollowed`.
 */
export function moduleTree(root: string, files: SourceFiles, answer: CfgAnswer): ModuleTree {
  return openTree(root, files, answer, '2021').tree;
}

/** The same, for a crate of that edition, and with its macros. */
export function openTree(root: string, files: SourceFiles, answer: CfgAnswer, edition: Edition): OpenTree {
  const walk = new Walk(files, answer, edition);
  return { tree: walk.run(root), expand: (isWorth) => walk.expand(isWorth) };
}

/** Where a walk is: a module, or a part of one that a macro or another file brings. */
interface Scope {
  readonly path: readonly string[];
  readonly file: string;
  readonly tokens: Tokens;
  /** The folder of `mod x;`. */
  readonly folder: string;
  /** The folder that `#[path]` starts from. */
  readonly pathFolder: string;
  readonly standing: Standing;
  /** The files on the way here. */
  readonly trail: readonly string[];
  readonly made?: true;
}

const exclamation = 33;

/** Whether a macro's call has modules or further calls in it: most have neither, and are not read as items. */
function mayNest(tokens: Tokens, { from, to }: TokenRange): boolean {
  const { signs, kinds, words } = tokens;
  for (let at = from; at < to; at++) {
    if (words[at] === word.mod && kinds[at] === tokenKind.ident) return true;
    if (signs[at] === exclamation && kinds[at + 1] !== tokenKind.punct) return true;
  }
  return false;
}

/** All its parts by name: what is spread keeps one more part apart, in memory of its own. */
function placed(item: Item, conditions: PlacedItem['conditions']): PlacedItem {
  const { kind, name, attributes, public: isPublic, range, content, body } = item;
  return { kind, name, attributes, public: isPublic, range, content, body, conditions };
}

class Walk {
  readonly #files: SourceFiles;
  readonly #answer: CfgAnswer;
  readonly #modules: Module[] = [];
  readonly #unfollowed: Unfollowed[] = [];
  readonly #lexed = new Map<string, Tokens | undefined>();
  /** The `include!` and `mod` that were followed, by their first tokens. */
  readonly #followed = new Map<Tokens, Set<number>>();
  readonly #lines = new Lines();
  readonly #edition: Edition;
  /** The last names of modules. */
  readonly #names = new Set<string>();
  /** Names of macros that the crate defines. */
  readonly #macros = new Set<string>();
  /** What macros are given that may have modules in braces. */
  readonly #given: {
    readonly name: string;
    readonly scope: Scope;
    readonly body: TokenRange;
    readonly known: readonly Item[];
    readonly kept: PlacedItem[];
  }[] = [];
  /** Where modules are, for what macros make in them. */
  readonly #scopes = new Map<Module, Scope>();

  constructor(files: SourceFiles, answer: CfgAnswer, edition: Edition) {
    this.#files = files;
    this.#answer = answer;
    this.#edition = edition;
  }

  run(root: string): ModuleTree {
    const standing = { certain: true, conditions: [] };
    this.#file({ path: [], standing, trail: [] }, root, folderOf(root), [], { file: root, line: 1 });
    this.#followGiven();
    return this.#tree(() => false, new Map());
  }

  /** Adds what macros make, and what the calls in it make, until there is nothing new. */
  expand(isWorth: IsWorth): ModuleTree {
    const expander = new Expander(this.#edition, isWorth, (name) => this.#names.has(name));
    const all = this.#modules;
    const calls: { readonly module: Module; readonly sites: readonly CallSite[] }[] = [];
    const renamings: { readonly tokens: Tokens; readonly at: number }[] = [];
    for (let [from, named] = [0, 0]; from < all.length; ) {
      const added = all.slice(from);
      const isNamed = this.#names.size > named;
      [from, named] = [all.length, this.#names.size];
      const stretches = added.flatMap((module) =>
        joinedUp(ownRanges(module)).map((range) => ({ module, range })),
      );
      let isDefined = false;
      for (const { module, range } of stretches) if (expander.define(module.tokens, range)) isDefined = true;
      for (const { module, range } of stretches)
        for (const at of expander.renamingsIn(module.tokens, range))
          renamings.push({ tokens: module.tokens, at });
      // Of a chain of renames the last may stand first.
      let renamed = false;
      for (let isNew = true; isNew; renamed ||= isNew)
        isNew = renamings.map(({ tokens, at }) => expander.rename(tokens, at)).includes(true);
      const before = calls.length;
      for (const { module, range } of stretches) {
        const sites = expander.callsIn(module.tokens, range);
        if (sites.length > 0) calls.push({ module, sites });
      }
      // A macro that a macro defines may be called anywhere, and by a module that one makes.
      const called = isNamed || renamed || isDefined ? [...calls] : calls.slice(before);
      for (const { module, sites } of called) this.#expandIn(expander, module, sites);
    }
    return this.#tree((tokens, at) => expander.isRead(tokens, at), expander.handedOn);
  }

  #tree(isExpanded: ModuleTree['isExpanded'], handedOn: ModuleTree['handedOn']): ModuleTree {
    const [modules, unfollowed] = [[...this.#modules], [...this.#unfollowed]];
    return { modules, unfollowed, files: this.#files, edition: this.#edition, isExpanded, handedOn };
  }

  #expandIn(expander: Expander, module: Module, sites: readonly CallSite[]): void {
    const scope = this.#scopes.get(module);
    if (scope === undefined) return;
    for (const made of expander.made(module.path.join('::'), module.tokens, sites)) {
      if ('reason' in made) {
        this.#unfollowed.push({ file: module.file, ...made, unread: true });
        continue;
      }
      const { tokens } = made;
      const standing = within(scope.standing, false, [undefined]);
      this.#module({ ...scope, tokens, standing, made: true }, { from: 0, to: tokens.count }, []);
    }
    this.#followGiven();
  }

  /** A module out of a file of its own. `folder` is that of its own `mod x;`. */
  #file(
    { path, standing, trail }: Pick<Scope, 'path' | 'standing' | 'trail'>,
    file: string,
    folder: string,
    attributes: readonly Attribute[],
    from: Pick<Unfollowed, 'file' | 'line'>,
  ): void {
    if (trail.includes(file)) {
      this.#unfollowed.push({ ...from, reason: `${file} brings itself` });
      return;
    }
    const tokens = this.#tokensOf(file);
    if (tokens !== undefined) {
      const scope = {
        path,
        file,
        tokens,
        folder,
        pathFolder: folderOf(file),
        standing,
        trail: [...trail, file],
      };
      this.#module(scope, { from: 0, to: tokens.count }, attributes);
    } else if (standing.certain && !this.#lexed.has(file)) {
      // What a condition may leave out may well be missing from the package.
      this.#unfollowed.push({ ...from, reason: `${file} is not in the package` });
    }
  }

  /** A file's tokens; `undefined` where it is missing, or cannot be read, which is then said. */
  #tokensOf(file: string): Tokens | undefined {
    if (this.#lexed.has(file)) return this.#lexed.get(file);
    const text = this.#files(file);
    if (text === undefined) return undefined;
    const lexed = lex(text, this.#edition);
    const tokens = lexed.kind === 'tokens' ? lexed.tokens : undefined;
    if (lexed.kind === 'opaque')
      this.#unfollowed.push({ file, line: lexed.line, reason: lexed.reason, unread: true });
    this.#lexed.set(file, tokens);
    return tokens;
  }

  #module(scope: Scope, range: TokenRange, outer: readonly Attribute[]): void {
    const { path, file, tokens, trail } = scope;
    if (this.#modules.length >= maxModules || path.length > maxDepth || trail.length > maxDepth) {
      const reason = 'more modules, or deeper ones, than are followed';
      this.#unfollowed.push({ file, line: 1, reason, unread: true });
      return;
    }
    const read = itemsOf(tokens, range);
    const standing = standingOf(tokens, read.attributes, scope.standing, this.#answer);
    if (standing === undefined) return;
    const items: PlacedItem[] = [];
    const attributes = [...outer, ...read.attributes];
    const made = scope.made === undefined ? {} : { made: scope.made };
    const module = { path, file, tokens, range, attributes, items, ...made, ...standing };
    this.#modules.push(module);
    this.#names.add(path.at(-1) ?? '');
    const own = { ...scope, standing };
    this.#scopes.set(module, own);
    for (const item of read.items) if (item.kind === 'macro-rules') this.#macros.add(item.name ?? '');
    this.#items(own, read.items, items);
    for (const item of read.items) if (item.kind !== 'mod') this.#within(own, item);
  }

  /** What stands deeper in an item than items do: an `include!` among expressions, a `mod` with a path in a function. */
  #within(scope: Scope, { range }: Item): void {
    const { tokens } = scope;
    const { marks, words } = tokens;
    let followed: ReadonlySet<number> | undefined;
    for (const at of listedIn(marks, range)) {
      const isInclude = words[at] === word.include && isSign(tokens, at + 1, '!');
      if (!isInclude && words[at] !== word.mod) continue;
      followed ??= this.#followedIn(tokens);
      if (followed.has(at)) continue;
      if (isInclude && tokens.kinds[at + 2] === tokenKind.open)
        this.#include(scope, at, inside(tokens, at + 2));
      else if (isSign(tokens, at + 2, ';')) this.#innerMod(scope, at);
    }
  }

  /** In a function a module of another file has to say which (rustc: "non-inline module inside a block"). */
  #innerMod(scope: Scope, at: number): void {
    const { tokens, standing } = scope;
    let from = at;
    while (isSign(tokens, from - 1, ']') && isSign(tokens, (tokens.partners[from - 1] ?? 0) - 1, '#'))
      from = (tokens.partners[from - 1] ?? 1) - 1;
    const [item] = itemsOf(tokens, { from, to: at + 3 }).items;
    const isPlaced = item?.attributes.some(({ path }) => path === 'path' || path === 'cfg_attr');
    if (item?.kind !== 'mod' || isPlaced !== true) return;
    const own = standingOf(tokens, item.attributes, standing, this.#answer);
    if (own !== undefined) this.#mod({ ...scope, standing: own }, item);
  }

  #followedIn(tokens: Tokens): Set<number> {
    const known = this.#followed.get(tokens) ?? new Set();
    this.#followed.set(tokens, known);
    return known;
  }

  #items(scope: Scope, read: readonly Item[], kept: PlacedItem[]): void {
    for (const item of read) {
      const standing = standingOf(scope.tokens, item.attributes, scope.standing, this.#answer);
      if (standing === undefined) continue;
      kept.push(placed(item, standing.conditions));
      const own = { ...scope, standing };
      if (item.kind === 'mod') this.#mod(own, item);
      else if (item.kind === 'macro-call' && item.body !== undefined) this.#macro(own, item, item.body, kept);
    }
  }

  #macro(scope: Scope, item: Item, body: TokenRange, kept: PlacedItem[]): void {
    const { tokens, standing } = scope;
    if (item.name === 'include') this.#include(scope, body.from - 3, body);
    else if (item.name === 'cfg_if') {
      for (const branch of cfgIfBranches(tokens, body, this.#answer)) {
        const own = { ...scope, standing: within(standing, branch.certain, branch.conditions) };
        this.#items(own, itemsOf(tokens, branch.body).items, kept);
      }
    } else if (mayNest(tokens, body)) {
      // Other macros mostly hand on the items that they are given (`cfg_net! { mod tcp; }`), perhaps under a condition.
      const nested = itemsOf(tokens, body).items.filter(
        ({ kind }) => kind === 'mod' || kind === 'macro-call',
      );
      const own = { ...scope, standing: within(standing, false, [undefined]) };
      this.#items(own, nested, kept);
      this.#given.push({ name: item.name ?? '', scope: own, body, known: nested, kept });
    }
  }

  /**
   * Modules in braces among what macros of others are given: `cfg_select! { unix => { mod a; } _ => { mod b; } }` (std
   * 1.95), `match_cfg!` and their like. Those of the crate's own are expanded.
   */
  #followGiven(): void {
    for (let given = this.#given.pop(); given !== undefined; given = this.#given.pop()) {
      const { name, scope, body, known, kept } = given;
      const { tokens } = scope;
      if (this.#macros.has(name)) continue;
      const seen = new Set<string>();
      for (let at = body.from; at < body.to; at = after(tokens, at)) {
        if (!isSign(tokens, at, '{') || known.some(({ range }) => range.from <= at && at < range.to))
          continue;
        const branch = inside(tokens, at);
        if (!mayNest(tokens, branch)) continue;
        // Of a file that several branches bring, one reading says all.
        const items = itemsOf(tokens, branch).items.filter(
          (one) =>
            one.kind === 'mod' &&
            (one.body !== undefined || one.attributes.length > 0 || !seen.has(one.name ?? '')),
        );
        for (const one of items) seen.add(one.name ?? '');
        this.#items(scope, items, kept);
      }
    }
  }

  #mod(scope: Scope, item: Item): void {
    const { tokens, standing, file, folder, pathFolder } = scope;
    this.#followedIn(tokens).add(item.content.from);
    const name = item.name ?? '';
    const path = [...scope.path, name];
    const named = expandedAttributes(tokens, item.attributes, this.#answer).filter(
      (attribute) => attribute.path === 'path' && attribute.value !== undefined,
    );
    if (item.body !== undefined) {
      const folders = named.map(({ value = '' }) => joined(pathFolder, value));
      for (const each of folders.length === 0 ? [joined(folder, name)] : folders) {
        const own = within(standing, folders.length <= 1, []);
        this.#module(
          { ...scope, path, folder: each, pathFolder: each, standing: own },
          item.body,
          item.attributes,
        );
      }
      return;
    }
    const from = { file, line: this.#lines.of(tokens, item.content.from) };
    for (const { value = '', certain, conditions } of named) {
      const own = { ...scope, path, standing: within(standing, certain, conditions) };
      const other = joined(pathFolder, value);
      if (this.#isOutside(value, other, from)) continue;
      this.#file(own, other, folderOf(other), item.attributes, from);
    }
    if (named.some(({ certain }) => certain)) return;
    const own = { ...scope, path, standing: within(standing, named.length === 0, []) };
    this.#file(own, this.#ordinary(folder, name), joined(folder, name), item.attributes, from);
  }

  /** `name.rs`, or `name/mod.rs`. */
  #ordinary(folder: string, name: string): string {
    const flat = joined(folder, `${name}.rs`);
    const nested = joined(folder, `${name}/mod.rs`);
    return this.#files(flat) === undefined && this.#files(nested) !== undefined ? nested : flat;
  }

  /** `at` is the word itself. */
  #include(scope: Scope, at: number, body: TokenRange): void {
    const { tokens, file } = scope;
    this.#followedIn(tokens).add(at);
    const from = { file, line: this.#lines.of(tokens, at) };
    const isOne = body.to - body.from === 1 || isSign(tokens, body.from + 1, ',');
    const literal = isOne ? stringOf(tokens, body.from) : undefined;
    if (literal === undefined) {
      this.#unfollowed.push({ ...from, reason: 'a path made at build time is included' });
      return;
    }
    const other = joined(folderOf(file), literal);
    if (!this.#isOutside(literal, other, from)) this.#file(scope, other, folderOf(other), [], from);
  }

  /** Whether a path leads out of the package, which is then said: what lies there is another crate's, or the machine's. */
  #isOutside(written: string, other: string, from: Pick<Unfollowed, 'file' | 'line'>): boolean {
    if (!leavesPackage(written, other)) return false;
    this.#unfollowed.push({ ...from, reason: `${written} is outside the package`, outside: written });
    return true;
  }
}
