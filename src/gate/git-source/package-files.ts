import { relative, sep } from 'node:path';
import { parse, stringify } from 'smol-toml';
import type { ArchiveFile, CrateManifest } from '../../cargo/crate-archive.ts';
import { folderOf, joined } from '../../rust/source-path.ts';
import type { LocalPackage } from '../project/workspace.ts';
import { filledIn, type TomlTable } from './inherit.ts';
import type { GitPackage, SourceCommit } from './source-commit.ts';

/** A package of a repository as its archive would hold it. */
export interface PackageFiles {
  /**
   * By their paths in the package's folder; those that its code names beyond that begin with `../`. Packages that lie in the
   * folder of another are none of its files, as in an archive.
   */
  readonly files: readonly ArchiveFile[];
  /** What it inherits from its workspace is filled in. */
  readonly manifest: CrateManifest;
}

/** Reads a package's files out of its commit. */
export async function packageFiles({ local, commit }: GitPackage): Promise<PackageFiles> {
  const folder = below(commit, local.folder);
  const paths = await commit.tree.list();
  const files = await ownFiles(commit, folder, paths);
  const { toml, text } = manifestOf(local, commit);
  const { license, moved } = await licenseFile(toml, folder, commit);
  const { name, version, links } = local.package;
  const others = await namedBeyond(files, folder, new Set(paths), commit);
  const written = files.map((file) =>
    file.path === 'Cargo.toml' && text !== undefined ? { ...file, ...bytesOf(text) } : file,
  );
  return {
    files: [...written, ...license, ...others],
    manifest: { name, version, links, toml: moved },
  };
}

/** A path in the repository, with `/` between parts. */
function below({ root }: SourceCommit, path: string): string {
  return relative(root, path).split(sep).join('/');
}

async function ownFiles(
  commit: SourceCommit,
  folder: string,
  paths: readonly string[],
): Promise<readonly ArchiveFile[]> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const inside = paths.filter((path) => path.startsWith(prefix));
  const nested = inside
    .filter((path) => path.endsWith('/Cargo.toml') && path !== `${prefix}Cargo.toml`)
    .map((path) => path.slice(0, -'Cargo.toml'.length));
  const files: ArchiveFile[] = [];
  for (const path of inside) {
    if (nested.some((other) => path.startsWith(other))) continue;
    const file = await fileAt(commit, path, path.slice(prefix.length));
    if (file !== undefined) files.push(file);
  }
  return files;
}

async function fileAt(commit: SourceCommit, path: string, name: string): Promise<ArchiveFile | undefined> {
  const bytes = await commit.tree.read(path);
  if (bytes === undefined) return undefined;
  const mode = commit.tree.isExecutable(path) ? 0o755 : 0o644;
  return { path: name, size: bytes.length, mode, bytes };
}

/** The manifest; `text` where it is not as its file has it. */
function manifestOf(local: LocalPackage, { files }: SourceCommit): { toml: TomlTable; text?: string } {
  const own = parse(files.read(local.file) ?? '') as TomlTable;
  const root = workspaceOf(local, files);
  const filled = root === undefined ? undefined : filledIn(own, root);
  return filled === undefined ? { toml: own } : { toml: filled, text: stringify(filled) };
}

/** The manifest of the workspace that a package is in, its own included; found as cargo finds it, by the folders above. */
function workspaceOf(local: LocalPackage, files: SourceCommit['files']): TomlTable | undefined {
  const stated = local.manifest.package?.workspace;
  const start = local.folder.split(sep).join('/');
  const folders = stated === undefined ? above(start) : [`/${joined(start, stated)}`];
  for (const folder of folders) {
    const text = files.read(`${folder}/Cargo.toml`);
    const toml = text === undefined ? undefined : (parse(text) as TomlTable);
    if (toml?.workspace !== undefined) return toml;
  }
  return undefined;
}

function above(folder: string): readonly string[] {
  const parts = folder.split('/');
  return parts.map((_, i) => parts.slice(0, parts.length - i).join('/'));
}

/** A `license-file` from beyond the folder is laid beside the manifest, as cargo does where it packs. */
async function licenseFile(
  toml: TomlTable,
  folder: string,
  commit: SourceCommit,
): Promise<{ license: readonly ArchiveFile[]; moved: TomlTable }> {
  const fields = (toml.package ?? toml.project) as TomlTable;
  const stated = fields['license-file'];
  if (typeof stated !== 'string') return { license: [], moved: toml };
  const name = stated.replaceAll('\\', '/').split('/').at(-1) ?? '';
  // What a member inherits is named from its workspace's folder, which is above.
  const places = [
    joined(folder, stated),
    ...above(folder).map((each) => joined(each, stated)),
    joined('', stated),
  ];
  const own = places[0] ?? '';
  if (own.startsWith(folder === '' ? '' : `${folder}/`) && (await commit.tree.read(own)) !== undefined)
    return { license: [], moved: toml };
  for (const path of places) {
    const file = await fileAt(commit, path, name);
    if (file !== undefined)
      return { license: [file], moved: { ...toml, package: { ...fields, 'license-file': name } } };
  }
  return { license: [], moved: toml };
}

/** More than any package names. */
const maxBeyond = 500;

/**
 * Files of the repository that a package's code names outside of its folder, or in a package within: `#[path]`, `include!`
 * and a build script may lead there, and cargo builds with all of the repository at hand.
 */
async function namedBeyond(
  files: readonly ArchiveFile[],
  folder: string,
  all: ReadonlySet<string>,
  commit: SourceCommit,
): Promise<readonly ArchiveFile[]> {
  const known = new Set(files.map(({ path }) => path));
  const found: ArchiveFile[] = [];
  const queue = files.filter(({ path }) => path.endsWith('.rs') || path === 'Cargo.toml');
  for (const file of queue) {
    for (const name of namesIn(file)) {
      if (known.has(name) || found.length >= maxBeyond) continue;
      const path = joined('', `${folder}/${name}`);
      if (!all.has(path)) continue;
      known.add(name);
      const beyond = await fileAt(commit, path, name);
      if (beyond === undefined) continue;
      found.push(beyond);
      queue.push(beyond);
    }
  }
  return found;
}

/** Paths of source files that a file's strings, and its modules where it lies outside, may mean: from the package's folder. */
function namesIn({ path, bytes }: ArchiveFile): readonly string[] {
  const text = utf8.decode(bytes);
  const here = folderOf(path);
  const stem = path.replace(/(?:\/(?:mod|lib|main))?\.rs$/, '');
  const strings = [...text.matchAll(/"([^"\n]{1,400}\.(?:rs|in|inc))"/g)].flatMap(([, name = '']) => [
    joined(here, name),
    joined('', name),
  ]);
  const modules = path.startsWith('../')
    ? [...text.matchAll(/\bmod\s+(?:r#)?(\w+)\s*;/g)].flatMap(([, name = '']) =>
        [here, stem].flatMap((each) => [joined(each, `${name}.rs`), joined(each, `${name}/mod.rs`)]),
      )
    : [];
  return [...strings, ...modules];
}

const utf8 = new TextDecoder();

function bytesOf(text: string): Pick<ArchiveFile, 'bytes' | 'size'> {
  const bytes = new TextEncoder().encode(text);
  return { bytes, size: bytes.length };
}
