import { join, relative, sep } from 'node:path';
import type { CommitTree } from '../git-tree.ts';
import { foldersOf } from '../memory-files.ts';
import { diskFiles, type ProjectFiles } from '../project-files.ts';

/** The files that resolving reads the text of. */
const read = /(^|\/)(Cargo\.toml|Cargo\.lock|\.cargo\/config(\.toml)?)$/;

/**
 * A project as a commit has it, for resolving: the repository's files are the commit's, whatever lies outside of it (cargo's
 * home, paths that lead out) is as it is on disk. Everything is read at once, since resolving asks without waiting.
 */
export async function commitFiles(tree: CommitTree, root: string): Promise<ProjectFiles> {
  const paths = await tree.list();
  const texts = new Map<string, string>();
  for (const path of paths.filter((each) => read.test(each))) {
    const bytes = await tree.read(path);
    if (bytes !== undefined) texts.set(path, Buffer.from(bytes).toString('utf8'));
  }
  const folders = foldersOf(paths);
  const below = (path: string) => {
    const inside = relative(root, path).split(sep).join('/');
    return inside === '..' || inside.startsWith('../') ? undefined : inside;
  };
  return {
    read: (path) => {
      const inside = below(path);
      return inside === undefined ? diskFiles.read(path) : texts.get(inside);
    },
    list: (folder) => {
      const inside = below(folder);
      return inside === undefined ? diskFiles.list(join(folder)) : (folders.get(inside) ?? []);
    },
  };
}
