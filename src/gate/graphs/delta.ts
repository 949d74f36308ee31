import type { BuiltPackage, Resolution } from '../../cargo/resolve/resolve.ts';
import type { BroughtPackage, BuildTimeCode, GraphFact } from '../../facts/graph.ts';
import { broughtBy, builtGraph, type FreshGraph } from './brought.ts';
import { keyOf, type PackageId, pathIn } from './graph.ts';

/** What one build would compile for one target, before and after a change. */
export interface GraphPair {
  readonly target: string;
  /** The member that is built by itself; absent: the whole workspace. */
  readonly member?: string | undefined;
  readonly before: Resolution;
  readonly after: Resolution;
}

/** What a change does to a package for one target, on one side. */
export interface FeatureChange {
  readonly target: string;
  /**
   * The members in whose own build it is so; absent where the project is one package, and where only the build of all members
   * together does it.
   */
  readonly members?: readonly string[];
  readonly builtFor: 'host' | 'target';
  /** `now` or `no longer`, where it is built on one side of the change only. */
  readonly built?: 'now' | 'no longer';
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

/** What a change does to the graphs that are built. */
export interface GraphDelta {
  readonly features: (id: PackageId) => readonly FeatureChange[];
  readonly fact: (id: PackageId) => GraphFact;
  /** Every package that a graph of either side has. */
  readonly packages: readonly PackageId[];
}

/**
 * Compares what is built. A release that takes the place of another one of its crate is compared with that: features
 * that it has as the old one had are nothing new. Which takes whose place, the comparison of the lockfiles says
 * (`replaced`). Pure; time grows with the graphs and with what is new in them.
 */
export function graphDelta(pairs: readonly GraphPair[], replaced: Replacements): GraphDelta {
  const views = pairs.map((pair) => viewOf(pair, replaced));
  const ids = new Map(views.flatMap(({ before, after }) => [...before.ids, ...after.ids]));
  return {
    packages: [...ids.values()],
    features: (id) => byMembers(views, keyOf(id)),
    fact: (id) => factOf(views, keyOf(id), id.name),
  };
}

/** Releases that a change replaces, by the one that takes its place and the other way round. Keys are those of `keyOf`. */
export interface Replacements {
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

/** From pairs of what was there and what is. */
export function replacementsOf(
  pairs: Iterable<{ readonly before: PackageId; readonly after: PackageId }>,
): Replacements {
  const [before, after] = [new Map<string, string>(), new Map<string, string>()];
  for (const pair of pairs) {
    const [old, now] = [keyOf(pair.before), keyOf(pair.after)];
    if (old === now) continue;
    before.set(now, old);
    after.set(old, now);
  }
  return { before, after };
}

interface SideView {
  readonly resolution: Resolution;
  readonly ids: ReadonlyMap<string, PackageId>;
  /** By package, then by what it is built for. */
  readonly built: ReadonlyMap<string, readonly BuiltPackage[]>;
  readonly byName: ReadonlyMap<string, readonly BuiltPackage[]>;
}

interface View {
  readonly target: string;
  readonly member: string | undefined;
  readonly before: SideView;
  readonly after: SideView;
  readonly replaced: Replacements;
  readonly graph: FreshGraph;
  /** Keys of what is a root, or used by something that was built before. */
  readonly tops: ReadonlySet<string>;
}

function viewOf({ target, member, before, after }: GraphPair, replaced: Replacements): View {
  const old = sideOf(before);
  const built = builtGraph(after);
  // Another release of what was built is no stranger.
  const fresh = built.keys.map(
    (key) => !old.built.has(key) && !old.built.has(replaced.before.get(key) ?? ''),
  );
  const graph = { ...built, isFresh: (i: number) => fresh[i] === true };
  const tops = topsOf({ before: old, graph });
  const now = after === before ? old : sideOf(after);
  return { target, member, before: old, after: now, replaced, graph, tops };
}

/**
 * The changes of all builds; what is the same for several members is told once, with their names. Of targets that are looked at for
 * the workspace only, what is not so for the others.
 */
function byMembers(views: readonly View[], key: string): readonly FeatureChange[] {
  const found = new Map<string, { readonly change: FeatureChange; readonly members: string[] }>();
  for (const view of views) {
    for (const change of changesIn(view, key)) {
      const id = JSON.stringify(change);
      const known = found.get(id) ?? { change, members: [] };
      if (view.member !== undefined) known.members.push(view.member);
      found.set(id, known);
    }
  }
  const all = [...found.values()];
  const detailed = new Set(views.filter(({ member }) => member !== undefined).map(({ target }) => target));
  const whatOf = ({ target: _, ...what }: FeatureChange) => JSON.stringify(what);
  const told = new Set(
    all.filter(({ change }) => detailed.has(change.target)).map(({ change }) => whatOf(change)),
  );
  return all
    .filter(({ change }) => detailed.has(change.target) || !told.has(whatOf(change)))
    .map(({ change, members }) => (members.length === 0 ? change : { ...change, members: members.sort() }));
}

function sideOf(resolution: Resolution): SideView {
  const { packages } = resolution;
  return {
    resolution,
    ids: new Map(
      packages.map(({ name, version, source }) => [
        keyOf({ name, version, source }),
        { name, version, source },
      ]),
    ),
    built: Map.groupBy(packages, keyOf),
    byName: Map.groupBy(packages, ({ name }) => name),
  };
}

const sides = ['target', 'host'] as const;

function changesIn({ target, before, after, replaced: by }: View, key: string): FeatureChange[] {
  // Where nothing that decides it has changed, both are one object.
  if (before === after && !by.before.has(key) && !by.after.has(key)) return [];
  return sides.flatMap((builtFor): FeatureChange[] => {
    const [had, has] = [before.built.get(key) ?? [], after.built.get(key) ?? []].map((list) =>
      of(list, builtFor),
    );
    const replaced = had === undefined ? partner(by.before, key, before, builtFor) : undefined;
    const successor = has === undefined ? partner(by.after, key, after, builtFor) : undefined;
    // What was replaced is told of the release that is there now.
    if (successor !== undefined) return [];
    const [old, now] = [had ?? replaced ?? [], has ?? []];
    const gained = now.filter((feature) => !old.includes(feature));
    const lost = old.filter((feature) => !now.includes(feature));
    const built =
      had === undefined && replaced === undefined && has !== undefined
        ? 'now'
        : has === undefined && had !== undefined
          ? 'no longer'
          : undefined;
    if (built === undefined && gained.length === 0 && lost.length === 0) return [];
    return [{ target, builtFor, ...(built === undefined ? {} : { built }), gained, lost }];
  });
}

/** Features of a package on one side; `undefined` where it is not built for that. */
function of(packages: readonly BuiltPackage[], builtFor: 'host' | 'target'): readonly string[] | undefined {
  const own = packages.filter((pkg) => pkg.builtFor === builtFor);
  return own.length === 0 ? undefined : [...new Set(own.flatMap(({ features }) => features))].sort();
}

/** The features of the release in whose place it came, or that came in its place, where that one is built. */
function partner(
  replaced: ReadonlyMap<string, string>,
  key: string,
  side: SideView,
  builtFor: 'host' | 'target',
): readonly string[] | undefined {
  const other = replaced.get(key);
  return other === undefined ? undefined : of(side.built.get(other) ?? [], builtFor);
}

function factOf(views: readonly View[], key: string, name: string): GraphFact {
  const all = views.map((view) => ({ view, own: view.after.built.get(key) ?? [] }));
  const own = all.flatMap((one) => one.own);
  const isIn = (side: 'before' | 'after') => views.some((view) => view[side].built.has(key));
  const gained = views.flatMap((view) =>
    changesIn(view, key).flatMap((one) => (one.built === undefined ? one.gained : [])),
  );
  const executedBefore = views.some(({ before }) =>
    (before.byName.get(name) ?? []).some((pkg) => executes(pkg).length > 0),
  );
  const found = all.find((one) => one.own.length > 0);
  return {
    isNew: isIn('after') && !isIn('before'),
    isTop: views.some(({ tops }) => tops.has(key)),
    path: found === undefined ? '' : pathIn(found.view.after.resolution, key),
    gained: [...new Set(gained)].sort(),
    renamed: renamed(views, key, gained),
    executes: [...new Set(own.flatMap(executes))].sort(),
    opaque: own.map(({ opaque, unread }) => opaque ?? unread).find((reason) => reason !== undefined),
    executedBefore,
    // New packages that cannot be reached without this one.
    brings: isIn('after')
      ? broughtBy(
          views.map(({ graph }) => graph),
          key,
        ).map(broughtPackage)
      : [],
  };
}

/** The gained features that no release had in whose place it came, where it uses no other packages than that one. */
function renamed(views: readonly View[], key: string, gained: readonly string[]): readonly string[] {
  const before = views.flatMap(({ before, replaced }) => {
    const old = replaced.before.get(key);
    return old === undefined ? [] : (before.built.get(old) ?? []).map((pkg) => ({ pkg, side: before }));
  });
  const declared = before.map(({ pkg }) => pkg.declares);
  if (declared.length === 0 || declared.includes(undefined)) return [];
  const used = new Set(before.flatMap(({ pkg, side }) => usedBy(pkg, side)));
  const uses = views.flatMap(({ after }) =>
    (after.built.get(key) ?? []).flatMap((pkg) => usedBy(pkg, after)),
  );
  if (uses.some((name) => !used.has(name))) return [];
  const had = (feature: string) =>
    declared.some(
      (one) =>
        one?.features.has(feature) === true ||
        one?.dependencies.some(({ name }) => name === feature) === true,
    );
  return [...new Set(gained)].filter((feature) => !had(feature)).sort();
}

/** The crates that a package uses. */
function usedBy({ uses }: BuiltPackage, { resolution }: SideView): readonly string[] {
  return uses.flatMap(({ package: index }) => resolution.packages[index]?.name ?? []);
}

function executes({ procMacro, buildScript }: BuiltPackage): BuildTimeCode[] {
  return [
    ...(buildScript ? (['build script'] as const) : []),
    ...(procMacro ? (['proc-macro'] as const) : []),
  ];
}

/** What is a root, or used by something that was built before. */
function topsOf({
  before,
  graph: { packages, keys, roots },
}: Pick<View, 'before' | 'graph'>): ReadonlySet<string> {
  const used = packages.flatMap((pkg, i) =>
    before.built.has(keys[i] ?? '') ? pkg.uses.map((use) => use.package) : [],
  );
  return new Set([...roots, ...used].map((i) => keys[i] ?? ''));
}

function broughtPackage(pkg: BuiltPackage): BroughtPackage {
  return { crate: pkg.name, version: pkg.version, executes: executes(pkg) };
}
