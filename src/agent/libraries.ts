import { lstatSync } from 'node:fs';
import type { PackageMemory } from './packages/known.ts';
import type { HeldRoot } from './place.ts';
import { isAbsent } from './root.ts';

/** Where loaders look, on every architecture that distributions have (ld.so(8); Debian's Multiarch). */
const folders = [
  ...['x86_64', 'aarch64', 'i386', 'arm', 'riscv64', 'powerpc64le', 's390x', 'loongarch64'].flatMap(
    (machine) => ['gnu', 'gnueabihf', 'musl'].map((abi) => `/usr/lib/${machine}-linux-${abi}`),
  ),
  '/usr/lib64',
  '/usr/lib',
  '/lib64',
  '/lib',
  '/usr/local/lib',
  '/usr/local/lib64',
];

/** Finds libraries by the names that loaders look for; asked again only where the packages of the root changed. */
export class LibraryFinder {
  readonly #packages: PackageMemory;
  #known = new Map<string, Map<string, string | undefined>>();
  #used = new Map<string, Map<string, string | undefined>>();
  readonly #folders = new Map<string, readonly string[]>();

  constructor(packages: PackageMemory) {
    this.#packages = packages;
  }

  /** Its path without links; `undefined` where none of the loader's own folders has it. */
  find(held: HeldRoot, name: string): string | undefined {
    if (!/^[\w.+-]+$/.test(name)) return undefined;
    // Of roots without any database the stamps are alike, and what lies in them is not.
    const key = `${held.key} ${this.#packages.stampOf(held)}`;
    const paths = this.#used.get(key) ?? this.#known.get(key) ?? new Map<string, string | undefined>();
    this.#used.set(key, paths);
    if (!paths.has(name)) paths.set(name, this.#look(held, name));
    return paths.get(name);
  }

  forgetUnused(): void {
    this.#known = this.#used;
    this.#used = new Map();
    this.#folders.clear();
  }

  #look({ key, root }: HeldRoot, name: string): string | undefined {
    let there = this.#folders.get(key);
    if (there === undefined) {
      there = [...new Set(folders.flatMap((folder) => quietly(() => root.realOf(folder)) ?? []))];
      this.#folders.set(key, there);
    }
    for (const folder of there) {
      const path = `${folder}/${name}`;
      const isThere = quietly(() => lstatSync(root.at(path), { throwIfNoEntry: false }));
      if (isThere !== undefined) return quietly(() => root.realOf(path));
    }
    return undefined;
  }
}

function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
