import type { BuiltPackage } from '../../cargo/resolve/resolve.ts';
import type { EmbeddedBuild } from '../../facts/embedded.ts';
import type { Fact } from '../../facts/fact.ts';
import type { StdFact } from '../../facts/std.ts';
import type { NoStdSettings } from '../../policy/rules/no-std.ts';
import { emittedStd, type StdAnswer, stdClass } from '../../rust/no-std.ts';
import { blameOf } from './blame.ts';
import type { Replacements } from './delta.ts';
import { keyOf, type PackageId, pathIn } from './graph.ts';
import type { BuiltGraph, GraphSides } from './sides.ts';

/** What is known of a package's source. */
export type StdOf = (id: PackageId) => Fact<StdFact> | undefined;

/** The builds of a project that are without the standard library, before and after a change. */
export interface EmbeddedGraphs {
  /** Every package of them whose class matters: those of which the source is wanted. */
  readonly packages: readonly PackageId[];
  /** What a package needs in each of them; nothing where it is in none. */
  readonly builds: (id: PackageId, stdOf: StdOf) => readonly EmbeddedBuild[];
}

interface Pair {
  readonly after: SideView;
  readonly before: SideView | undefined;
  readonly replaced: Replacements;
}

/** A build, with what it compiles for the target by package and by name. */
interface SideView extends BuiltGraph {
  readonly built: ReadonlyMap<string, BuiltPackage>;
}

/** Picks the builds that the policy names, and those that are so by themselves. */
export function embeddedGraphs(
  { before, after }: GraphSides,
  settings: NoStdSettings,
  replaced: Replacements,
): EmbeddedGraphs {
  const old = before?.kind === 'resolved' ? before.graphs : [];
  const now = after.kind === 'resolved' ? after.graphs : [];
  const hasMembers = now.some(({ member }) => member !== undefined);
  const pairs = now.flatMap((graph): readonly Pair[] => {
    const was = old.find(({ target, member }) => target === graph.target && member === graph.member);
    // One that gives it up with the change is looked at once more.
    const isOne = [graph, was].some((one) => one !== undefined && isEmbedded(one, settings, hasMembers));
    return isOne
      ? [{ after: viewOf(graph), before: was === undefined ? undefined : viewOf(was), replaced }]
      : [];
  });
  const wanted = new Map(
    pairs
      .flatMap((pair) => [pair.after, ...(pair.before === undefined ? [] : [pair.before])])
      .flatMap((view) => [...view.built, ...macrosOf(view)])
      .filter(([, { source }]) => source !== undefined && !source.startsWith('git+'))
      .map(([key, pkg]) => [key, idOf(pkg)]),
  );
  return {
    packages: [...wanted.values()],
    builds: (id, stdOf) => pairs.flatMap((pair) => buildOf(pair, id, stdOf, before !== undefined)),
  };
}

/** A whole workspace is not one program: there, each member counts by itself. */
function isEmbedded(graph: BuiltGraph, { targets, crates }: NoStdSettings, hasMembers: boolean): boolean {
  const { target, platform, member, root, ownStd } = graph;
  if (hasMembers && member === undefined) return false;
  const isWithout = targets.includes(target) || platform.std === false;
  if (root === undefined) return !hasMembers && isWithout;
  if (crates.includes(root.name)) return true;
  const is = ownStd(root, platform)?.class;
  if (is === 'no_std' || is === 'no_std+alloc') return true;
  return isWithout && (!hasMembers || is === 'unknown');
}

/** What is compiled for the target; of the project's own packages those whose source is at hand. */
function viewOf(graph: BuiltGraph): SideView {
  const packages = graph.resolution.packages.filter(
    (pkg) =>
      pkg.builtFor === 'target' &&
      !pkg.procMacro &&
      (pkg.source !== undefined || graph.ownStd(pkg, graph.platform) !== undefined),
  );
  return {
    ...graph,
    built: new Map(packages.map((pkg) => [keyOf(pkg), pkg])),
  };
}

