import type { LockedPackage, Lockfile } from '../../cargo/lockfile.ts';
import { wayText } from './way.ts';

/** A lockfile's packages as a graph: who depends on whom, by index into `packages`. */
export interface LockGraph {
  readonly packages: readonly LockedPackage[];
  /** By package: those that depend on it directly, each once, in the file's order. */
  readonly dependents: readonly (readonly number[])[];
  /** Packages of the project itself: without a source. */
  readonly members: readonly number[];
  /**
   * By package: the one before it on a shortest path from a member; itself for a member, `undefined` for what no member
   * reaches.
   */
  readonly before: readonly (number | undefined)[];
  /** By package: steps from the nearest member; 0 for a member and for what none reaches. */
  readonly depth: readonly number[];
  /** Packages in the order of a breadth-first walk from the members. */
  readonly order: readonly number[];
}

/** Reads the graph of a lockfile in time that grows with its edges; cycles (through dev-dependencies) do no harm. */
export function graphOf({ packages }: Pick<Lockfile, 'packages'>): LockGraph {
  const dependents: Set<number>[] = packages.map(() => new Set());
  for (const [from, { dependencies }] of packages.entries()) {
    for (const to of dependencies) dependents[to]?.add(from);
  }
  const members = packages.flatMap(({ source }, i) => (source === undefined ? [i] : []));
  const before: (number | undefined)[] = packages.map(() => undefined);
  const depth = packages.map(() => 0);
  const order = [...members];
  for (const member of members) before[member] = member;
  // The list grows while it is walked: that is the queue.
  for (const from of order) {
    for (const to of packages[from]?.dependencies ?? []) {
      if (before[to] !== undefined) continue;
      before[to] = from;
      depth[to] = (depth[from] ?? 0) + 1;
      order.push(to);
    }
  }
  return { packages, dependents: dependents.map((set) => [...set]), members, before, depth, order };
}

/** At most so many paths are shown for one package. */
const maxPaths = 5;

/**
 * How the project comes by a package: for each of those that depend on it directly, at most five, the shortest path
 * through it from a member, as `app → a → b`; shortest first. A member's own path is its name.
 */
export function pathsTo(graph: LockGraph, index: number): readonly string[] {
  if (graph.before[index] === index) return [nameOf(graph, index)];
  const dependents = (graph.dependents[index] ?? [])
    .filter((dependent) => graph.before[dependent] !== undefined)
    .sort((a, b) => (graph.depth[a] ?? 0) - (graph.depth[b] ?? 0));
  const paths: string[] = [];
  for (const dependent of dependents) {
    if (paths.length === maxPaths) break;
    const path = trail(graph, dependent);
    // A path through the package itself is a cycle.
    if (!path.includes(index)) paths.push(wayText([...path, index].map((at) => nameOf(graph, at))));
  }
  return paths;
}

function trail(graph: LockGraph, index: number): number[] {
  const path = [index];
  for (let at = index; graph.before[at] !== at; ) {
    const above = graph.before[at];
    if (above === undefined) break;
    path.push(above);
    at = above;
  }
  return path.reverse();
}

function nameOf({ packages }: LockGraph, index: number): string {
  return packages[index]?.name ?? '';
}
