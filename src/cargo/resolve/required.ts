import { CargoError } from '../error.ts';
import { FeatureResolver } from './features.ts';
import { type Graph, packageLabel } from './link.ts';

/**
 * Checks that a lockfile is the one that cargo would leave as it is (`--locked`): with every feature of every member
 * and on all platforms at once, each dependency that is turned on has its package, and no package stands there that
 * nothing needs, but for paths, over which cargo passes. Where a package is opaque, neither can be told. Throws `CargoError('cargo/resolve')` with the place in the lockfile.
 */
export function checkLocked(graph: Graph, members: readonly number[]): void {
  if (!graph.complete) return;
  const everything = new FeatureResolver(graph, {
    pass: 'pick',
    exact: true,
    devDependencies: new Set(members),
  });
  everything.activate(members.map((id) => ({ id, values: [], all: true, defaultFeatures: true })));
  const replaced = new Set(
    graph.nodes.flatMap(({ locked }) => (locked.replace === undefined ? [] : [locked])),
  );
  for (const { id, locked } of graph.nodes) {
    const isNeeded = everything.isReached(id, 'target') || everything.isReached(id, 'host');
    if (isNeeded || replaced.has(locked) || locked.source === undefined) continue;
    throw new CargoError(
      'cargo/resolve',
      `the lockfile has ${packageLabel(locked)}, which nothing needs`,
      locked,
    );
  }
}
