import type { LockedPackage } from '../../cargo/lockfile.ts';
import { counts } from '../../policy/excepted.ts';
import type { Finding } from '../../policy/finding.ts';
import type { LockGraph } from '../diff/graph.ts';
import type { FeatureChange } from '../graphs/delta.ts';
import type { GraphChange, Survey } from './survey.ts';

/** What a change does to packages that something was found on before. */
export interface WorseInput {
  readonly survey: Pick<Survey, 'graph' | 'before' | 'changes'>;
  /** What is switched on or off in a package. */
  readonly features: (pkg: LockedPackage) => readonly FeatureChange[];
  /** What was found on a package before it was replaced. */
  readonly foundBefore: (pkg: LockedPackage) => readonly Finding[];
}

/**
 * Why a finding on what was there before matters more from now on, as a clause; `undefined` where the change leaves it as it was. A
 * change makes it worse by needing the package from another one, by building more of it, or where what excepted it no longer does.
 */
export function worseIn({
  survey,
  features,
  foundBefore,
}: WorseInput): (pkg: LockedPackage, finding: Finding) => string | undefined {
  const old = replacedBy(survey.changes);
  // Most changes leave nothing to ask this of.
  let needs: ReturnType<typeof newNeeds> | undefined;
  return (pkg, finding) => {
    if (!counts(finding)) return undefined;
    const was = old.get(pkg);
    const before = was === undefined ? undefined : foundBefore(was).find((one) => isSame(one, finding));
    if (before !== undefined && !counts(before))
      return `what excepts it of ${was?.version} is not about ${pkg.version}`;
    needs ??= newNeeds(survey.graph, survey.before, old);
    const by = needs(pkg);
    if (by.length > 0) return `${named(by)} ${by.length === 1 ? 'needs' : 'need'} it from now on, too`;
    const gained = [...new Set(features(pkg).flatMap((one) => one.gained.map((feature) => `+${feature}`)))];
    if (gained.length > 0) return `it is built with ${gained.join(' ')} from now on`;
    return features(pkg).some(({ built }) => built === 'now') ? 'more of what is built has it' : undefined;
  };
}

function isSame(a: Finding, b: Finding): boolean {
  return a.rule === b.rule && a.evidence.advisory === b.evidence.advisory;
}

/** By package of the new lockfile: the one that it took the place of. */
function replacedBy(changes: readonly GraphChange[]): ReadonlyMap<LockedPackage, LockedPackage> {
  return new Map(
    changes.flatMap((change) =>
      'before' in change && 'after' in change ? [[change.after, change.before] as const] : [],
    ),
  );
}

/** Who depends on a package that did not depend on it, nor on what it replaced, before. */
function newNeeds(
  graph: LockGraph,
  before: LockGraph | undefined,
  old: ReadonlyMap<LockedPackage, LockedPackage>,
): (pkg: LockedPackage) => readonly LockedPackage[] {
  if (before === undefined) return () => [];
  const edges = new Set(
    before.packages.flatMap((pkg) =>
      pkg.dependencies.flatMap((to) => {
        const needed = before.packages[to];
        return needed === undefined ? [] : [edge(pkg, needed)];
      }),
    ),
  );
  const indexes = new Map(graph.packages.map((pkg, i) => [pkg, i]));
  const formerly = (pkg: LockedPackage) => old.get(pkg) ?? pkg;
  return (pkg) =>
    (graph.dependents[indexes.get(pkg) ?? -1] ?? []).flatMap((at) => {
      const dependent = graph.packages[at];
      if (dependent === undefined || edges.has(edge(formerly(dependent), formerly(pkg)))) return [];
      return [dependent];
    });
}

function edge(from: LockedPackage, to: LockedPackage): string {
  return JSON.stringify([from, to].map(({ name, version, source }) => [name, version, source?.text]));
}

/** Packages that are named of those that need one from now on. */
const maxNamed = 3;

function named(packages: readonly LockedPackage[]): string {
  const names = packages.slice(0, maxNamed).map(({ name, version }) => `${name} ${version}`);
  const more = packages.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}
