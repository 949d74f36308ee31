import type { Fact } from '../../facts/fact.ts';
import { type PlaceFact, placeFact } from '../../facts/place.ts';
import type { LockGraph } from './graph.ts';

/**
 * The place of every package of a graph, by index. A lockfile does not say whether something is for building or for tests
 * alone: whatever it names is taken to be built.
 */
export function placesOf({ packages, dependents }: LockGraph, now: number): readonly Fact<PlaceFact>[] {
  const namesOf = (index: number) => (dependents[index] ?? []).map((at) => packages[at]?.name ?? '');
  const byName = Map.groupBy(packages.keys(), (index) => packages[index]?.name ?? '');
  return packages.map(({ name }, index) => {
    const others = (byName.get(name) ?? []).filter((at) => at !== index);
    const siblings = others.map((at) => ({ version: packages[at]?.version ?? '', dependents: namesOf(at) }));
    return placeFact({ siblings, dependents: namesOf(index), kinds: ['normal'] }, now);
  });
}
