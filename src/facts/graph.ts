import { type Fact, known } from './fact.ts';

/** What a change does to one package in the graphs that are really built: with features, for targets and for the host. */
export interface GraphFact {
  /** Whether it is built now, for any of the targets, and was not built before. */
  readonly isNew: boolean;
  /** Whether something depends on it that was built before: it is what brings, and not brought. */
  readonly isTop: boolean;
  /** The shortest way to it now, from a package of the project; empty where it is not built. */
  readonly path: string;
  /** Features that are on now and were off before; none for a package that is new. */
  readonly gained: readonly string[];
  /**
   * Those of them that say nothing by themselves: the release in whose place it came did not have them yet, and with
   * them it uses no package that it did not use before. What is behind such a name was built without one, or is of the
   * new release like all its code.
   */
  readonly renamed: readonly string[];
  /** What of it runs while others are compiled. */
  readonly executes: readonly BuildTimeCode[];
  /** Why nobody knows whether something of it does, where that is so. */
  readonly opaque?: string | undefined;
  /** Whether any release of its crate ran something then before. */
  readonly executedBefore: boolean;
  /** Packages that are new and that nothing but this one leads to; without itself. */
  readonly brings: readonly BroughtPackage[];
}

export type BuildTimeCode = 'build script' | 'proc-macro';

export interface BroughtPackage {
  readonly crate: string;
  readonly version: string;
  readonly executes: readonly BuildTimeCode[];
}

/** The graph fact of one package. */
export function graphFact(fact: GraphFact, at: number): Fact<GraphFact> {
  return known(fact, 'resolved graph', at);
}
