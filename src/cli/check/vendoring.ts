import { relative, sep } from 'node:path';
import { treeBelow, type VendoringProject } from '../../gate/git-source/vendored.ts';
import { commitFiles } from '../../gate/graphs/commit-files.ts';
import type { Base } from '../../gate/project/base.ts';
import { type CommitTree, commitTree } from '../../gate/project/git-tree.ts';
import type { NamedLockfile } from '../../gate/project/lockfile-reader.ts';
import { vendoringHere } from './facts.ts';
import type { ProjectPlace } from './locate.ts';

/** Projects that have folders in place of repositories. The caller closes the commits that they were read from. */
export interface Vendoring {
  readonly projects: readonly VendoringProject[];
  readonly close: () => void;
}

/**
 * The projects as they are, and as the commits have them that are compared with: a folder of then is what a package of the old
 * lockfile was built from.
 */
export async function vendoringOf(
  judged: readonly {
    readonly place: ProjectPlace;
    readonly head: NamedLockfile;
    readonly base: Base | undefined;
  }[],
): Promise<Vendoring> {
  const now: VendoringProject[] = [];
  const then: VendoringProject[] = [];
  const trees: CommitTree[] = [];
  for (const { place, head, base } of judged) {
    const here = vendoringHere(place.folder, head.lockfile.packages);
    if (here.folders.size === 0) continue;
    now.push(here);
    if (base?.commit === undefined) continue;
    const { root, id } = base.commit;
    const tree = await commitTree(root, id);
    trees.push(tree);
    then.push({
      ...here,
      packages: base.lockfile.packages,
      files: await commitFiles(tree, root),
      treeOf: (folder) => treeBelow(tree, relative(root, folder).split(sep).join('/')),
    });
  }
  return {
    projects: [...now, ...then],
    close: () => {
      for (const tree of trees) tree.close();
    },
  };
}
