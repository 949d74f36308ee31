import { cfgKey } from '../../cargo/cfg/expression.ts';
import { type Target, targetOf } from '../../cargo/cfg/target.ts';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import type { Resolution } from '../../cargo/resolve/resolve.ts';
import type { AdvisoryMatch } from '../../facts/advisories/fact.ts';
import { keyOf } from './graph.ts';
import type { BuiltGraph, GraphSide } from './sides.ts';

/** What cannot matter in what is built. */
export interface RuledOut {
  /** Why nobody builds a locked package, as a clause; `undefined` where somebody may. */
  readonly whole: (pkg: LockedPackage) => string | undefined;
  /** Why an advisory on it cannot matter. */
  readonly advisory: (pkg: LockedPackage, match: Pick<AdvisoryMatch, 'platforms'>) => string | undefined;
}

export const nothingRuledOut: RuledOut = { whole: () => undefined, advisory: () => undefined };

/**
 * What the policy's targets and hosts rule out: packages that are built for none of them with any feature of the project, whatever
 * cfgs are set that are not rustc's own; and advisories on other platforms. Without named targets, or where anything is not
 * known, nothing is ruled out: somebody may build for anything.
 */
export function ruledOutBy(targets: readonly string[], after: GraphSide): RuledOut {
  const most = targets.length === 0 || after.kind !== 'resolved' ? [] : after.most();
  if (after.kind !== 'resolved' || most.length === 0) return nothingRuledOut;
  const isKnown = most.every(({ resolution }) =>
    resolution.packages.every(({ opaque }) => opaque === undefined),
  );
  if (!isKnown) return nothingRuledOut;
  const places = placesOf(most);
  const hosts = after.hosts.map(targetOf);
  const whole = (pkg: LockedPackage) =>
    places.has(idOf(pkg))
      ? undefined
      : `it is built for none of ${targets.join(', ')}, nor on a machine that may build, whatever feature is on ` +
        '(flags that an environment sets are not seen)';
  return {
    whole,
    advisory: (pkg, { platforms: { arch, os } }) => {
      const built = places.get(idOf(pkg));
      if (built === undefined) return whole(pkg);
      if (arch.length + os.length === 0 || built.anywhere) return undefined;
      const isAffected = ({ cfg }: Target) => {
        const has = (name: string, values: readonly string[]) =>
          values.length === 0 || values.some((value) => cfg.has(cfgKey(name, value)));
        return has('target_os', os) && has('target_arch', arch);
      };
      const platforms = [...built.targets, ...(built.onHost ? hosts : [])];
      if (platforms.some(isAffected)) return undefined;
      const names = [...new Set(platforms.map(({ triple }) => triple))];
      return `it is about ${[...os, ...arch].join(', ')}, and this is built for ${names.join(', ')}`;
    },
  };
}

interface Places {
  readonly targets: readonly Target[];
  readonly onHost: boolean;
  /** Whether one of its targets is not known. */
  readonly anywhere: boolean;
}

const noPlace: Places = { targets: [], onHost: false, anywhere: false };

/** What each package is built for. What an unread package leads to may be for the host: it may be a macro. */
function placesOf(graphs: readonly BuiltGraph[]): ReadonlyMap<string, Places> {
  const places = new Map<string, Places>();
  for (const { platform, resolution } of graphs) {
    const hosts = maybeOnHost(resolution);
    for (const [i, pkg] of resolution.packages.entries()) {
      const key = keyOf(pkg);
      const { targets, onHost, anywhere } = places.get(key) ?? noPlace;
      const own = pkg.named === undefined ? platform : namedTarget(pkg.named);
      const isNew = pkg.builtFor === 'target' && own !== undefined && !targets.includes(own);
      places.set(key, {
        targets: isNew ? [...targets, own] : targets,
        onHost: onHost || hosts.has(i),
        anywhere: anywhere || own === undefined,
      });
    }
  }
  return places;
}

/** A target that a dependency names; of a JSON file nobody says here what it is. */
function namedTarget(triple: string): Target | undefined {
  try {
    return targetOf(triple);
  } catch {
    return undefined;
  }
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

function idOf(pkg: LockedPackage): string {
  return keyOf({ ...pkg, source: pkg.source?.text });
}
