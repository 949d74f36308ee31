import { join, relative, sep } from 'node:path';
import { folderOf, joined } from '../../rust/source-path.ts';
import { diskFiles, type ProjectFiles } from '../project/files.ts';
import { foldersOf } from '../project/memory-files.ts';
import type { ProjectTree } from '../surroundings/read-side.ts';

/** The files that resolving reads the text of. */
const read = /(^|\/)(Cargo\.toml|Cargo\.lock|\.cargo-checksum\.json|\.cargo\/config(\.toml)?)$/;

/**
 * A project as a commit has it, for resolving: the repository's files are the commit's, whatever lies outside of it
 * (cargo's home, paths that lead out) is as `outside` has it: usually the disk. Everything is read at once, since
 * resolving asks without waiting.
 */
export async function commitFiles(
  tree: ProjectTree,
  root: string,
  outside: ProjectFiles = diskFiles,
): Promise<ProjectFiles> {
  const paths = await tree.list();
  const texts = new Map<string, string>();
  const take = async (path: string) => {
    const bytes = texts.has(path) ? undefined : await tree.read(path);
    if (bytes !== undefined) texts.set(path, Buffer.from(bytes).toString('utf8'));
  };
  for (const path of paths.filter((each) => read.test(each))) await take(path);
  for (let known = -1; known !== texts.size; ) {
    known = texts.size;
    for (const path of namedByConfig(paths, texts)) await take(path);
  }
  for (const path of sourcesWanted(paths, texts)) await take(path);
  const roots = [...texts].filter(([path, text]) => path.endsWith('.rs') && text.includes('no_std'));
  for (const path of sourcesBeside(
    paths,
    roots.map(([path]) => path),
  ))
    await take(path);
  const folders = foldersOf(paths);
  const below = (path: string) => {
    const inside = relative(root, path).split(sep).join('/');
    return inside === '..' || inside.startsWith('../') ? undefined : inside;
  };
  return {
    read: (path) => {
      const inside = below(path);
      return inside === undefined ? outside.read(path) : texts.get(inside);
    },
    list: (folder) => {
      const inside = below(folder);
      return inside === undefined ? outside.list(join(folder)) : (folders.get(inside) ?? []);
    },
  };
}

/** What cargo's configuration includes, and the files that describe its targets. */
function namedByConfig(paths: readonly string[], texts: ReadonlyMap<string, string>): readonly string[] {
  const isThere = new Set(paths);
  return [...texts]
    .filter(([file]) => /(?:^|\/)config$|\.toml$/.test(file) && !file.endsWith('Cargo.toml'))
    .flatMap(([file, text]) =>
      [...text.matchAll(/["']([^"'\n]+\.(?:toml|json))["']/g)].flatMap(([, path = '']) => [
        joined(folderOf(file), path),
        joined(folderOf(folderOf(file)), path),
      ]),
    )
    .filter((path) => isThere.has(path));
}

/** Roots of libraries and programs, and build scripts: where cargo finds them, and where a manifest says. */
function sourcesWanted(paths: readonly string[], texts: ReadonlyMap<string, string>): readonly string[] {
  const stated = new Set(
    [...texts]
      .filter(([file]) => file.endsWith('Cargo.toml'))
      .flatMap(([file, text]) =>
        [...text.matchAll(/["']([^"'\n]+\.rs)["']/g)].map(([, path = '']) => joined(folderOf(file), path)),
      ),
  );
  return paths.filter((path) => usualRoot.test(path) || stated.has(path));
}

const usualRoot = /(^|\/)(build\.rs|src\/(lib|main)\.rs|src\/bin\/([^/]+\.rs|[^/]+\/main\.rs))$/;

/** The modules of roots that say `no_std` somewhere: most projects have none, and all other source is left alone. */
function sourcesBeside(paths: readonly string[], roots: readonly string[]): readonly string[] {
  const folders = [...new Set(roots.map((root) => `${folderOf(root).replace(/(^|\/)bin(\/.*)?$/, '')}/`))];
  return paths.filter(
    (path) => path.endsWith('.rs') && folders.some((folder) => folder === '/' || path.startsWith(folder)),
  );
}
