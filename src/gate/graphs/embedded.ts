import { targetOf } from '../../cargo/cfg/target.ts';
import type { BuiltPackage } from '../../cargo/resolve/resolve.ts';
import type { EmbeddedBuild } from '../../facts/embedded.ts';
import type { Fact } from '../../facts/fact.ts';
import type { StdFact } from '../../facts/std.ts';
import type { NoStdSettings } from '../../policy/rules/no-std.ts';
import { type StdAnswer, stdClass } from '../../rust/no-std.ts';
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
  readonly after: BuiltGraph;
  readonly before: BuiltGraph | undefined;
}

/** Picks the builds that the policy names, and those that are so by themselves. */
export function embeddedGraphs({ before, after }: GraphSides, settings: NoStdSettings): EmbeddedGraphs {
  const old = before?.kind === 'resolved' ? before.graphs : [];
  const now = after.kind === 'resolved' ? after.graphs : [];
  const hasMembers = now.some(({ member }) => member !== undefined);
  const pairs = now
    .filter((graph) => isEmbedded(graph, settings, hasMembers))
    .map(
      (graph): Pair => ({
        after: graph,
        before: old.find(({ target, member }) => target === graph.target && member === graph.member),
      }),
    );
  const sides = pairs.flatMap((pair) => [pair.after, ...(pair.before === undefined ? [] : [pair.before])]);
  const ids = new Map(sides.flatMap(forTarget).map((pkg) => [keyOf(pkg), idOf(pkg)]));
  return {
    packages: [...ids.values()],
    builds: (id, stdOf) => pairs.flatMap((pair) => buildOf(pair, id, stdOf, before !== undefined)),
  };
}

/** A whole workspace is not one program: there, each member counts by itself. */
function isEmbedded(graph: BuiltGraph, { targets, crates }: NoStdSettings, hasMembers: boolean): boolean {
  const { target, member, root } = graph;
  if (hasMembers && member === undefined) return false;
  if (root !== undefined && (crates.includes(root.name) || root.withoutStd)) return true;
  return !hasMembers && (targets.includes(target) || targetOf(target).std === false);
}

/** What is compiled for the target, but for the project's own packages. */
function forTarget({ resolution }: BuiltGraph): readonly BuiltPackage[] {
  return resolution.packages.filter(
    ({ builtFor, source, procMacro }) => builtFor === 'target' && source !== undefined && !procMacro,
  );
}

function buildOf(pair: Pair, id: PackageId, stdOf: StdOf, isCompared: boolean): readonly EmbeddedBuild[] {
  const key = keyOf(id);
  const is = forTarget(pair.after).find((pkg) => keyOf(pkg) === key);
  if (is === undefined) return [];
  const { target, member, resolution } = pair.after;
  const was = pair.before === undefined ? undefined : predecessor(pair.before, pair.after, is);
  const answer = classOf(is, target, stdOf);
  const before = was === undefined || !isCompared ? undefined : classOf(was, target, stdOf).class;
  const { place, feature, reason } = answer;
  return [
    {
      target,
      ...(member === undefined ? {} : { member }),
      now: answer.class,
      ...(before === undefined ? {} : { before }),
      ...(place === undefined ? {} : { place: { file: place.file, line: place.line } }),
      ...(feature === undefined ? {} : { feature }),
      ...(reason === undefined ? {} : { reason }),
      path: pathIn(resolution, key),
    },
  ];
}

/** The same package, or the one release of its crate that was there and is gone. */
function predecessor(before: BuiltGraph, after: BuiltGraph, pkg: BuiltPackage): BuiltPackage | undefined {
  const own = forTarget(before).filter(({ name }) => name === pkg.name);
  const same = own.find((one) => keyOf(one) === keyOf(pkg));
  if (same !== undefined) return same;
  const there = new Set(forTarget(after).map(keyOf));
  const gone = own.filter((one) => !there.has(keyOf(one)));
  return new Set(gone.map(keyOf)).size === 1 ? gone[0] : undefined;
}

function classOf(pkg: BuiltPackage, target: string, stdOf: StdOf): StdAnswer {
  const fact = stdOf(idOf(pkg));
  if (fact?.kind !== 'known') return { class: 'unknown', reason: fact?.reason ?? 'nobody read its source' };
  return stdClass(fact.value, new Set(pkg.features), targetOf(target).cfg);
}

function idOf({ name, version, source }: BuiltPackage): PackageId {
  return { name, version, source };
}
