import type { PackageUse, Resolution } from '../../cargo/resolve/resolve.ts';
import { matchesSpec } from '../../cargo/resolve/spec.ts';
import { parseSourceId } from '../../cargo/source-id.ts';

/** A way from what is built to a package: the first step is a root, each next one is used by the one before. */
export type Path = readonly PathStep[];

export interface PathStep {
  /** Index into the resolution's packages. */
  readonly package: number;
  /** How the step before uses it; `undefined` for a root. */
  readonly use: PackageUse | undefined;
}

/**
 * The ways to every built package that a specification names: for each package that uses it directly, the shortest
 * way there. All ways are too many to read, and these are those that one can cut.
 */
export function pathsTo(resolution: Resolution, spec: string): ReadonlyMap<number, readonly Path[]> {
  const wanted = resolution.packages.flatMap((pkg, i) => {
    const source = pkg.source === undefined ? undefined : parseSourceId(pkg.source);
    return matchesSpec(spec, { ...pkg, source }) ? [i] : [];
  });
  const shortest = shortestPaths(resolution);
  return new Map(wanted.map((target) => [target, pathsInto(resolution, shortest, target)]));
}

function pathsInto(
  resolution: Resolution,
  shortest: ReadonlyMap<number, Path>,
  target: number,
): readonly Path[] {
  const paths = resolution.packages.flatMap(({ uses }, user) => {
    const before = shortest.get(user);
    // A way through the target itself would be no way to it.
    if (before === undefined || before.some((step) => step.package === target)) return [];
    return uses
      .filter((use) => use.package === target)
      .map((use): Path => [...before, { package: target, use }]);
  });
  const root: readonly Path[] = resolution.roots.includes(target)
    ? [[{ package: target, use: undefined }]]
    : [];
  return [...root, ...paths].sort((a, b) => a.length - b.length);
}

function shortestPaths({ packages, roots }: Resolution): ReadonlyMap<number, Path> {
  const found = new Map<number, Path>(roots.map((root) => [root, [{ package: root, use: undefined }]]));
  // A map is walked to its end, with what is added on the way: nearest first.
  for (const [from, path] of found) {
    for (const use of packages[from]?.uses ?? []) {
      if (!found.has(use.package)) found.set(use.package, [...path, { package: use.package, use }]);
    }
  }
  return found;
}
