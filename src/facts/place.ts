import { type Fact, known } from './fact.ts';

/** Where a release stands in a resolved graph: who depends on it, and what else of its crate is there. */
export interface PlaceFact {
  /** The other releases of the same crate in the graph; dev-dependencies' own are left out. */
  readonly siblings: readonly Sibling[];
  /** Names of the packages that depend on it directly; each once. */
  readonly dependents: readonly string[];
  /** How the project reaches it, each once: for what is built, for building it, or for tests and examples alone. */
  readonly kinds: readonly DependencyKind[];
}

export type DependencyKind = 'normal' | 'build' | 'dev';

interface Sibling {
  readonly version: string;
  /** Names of the packages that depend on it directly. */
  readonly dependents: readonly string[];
}

/** The place fact of one release. Order of what was found never matters. */
export function placeFact(place: PlaceFact, at: number): Fact<PlaceFact> {
  const siblings = place.siblings
    .map(({ version, dependents }) => ({ version, dependents: [...new Set(dependents)].sort() }))
    .sort((a, b) => (a.version < b.version ? -1 : 1));
  const dependents = [...new Set(place.dependents)].sort();
  return known({ siblings, dependents, kinds: [...new Set(place.kinds)].sort() }, 'lockfile', at);
}
