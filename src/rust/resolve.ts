import { CrateModules } from './crate-modules.ts';
import type { FullPath } from './full-path.ts';
import { GlobReach } from './glob-reach.ts';
import type { ModuleTree } from './module.ts';
import { anyImpl, own as ownKind } from './names.ts';
import { stdHolds } from './std-names.ts';

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
  readonly #modules: CrateModules;
  readonly #crates: CrateNames;
  /** Whether a `use` begins at the root of the crate. */
  readonly #fromRoot: boolean;
  readonly #known = new Map<string, Map<string, Meant>>();
  readonly #foreign = new Map<string, readonly FullPath[]>();
  readonly #globs: GlobReach;
  readonly #open = new Set<string>();
  /** Steps that are left for the crate, and for the path that is asked for. */
  #total = maxSteps;
  #steps = 0;
  #cut = false;

  constructor(tree: ModuleTree, crates: CrateNames = new Map()) {
    this.#modules = new CrateModules(tree);
    this.#crates = crates;
    this.#globs = new GlobReach(this.#modules, {
      used: (module, path, depth) => this.#used(module, path, false, depth),
      extern: (path) => this.#extern(path),
    });
    this.#fromRoot = tree.edition === '2015';
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

  /**
   * What globs of other crates bring the names of in a module: a name that is called there may be one of those, where
   * it has no other meaning.
   */
  foreign(module: readonly string[]): readonly FullPath[] {
    const key = this.#modules.keyOf(module);
    let known = this.#foreign.get(key);
    if (known === undefined) {
      this.#steps = maxStepsEach;
      known = this.#globs.of(module, key, 0).foreign.map(({ path }) => path);
      this.#foreign.set(key, known);
    }
    return known;
  }

  /** Whether the crate defines a macro of that name, in whatever module: those are not scoped by modules. */
  hasMacro(name: string): boolean {
    return this.#modules.hasMacro(name);
  }

  /** Whether a type alias of that name stands for whatever it is given. */
  isIdentity(name: string): boolean {
    return this.#modules.isIdentity(name);
  }

  /** Whether a name is that of another crate, as the manifest or a root's `extern crate` gives it. */
  isCrate(name: string): boolean {
    return stdCrates.has(name) || this.#crates.has(name) || this.#modules.externOf(name) !== undefined;
  }

  #kept(module: readonly string[], text: string, find: () => readonly FullPath[]): Meant {
    const key = this.#modules.keyOf(module);
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
    if (!this.#modules.hasAssociated) return found;
    const others = path.flatMap((name, at) =>
      at === 0 || at === path.length - 1
        ? []
        : this.#modules.associated(name).flatMap((from) => this.#in(from, path.slice(at), false, 0).paths),
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
    const names = this.#modules.namesOf(key);
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
    if (this.#modules.has(child.join('::'))) found.push(...this.#in(child, rest, false, depth + 1).paths);
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
    const [head, named = ''] = path;
    if (head === anyImpl)
      return this.#modules.associated(named).flatMap((from) => this.#in(from, [named], false, depth).paths);
    const meant = this.#path(module, path, depth).paths;
    if (!this.#fromRoot || alias || module.length === 0) return meant;
    return [...meant, ...this.#in([], path, true, depth).paths];
  }

  /** Whether a path leads to what surely is a module or a type. */
  #isType(full: FullPath): boolean {
    if (full[0] === 'std') return full.length <= 2 || isCapital(full.at(-1) ?? '');
    if (full[0] !== 'crate') return false;
    const path = full.slice(1);
    if (this.#modules.has(path.join('::'))) return true;
    const kind = this.#modules.namesOf(path.slice(0, -1).join('::'))?.own.get(path.at(-1) ?? '') ?? 0;
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
    for (const { path: full, id, own: holder, sure: isSure } of this.#globs.holding(
      this.#globs.of(module, key, depth),
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

  /** `unknown`: whether a name that no crate is known by may be one. */
  #otherCrate(name: string, rest: readonly string[], unknown: boolean): FullPath[] {
    const outside = this.#modules.externOf(name);
    if (outside !== undefined) return [this.#extern([outside, ...rest])];
    const isKnown = this.#crates.has(name) || stdCrates.has(name);
    return isKnown || (unknown && rest.length > 0) ? [this.#extern([name, ...rest])] : [];
  }

  /** A full path and what follows it: what is the crate's own may be a module with uses of its own. */
  #extended(full: FullPath, rest: readonly string[], depth: number): readonly FullPath[] {
    if (rest.length === 0) return [full];
    if (full[0] !== 'crate') return [[...full, ...rest]];
    const module = full.slice(1);
    if (this.#modules.has(module.join('::'))) return this.#in(module, rest, false, depth + 1).paths;
    return [[...full, ...rest]];
  }

  #extern(path: readonly string[]): FullPath {
    const [head = '', ...rest] = path;
    if (stdCrates.has(head)) return ['std', ...rest];
    const renamed = this.#crates.get(head);
    return renamed === undefined ? path : [renamed, ...rest];
  }
}

const stdCrates: ReadonlySet<string> = new Set(['std', 'core', 'alloc']);

function isCapital(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 65 && first <= 90;
}

function distinct(paths: readonly FullPath[]): readonly FullPath[] {
  if (paths.length < 2) return paths;
  return [...new Map(paths.map((path) => [path.join('::'), path])).values()];
}
