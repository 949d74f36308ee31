import { join } from 'node:path';
import { CargoError } from '../../cargo/error.ts';
import type { ManifestDependency } from '../../cargo/manifest/dependency.ts';
import type { Patches } from '../../cargo/resolve/link.ts';
import { cratesIo, patchKey, registrySource } from '../../cargo/source-id.ts';
import type { ProjectFiles } from './files.ts';
import type { LocalManifest } from './workspace.ts';

export interface Patch {
  readonly names: Patches;
  /** Folders of the packages that are put in place. */
  readonly folders: readonly string[];
}

/** The `[patch]` and `[replace]` tables of manifests, the root's first. */
export function patchesOf(
  manifests: readonly LocalManifest[],
  registries: ReadonlyMap<string, string>,
  files: ProjectFiles,
): Patch {
  const names = new Map<string, Set<string>>();
  const folders: string[] = [];
  const addFolder = (folder: string, { path }: ManifestDependency) => {
    const local = path === undefined ? undefined : join(folder, path);
    if (local !== undefined && files.read(join(local, 'Cargo.toml')) !== undefined) folders.push(local);
  };
  for (const { folder, manifest } of manifests) {
    for (const dependency of manifest.replacements) addFolder(folder, dependency);
    for (const { source, dependencies } of manifest.patches) {
      const key = keyOf(source, registries);
      const crates = names.get(key) ?? new Set();
      names.set(key, crates);
      for (const dependency of dependencies) {
        crates.add(dependency.package);
        addFolder(folder, dependency);
      }
    }
  }
  return { names, folders };
}

/** What `[patch.X]` stands for: crates.io, a registry by name, or an address of a registry or repository. */
function keyOf(name: string, registries: ReadonlyMap<string, string>): string {
  if (name === 'crates-io') return patchKey(cratesIo);
  try {
    return patchKey(registrySource(registries.get(name) ?? name));
  } catch (error) {
    if (error instanceof CargoError) return name;
    throw error;
  }
}
