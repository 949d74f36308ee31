import { type Fact, known } from './fact.ts';

/** Whether a project's lockfile is one that cargo would leave as it is. */
export type LockedFact =
  | {
      readonly kind: 'fits';
      /** Packages of which nobody knows what they need: of those it cannot be told. */
      readonly opaque: readonly string[];
      /** Packages that stand at several commits of one git source: cargo builds all of them from the last. */
      readonly parted: readonly PartedSource[];
      /** Builds of CI that need packages which the lockfile does not have. */
      readonly unlocked: readonly UnlockedBuild[];
    }
  | {
      /** `stale`: it does not fit the manifests. `unresolved`: something is wrong that says nothing of the lockfile. */
      readonly kind: 'stale' | 'unresolved';
      /** The project as it was before the change, or as it is now. */
      readonly side: 'before' | 'after';
      /** A clause. */
      readonly reason: string;
      /** The place that it is about. */
      readonly file: string;
      readonly line?: number | undefined;
      readonly column?: number | undefined;
      /** What to do, in a sentence. */
      readonly next: string;
    };

/** A git source that a lockfile names with several commits. */
export interface PartedSource {
  /** `name version` of its packages. */
  readonly packages: readonly string[];
  /** The one that stands last, which cargo takes. */
  readonly commit: string;
  /** The first package that is locked at another. */
  readonly first: string;
  /** Where that one stands in the lockfile, 1-based. */
  readonly line: number;
  readonly column: number;
}

/** A build with features of dependencies that the lockfile was not made for. */
export interface UnlockedBuild {
  /** The command line. */
  readonly command: string;
  /** A clause. */
  readonly reason: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The fact of one project. */
export function lockedFact(fact: LockedFact, at: number): Fact<LockedFact> {
  return known(fact, 'resolved graph', at);
}
