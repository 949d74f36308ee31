import { join } from 'node:path';
import { readManifest } from '../../cargo/manifest/manifest.ts';
import type { Package } from '../../cargo/manifest/package.ts';
import { packageOf } from '../../cargo/manifest/read-package.ts';
import { foundFiles } from '../../cargo/manifest/targets.ts';
import type { Release } from './crate-facts.ts';
import type { ProjectFiles } from './files.ts';
import { targetPaths } from './workspace.ts';

/** Packages of directory sources, as cargo builds them: whether their files are those of the release, others compare. */
export type VendoredCrates = (release: Release) => Package | undefined;

/**
 * Finds packages in folders that take a registry's place (cargo: src/sources/directory.rs). Folders' own names mean nothing: a
 * package is told by its manifest, and by the checksum of the archive that `.cargo-checksum.json` says it is of.
 */
export function vendoredCrates(files: ProjectFiles, folders: readonly string[]): VendoredCrates {
  let known: ReadonlyMap<string, string> | undefined;
  return ({ name, version, checksum }) => {
    // Most folders are called after their package.
    for (const folder of folders.flatMap((each) => [join(each, name), join(each, `${name}-${version}`)])) {
      if (checksumIn(files, folder) === checksum) return packageIn(files, folder, name, version);
    }
    known ??= new Map(
      folders.flatMap((each) =>
        files.list(each).flatMap((entry): [string, string][] => {
          const folder = join(each, entry.name);
          const sum = entry.folder ? checksumIn(files, folder) : undefined;
          return sum === undefined ? [] : [[sum, folder]];
        }),
      ),
    );
    const folder = known.get(checksum);
    return folder === undefined ? undefined : packageIn(files, folder, name, version);
  };
}

function checksumIn(files: ProjectFiles, folder: string): string | undefined {
  const text = files.read(join(folder, '.cargo-checksum.json'));
  if (text === undefined) return undefined;
  try {
    const { package: sum } = JSON.parse(text) as { readonly package?: unknown };
    return typeof sum === 'string' ? sum : undefined;
  } catch {
    return undefined;
  }
}

/** Throws `CargoError('cargo/manifest')` for a manifest that cargo refuses. */
function packageIn(files: ProjectFiles, folder: string, name: string, version: string): Package | undefined {
  const text = files.read(join(folder, 'Cargo.toml'));
  if (text === undefined) return undefined;
  const pkg = packageOf(readManifest(text), {
    workspace: undefined,
    found: foundFiles(targetPaths(files, folder)),
    folder,
    workspaceFolder: folder,
    join,
    registries: new Map(),
  });
  if (pkg?.name !== name || pkg.version !== version) return undefined;
  // What a release needs for its tests is nobody's business who only uses it.
  return { ...pkg, dependencies: pkg.dependencies.filter(({ kind }) => kind !== 'dev') };
}
