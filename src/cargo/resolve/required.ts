import { CargoError } from '../error.ts';
import { FeatureResolver } from './features.ts';
import { type Edge, type Graph, packageLabel } from './link.ts';

/**
 * Checks that a lockfile is the one that cargo would leave as it is (`--locked`): with every feature of every member
 * and on all platforms at once, each dependency that is turned on has its package, and no package stands there that
 * nothing needs, but for paths, over which cargo passes; and that no package needs itself, but for its tests. Where a
 * package is opaque, neither can be told. Throws `CargoError('cargo/resolve')` with the place in the lockfile.
 */
export function checkLocked(graph: Graph, members: readonly number[]): void {
  if (!graph.complete) return;
  const everything = new FeatureResolver(graph, {
    pass: 'pick',
    exact: true,
    devDependencies: new Set(members),
  });
  everything.activate(members.map((id) => ({ id, values: [], all: true, defaultFeatures: true })));
  refuseCycles(graph, everything.picked);
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

/** (cargo: src/resolver/mod.rs, `check_cycles`). With a stack of its own: a graph may be deeper than the language's. */
function refuseCycles({ nodes }: Graph, picked: ReadonlySet<Edge>): void {
  const done = new Set<number>();
  for (const { id: start } of nodes) {
    const path: number[] = [];
    const onPath = new Set<number>();
    const waiting = [start];
    for (let id = waiting.at(-1); id !== undefined; id = waiting.at(-1)) {
      const isEntered = path.at(-1) === id;
      if (isEntered || done.has(id)) {
        waiting.pop();
        if (!isEntered) continue;
        path.pop();
        onPath.delete(id);
        done.add(id);
        continue;
      }
      path.push(id);
      onPath.add(id);
      for (const edge of nodes[id]?.edges ?? []) {
        if (edge.to === undefined || edge.dependency.kind === 'dev' || !picked.has(edge)) continue;
        if (onPath.has(edge.to)) throw cycle(nodes, path.slice(path.indexOf(edge.to)));
        if (!done.has(edge.to)) waiting.push(edge.to);
      }
    }
  }
}

function cycle(nodes: Graph['nodes'], path: readonly number[]): CargoError {
  const all = [...path, ...path.slice(0, 1)].flatMap((id) => nodes[id]?.locked ?? []);
  const names = all.map(packageLabel).join(' → ');
  return new CargoError('cargo/resolve', `packages need each other: ${names}`, all[0]);
}
