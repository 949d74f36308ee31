import type { Resolution } from '../../cargo/resolve/resolve.ts';

/** A package, as a lockfile tells it from others. */
export interface PackageId {
  readonly name: string;
  readonly version: string;
  /** As the lockfile writes it. */
  readonly source: string | undefined;
}

/** Tells packages apart. */
export function keyOf({ name, version, source }: PackageId): string {
  return `${name} ${version} ${source ?? ''}`;
}

/** The shortest way from a package of the project, as `app → a → b`. */
export function pathIn({ packages, roots }: Resolution, key: string): string {
  const from = new Map<number, number | undefined>(roots.map((root) => [root, undefined]));
  for (const [i] of from) {
    const pkg = packages[i];
    if (pkg === undefined) continue;
    if (keyOf(pkg) === key) {
      const names: string[] = [];
      for (let at: number | undefined = i; at !== undefined; at = from.get(at))
        names.push(packages[at]?.name ?? '');
      return names.reverse().join(' → ');
    }
    for (const { package: next } of pkg.uses) if (!from.has(next)) from.set(next, i);
  }
  return '';
}
