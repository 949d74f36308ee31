import { type ModuleTree, ownRanges } from './module.ts';
import { type Names, NamesMaker, own as ownKind } from './names.ts';

/** What the modules of a crate have, each by its own path and by the names in it. */
export class CrateModules {
  readonly #names = new Map<string, Names>();
  readonly #paths = new Map<string, readonly string[]>();
  /** The modules that have a name, once that was asked; most names are had by one. */
  #holders: Map<string, string | Set<string>> | undefined;
  /** Of the paths that modules have. */
  readonly #keys = new Map<readonly string[], string>();
  readonly #associated = new Map<string, (readonly string[])[]>();
  readonly #identities = new Set<string>();
  readonly #macros = new Set<string>();

  constructor({ modules }: Pick<ModuleTree, 'modules'>) {
    const makers = new Map<string, NamesMaker>();
    for (const module of modules) {
      const key = this.keyOf(module.path);
      let maker = makers.get(key);
      maker ??= new NamesMaker();
      makers.set(key, maker);
      this.#paths.set(key, module.path);
      maker.add(module, ownRanges(module));
    }
    for (const [key, maker] of makers) {
      this.#names.set(key, maker);
      const path = this.#paths.get(key) ?? [];
      for (const name of maker.associated)
        this.#associated.set(name, [...(this.#associated.get(name) ?? []), path]);
      for (const [name, kind] of maker.own) if ((kind & ownKind.macro) !== 0) this.#macros.add(name);
      for (const name of maker.identities) this.#identities.add(name);
    }
  }

  /** By which a module is known here. The path has to be one that stays: that of a module of the tree. */
  keyOf(module: readonly string[]): string {
    const known = this.#keys.get(module);
    if (known !== undefined) return known;
    const key = module.join('::');
    this.#keys.set(module, key);
    return key;
  }

  has(key: string): boolean {
    return this.#names.has(key);
  }

  /** The names of a module. */
  namesOf(key: string): Names | undefined {
    return this.#names.get(key);
  }

  /** The crate's name, as the root's `extern crate` gives it another one. */
  externOf(name: string): string | undefined {
    return this.#names.get('')?.externs.get(name);
  }

  /** The module that has anything of a name, or all of them: brings it, defines it, has it within. */
  holdersOf(name: string): string | ReadonlySet<string> | undefined {
    this.#holders ??= this.#allHolders();
    return this.#holders.get(name);
  }

  /** Whether an impl names any type. */
  get hasAssociated(): boolean {
    return this.#associated.size > 0;
  }

  /** Modules whose impls name a type, by its name. */
  associated(name: string): readonly (readonly string[])[] {
    return this.#associated.get(name) ?? [];
  }

  /** Whether the crate defines a macro of that name, in whatever module: those are not scoped by modules. */
  hasMacro(name: string): boolean {
    return this.#macros.has(name);
  }

  /** Whether a type alias of that name stands for whatever it is given. */
  isIdentity(name: string): boolean {
    return this.#identities.has(name);
  }

  #allHolders(): Map<string, string | Set<string>> {
    const holders = new Map<string, string | Set<string>>();
    const hold = (name: string, key: string) => {
      const known = holders.get(name);
      if (known === undefined) holders.set(name, key);
      else if (typeof known === 'object') known.add(key);
      else if (known !== key) holders.set(name, new Set([known, key]));
    };
    for (const [key, { bound, own, externs }] of this.#names) {
      for (const named of [bound, own, externs]) for (const name of named.keys()) hold(name, key);
      const path = this.#paths.get(key) ?? [];
      hold(path.at(-1) ?? '', path.slice(0, -1).join('::'));
    }
    return holders;
  }
}
