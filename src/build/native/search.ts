import { closeSync, openSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileSource } from '../../agent/file-source.ts';
import { distributionOf, ownersOf } from '../../agent/packages/owners.ts';
import { Root } from '../../agent/root.ts';
import type { ByteSource } from '../../binary/bytes.ts';
import { isElf, readElf } from '../../binary/elf.ts';
import { BinaryError } from '../../binary/error.ts';
import type { Distribution, SystemPackage } from '../../distribution/package.ts';
import type { CompiledPackage } from '../run/messages.ts';
import type { Asked } from './asked.ts';
import type { FoundFile, LibrarySearch } from './libraries.ts';

/** The packages of this machine. */
export interface SystemPackages {
  readonly distribution: Distribution | undefined;
  /** The package that owns the first of these paths that any owns. */
  readonly ownerOf: (paths: readonly string[]) => SystemPackage | undefined;
}

/** Looks on this machine. `outside` gives the path here of one that the build saw. */
export function searchLibraries(
  { folders, outDirs }: Pick<Asked, 'folders' | 'outDirs'>,
  packages: readonly CompiledPackage[],
  target: string,
  outside: (path: string) => string,
  system: SystemPackages,
): LibrarySearch {
  const all = [...new Set([...folders.values()].flat())];
  const standard = systemFolders(target);
  const machine = machineOf(target);
  const makers = packages.flatMap((pkg) =>
    (outDirs.get(pkg.id) ?? [])
      .filter((outDir) => outDir !== '')
      .map((outDir) => ({ pkg, outDir: outside(outDir) })),
  );
  return {
    find: (by, names) => {
      const own = by === undefined ? [] : (folders.get(by.id) ?? []);
      for (const folder of [...own, ...all].map(outside).concat(standard))
        for (const name of names) {
          const path = join(folder, name);
          // As linkers do: what is for another machine is passed over.
          if (isFile(path) && isFor(machine, path)) return lookAt(path, makers, system);
        }
      return undefined;
    },
  };
}

/** What a script put there may be anything: a pipe would be waited for, a link may lead to itself. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function lookAt(
  path: string,
  makers: readonly { readonly pkg: CompiledPackage; readonly outDir: string }[],
  system: SystemPackages,
): FoundFile {
  const real = realpathSync(path);
  const maker = makers.find(({ outDir }) => path.startsWith(`${outDir}/`) || real.startsWith(`${outDir}/`));
  return {
    file: basename(path),
    madeBy: maker?.pkg,
    package: maker === undefined ? system.ownerOf([real, path]) : undefined,
    soname: sonameOf(real),
  };
}

/** A shared library's own name; a linker script says it of the files that it names. */
function sonameOf(path: string): string | undefined {
  return reading(path, (source) => {
    if (isElf(source)) return readElf(source).soname;
    if (source.size > 4096) return undefined;
    const text = new TextDecoder().decode(source.read(0, source.size));
    const named = /(?:INPUT|GROUP)\s*\(\s*([^\s()]+)/.exec(text)?.[1];
    return named === undefined ? undefined : basename(named);
  });
}

/** Whether a file is no ELF file of another machine. */
function isFor(machine: string, path: string): boolean {
  const own = reading(path, (source) => (isElf(source) ? readElf(source).machine : undefined));
  return own === undefined || own === machine;
}

/** What is read of a file; `undefined` of a broken one. */
function reading<T>(path: string, read: (source: ByteSource) => T): T | undefined {
  const file = openSync(path, 'r');
  try {
    return read(fileSource(file, statSync(path).size));
  } catch (error) {
    if (error instanceof BinaryError) return undefined;
    throw error;
  } finally {
    closeSync(file);
  }
}

/** The machine of a target triple, as ELF files say it (`readElf`). */
function machineOf(target: string): string {
  const [arch = ''] = target.split('-');
  if (/^i[3-6]86$/.test(arch)) return 'i686';
  const family = /^(?:aarch64|arm|mips|powerpc64|riscv|thumb)/.exec(arch)?.[0];
  if (family === 'riscv') return 'riscv64';
  return family === 'thumb' ? 'arm' : (family ?? arch);
}

/**
 * Where GNU linkers look besides: Debian's folders of an architecture (Multiarch), those of a second one (`lib32`), and
 * everybody's.
 */
function systemFolders(target: string): readonly string[] {
  const [arch = '', , , abi = 'gnu'] = target.split('-');
  const machine = machineOf(target);
  const is32 = machine === 'i686';
  const triple = `${is32 ? 'i386' : machine === 'arm' || machine === 'riscv64' ? machine : arch}-linux-${abi}`;
  return [
    `/usr/local/lib/${triple}`,
    '/usr/local/lib',
    `/usr/lib/${triple}`,
    `/lib/${triple}`,
    `/usr/${triple}/lib`,
    ...(is32 ? ['/usr/lib32', '/lib32'] : []),
    '/usr/lib64',
    '/lib64',
    '/usr/lib',
    '/lib',
  ];
}

/** Asks this machine's databases of packages. */
export function systemPackages(base = '/'): SystemPackages {
  const root = new Root(base);
  const owners = new Map<string, SystemPackage | undefined>();
  return {
    distribution: distributionOf(root),
    ownerOf: (paths) => {
      // Each question reads whole databases, and several artefacts need the same libraries.
      const fresh = paths.filter((path) => !owners.has(path));
      const found = fresh.length === 0 ? undefined : ownersOf(root, fresh).owners;
      for (const path of fresh) owners.set(path, found?.get(path));
      return paths.map((path) => owners.get(path)).find((owner) => owner !== undefined);
    },
  };
}
