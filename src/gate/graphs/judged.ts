import type { LockedPackage } from '../../cargo/lockfile.ts';
import type { Fact } from '../../facts/fact.ts';
import { type BuildTimeCode, type GraphFact, graphFact } from '../../facts/graph.ts';
import { type LockedFact, lockedFact, type PartedSource, type UnlockedBuild } from '../../facts/locked.ts';
import type { Facts } from '../../facts/map.ts';
import { surroundingsFact } from '../../facts/surroundings.ts';
import type { Finding } from '../../policy/finding.ts';
import { type GateSettings, hostsOf } from '../../policy/gate-settings.ts';
import { judge } from '../../policy/judge.ts';
import type { Policy } from '../../policy/policy.ts';
import type { NoStdSettings } from '../../policy/rules/no-std.ts';
import type { Change, GateFinding } from '../change.ts';
import type { GateError } from '../error.ts';
import type { Survey } from '../judgement/survey.ts';
import type { BranchPoint } from '../project/base.ts';
import type { CrateFactsOptions } from '../project/crate-facts.ts';
import {
  type FeatureChange,
  type GraphPair,
  graphDelta,
  type Replacements,
  replacementsOf,
} from './delta.ts';
import { type EmbeddedGraphs, embeddedGraphs } from './embedded.ts';
import type { PackageId } from './graph.ts';
import { nothingRuledOut, type RuledOut, ruledOutBy } from './ruled-out.ts';
import type { BuiltGraph, GraphSide, GraphSides } from './sides.ts';

/** What is known of the graphs that are built before and after a change. */
export interface JudgedGraphs {
  /** What is switched on or off in a package; nothing where the graphs are not known. */
  readonly features: (pkg: LockedPackage) => readonly FeatureChange[];
  /** `undefined` where there is nothing to compare. */
  readonly fact: (pkg: LockedPackage, known: Facts | undefined) => Fact<GraphFact> | undefined;
  /** The builds without the standard library. */
  readonly embedded: EmbeddedGraphs;
  /** Why a package, or an advisory on it, does not matter in what is built now. */
  readonly ruledOut: RuledOut;
  /** What is found about the project's graph as a whole, where the change brings it. */
  readonly findings: readonly Finding[];
  readonly changes: readonly Change[];
  /** What was there before, too. */
  readonly debt: readonly GateFinding[];
}

/** Has the graphs resolved, for the targets of the policy, with what is known of releases already. */
export type ResolveGraphs = (
  places: { readonly targets: readonly string[]; readonly hosts: readonly string[] },
  told: CrateFactsOptions['told'],
) => Promise<GraphSides>;

/** The rules that are about the graph and not about one release. */
const aboutGraph: ReadonlySet<string> = new Set([
  'feature-added',
  'new-build-executing-crate',
  'new-dependency-tree',
  'no-std',
]);

export function isAboutGraph(rule: string): boolean {
  return aboutGraph.has(rule);
}

/** Judges the graphs. `file` is the lockfile, as findings name it. */
export async function judgedGraphs(
  policy: Policy,
  resolve: ResolveGraphs | undefined,
  { file, now, told, changes }: Pick<Survey, 'file' | 'now' | 'told' | 'changes'>,
): Promise<JudgedGraphs> {
  const gate = policy.settings.gate as GateSettings;
  const { targets } = gate;
  const sides = await resolve?.({ targets, hosts: hostsOf(gate) }, told);
  if (sides === undefined) return nobodyAsked;
  const replaced = replacementsOf(
    changes.flatMap((change) =>
      'before' in change && 'after' in change
        ? [{ before: idOf(change.before), after: idOf(change.after) }]
        : [],
    ),
  );
  const embedded = embeddedGraphs(sides, policy.settings['no-std'] as NoStdSettings, replaced);
  const ruledOut = ruledOutBy(targets, sides.after);
  return { ...deltaOf(sides, replaced, now), embedded, ruledOut, ...judgedLocked(policy, sides, file, now) };
}

const noDelta = { features: () => [], fact: () => undefined };

const nobodyAsked: JudgedGraphs = {
  ...noDelta,
  embedded: { packages: [], builds: () => [] },
  ruledOut: nothingRuledOut,
  findings: [],
  changes: [],
  debt: [],
};

function deltaOf(
  { before, after }: GraphSides,
  replaced: Replacements,
  now: number,
): Pick<JudgedGraphs, 'features' | 'fact'> {
  if (before?.kind !== 'resolved' || after.kind !== 'resolved') return noDelta;
  const delta = graphDelta(pairsOf(before.graphs, after.graphs), replaced);
  return {
    features: (pkg) => delta.features(idOf(pkg)),
    fact: (pkg, known) => graphFact(toldBy(known?.contents, delta.fact(idOf(pkg))), now),
  };
}

