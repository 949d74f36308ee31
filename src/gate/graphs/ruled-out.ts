import { cfgKey } from '../../cargo/cfg/expression.ts';
import { targetOf } from '../../cargo/cfg/target.ts';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import type { Resolution } from '../../cargo/resolve/resolve.ts';
import type { AdvisoryMatch } from '../../facts/advisories/fact.ts';
import { keyOf } from './graph.ts';
import type { BuiltGraph, GraphSide } from './sides.ts';

/** Why an advisory on a locked package cannot matter in what is built, as a clause; `undefined` where it may. */
export type RuledOut = (pkg: LockedPackage, match: Pick<AdvisoryMatch, 'platforms'>) => string | undefined;

/**
 * What the targets that the policy names rule out: packages that are built for none of them with any feature of the project,
 * and advisories on other platforms. Without named targets, or where anything is not known, nothing is ruled out: somebody
 * may build for anything. What runs on the machine that builds is never ruled out, since that may be any machine.
 */
export function ruledOutBy(targets: readonly string[], after: GraphSide): RuledOut {
  if (targets.length === 0 || after.kind !== 'resolved' || after.most.length === 0) return () => undefined;
  const isKnown = after.most.every(({ resolution }) =>
    resolution.packages.every(({ opaque }) => opaque === undefined),
  );
  if (!isKnown) return () => undefined;
  const places = placesOf(after.most);
  return (pkg, { platforms: { arch, os } }) => {
    const built = places.get(keyOf({ ...pkg, source: pkg.source?.text }));
    if (built === undefined) return `it is built for none of ${targets.join(', ')}, whatever feature is on`;
    if (built.onHost || arch.length + os.length === 0) return undefined;
    const isAffected = (target: string) => {
      const { cfg } = targetOf(target);
      const has = (name: string, values: readonly string[]) =>
        values.length === 0 || values.some((value) => cfg.has(cfgKey(name, value)));
      return has('target_os', os) && has('target_arch', arch);
    };
    if (built.targets.some(isAffected)) return undefined;
    return `it is about ${[...os, ...arch].join(', ')}, and this is built for ${built.targets.join(', ')}`;
  };
}

interface Places {
  readonly targets: readonly string[];
  readonly onHost: boolean;
}

/** What each package is built for. What an unread package leads to may be for the host: it may be a macro. */
function placesOf(graphs: readonly BuiltGraph[]): ReadonlyMap<string, Places> {
  const places = new Map<string, Places>();
  for (const { target, resolution } of graphs) {
    const hosts = maybeOnHost(resolution);
    for (const [i, pkg] of resolution.packages.entries()) {
      const key = keyOf(pkg);
      const { targets, onHost } = places.get(key) ?? { targets: [], onHost: false };
      const isNew = pkg.builtFor === 'target' && !targets.includes(target);
      places.set(key, { targets: isNew ? [...targets, target] : targets, onHost: onHost || hosts.has(i) });
    }
  }
  return places;
}

/** Packages that are, or may be, built for the machine that builds. */
function maybeOnHost({ packages }: Resolution): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [i, { builtFor, unread }] of packages.entries()) {
    if (builtFor === 'host' || unread !== undefined) found.add(i);
  }
  // A set is walked to its end, with what is added on the way.
  for (const i of found) for (const { package: next } of packages[i]?.uses ?? []) found.add(next);
  return found;
}