/** The macros that what is compiled for the target uses itself. */
function macrosOf({ built, resolution }: SideView): readonly (readonly [string, BuiltPackage])[] {
  return [...built.values()].flatMap((pkg) =>
    macrosUsed(pkg, resolution.packages).map((macro) => [keyOf(macro), macro] as const),
  );
}

function macrosUsed({ uses }: BuiltPackage, packages: readonly BuiltPackage[]): readonly BuiltPackage[] {
  return uses.flatMap(({ package: i, kind }) => {
    const used = packages[i];
    return kind === 'normal' && used?.procMacro === true ? [used] : [];
  });
}

function buildOf(
  { after, before, replaced }: Pair,
  id: PackageId,
  stdOf: StdOf,
  isCompared: boolean,
): readonly EmbeddedBuild[] {
  const key = keyOf(id);
  const is = after.built.get(key);
  if (is === undefined) return [];
  const was = before === undefined ? undefined : predecessor(before, is, replaced);
  const { class: now, place, feature, reason, macro } = classOf(is, after, stdOf);
  const old =
    before === undefined || was === undefined || !isCompared ? undefined : classOf(was, before, stdOf).class;
  return [
    {
      target: after.target,
      ...(after.member === undefined ? {} : { member: after.member }),
      now,
      ...(old === undefined ? {} : { before: old }),
      ...(place === undefined ? {} : { place: { file: place.file, line: place.line } }),
      ...(feature === undefined
        ? {}
        : { feature, ...blamed(after, is, now === old || now !== 'std' ? undefined : feature) }),
      ...(reason === undefined ? {} : { reason }),
      ...(macro === undefined ? {} : { macro }),
      path: pathIn(after.resolution, key),
    },
  ];
}

/** Who turned a feature on. Most packages are what they were, and nobody is asked. */
function blamed(
  { reasons, askedAt }: BuiltGraph,
  pkg: BuiltPackage,
  feature: string | undefined,
): Pick<EmbeddedBuild, 'blame'> {
  const blame = feature === undefined ? undefined : blameOf(reasons, pkg, feature, askedAt);
  return blame === undefined ? {} : { blame };
}

/** The same package, or the release in whose place it came. */
function predecessor(
  { built }: SideView,
  pkg: BuiltPackage,
  replaced: Replacements,
): BuiltPackage | undefined {
  return built.get(keyOf(pkg)) ?? built.get(replaced.before.get(keyOf(pkg)) ?? '');
}

function classOf(pkg: BuiltPackage, view: SideView, stdOf: StdOf): StdAnswer & Pick<EmbeddedBuild, 'macro'> {
  const answer = ownClassOf(pkg, view, stdOf);
  if (answer.class !== 'no_std' && answer.class !== 'no_std+alloc') return answer;
  for (const macro of macrosUsed(pkg, view.resolution.packages)) {
    const fact = stdOf(idOf(macro));
    if (fact?.kind !== 'known') continue;
    const place = emittedStd(fact.value, new Set(macro.features), view.hostPlatform.cfg);
    if (place === undefined) continue;
    const reason = `a macro of ${macro.name} may bring it in, at ${place.file}:${place.line} there`;
    return { class: 'unknown', reason, macro: macro.name };
  }
  return answer;
}

/** By its own source alone. */
function ownClassOf(pkg: BuiltPackage, { platform, ownStd }: BuiltGraph, stdOf: StdOf): StdAnswer {
  const own = ownStd(pkg, platform);
  if (own !== undefined) return own;
  if (pkg.source?.startsWith('git+')) {
    return { class: 'unknown', reason: 'the commit of its repository is not on this machine' };
  }
  const fact = stdOf(idOf(pkg));
  if (fact?.kind !== 'known') return { class: 'unknown', reason: fact?.reason ?? 'nobody read its source' };
  return stdClass(fact.value, new Set(pkg.features), platform.cfg);
}

function idOf({ name, version, source }: BuiltPackage): PackageId {
  return { name, version, source };
}
