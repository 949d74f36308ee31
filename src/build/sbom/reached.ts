import type { BuiltPackage, Resolution } from '../../cargo/resolve/resolve.ts';

/** The part of a resolution that one of its roots needs. */
export function reachedFrom(
  resolution: Resolution,
  root: { readonly name: string; readonly version: string },
): Resolution {
  return withRoots(resolution, ({ name, version }) => name === root.name && version === root.version);
}

/** The part of a resolution that some of its roots need; features stay as they are, since all was compiled together. */
export function withRoots(
  { packages, roots }: Resolution,
  isKept: (root: BuiltPackage) => boolean,
): Resolution {
  const own = roots.filter((index) => {
    const found = packages[index];
    return found !== undefined && isKept(found);
  });
  const reached = new Set(own);
  for (const index of reached) for (const use of packages[index]?.uses ?? []) reached.add(use.package);
  const kept = [...reached].sort((a, b) => a - b);
  const moved = new Map(kept.map((index, now) => [index, now]));
  const at = (index: number) => moved.get(index) ?? 0;
  return {
    packages: kept.flatMap((index): readonly BuiltPackage[] => {
      const found = packages[index];
      if (found === undefined) return [];
      return [{ ...found, uses: found.uses.map((use) => ({ ...use, package: at(use.package) })) }];
    }),
    roots: own.map(at),
  };
}
