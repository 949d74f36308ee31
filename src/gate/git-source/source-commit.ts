import type { ProjectFiles } from '../project/files.ts';
import type { CommitTree } from '../project/git-tree.ts';
import type { LocalPackage } from '../project/workspace.ts';
import type { ProjectTree } from '../surroundings/read-side.ts';
import type { Submodule } from './submodules.ts';

/** A package of a git repository at the commit that is locked, with the files of that commit. */
export interface GitPackage {
  /** Its folder is `root`, or below it. */
  readonly local: LocalPackage;
  readonly commit: SourceCommit;
}

/** A commit whose files can be read. */
export interface SourceCommit {
  readonly tree: ProjectTree & Pick<CommitTree, 'isExecutable'>;
  /** The same, for reading manifests: `root` is the folder of the repository. */
  readonly files: ProjectFiles;
  readonly root: string;
  /** Links to folders that were followed, below the root: what is behind them has its own place. */
  readonly linked: ReadonlySet<string>;
  /** Submodules that cargo would check out and that are not at hand: what is in them may be what is built. */
  readonly missing: readonly Submodule[];
}
