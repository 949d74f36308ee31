import { join, relative, sep } from 'node:path';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import { packageOf } from '../../cargo/manifest/read-package.ts';
import { foundFiles } from '../../cargo/manifest/targets.ts';
import { GateError } from '../error.ts';
import type { ProjectFiles } from '../project/files.ts';
import { type LocalPackage, LocalProject, targetPaths } from '../project/workspace.ts';
import type { SourceCommit } from './source-commit.ts';

const maxDepth = 12;
const skipped: ReadonlySet<string> = new Set(['.git', 'target', 'node_modules']);

/**
 * The package of a locked name and version in a repository. Cargo, too, takes the first manifest of this name anywhere in
 * it (cargo: src/ops/cargo_read_manifest).
 */
export function findPackage(
  locked: LockedPackage,
  { files, root, linked }: Pick<SourceCommit, 'files' | 'root' | 'linked'>,
  registries: ReadonlyMap<string, string>,
): LocalPackage | undefined {
  const project = new LocalProject(files);
  const isLinked = (folder: string) => linked.has(relative(root, folder).split(sep).join('/'));
  for (const folder of foldersBelow(files, root, isLinked, 0)) {
    const pkg = packageIn(project, folder, registries);
    if (pkg?.package.name === locked.name && pkg.package.version === locked.version) return pkg;
  }
  return undefined;
}

/** Links to folders are not gone through. */
function* foldersBelow(
  files: ProjectFiles,
  folder: string,
  isLinked: (folder: string) => boolean,
  depth: number,
): Generator<string> {
  yield folder;
  if (depth === maxDepth) return;
  for (const entry of files.list(folder)) {
    const inner = join(folder, entry.name);
    if (entry.folder && !skipped.has(entry.name) && !isLinked(inner))
      yield* foldersBelow(files, inner, isLinked, depth + 1);
  }
}

/** The package whose manifest lies in a folder. What is not right elsewhere in a repository is no concern of this package's. */
export function packageIn(
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
