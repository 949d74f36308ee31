import { CargoError } from '../../cargo/error.ts';
import { codeTree } from '../../rust/code-tree.ts';
import { fileKind } from '../../rust/inputs/file-kind.ts';
import { namedFiles } from '../../rust/inputs/named-files.ts';
import { PackageIndex } from '../../rust/inputs/package-index.ts';
import { isSetAside } from '../../rust/inputs/set-aside.ts';
import { type PackageSource, packageSource } from '../../rust/package-source.ts';
import { folderOf, inFolder, nameOf, type Side, textOf } from './side.ts';

/** One root of a package of the project that runs while it is built. */
export interface RunningRoot {
  /** Of the package, below the project's folder. */
  readonly folder: string;
  /** The text of its manifest. */
  readonly manifest: string;
  readonly role: 'build-script' | 'proc-macro';
}

/**
 * The files of the project that such code is made of, wherever its modules lie, and of a build script the scripts that
 * it names. What lies deeper than was read by now is not among them: read these, and ask again until there are no more.
 */
export function codeSources(side: Side, { folder, manifest, role }: RunningRoot): readonly string[] {
  const found = new Set<string>();
  const asked = (path: string | undefined) => {
    if (path === undefined || !side.paths.has(path)) return undefined;
    found.add(path);
    return textOf(side, path);
  };
  let source: PackageSource;
  try {
    source = packageSource(manifest, (path) => textOf(side, inFolder(folder, path) ?? ''), {
      paths: [...side.paths].flatMap((path) => (folderOf(path) === folder ? [nameOf(path)] : [])),
      bytes: () => undefined,
    });
  } catch (error) {
    if (!(error instanceof CargoError)) throw error;
    return [];
  }
  const { buildScripts, library } = source;
  const roots = role === 'build-script' ? buildScripts : library === undefined ? [] : [library];
  for (const root of roots) {
    const path = inFolder(folder, root);
    if (path === undefined) continue;
    // Modules may lie anywhere in the project.
    const { tree } = codeTree({ ...source, files: asked }, path, role);
    if (role !== 'build-script') continue;
    const { texts, included } = namedFiles(tree);
    for (const { path: one } of included) if (asked(one) === undefined) asked(inFolder(folder, one));
    for (const text of texts)
      for (const one of index(side, folder).named(text)) if (isScript(one)) asked(inFolder(folder, one));
  }
  return [...found].sort();
}

const indexes = new WeakMap<Side, Map<string, PackageIndex>>();

/** The files below a folder, by their names. */
function index(side: Side, folder: string): PackageIndex {
  const known = indexes.get(side) ?? new Map<string, PackageIndex>();
  indexes.set(side, known);
  const start = folder === '' ? '' : `${folder}/`;
  const made =
    known.get(folder) ??
    new PackageIndex({
      paths: [...side.paths].flatMap((path) => (path.startsWith(start) ? [path.slice(start.length)] : [])),
    });
  known.set(folder, made);
  return made;
}

/** Whether a file is a script by its name. */
function isScript(path: string): boolean {
  return !isSetAside(path) && fileKind(path, new Uint8Array()).kind === 'script';
}
