import type { BuiltPackage, Resolution } from '../../cargo/resolve/resolve.ts';
import { keyOf } from './graph.ts';

/** What is built, by key, with who uses it. */
export interface BuiltGraph {
  readonly packages: readonly BuiltPackage[];
  /** By index. */
  readonly keys: readonly string[];
  /** Where packages of a key are: what is built for the target and the host is there twice. */
  readonly at: ReadonlyMap<string, readonly number[]>;
  /** By index, who uses it. */
  readonly users: readonly (readonly number[])[];
  readonly roots: ReadonlySet<number>;
}

export function builtGraph({ packages, roots }: Resolution): BuiltGraph {
  const keys = packages.map(keyOf);
  const users: number[][] = packages.map(() => []);
  for (const [i, { uses }] of packages.entries()) for (const use of uses) users[use.package]?.push(i);
  return {
    packages,
    keys,
    at: Map.groupBy(keys.keys(), (i) => keys[i] ?? ''),
    users,
    roots: new Set(roots),
  };
}

/** What is built of which nothing was, by index. */
export interface FreshGraph extends BuiltGraph {
  readonly isFresh: (i: number) => boolean;
}

/**
 * The fresh packages that cannot be reached without one, in any of the graphs. Time grows with what that one leads to, and not
 * with the graphs.
 */
export function broughtBy(graphs: readonly FreshGraph[], key: string): readonly BuiltPackage[] {
  const brought = new Map<string, BuiltPackage>();
  const only = graphs.map((graph) => onlyThrough(graph, graph.at.get(key) ?? []));
  for (const [g, graph] of graphs.entries()) {
    for (const i of [...(only[g] ?? [])].sort((a, b) => a - b)) {
      const pkg = graph.packages[i];
      if (pkg !== undefined && graph.isFresh(i)) brought.set(graph.keys[i] ?? '', pkg);
    }
  }
  const isOtherwise = (other: string) =>
    graphs.some((graph, g) =>
      graph.at.get(other)?.some((i) => graph.isFresh(i) && only[g]?.has(i) === false),
    );
  return [...brought].filter(([other]) => !isOtherwise(other)).map(([, pkg]) => pkg);
}

/** Every package that only these lead to, without themselves. All that is built can be reached from a root. */
function onlyThrough(
  { packages, users, roots }: BuiltGraph,
  through: readonly number[],
): ReadonlySet<number> {
  const own = new Set(through);
  const below = new Set<number>();
  const take = (i: number) => {
    for (const { package: next } of packages[i]?.uses ?? []) if (!own.has(next)) below.add(next);
  };
  for (const i of own) take(i);
  // A set is walked to its end, with what is added on the way.
  for (const i of below) take(i);
  const otherwise = new Set<number>();
  for (const i of below) {
    const isReached = (user: number) => !below.has(user) && !own.has(user);
    if (roots.has(i) || users[i]?.some(isReached) === true) otherwise.add(i);
  }
  for (const i of otherwise) {
    below.delete(i);
    for (const { package: next } of packages[i]?.uses ?? []) if (below.has(next)) otherwise.add(next);
  }
  return below;
}
