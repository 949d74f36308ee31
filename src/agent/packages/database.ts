import type { SystemPackage } from '../../distribution/package.ts';
import type { Root } from '../root.ts';

/** A database of packages in a root. */
export interface PackageDatabase {
  /** Where it is; what changes in it changes this file or folder. */
  readonly path: string;
  /**
   * The owners of some paths; those of nobody are left out. Throws what the system says, and `Error` for what is no
   * such database.
   */
  readonly ownersOf: (root: Root, paths: ReadonlySet<string>) => ReadonlyMap<string, SystemPackage>;
}
