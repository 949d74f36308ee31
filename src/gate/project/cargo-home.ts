import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { indexPath } from '../../cargo/index-path.ts';
import { homeFolder } from './home-folder.ts';

/** An index file of cargo's cache, or of a local registry. */
export interface CachedIndexFile {
  readonly path: string;
  /** `lines`: as registries publish it. */
  readonly form: 'cache' | 'lines';
  /** Changes when cargo writes the file again. */
  readonly stamp: string;
}

/**
 * What this machine's cargo has fetched before, and local registries that stand in for others. Everything is read as it lies there,
 * and checked by the caller.
 */
export class CargoHome {
  readonly #folder: string | undefined;
  readonly #local: readonly string[];
  readonly #indexes: readonly string[];
  readonly #archives: readonly string[];

  /**
   * Without a folder nothing was fetched. Local registries are folders with archives, and index files below `index/` (cargo:
   * src/sources/registry/local.rs).
   */
  constructor(folder: string | undefined, localRegistries: readonly string[] = []) {
    this.#folder = folder;
    this.#local = localRegistries;
    this.#indexes = this.#below('registry', 'index').map((each) => join(each, '.cache'));
    this.#archives = this.#below('registry', 'cache');
  }

  /** The index files of a crate: one for each registry that has a crate of this name. */
  indexFiles(crate: string): readonly CachedIndexFile[] {
    const path = indexPath(crate);
    const filesIn = (folder: string, form: CachedIndexFile['form']) => {
      const file = join(folder, path);
      const stamp = stampOf(file);
      return stamp === undefined ? [] : [{ path: file, form, stamp }];
    };
    return [
      ...this.#local.flatMap((folder) => filesIn(join(folder, 'index'), 'lines')),
      ...this.#indexes.flatMap((folder) => filesIn(folder, 'cache')),
    ];
  }

  /** The archives that may be those of a release. */
  archives(name: string, version: string): readonly Buffer[] {
    // Cargo takes nothing of a crate from a local registry whose index does not have it.
    const local = this.#local.filter(
      (folder) => stampOf(join(folder, 'index', indexPath(name))) !== undefined,
    );
    return [...local, ...this.#archives].flatMap((folder) => {
      try {
        return [readFileSync(join(folder, `${name}-${version}.crate`))];
      } catch {
        return [];
      }
    });
  }

  /** Folders of checkouts of a git commit. */
  checkouts(commit: string): readonly string[] {
    return this.#below('git', 'checkouts').flatMap((repository) =>
      folders(repository).filter((checkout) => {
        const name = basename(checkout);
        return name.length >= 7 && commit.startsWith(name);
      }),
    );
  }

  /** The repositories that cargo keeps of an address whose last part is `name`, each a bare one. */
  databases(name: string): readonly string[] {
    const start = `${name}-`.toLowerCase();
    return this.#below('git', 'db').filter((folder) => basename(folder).toLowerCase().startsWith(start));
  }

  #below(...path: readonly string[]): readonly string[] {
    return this.#folder === undefined ? [] : folders(join(this.#folder, ...path));
  }
}

export function cargoHomeFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return resolve(env.CARGO_HOME || join(homeFolder(), '.cargo'));
}

/** `undefined` where there is no such file. */
export function stampOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.mtimeMs}:${stats.size}`;
}

/** The line of a version in an index file. */
export function lineIn({ path, form }: CachedIndexFile, version: string): string | undefined {
  const bytes = readFileSync(path);
  return form === 'cache' ? lineInCache(bytes, version) : lineOf(bytes.toString('utf8'), version);
}

function lineOf(text: string, version: string): string | undefined {
  return text.split('\n').find((line) => {
    try {
      return (JSON.parse(line) as { readonly vers?: unknown }).vers === version;
    } catch {
      // An empty line, or one that cargo passes over as well.
      return false;
    }
  });
}

/**
 * The line of a version in cargo's cache of an index file, which is a header and then version and line in turns,
 * each ended by NUL (cargo: src/sources/registry/index/cache.rs).
 */
function lineInCache(bytes: Buffer, version: string): string | undefined {
  const key = Buffer.from(`\0${version}\0`);
  const found = bytes.indexOf(key);
  if (found === -1) return undefined;
  const start = found + key.length;
  const end = bytes.indexOf(0, start);
  return bytes.toString('utf8', start, end === -1 ? undefined : end);
}

function folders(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}
