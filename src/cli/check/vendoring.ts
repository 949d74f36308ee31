import { relative, sep } from 'node:path';
import { treeBelow, type VendoringProject } from '../../gate/git-source/vendored.ts';
import { commitFiles } from '../../gate/graphs/commit-files.ts';
import type { Base } from '../../gate/project/base.ts';
import { type CommitTree, commitTree } from '../../gate/project/git-tree.ts';
import type { NamedLockfile } from '../../gate/project/lockfile-reader.ts';
import { vendoringOf } from './facts.ts';
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
export async function vendoringSides(
  judged: readonly {
    readonly place: ProjectPlace;
    readonly head: NamedLockfile;
    readonly base: Base | undefined;
  }[],
): Promise<Vendoring> {
  const now = judged.map(({ place, head }) => vendoringOf(place.folder, head.lockfile.packages));
  const then: VendoringProject[] = [];
  const trees: CommitTree[] = [];
  for (const { place, base } of judged) {
    const { commit, lockfile } = base ?? {};
    if (commit === undefined || !lockfile?.packages.some(({ source }) => source?.kind === 'git')) continue;
    const { root, id } = commit;
    const tree = await commitTree(root, id);
    trees.push(tree);
    const files = await commitFiles(tree, root);
    const treeOf = (folder: string) => treeBelow(tree, relative(root, folder).split(sep).join('/'));
    then.push(vendoringOf(place.folder, lockfile.packages, { files, treeOf }));
  }
  return {
    projects: [...now, ...then],
    close: () => {
      for (const tree of trees) tree.close();
    },
  };
}
