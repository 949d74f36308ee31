import type { Resolution } from '../../cargo/resolve/resolve.ts';
import { wayText } from '../diff/way.ts';

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

/** The shortest way from a package of the project, as `app → a → b`; empty where none leads to it. */
export function pathIn(resolution: Resolution, key: string): string {
  const known = paths.get(resolution) ?? pathsIn(resolution);
  paths.set(resolution, known);
  return known.get(key)?.() ?? '';
}

const paths = new WeakMap<Resolution, ReadonlyMap<string, () => string>>();

/** The ways to all packages, each put in words when it is asked for. */
function pathsIn({ packages, roots }: Resolution): ReadonlyMap<string, () => string> {
  const from = new Map<number, number | undefined>(roots.map((root) => [root, undefined]));
  const ways = new Map<string, () => string>();
  // A map is walked to its end, with what is added on the way: nearest first.
  for (const [i] of from) {
    const pkg = packages[i];
    if (pkg === undefined) continue;
    const key = keyOf(pkg);
    if (!ways.has(key)) {
      ways.set(key, () => {
        const names: string[] = [];
        for (let at: number | undefined = i; at !== undefined; at = from.get(at))
          names.push(packages[at]?.name ?? '');
        return wayText(names.reverse());
      });
    }
    for (const { package: next } of pkg.uses) if (!from.has(next)) from.set(next, i);
  }
  return ways;
}