/** A build that one side does not have compiled nothing there. */
function pairsOf(before: readonly BuiltGraph[], after: readonly BuiltGraph[]): readonly GraphPair[] {
  const keyOf = ({ target, member }: BuiltGraph) => JSON.stringify([target, member]);
  const old = new Map(before.map((graph) => [keyOf(graph), graph]));
  const now = new Map(after.map((graph) => [keyOf(graph), graph]));
  return [...new Map([...old, ...now])].map(([key, { target, member }]) => ({
    target,
    member,
    before: old.get(key)?.resolution ?? nothing,
    after: now.get(key)?.resolution ?? nothing,
  }));
}

const nothing = { packages: [], roots: [] };

/** What the policy says of the project's graph as a whole; `debt` was so before. */
export type JudgedProject = Pick<JudgedGraphs, 'findings' | 'changes' | 'debt'>;

/** What it says where nobody knows what the change is compared with. */
export function judgedBranchPoint(
  policy: Policy,
  reason: BranchPoint,
  file: string,
  now: number,
): JudgedProject {
  const told: LockedFact = { kind: 'unresolved', side: 'before', ...reason, file };
  return judgedFact(policy, told, file, now);
}

/** What the policy says of a graph that cannot be resolved, or of a lockfile that does not fit. */
function judgedLocked(
  policy: Policy,
  { before, after }: GraphSides,
  file: string,
  now: number,
): JudgedProject {
  const was = before === undefined ? undefined : lockedOf(before, 'before', file);
  const is = lockedOf(after, 'after', file);
  // Without the graph of before, nothing can be compared; that is told where the one of now says nothing itself.
  const told = is.kind === 'fits' && was !== undefined && was.kind !== 'fits' ? was : is;
  const isOld = told === is && was !== undefined && isSame(was, is);
  const judged = judgedFact(policy, told, file, now);
  return isOld
    ? { findings: [], changes: [], debt: judged.changes.flatMap((change) => change.findings) }
    : judged;
}

function judgedFact(policy: Policy, told: LockedFact, file: string, now: number): JudgedProject {
  const where = told.kind === 'fits' ? { file, line: 1 } : told;
  const subject = { registry: '', crate: where.file, version: '', checksum: '' };
  const facts = { locked: lockedFact(told, now), surroundings: surroundingsFact([], now) };
  const { findings } = judge(policy, { context: 'project', subject, facts, unasked, now });
  const shown = findings.map(({ subject: _, ...finding }) => ({
    ...finding,
    crate: '',
    evidence: { file: where.file, line: where.line ?? 1, ...finding.evidence },
  }));
  if (shown.length === 0) return { findings: [], changes: [], debt: [] };
  const span = { file: where.file, line: where.line ?? 1 };
  const change = { kind: 'config', crate: where.file, why: [], findings: shown, span } as const;
  return { findings, changes: [change], debt: [] };
}

const unasked = new Set(['vendored'] as const);

function lockedOf(side: GraphSide, name: 'before' | 'after', file: string): LockedFact {
  if (side.kind === 'refused') return refused(side.error, name, file);
  const opaque = (side.hasOpaque ? side.most() : []).flatMap(({ resolution }) =>
    resolution.packages.flatMap((pkg) => (pkg.opaque === undefined ? [] : [`${pkg.name} ${pkg.version}`])),
  );
  return { kind: 'fits', opaque: [...new Set(opaque)], parted: side.parted, unlocked: side.unlocked };
}

function refused({ code, detail, at, next }: GateError, side: 'before' | 'after', file: string): LockedFact {
  return {
    kind: code === 'gate/lockfile' || code === 'gate/resolve' ? 'stale' : 'unresolved',
    side,
    reason: detail.replace(/\.$/, ''),
    file: at?.file ?? file,
    line: at?.line,
    column: at?.column,
    next: next ?? 'See `safeguard resolve`.',
  };
}

/** Whether the same was so before. */
function isSame(was: LockedFact, is: LockedFact): boolean {
  if (was.kind === 'fits' || is.kind === 'fits') {
    if (was.kind !== 'fits' || is.kind !== 'fits') return false;
    const isKnown = ({ packages, commit }: PartedSource) =>
      was.parted.some(
        (other) => other.commit === commit && packages.every((one) => other.packages.includes(one)),
      );
    const isUnlocked = ({ command, file, reason }: UnlockedBuild) =>
      was.unlocked.some((one) => one.command === command && one.file === file && one.reason === reason);
    return (
      is.opaque.every((one) => was.opaque.includes(one)) &&
      is.parted.every(isKnown) &&
      is.unlocked.every(isUnlocked)
    );
  }
  return was.kind === is.kind && was.reason === is.reason;
}

/** An archive that is not handed out here was read all the same by whoever gave the facts. */
function toldBy(contents: Facts['contents'], fact: GraphFact): GraphFact {
  if (fact.opaque === undefined || contents?.kind !== 'known') return fact;
  const { buildScript, procMacro } = contents.value;
  const executes: BuildTimeCode[] = [
    ...(buildScript === undefined ? [] : (['build script'] as const)),
    ...(procMacro ? (['proc-macro'] as const) : []),
  ];
  return { ...fact, opaque: undefined, executes };
}

/** A locked package, as graphs know it. */
export function idOf({ name, version, source }: LockedPackage): PackageId {
  return { name, version, source: source?.text };
}
