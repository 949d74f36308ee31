import { type ModuleTree, ownRanges } from './module-tree.ts';
import { type Names, NamesMaker, own as ownKind } from './names.ts';
import { stdHolds } from './std-names.ts';

/** A path from its root: `std::process::Command`, `reqwest::get`, `crate::net::fetch`. */
export type FullPath = readonly string[];

/** By the names that code calls other crates by: the crate's own name, with `_`. What is not here is called by its own. */
export type CrateNames = ReadonlyMap<string, string>;

/** What a path may stand for. */
export interface Meant {
  readonly paths: readonly FullPath[];
  /** Whether it may stand for more than was followed. */
  readonly cut: boolean;
}

/** Meanings of one path that are followed. */
const maxMeanings = 1024;
/** Uses that lead to uses; deeper than any real chain. */
const maxDepth = 128;
/** Of one path, and of all paths of a crate. */
const maxStepsEach = 20_000;
const maxSteps = 5_000_000;
const none: readonly FullPath[] = [];
const nothing: Meant = { paths: none, cut: false };

/** What is found of a path, and whether it surely is all. */
interface Sought {
  paths: FullPath[];
  sure: boolean;
}

/**
 * Says what paths stand for (The Rust Reference, "Paths", "Use declarations", "Name resolution"): through uses wherever they
 * stand in a module, renames, globs, type aliases, re-exports of the crate's own modules and renamed crates. What one name may
 * mean by several uses, it means by all of them: which function a `use` stands in is not asked. As in rustc, names and
 * imports of the module come before what globs bring, and that before other crates; but only where a name surely is what
 * stands there does it hide the others. Cycles lead nowhere.
 */
export class PathResolver {
  readonly #names = new Map<string, Names>();
  readonly #crates: CrateNames;
  /** Whether a `use` begins at the root of the crate. */
  readonly #fromRoot: boolean;
  readonly #known = new Map<string, Map<string, Meant>>();
  readonly #foreign = new Map<string, readonly FullPath[]>();
  readonly #reaches = new Map<string, Reaches>();
  /** The modules that have anything of a name: bring it, define it, have it within. */
  readonly #holders = new Map<string, Set<string>>();
  /** Of the paths that modules have. */
  readonly #keys = new Map<readonly string[], string>();
  /** Modules whose impls name a type, by its name. */
  readonly #associated = new Map<string, (readonly string[])[]>();
  readonly #identities = new Set<string>();
  readonly #macros = new Set<string>();
  readonly #open = new Set<string>();
  /** Steps that are left for the crate, and for the path that is asked for. */
  #total = maxSteps;
  #steps = 0;
  #cut = false;

  constructor(tree: ModuleTree, crates: CrateNames = new Map()) {
    this.#crates = crates;
    this.#fromRoot = tree.edition === '2015';
    const makers = new Map<string, NamesMaker>();
    const paths = new Map<string, readonly string[]>();
    for (const module of tree.modules) {
      const key = this.#keyOf(module.path);
      let maker = makers.get(key);
      maker ??= new NamesMaker();
      makers.set(key, maker);
      paths.set(key, module.path);
      maker.add(module, ownRanges(module));
    }
    for (const [key, maker] of makers) {
      this.#names.set(key, maker);
      for (const named of [maker.bound, maker.own, maker.externs]) this.#hold(named.keys(), key);
      const path = paths.get(key) ?? [];
      const parent = path.slice(0, -1).join('::');
      this.#hold([path.at(-1) ?? ''], parent);
      for (const name of maker.associated)
        this.#associated.set(name, [...(this.#associated.get(name) ?? []), path]);
      for (const [name, kind] of maker.own) if ((kind & ownKind.macro) !== 0) this.#macros.add(name);
      for (const name of maker.identities) this.#identities.add(name);
    }
  }

