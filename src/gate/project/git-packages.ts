import { join } from 'node:path';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import { packageOf } from '../../cargo/manifest/read-package.ts';
import { foundFiles } from '../../cargo/manifest/targets.ts';
import { GateError } from '../error.ts';
import type { CargoHome } from './cargo-home.ts';
import { diskFiles } from './files.ts';
import { type LocalPackage, LocalProject, targetPaths } from './workspace.ts';

/** A package of a git repository, from cargo's checkout of the commit that is locked; `undefined` where there is none. */
export function gitPackage(
  locked: LockedPackage,
  cargoHome: CargoHome,
  registries: ReadonlyMap<string, string>,
): LocalPackage | undefined {
  const commit = locked.source?.kind === 'git' ? locked.source.reference.commit : undefined;
  if (commit === undefined) return undefined;
  for (const checkout of cargoHome.checkouts(commit)) {
    const found = findPackage(locked, checkout, registries);
    if (found !== undefined) return found;
  }
  return undefined;
}

const maxDepth = 12;
const skipped: ReadonlySet<string> = new Set(['.git', 'target', 'node_modules']);

/** Cargo, too, takes the first manifest of this name anywhere in the repository (cargo: src/ops/cargo_read_manifest). */
function findPackage(
  locked: LockedPackage,
  checkout: string,
  registries: ReadonlyMap<string, string>,
): LocalPackage | undefined {
  const project = new LocalProject(diskFiles);
  for (const folder of foldersBelow(checkout, 0)) {
    const pkg = packageIn(project, folder, registries);
    if (pkg?.package.name === locked.name && pkg.package.version === locked.version) return pkg;
  }
  return undefined;
}

function* foldersBelow(folder: string, depth: number): Generator<string> {
  yield folder;
  if (depth === maxDepth) return;
  for (const entry of diskFiles.list(folder)) {
    if (entry.folder && !skipped.has(entry.name)) yield* foldersBelow(join(folder, entry.name), depth + 1);
  }
}

/** What is not right elsewhere in a repository is no concern of this package's. */
function packageIn(
  project: LocalProject,
  folder: string,
  registries: ReadonlyMap<string, string>,
): LocalPackage | undefined {
  try {
    const local = project.tryManifest(join(folder, 'Cargo.toml'));
    if (local === undefined) return undefined;
    const root = project.rootOf(local);
    const pkg = packageOf(local.manifest, {
      workspace: root.manifest.workspace,
      found: foundFiles(targetPaths(project.files, folder)),
      folder,
      workspaceFolder: root.folder,
      join,
      registries,
    });
    return pkg === undefined ? undefined : { ...local, package: pkg };
  } catch (error) {
    if (error instanceof GateError || (error as { code?: unknown }).code === 'cargo/manifest')
      return undefined;
    throw error;
  }
}
