import { join, relative, sep } from 'node:path';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import { sourceKey } from '../../cargo/source-id.ts';
import type { ProjectFiles } from '../project/files.ts';
import { LocalProject } from '../project/workspace.ts';
import { packageIn } from './find-package.ts';
import type { GitPackage, SourceCommit } from './source-commit.ts';

/** A project at one time, whose configuration has folders in place of repositories of git. */
export interface VendoringProject {
  /** The folders, by `sourceKey` of what they stand in for; absolute. */
  readonly folders: ReadonlyMap<string, string>;
  /** The packages of its lockfile: a folder does not say of which commit it is. */
  readonly packages: readonly LockedPackage[];
  readonly files: ProjectFiles;
  /** The files below a folder. */
  readonly treeOf: (folder: string) => SourceCommit['tree'];
  /** How findings name a folder. */
  readonly nameOf: (folder: string) => string;
}

/**
 * The package that lies in place of a locked one, or the folder that should have it; `undefined` where none stands in
 * for its repository.
 */
export function vendoredPackage(
  { folders, packages, files, treeOf, nameOf }: VendoringProject,
  locked: LockedPackage,
): GitPackage | { readonly folder: string } | undefined {
  const { source, name, version } = locked;
  const folder = source === undefined ? undefined : folders.get(sourceKey(source));
  const isIt = (one: LockedPackage) =>
    one.name === name && one.version === version && one.source?.text === source?.text;
  if (folder === undefined || !packages.some(isIt)) return undefined;
  // Most folders are called after their package; what counts is the manifest (cargo: src/sources/directory.rs).
  const usual = [name, `${name}-${version}`];
  const others = files.list(folder).flatMap((entry) => (entry.folder ? [entry.name] : []));
  for (const each of [...new Set([...usual, ...others])]) {
    const root = join(folder, each);
    const text = files.read(join(root, 'Cargo.toml'));
    if (text === undefined || !text.includes(name)) continue;
    const own = ownFiles(files, root);
    const local = packageIn(new LocalProject(own), root, new Map());
    if (local?.package.name !== name || local.package.version !== version) continue;
    return { local, commit: { root, files: own, tree: treeOf(root), linked: new Set(), missing: [] } };
  }
  return { folder: nameOf(folder) };
}

/** What lies above is of no repository's workspace. */
function ownFiles(files: ProjectFiles, root: string): ProjectFiles {
  const isOutside = (path: string) => relative(root, path).split(sep)[0] === '..';
  return {
    read: (path) => (isOutside(path) ? undefined : files.read(path)),
    list: (path) => (isOutside(path) ? [] : files.list(path)),
  };
}

/** The files below a folder of a tree, as a tree. */
export function treeBelow(tree: SourceCommit['tree'], folder: string): SourceCommit['tree'] {
  const prefix = folder === '' ? '' : `${folder}/`;
  return {
    list: async () =>
      (await tree.list()).flatMap((path) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : [])),
    read: (path) => tree.read(prefix + path),
    isExecutable: (path) => tree.isExecutable(prefix + path),
  };
}
