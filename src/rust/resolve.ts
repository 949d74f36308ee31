import type { ModuleTree } from './module-tree.ts';
import { type Names, NamesMaker } from './names.ts';
import { stdHolds } from './std-names.ts';
import type { TokenRange } from './tokens.ts';

/** A path from its root: `std::process::Command`, `reqwest::get`, `crate::net::fetch`. */
export type FullPath = readonly string[];

/** By the names that code calls other crates by: the crate's own name, with `_`. What is not here is called by its own. */
export type CrateNames = ReadonlyMap<string, string>;

/** Meanings that one path may have; more are left out. */
const maxMeanings = 8;
/** Uses that lead to uses; deeper than any real chain. */
const maxDepth = 32;
/** Of one path, and of all paths of a crate. */
const maxStepsEach = 20_000;
const maxSteps = 5_000_000;
const none: readonly FullPath[] = [];

/**
 * Says what paths stand for (The Rust Reference, "Paths", "Use declarations"): through uses wherever they stand in a module,
 * renames, globs, type aliases, re-exports of the crate's own modules and renamed crates. What one name may mean by several
 * uses, it means by all of them: which function a `use` stands in is not asked. Cycles lead nowhere.
 */
export class PathResolver {
  readonly #names = new Map<string, Names>();
  readonly #crates: CrateNames;
  readonly #known = new Map<string, Map<string, readonly FullPath[]>>();
  readonly #reaches = new Map<string, readonly FullPath[]>();
  readonly #open = new Set<string>();
  /** Steps that are left for the crate, and for the path that is asked for. */
  #total = maxSteps;
  #steps = 0;

  constructor(tree: ModuleTree, crates: CrateNames = new Map()) {
    this.#crates = crates;
    const makers = new Map<string, NamesMaker>();
    for (const module of tree.modules) {
      const key = module.path.join('::');
      let maker = makers.get(key);
      maker ??= new NamesMaker();
      makers.set(key, maker);
      maker.add(module, ownRanges(module));
    }
    for (const [key, maker] of makers) this.#names.set(key, maker);
  }

  /** Whether some path was given up, because uses lead to each other too often. */
  get exhausted(): boolean {
    return this.#total <= 0;
  }

  /** What a path that is written in a module may stand for; none where it is a local variable or not known. */
  resolve(module: readonly string[], path: readonly string[]): readonly FullPath[] {
    return this.#kept(module, path.join('::'), () => this.#path(module, path, 0));
  }

  /** What a single name stands for in a module. */
  name(module: readonly string[], name: string): readonly FullPath[] {
    return this.#kept(module, name, () => this.#in(module, [name], true, 0));
  }

  /** What a name that is called may stand for by the globs of other crates, where it has no other meaning. */
  called(module: readonly string[], name: string): readonly FullPath[] {
    if (name === 'drop') return none;
    return this.#reach(module, module.join('::'), 0)
      .filter(([root]) => root !== 'crate' && root !== 'std')
      .map((full) => [...full, name])
      .slice(0, maxMeanings);
  }

  #kept(module: readonly string[], text: string, find: () => readonly FullPath[]): readonly FullPath[] {
    const key = module.join('::');
    let known = this.#known.get(key);
    if (known === undefined) {
      known = new Map();
      this.#known.set(key, known);
    }
    const earlier = known.get(text);
    if (earlier !== undefined) return earlier;
    this.#steps = maxStepsEach;
    const found = find();
    if (this.#steps <= 0) this.#total = 0;
    this.#total -= maxStepsEach - this.#steps;
    known.set(text, found);
    return found;
  }

  #path(module: readonly string[], path: readonly string[], depth: number): readonly FullPath[] {
    const [head, ...rest] = path;
    if (head === undefined || depth > maxDepth) return none;
    if (head === '') return [this.#extern(rest)];
    if (head === 'crate') return this.#in([], rest, false, depth);
    if (head === 'self') return this.#in(module, rest, false, depth);
    if (head === 'super') {
      const parent = module.slice(0, -1);
      return rest[0] === 'super' ? this.#path(parent, rest, depth + 1) : this.#in(parent, rest, false, depth);
    }
    return this.#in(module, path, true, depth);
  }

