import { closeSync, readSync } from 'node:fs';
import { containersIn } from './containers.ts';
import type { LibraryFinder } from './libraries.ts';
import type { FoundObject, ObjectReader } from './objects.ts';
import type { HeldRoot } from './place.ts';
import type { InstalledProgram } from './report.ts';
import { isAbsent } from './root.ts';
import { shortPath } from './short-path.ts';
import { interpreterOf, type NamedProgram, namedPrograms } from './starters.ts';

/** A program that can be started, before it is known whose its files are. */
export interface FoundProgram extends NamedProgram {
  readonly program: FoundObject;
  readonly needed: readonly FoundObject[];
  readonly possible: readonly FoundObject[];
}

/** Files that a program may need, and can open. */
const most = { needed: 500, possible: 200 };

/** Finds the programs that units, cron and some paths name, with what the loader will bring for each. */
export class InstalledFinder {
  readonly #objects: ObjectReader;
  readonly #libraries: LibraryFinder;

  constructor(objects: ObjectReader, libraries: LibraryFinder) {
    this.#objects = objects;
    this.#libraries = libraries;
  }

  /** Those of a root, and those that containers begin with, whether they run or not. */
  find(root: HeldRoot, paths: readonly string[]): readonly FoundProgram[] {
    const own = this.#found(root, namedPrograms(root.root, paths));
    const others = containersIn(root.root).flatMap(({ key, root: inner, entry, by }) => {
      const held = { key: `${root.key} ${key}`, root: inner };
      return this.#found(held, [{ path: entry, named: 'container', by }]);
    });
    return [...own, ...others];
  }

  #found(root: HeldRoot, programs: readonly NamedProgram[]): readonly FoundProgram[] {
    const files = new Map<string, FoundObject | undefined>();
    return programs.flatMap((named) => {
      const program = this.#programAt(root, named.path, files);
      return program === undefined ? [] : [{ ...named, program, ...this.#libraryOf(root, program, files) }];
    });
  }

  told({ path, named, by, program, needed, possible }: FoundProgram): InstalledProgram {
    const own = this.#objects.told(program);
    return {
      path: shortPath(path),
      ...(own.sha256 === undefined ? {} : { sha256: own.sha256 }),
      ...(own.buildId === undefined ? {} : { buildId: own.buildId }),
      ...(program.identity?.segments === undefined ? {} : { segments: program.identity.segments }),
      named,
      by: shortPath(by),
      needed: [own, ...needed.map((one) => this.#objects.told(one))],
      possible: possible.map((one) => this.#objects.told(one)),
    };
  }

  /** What the loader brings, and what that needs in turn; for a script, its interpreter and what that needs. */
  #libraryOf(
    root: HeldRoot,
    program: FoundObject,
    files: Map<string, FoundObject | undefined>,
  ): Pick<FoundProgram, 'needed' | 'possible'> {
    const interpreter = interpreterOf(root.root, headOf(root, program.path));
    const runs = interpreter === undefined ? undefined : this.#programAt(root, interpreter, files);
    const needed = new Map<string, FoundObject>(runs === undefined ? [] : [[runs.path, runs]]);
    const names = [...(program.identity?.needed ?? []), ...(runs?.identity?.needed ?? [])];
    for (let name = names.pop(); name !== undefined && needed.size < most.needed; name = names.pop()) {
      const path = this.#libraries.find(root, name);
      if (path === undefined || needed.has(path)) continue;
      if (!files.has(path)) files.set(path, this.#objects.library(root, path));
      const library = files.get(path);
      if (library === undefined) continue;
      needed.set(path, library);
      names.push(...(library.identity?.needed ?? []));
    }
    const opens = [...(program.identity?.opens ?? []), ...(runs?.identity?.opens ?? [])];
    const possible = new Set(opens.flatMap((name) => this.#libraries.find(root, name) ?? []));
    return {
      needed: [...needed.values()],
      possible: [...possible]
        .filter((path) => !needed.has(path))
        .slice(0, most.possible)
        .map((path) => this.#objects.possible(root, path)),
    };
  }

  #programAt(
    root: HeldRoot,
    path: string,
    files: Map<string, FoundObject | undefined>,
  ): FoundObject | undefined {
    const key = `program ${path}`;
    if (!files.has(key)) files.set(key, this.#objects.program(root, path));
    return files.get(key);
  }
}

function headOf({ root }: HeldRoot, path: string): string {
  try {
    const file = root.open(path);
    if (file === undefined) return '';
    try {
      const bytes = Buffer.alloc(256);
      return bytes.toString('latin1', 0, readSync(file.descriptor, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(file.descriptor);
    }
  } catch (error) {
    if (isAbsent(error)) return '';
    throw error;
  }
}
