import type { Position } from './error.ts';
import type { SourceId } from './source-id.ts';

/** One locked package. `line` and `column` (1-based) point at its `name`; 1:1 where the layout hides it. */
export interface LockedPackage extends Position {
  readonly name: string;
  /** A valid version, as written. */
  readonly version: string;
  /** Absent for a workspace member or another path dependency. */
  readonly source: SourceId | undefined;
  /** Lower-case hex SHA-256 of the `.crate`; registries' packages have one. */
  readonly checksum: string | undefined;
  /** Indexes into `packages`, in the file's order; normal, build and dev dependencies alike. */
  readonly dependencies: readonly number[];
  /** Index of the package that `[replace]` puts in its place. */
  readonly replace: number | undefined;
}

/** A package as its table says it, before names become indexes. */
export interface RawPackage extends Omit<LockedPackage, 'dependencies' | 'replace'> {
  /** `name`, `name version` or `name version (source)`. */
  readonly dependencies: readonly string[];
  readonly replace: string | undefined;
}