  /** `lexical`: whether the names of other crates count too. */
  #in(
    module: readonly string[],
    path: readonly string[],
    lexical: boolean,
    depth: number,
  ): readonly FullPath[] {
    const [name, ...rest] = path;
    if (name === undefined) return [['crate', ...module]];
    const key = module.join('::');
    const guard = `${key}|${path.join('::')}|${lexical}`;
    if (depth > maxDepth || --this.#steps <= 0 || this.exhausted) return none;
    // A glob whose own path needs that glob (`use std::process::*`) is left with what the path means outside.
    if (this.#open.has(guard)) return lexical ? this.#otherCrate(name, rest) : none;
    this.#open.add(guard);
    try {
      const found = this.#ownMeanings(module, key, name, rest, depth);
      if (found.length === 0) found.push(...this.#byGlobs(module, key, path, depth));
      if (found.length === 0 && lexical) found.push(...this.#otherCrate(name, rest));
      return found.slice(0, maxMeanings);
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
  ): FullPath[] {
    const names = this.#names.get(key);
    const found: FullPath[] = [];
    for (const path of names?.bound.get(name) ?? []) {
      const meant = this.#path(module, path, depth + 1);
      // `use reqwest as r;` is the one place where a single name is surely a crate's.
      for (const full of meant.length === 0 && path.length === 1 ? [this.#extern(path)] : meant)
        found.push(...this.#extended(full, rest, depth + 1));
    }
    const outside = names?.externs.get(name);
    if (outside !== undefined) found.push(this.#extern([outside, ...rest]));
    const child = [...module, name];
    if (this.#names.has(child.join('::'))) found.push(...this.#in(child, rest, false, depth + 1));
    else if (names?.own.has(name) && found.length === 0) found.push(['crate', ...child, ...rest]);
    return found;
  }

  #byGlobs(module: readonly string[], key: string, path: readonly string[], depth: number): FullPath[] {
    const found: FullPath[] = [];
    const [name = '', ...rest] = path;
    for (const full of this.#reach(module, key, depth)) {
      if (full[0] === 'crate') {
        const at = full.slice(1);
        found.push(...this.#ownMeanings(at, at.join('::'), name, rest, depth + 1));
      } else if (full[0] === 'std') {
        if (stdHolds(full.join('::'), name) === true) found.push([...full, ...path]);
      } else if (isCapital(name) || rest.length > 0) found.push([...full, ...path]);
      if (found.length >= maxMeanings) break;
    }
    return found;
  }

  /** All that a module's globs bring, through globs of what they bring too: the crate's own modules, and others. */
  #reach(module: readonly string[], key: string, depth: number): readonly FullPath[] {
    const known = this.#reaches.get(key);
    if (known !== undefined) return known;
    const reach = new Map<string, FullPath>();
    const queue: (readonly string[])[] = [module];
    // While it is worked out, a glob whose own path needs a glob finds what there is so far.
    this.#reaches.set(key, []);
    for (const from of queue) {
      for (const glob of this.#names.get(from.join('::'))?.globs ?? []) {
        const meant = this.#path(from, glob, depth + 1);
        for (const full of meant.length === 0 && glob.length === 1 ? [this.#extern(glob)] : meant) {
          const id = full.join('::');
          if (reach.has(id)) continue;
          reach.set(id, full);
          if (full[0] === 'crate') queue.push(full.slice(1));
        }
      }
    }
    const found = [...reach.values()];
    this.#reaches.set(key, found);
    return found;
  }

  #otherCrate(name: string, rest: readonly string[]): FullPath[] {
    const outside = this.#names.get('')?.externs.get(name);
    if (outside !== undefined) return [this.#extern([outside, ...rest])];
    return rest.length === 0 && !this.#crates.has(name) && !stdCrates.has(name)
      ? []
      : [this.#extern([name, ...rest])];
  }

  /** A full path and what follows it: what is the crate's own may be a module with uses of its own. */
  #extended(full: FullPath, rest: readonly string[], depth: number): readonly FullPath[] {
    if (rest.length === 0) return [full];
    if (full[0] !== 'crate') return [[...full, ...rest]];
    const module = full.slice(1);
    if (this.#names.has(module.join('::'))) return this.#in(module, rest, false, depth + 1);
    return [[...full, ...rest]];
  }

  /** `::a` is the crate's own module in the 2015 edition, unless such a crate is known. */
  #extern(path: readonly string[]): FullPath {
    const [head = '', ...rest] = path;
    if (stdCrates.has(head)) return ['std', ...rest];
    const renamed = this.#crates.get(head);
    if (renamed !== undefined) return [renamed, ...rest];
    return this.#names.has(head) && head !== '' ? ['crate', ...path] : path;
  }
}

const stdCrates: ReadonlySet<string> = new Set(['std', 'core', 'alloc']);

function isCapital(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 65 && first <= 90;
}

/** The stretches of a module's tokens that are its own: not those of the modules that stand in its braces. */
export function ownRanges(module: ModuleTree['modules'][number]): readonly TokenRange[] {
  const ranges: TokenRange[] = [];
  for (const { kind, body, range } of module.items) {
    if (kind === 'mod' && body !== undefined) continue;
    // What stands in a macro's call comes a second time as items of its own.
    if (range.to > (ranges.at(-1)?.to ?? 0)) ranges.push(range);
  }
  return ranges;
}