  #hold(names: Iterable<string>, key: string): void {
    for (const name of names) {
      const known = this.#holders.get(name);
      if (known === undefined) this.#holders.set(name, new Set([key]));
      else known.add(key);
    }
  }

  /** Whether some path was given up, because uses lead to each other too often. */
  get exhausted(): boolean {
    return this.#total <= 0;
  }

  /** What a path that is written in a module may stand for; none where it is a local variable or not known. */
  resolve(module: readonly string[], path: readonly string[]): Meant {
    return this.#kept(module, path.join('::'), () => this.#whole(module, path));
  }

  /** What a single name stands for in a module. */
  name(module: readonly string[], name: string): Meant {
    return this.#kept(module, name, () => this.#in(module, [name], true, 0).paths);
  }

  /** What globs of other crates bring the names of in a module: a name that is called there may be one of those, where it has no other meaning. */
  foreign(module: readonly string[]): readonly FullPath[] {
    const key = this.#keyOf(module);
    let known = this.#foreign.get(key);
    if (known === undefined) {
      this.#steps = maxStepsEach;
      known = this.#reach(module, key, 0).foreign.map(({ path }) => path);
      this.#foreign.set(key, known);
    }
    return known;
  }

  /** Whether the crate defines a macro of that name, in whatever module: those are not scoped by modules. */
  hasMacro(name: string): boolean {
    return this.#macros.has(name);
  }

  /** Whether a type alias of that name stands for whatever it is given. */
  isIdentity(name: string): boolean {
    return this.#identities.has(name);
  }

  /** Whether a name is that of another crate, as the manifest or a root's `extern crate` gives it. */
  isCrate(name: string): boolean {
    return stdCrates.has(name) || this.#crates.has(name) || this.#names.get('')?.externs.has(name) === true;
  }

  /** Of a path that stays: that of a module of the tree. */
  #keyOf(module: readonly string[]): string {
    const known = this.#keys.get(module);
    if (known !== undefined) return known;
    const key = module.join('::');
    this.#keys.set(module, key);
    return key;
  }

  #kept(module: readonly string[], text: string, find: () => readonly FullPath[]): Meant {
    const key = this.#keyOf(module);
    let known = this.#known.get(key);
    if (known === undefined) {
      known = new Map();
      this.#known.set(key, known);
    }
    const earlier = known.get(text);
    if (earlier !== undefined) return earlier;
    this.#steps = maxStepsEach;
    this.#cut = false;
    const paths = distinct(find());
    if (this.#steps <= 0) this.#total = 0;
    this.#total -= maxStepsEach - this.#steps;
    const meant = paths.length === 0 && !this.#cut ? nothing : { paths, cut: this.#cut };
    known.set(text, meant);
    return meant;
  }

  /** A path, and what its types lead to that only an impl names: `Self::Out::new`, `<X as T>::Out::new`. */
  #whole(module: readonly string[], path: readonly string[]): readonly FullPath[] {
    const found = this.#path(module, path, 0).paths;
    if (this.#associated.size === 0) return found;
    const others = path.flatMap((name, at) =>
      at === 0 || at === path.length - 1
        ? []
        : (this.#associated.get(name) ?? []).flatMap(
            (from) => this.#in(from, path.slice(at), false, 0).paths,
          ),
    );
    return [...found, ...others];
  }

  #path(module: readonly string[], path: readonly string[], depth: number): Sought {
    const [head, ...rest] = path;
    if (head === undefined) return { paths: [], sure: false };
    if (depth > maxDepth) return this.#given();
    if (head === '') {
      const [name = ''] = rest;
      // `::a` is the crate's own in the 2015 edition.
      const own = this.isCrate(name) ? [] : this.#in([], rest, false, depth + 1).paths;
      return { paths: own.length > 0 ? own : [this.#extern(rest)], sure: true };
    }
    if (head === 'crate') return this.#in([], rest, false, depth);
    if (head === 'self') {
      if (rest[0] === 'super') return this.#path(module, rest, depth + 1);
      return this.#in(module, rest, false, depth);
    }
    if (head === 'super') {
      const parent = module.slice(0, -1);
      return rest[0] === 'super' ? this.#path(parent, rest, depth + 1) : this.#in(parent, rest, false, depth);
    }
    return this.#in(module, path, true, depth);
  }

  #given(): Sought {
    this.#cut = true;
    return { paths: [], sure: false };
  }

  /** `lexical`: whether the names of other crates count too. */
  #in(module: readonly string[], path: readonly string[], lexical: boolean, depth: number): Sought {
    const [name, ...rest] = path;
    if (name === undefined) return { paths: [['crate', ...module]], sure: true };
    const key = module.join('::');
    const guard = `${key}|${path.join('::')}|${lexical}`;
    if (depth > maxDepth || --this.#steps <= 0 || this.exhausted) return this.#given();
    // A glob whose own path needs that glob (`use std::process::*`) is left with what the path means outside.
    if (this.#open.has(guard))
      return { paths: lexical ? this.#otherCrate(name, rest, true) : [], sure: false };
    this.#open.add(guard);
    try {
      const found = this.#ownMeanings(module, key, name, rest, depth);
      if (!found.sure) this.#byGlobs(module, key, path, depth, found);
      if (!found.sure && lexical) found.paths.push(...this.#otherCrate(name, rest, found.paths.length === 0));
      if (found.paths.length > maxMeanings) {
        const paths = [...distinct(found.paths)];
        if (paths.length <= maxMeanings) return { paths, sure: found.sure };
        this.#cut = true;
        return { paths: paths.slice(0, maxMeanings), sure: found.sure };
      }
      return found;
    } finally {
      this.#open.delete(guard);
    }
  }

  #ownMeanings(
    module: readonly string[],
    key: string,
    name: string,
    rest: readonly string[],
    depth: number,
  ): Sought {
    const names = this.#names.get(key);
    const found: FullPath[] = [];
    let sure = false;
    if (names?.cut.has(name) === true) this.#cut = true;
    for (const { path, sure: isSure, alias } of names?.bound.get(name) ?? []) {
      const meant = this.#used(module, path, alias, depth + 1);
      // `use reqwest as r;` is the one place where a single name is surely a crate's.
      for (const full of meant.length === 0 && path.length === 1 ? [this.#extern(path)] : meant) {
        found.push(...this.#extended(full, rest, depth + 1));
        sure ||= isSure && (alias || this.#isType(full));
      }
    }
    const outside = names?.externs.get(name);
    if (outside !== undefined) found.push(this.#extern([outside, ...rest]));
    const own = names?.own.get(name) ?? 0;
    const child = [...module, name];
    if (this.#names.has(child.join('::'))) found.push(...this.#in(child, rest, false, depth + 1).paths);
    else if (own !== 0 && found.length === 0) found.push(['crate', ...child, ...rest]);
    // The names of a module that stands in a function are counted among those of the module around it.
    if ((own & ownKind.innerModule) !== 0 && rest.length > 0)
      found.push(...this.#in(module, rest, false, depth + 1).paths);
    return { paths: found, sure: sure || (own & ownKind.sureType) !== 0 };
  }

  /** What a `use` or an alias stands for. */
  #used(
    module: readonly string[],
    path: readonly string[],
    alias: boolean,
    depth: number,
  ): readonly FullPath[] {
    const meant = this.#path(module, path, depth).paths;
    if (!this.#fromRoot || alias || module.length === 0) return meant;
    return [...meant, ...this.#in([], path, true, depth).paths];
  }

  /** Whether a path leads to what surely is a module or a type. */
  #isType(full: FullPath): boolean {
    if (full[0] === 'std') return full.length <= 2 || isCapital(full.at(-1) ?? '');
    if (full[0] !== 'crate') return false;
    const path = full.slice(1);
    if (this.#names.has(path.join('::'))) return true;
    const kind = this.#names.get(path.slice(0, -1).join('::'))?.own.get(path.at(-1) ?? '') ?? 0;
    return (kind & ownKind.sureType) !== 0;
  }

  #byGlobs(
    module: readonly string[],
    key: string,
    path: readonly string[],
    depth: number,
    found: Sought,
  ): void {
    const [name = '', ...rest] = path;
    let sure = false;
    for (const { path: full, id, own: holder, sure: isSure } of this.#holding(
      this.#reach(module, key, depth),
      name,
    )) {
      if (holder !== undefined) {
        const own = this.#ownMeanings(holder.path, holder.key, name, rest, depth + 1);
        found.paths.push(...own.paths);
        sure ||= isSure && own.sure;
      } else if (full[0] === 'std') {
        if (stdHolds(id, name) === true) found.paths.push([...full, ...path]);
      } else if ((isCapital(name) || rest.length > 0) && !stdCrates.has(name)) {
        found.paths.push([...full, ...path]);
      }
      // More than is followed, whatever else there is.
      if (found.paths.length > 4 * maxMeanings) {
        found.paths = [...distinct(found.paths)];
        if (found.paths.length > maxMeanings) break;
      }
    }
    found.sure ||= sure;
  }

  /** Of what globs reach, in its order: the crate's own modules that have anything of that name, and all that is not its own. */
  #holding({ all, outside, byKey }: Reaches, name: string): readonly Reach[] {
    const holders = this.#holders.get(name);
    if (holders === undefined) return outside;
    if (holders.size > all.length >> 2)
      return all.filter(({ own }) => own === undefined || holders.has(own.key));
    const inside = [...holders].flatMap((key) => byKey.get(key) ?? []);
    return inside.length === 0 ? outside : [...outside, ...inside].sort((a, b) => a.order - b.order);
  }

  /** All that a module's globs bring, through globs of what they bring too: the crate's own modules, and others. */
  #reach(module: readonly string[], key: string, depth: number): Reaches {
    const known = this.#reaches.get(key);
    if (known !== undefined) return known;
    const reach = new Map<string, Reach>();
    const queue: Pick<Reach, 'path' | 'sure'>[] = [{ path: ['crate', ...module], sure: true }];
    // While it is worked out, a glob whose own path needs a glob finds what there is so far.
    this.#reaches.set(key, nothingReached);
    for (const from of queue) {
      const at = from.path.slice(1);
      for (const glob of this.#names.get(at.join('::'))?.globs ?? []) {
        const meant = this.#used(at, glob.path, false, depth + 1);
        for (const path of meant.length === 0 && glob.path.length === 1 ? [this.#extern(glob.path)] : meant) {
          const id = path.join('::');
          if (reach.has(id)) continue;
          const sure = from.sure && glob.sure && meant.length === 1;
          const one = {
            path,
            id,
            sure,
            own: path[0] === 'crate' ? this.#ownModule(path.slice(1)) : undefined,
            order: reach.size,
          };
          reach.set(id, one);
          if (path[0] === 'crate') queue.push(one);
        }
      }
    }
    const all = [...reach.values()];
    const foreign = all.filter(({ path: [root], own }) => own === undefined && root !== 'std');
    const outside = all.filter(({ own }) => own === undefined);
    const byKey = new Map(all.flatMap((one) => (one.own === undefined ? [] : [[one.own.key, one]])));
    const reaches = { all, foreign, outside, byKey };
    this.#reaches.set(key, reaches);
    return reaches;
  }

  #ownModule(path: readonly string[]): OwnModule {
    const key = path.join('::');
    return { path, key };
  }

  /** `unknown`: whether a name that no crate is known by may be one. */
  #otherCrate(name: string, rest: readonly string[], unknown: boolean): FullPath[] {
    const outside = this.#names.get('')?.externs.get(name);
    if (outside !== undefined) return [this.#extern([outside, ...rest])];
    const isKnown = this.#crates.has(name) || stdCrates.has(name);
    return isKnown || (unknown && rest.length > 0) ? [this.#extern([name, ...rest])] : [];
  }

  /** A full path and what follows it: what is the crate's own may be a module with uses of its own. */
  #extended(full: FullPath, rest: readonly string[], depth: number): readonly FullPath[] {
    if (rest.length === 0) return [full];
    if (full[0] !== 'crate') return [[...full, ...rest]];
    const module = full.slice(1);
    if (this.#names.has(module.join('::'))) return this.#in(module, rest, false, depth + 1).paths;
    return [[...full, ...rest]];
  }

  #extern(path: readonly string[]): FullPath {
    const [head = '', ...rest] = path;
    if (stdCrates.has(head)) return ['std', ...rest];
    const renamed = this.#crates.get(head);
    return renamed === undefined ? path : [renamed, ...rest];
  }
}

/** What a glob brings the names of. */
interface Reach {
  readonly path: FullPath;
  /** The same as one text. */
  readonly id: string;
  /** Where it is of the crate's own. */
  readonly own: OwnModule | undefined;
  /** Whether it surely does, in all of the module. */
  readonly sure: boolean;
  /** Its place among all that is reached. */
  readonly order: number;
}

interface OwnModule {
  readonly path: readonly string[];
  readonly key: string;
}

/** What the globs of a module reach, and of that what is neither the crate's own nor the standard library's. */
interface Reaches {
  readonly all: readonly Reach[];
  readonly foreign: readonly Reach[];
  /** What is not the crate's own. */
  readonly outside: readonly Reach[];
  /** The crate's own, by their keys. */
  readonly byKey: ReadonlyMap<string, Reach>;
}

const nothingReached: Reaches = { all: [], foreign: [], outside: [], byKey: new Map() };

const stdCrates: ReadonlySet<string> = new Set(['std', 'core', 'alloc']);

function isCapital(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 65 && first <= 90;
}

function distinct(paths: readonly FullPath[]): readonly FullPath[] {
  if (paths.length < 2) return paths;
  return [...new Map(paths.map((path) => [path.join('::'), path])).values()];
}
