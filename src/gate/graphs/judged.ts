import type { LockedPackage } from '../../cargo/lockfile.ts';
import type { Fact } from '../../facts/fact.ts';
import { type BuildTimeCode, type GraphFact, graphFact } from '../../facts/graph.ts';
import type { Facts } from '../../facts/map.ts';
import type { Finding } from '../../policy/finding.ts';
import type { GateSettings } from '../../policy/gate-settings.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Change, GateFinding } from '../change.ts';
import { type FeatureChange, graphDelta, type PackageId } from './delta.ts';
import type { Pairs } from './resolve-pairs.ts';

/** What is known of the graphs that are built before and after a change. */
export interface JudgedGraphs {
  /** What is switched on or off in a package; nothing where the graphs are not known. */
  readonly features: (pkg: LockedPackage) => readonly FeatureChange[];
  /** `undefined` where nobody asked for the graphs. */
  readonly fact: (pkg: LockedPackage, known: Facts | undefined, now: number) => Fact<GraphFact> | undefined;
  /** That they are not known, where that is so. */
  readonly findings: readonly Finding[];
  readonly changes: (file: string) => readonly Change[];
}

/** The rules that are about the graph and not about one release. */
const aboutGraph: ReadonlySet<string> = new Set([
  'feature-added',
  'new-build-executing-crate',
  'new-dependency-tree',
]);

export function isAboutGraph(rule: string): boolean {
  return aboutGraph.has(rule);
}

/** Has the graphs resolved for the targets of the policy. */
export async function judgedGraphs(
  policy: Policy,
  resolve: ((targets: readonly string[]) => Promise<Pairs>) | undefined,
): Promise<JudgedGraphs> {
  const { targets, unresolved } = policy.settings.gate as GateSettings;
  const pairs = await resolve?.(targets);
  if (pairs === undefined)
    return { features: () => [], fact: () => undefined, findings: [], changes: () => [] };
  if (typeof pairs === 'string') return unknownGraphs(pairs, unresolved);
  const delta = graphDelta(pairs);
  return {
    features: (pkg) => delta.features(idOf(pkg)),
    fact: (pkg, known, now) => graphFact(toldBy(known?.contents, delta.fact(idOf(pkg))), now),
    findings: [],
    changes: () => [],
  };
}

function unknownGraphs(reason: string, effect: GateSettings['unresolved']): JudgedGraphs {
  const nothing = { features: () => [], fact: () => undefined };
  if (effect === 'allow') return { ...nothing, findings: [], changes: () => [] };
  const message = `What the change switches on is not known: ${reason}.`;
  const next = 'See `safeguard resolve`; `unresolved` of [gate] says what that counts as.';
  const finding: Finding = { rule: 'graph', effect, subject: '', message, evidence: {}, next };
  return {
    ...nothing,
    findings: [finding],
    changes: (file) => {
      const shown: GateFinding = {
        rule: 'graph',
        effect,
        crate: '',
        message,
        evidence: { file, line: 1 },
        next,
      };
      return [{ kind: 'config', crate: file, why: [], findings: [shown], span: { file, line: 1 } }];
    },
  };
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

function idOf({ name, version, source }: LockedPackage): PackageId {
  return { name, version, source: source?.text };
}
