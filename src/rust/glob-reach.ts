import type { CrateModules } from './crate-modules.ts';
import type { FullPath } from './full-path.ts';

/** What a glob brings the names of. */
export interface Reach {
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
export interface Reaches {
  readonly all: readonly Reach[];
  readonly foreign: readonly Reach[];
  /** What is not the crate's own. */
  readonly outside: readonly Reach[];
  /** The crate's own, by their keys. */
  readonly byKey: ReadonlyMap<string, Reach>;
}

const nothingReached: Reaches = { all: [], foreign: [], outside: [], byKey: new Map() };

/** Who says what the paths of globs stand for. */
interface Paths {
  used(module: readonly string[], path: readonly string[], depth: number): readonly FullPath[];
  extern(path: readonly string[]): FullPath;
}

/** What globs bring into the modules of a crate. */
export class GlobReach {
  readonly #modules: CrateModules;
  readonly #paths: Paths;
  readonly #known = new Map<string, Reaches>();

  constructor(modules: CrateModules, paths: Paths) {
    this.#modules = modules;
    this.#paths = paths;
  }

  /** All that a module's globs bring, through globs of what they bring too: the crate's own modules, and others. */
  of(module: readonly string[], key: string, depth: number): Reaches {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const reach = new Map<string, Reach>();
    const queue: Pick<Reach, 'path' | 'sure'>[] = [{ path: ['crate', ...module], sure: true }];
    // While it is worked out, a glob whose own path needs a glob finds what there is so far.
    this.#known.set(key, nothingReached);
    for (const from of queue) {
      const at = from.path.slice(1);
      for (const glob of this.#modules.namesOf(at.join('::'))?.globs ?? []) {
        const meant = this.#paths.used(at, glob.path, depth + 1);
        for (const path of meant.length === 0 && glob.path.length === 1
          ? [this.#paths.extern(glob.path)]
          : meant) {
          const id = path.join('::');
          if (reach.has(id)) continue;
          const sure = from.sure && glob.sure && meant.length === 1;
          const one = {
            path,
            id,
            sure,
            own: path[0] === 'crate' ? ownModule(path.slice(1)) : undefined,
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
    this.#known.set(key, reaches);
    return reaches;
  }

  /** Of what globs reach, in its order: the crate's own modules that have anything of that name, and all that is not its own. */
  holding({ all, outside, byKey }: Reaches, name: string): readonly Reach[] {
    const holders = this.#modules.holdersOf(name);
    if (holders === undefined) return outside;
    if (typeof holders !== 'string' && holders.size > all.length >> 2)
      return all.filter(({ own }) => own === undefined || holders.has(own.key));
    const keys = typeof holders === 'string' ? [holders] : [...holders];
    const inside = keys.flatMap((key) => byKey.get(key) ?? []);
    return inside.length === 0 ? outside : [...outside, ...inside].sort((a, b) => a.order - b.order);
  }
}

function ownModule(path: readonly string[]): OwnModule {
  const key = path.join('::');
  return { path, key };
}
