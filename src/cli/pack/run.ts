import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isModuleNamespaceObject } from 'node:util/types';
import { Script } from 'node:vm';
import type { Pack, PackedModule, PackedTarget } from './format.ts';

type Exports = Record<string, unknown>;

/** What the function of a module is given (`linkable.ts`), in this order. */
const parameters = '$import,$default,$all,$every,$later,$exports,$meta';

interface Loaded {
  exports: unknown;
  isDone: boolean;
  /** Who imported it before it was done. */
  readonly waiting: (() => void)[];
  readonly isModule: boolean;
}

/** A module and the pack that it is taken from. */
export interface Place {
  readonly path: string;
  readonly pack: Pack;
  readonly module: PackedModule;
}

/** A module that was run. */
export interface Ran extends Place {
  /** Absent: JSON. */
  readonly script?: Script;
  /** Whether V8 took what it had made of it earlier. */
  readonly isKept: boolean;
}

/** Runs the modules of a pack, each when it is first asked for, as Node would run their files. */
export class PackRun {
  readonly ran: Ran[] = [];
  readonly #find: (path: string) => Place;
  readonly #loaded = new Map<string, Loaded>();

  constructor(find: (path: string) => Place) {
    this.#find = find;
  }

  /** The exports of a module. */
  exports(path: string): unknown {
    const known = this.#loaded.get(path);
    // As Node does it: who asks again while it runs gets what is there by then.
    if (known !== undefined) return known.exports;
    const place = this.#find(path);
    const { kind } = place.module;
    const exports = kind === 'module' ? Object.create(null) : {};
    const loaded: Loaded = { exports, isDone: false, waiting: [], isModule: kind === 'module' };
    this.#loaded.set(path, loaded);
    if (kind === 'json') {
      loaded.exports = JSON.parse(textOf(place));
      this.ran.push({ ...place, isKept: true });
    } else if (kind === 'module') this.#runModule(place, exports);
    else this.#runCommonJs(place, loaded);
    loaded.isDone = true;
    for (const set of loaded.waiting) set();
    return loaded.exports;
  }

  #runModule(place: Place, exports: Exports): void {
    const { path, module } = place;
    const target = (n: number) => module.imports[n] as PackedTarget;
    const meta = { filename: path, dirname: dirname(path), url: pathToFileURL(path).href };
    const run = this.#compile(place, parameters);
    run(
      (n: number, set?: (of: unknown) => void) => this.#import(place, target(n), set),
      (n: number) => this.#default(place, target(n)),
      (n: number) => this.#all(place, target(n)),
      (n: number) => {
        const { default: _, ...names } = this.#all(place, target(n)) as Exports;
        // What a module exports by name goes before what it hands on.
        Object.assign(exports, { ...names, ...exports });
      },
      async (name: string) => {
        const found = module.named[name];
        return found !== undefined && 'to' in found ? this.#all(place, found) : await import(name);
      },
      exports,
      meta,
    );
  }

  #import(from: Place, target: PackedTarget, set: ((of: unknown) => void) | undefined): void {
    const found = this.#of(from, target);
    if (set === undefined) return;
    set(found);
    const loaded = this.#loadedBy(from, target);
    if (loaded?.isDone === false) loaded.waiting.push(() => set(found));
  }

  #runCommonJs(place: Place, loaded: Loaded): void {
    const { path, module } = place;
    const own = { exports: loaded.exports, id: path, filename: path, loaded: false };
    // It may put another object in its place.
    Object.defineProperty(loaded, 'exports', { get: () => own.exports });
    let real: NodeJS.Require | undefined;
    const really = () => (real ??= createRequire(path));
    const require = (name: string) => {
      const target = module.named[name];
      return target === undefined ? really()(name) : this.#of(place, target);
    };
    const resolve = (name: string) => really().resolve(name);
    const run = this.#compile(place, 'exports,require,module,__filename,__dirname');
    run.call(own.exports, own.exports, Object.assign(require, { resolve }), own, path, dirname(path));
    own.loaded = true;
  }

  #compile(place: Place, names: string): (this: unknown, ...given: unknown[]) => void {
    const { path, pack, module } = place;
    const { compiled } = module;
    const cachedData = compiled && pack.bytes.subarray(compiled[0], compiled[0] + compiled[1]);
    // What is before it stands on its first line, so that each line stays where it was.
    const script = new Script(`(function(${names}){${textOf(place)}\n})`, {
      filename: module.kind === 'module' ? pathToFileURL(path).href : path,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    const isKept = cachedData !== undefined && script.cachedDataRejected !== true;
    this.ran.push({ ...place, script, isKept });
    return script.runInThisContext() as (this: unknown, ...given: unknown[]) => void;
  }

  /** What named imports are taken from. */
  #of({ path, pack }: Place, target: PackedTarget): unknown {
    if ('to' in target) return this.exports(pack.header.paths[target.to] ?? '');
    return process.getBuiltinModule(target.name) ?? createRequire(path)(target.name);
  }

  #default(from: Place, target: PackedTarget): unknown {
    const found = this.#of(from, target);
    const isTranslated = target.esm && (found as Exports | undefined)?.__esModule === true;
    return this.#isModule(from, target, found) || isTranslated ? (found as Exports).default : found;
  }

  /** As a namespace. */
  #all(from: Place, target: PackedTarget): unknown {
    const found = this.#of(from, target);
    if (this.#isModule(from, target, found)) return found;
    return Object.assign(Object.create(null), found, { default: this.#default(from, target) });
  }

  #isModule(from: Place, target: PackedTarget, found: unknown): boolean {
    return this.#loadedBy(from, target)?.isModule ?? isModuleNamespaceObject(found);
  }

  #loadedBy({ pack }: Place, target: PackedTarget): Loaded | undefined {
    return 'to' in target ? this.#loaded.get(pack.header.paths[target.to] ?? '') : undefined;
  }
}

function textOf({ pack, module: { at, size, wide } }: Place): string {
  return pack.bytes.toString(wide ? 'utf16le' : 'latin1', at, at + size);
}
