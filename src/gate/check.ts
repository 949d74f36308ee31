import type { LockedPackage, Lockfile } from '../cargo/lockfile.ts';
import { type EmbeddedBuild, embeddedFact } from '../facts/embedded.ts';
import type { Fact } from '../facts/fact.ts';
import type { GraphFact } from '../facts/graph.ts';
import { type CodeStanding, standingsOf } from '../policy/build-code-standing.ts';
import type { Finding } from '../policy/finding.ts';
import { type GateSettings, hostsOf } from '../policy/gate-settings.ts';
import { loadLayers, type Policy } from '../policy/policy.ts';
import type { TomlSource } from '../policy/toml.ts';
import { decide } from '../policy/verdict.ts';
import type { ApprovalState, Change, GateFinding, GateVerdict, StdNeed } from './change.ts';
import { pathsTo } from './diff/graph.ts';
import type { FactsPort } from './facts-port.ts';
import {
  idOf,
  isAboutGraph,
  type JudgedGraphs,
  judgedBranchPoint,
  judgedGraphs,
  type ResolveGraphs,
} from './graphs/judged.ts';
import { stdSources } from './graphs/std-sources.ts';
import { type Acts, actsFor, asksForAnother } from './judgement/acts.ts';
import {
  type Approvals,
  notAdopted,
  unreadDebt,
  unreadPackages,
  withOrganisation,
} from './judgement/approvals.ts';
import type { Around } from './judgement/around.ts';
import { gateFinding, judgePackage, type KnownPackage } from './judgement/judge-package.ts';
import { replacedCode } from './judgement/replaced.ts';
import { type GraphChange, type Survey, survey } from './judgement/survey.ts';
import { unusedIn } from './judgement/unused.ts';
import { worseIn } from './judgement/worse.ts';
import { inOrder } from './order.ts';
import type { BranchPoint } from './project/base.ts';
import type { NamedLockfile } from './project/lockfile-reader.ts';
import type { MemberRequirements } from './project/member-requirements.ts';
import { sayUntil } from './report/plain.ts';
import { judgeAround } from './surroundings/judge.ts';

/** What is judged, and by what. */
export interface CheckInput {
  readonly head: NamedLockfile;
  /** The lockfile before the change; absent: the whole of `head` is judged. */
  readonly base?: Lockfile | undefined;
  /** Why it is not known where the branch left what it is compared with. */
  readonly branchPoint?: BranchPoint | undefined;
  /** The project's own policy: the one that was agreed on before the change. */
  readonly project?: TomlSource | undefined;
  /** The one that the change brings along, where that may be another; it counts once it is agreed on. */
  readonly proposed?: TomlSource | undefined;
  /** Resolves what is built before and after, for these targets (none: this machine); absent where no manifest is at hand. */
  readonly resolve?: ResolveGraphs | undefined;
  /** What decides the build beside the graph, where the project's files are at hand. */
  readonly around?: Around | undefined;
  /** What people approved of what runs at build time; absent where no project's files are at hand. */
  readonly approvals?: Approvals | undefined;
  /** What the project's own packages require. */
  readonly requirements: MemberRequirements;
}

/**
 * The verdict on a change of a graph. Only what the change brings in can fail it: what is found of packages that stay as
 * they were, and advisories that the replaced release had as well, stand apart as debt.
 * Throws `PolicyError`, and whatever the port throws where no facts can be had.
 */
export async function check(input: CheckInput, port: FactsPort): Promise<GateVerdict> {
  const { head, base, project, requirements } = input;
  const hosts = (organisation: TomlSource | undefined) =>
    hostsOf(loadLayers({ organisation, project }).settings.gate as GateSettings);
  const wanted = (organisation: TomlSource | undefined) => {
    if (input.approvals === undefined || base === undefined) return 'none';
    return withOrganisation(input.approvals, organisation).adopted ? 'all' : 'none';
  };
  const surveyed = await survey(head, base, port, { wanted, hosts });
  const { now } = surveyed;
  const approvals =
    input.approvals === undefined ? undefined : withOrganisation(input.approvals, surveyed.approvals);
  const policy = loadLayers({ organisation: surveyed.organisation, project });
  const graphs = await judgedGraphs(policy, input.resolve, surveyed);
  const factOf = (pkg: LockedPackage) => graphs.fact(pkg, surveyed.of(pkg).known?.facts);
  // Who keeps a list is asked by it, whatever was there before.
  const replaced =
    approvals === undefined || approvals.adopted || input.base === undefined
      ? undefined
      : await replacedCode(surveyed, port);
  const isNewlyBuilt = (pkg: LockedPackage) => {
    const fact = graphs.features(pkg).length > 0 ? factOf(pkg) : undefined;
    return fact?.kind === 'known' && fact.value.isNew;
  };
  await surveyed.bring(surveyed.kept.filter(isNewlyBuilt));
  const stdOf = await stdSources(graphs.embedded, surveyed, port);
  const buildsOf = (pkg: LockedPackage) => graphs.embedded.builds(idOf(pkg), stdOf);
  const findingsOf = (pkg: LockedPackage, graph?: Fact<GraphFact>) => {
    const builds = graph === undefined && input.base !== undefined ? [] : buildsOf(pkg);
    const embedded = builds.length === 0 ? undefined : embeddedFact(builds, now);
    // Without a list, what was there before is told of once; only what a change brings in is asked about.
    const isAsked = approvals?.adopted === true || (input.base !== undefined && surveyed.of(pkg).isBrought);
    const before = replaced?.(pkg);
    const approved =
      isAsked && approvals !== undefined
        ? { ...approvals.of(pkg.name), ...(before === undefined ? {} : { replaced: before }) }
        : undefined;
    return judgePackage(
      policy,
      { ...surveyed.of(pkg), graph, embedded, approvals: approved, ruledOut: graphs.ruledOut },
      now,
    ).findings;
  };
  const worseFor = worseIn({
    survey: surveyed,
    features: graphs.features,
    foundBefore: (pkg) => judgePackage(policy, surveyed.of(pkg), now).findings,
  });
  const owed = (pkg: LockedPackage, finding: Finding): GateFinding => {
    const worse = base === undefined ? undefined : worseFor(pkg, finding);
    return { ...gateFinding(finding, surveyed.of(pkg)), ...(worse === undefined ? {} : { worse }) };
  };
  const counted = new Map<LockedPackage, readonly Finding[]>();
  const debt: GateFinding[] = [];
  for (const change of surveyed.changes) {
    if (change.kind === 'removed') continue;
    const fact = factOf(change.after);
    // What was in the lockfile and is built from now on comes in as if it were new. Whether anybody looks after a crate
    // is no matter of where it is built.
    const isNew = fact?.kind === 'known' && fact.value.isNew;
    const { fresh = [], old = [] } = Object.groupBy(findingsOf(change.after, fact), (finding) =>
      (!isNew || finding.rule === 'unmaintained') && wasThere(finding, change, surveyed) ? 'old' : 'fresh',
    );
    counted.set(change.after, fresh);
    debt.push(...old.map((finding) => owed(change.after, finding)));
  }
  const switched: LockedPackage[] = [];
  for (const pkg of surveyed.kept) {
    const isTurned = buildsOf(pkg).some(({ before, now: is }) => before !== undefined && before !== is);
    const isSwitched = isTurned || graphs.features(pkg).length > 0;
    const fact = isSwitched ? factOf(pkg) : undefined;
    const isNew = fact?.kind === 'known' && fact.value.isNew;
    const { fresh = [], old = [] } = Object.groupBy(findingsOf(pkg, fact), ({ rule }) =>
      isNew || (isSwitched && isAboutGraph(rule)) ? 'fresh' : 'old',
    );
    if (isSwitched) switched.push(pkg);
    if (fresh.length > 0) counted.set(pkg, fresh);
    debt.push(...old.map((finding) => owed(pkg, finding)));
  }
  const around = judgeAround(policy, input.around, now);
  debt.push(...around.debt, ...graphs.debt);
  if (approvals !== undefined) {
    const unread = surveyed.kept.filter((pkg) => {
      const { known } = surveyed.of(pkg);
      return known?.extent === 'without-archive' && known.facts.code?.kind !== 'known';
    });
    debt.push(...unreadDebt(approvals), ...unreadPackages(approvals, unread.length));
  }
  const acts = await actsFor({ survey: surveyed, policy, requirements, counted }, port);
  const { branchPoint } = input;
  const unknown =
    branchPoint === undefined ? undefined : judgedBranchPoint(policy, branchPoint, head.file, now);
  const unused = unusedIn(policy, project, head.lockfile.packages, approvals, base?.packages);
  debt.push(...unused.debt);
  const { decision, until } = decide(
    [
      ...counted.values(),
      unused.findings,
      ...around.counted,
      graphs.findings,
      unknown?.findings ?? [],
    ].flat(),
  );
  return inOrder({
    verdict: decision,
    ...(until === undefined ? {} : { until }),
    policy: policy.digest,
    changes: [
      ...policyChanges(input, surveyed, policy),
      ...unused.changes,
      ...around.changes,
      ...graphs.changes,
      ...(unknown?.changes ?? []),
      ...approvalChanges(approvals, input.base, surveyed),
      ...changesOf(surveyed, switched, counted, acts, graphs, buildsOf, (pkg) =>
        runsOf(surveyed.of(pkg), approvals, now),
      ),
    ],
    debt,
    commands: acts.commands,
    ...(approvals === undefined ? {} : { adopted: approvals.adopted }),
    ...(surveyed.advisories === undefined ? {} : { advisories: surveyed.advisories }),
  });
}

/** Whether the release that was there before has the same advisory. Malice never counts as known. */
function wasThere({ rule, evidence }: Finding, change: GraphChange, surveyed: Survey): boolean {
  if (rule === 'malicious' || evidence.advisory === undefined || !('before' in change)) return false;
  const advisories = surveyed.of(change.before).known?.facts.advisories;
  return advisories?.kind === 'known' && advisories.value.matches.some(({ id }) => id === evidence.advisory);
}

/** A change cannot be let in by the policy that it brings along. */
function policyChanges(
  { proposed }: CheckInput,
  { organisation }: Survey,
  { digest }: Policy,
): readonly Change[] {
  if (proposed === undefined || loadLayers({ organisation, project: proposed }).digest === digest) return [];
  const { file } = proposed;
  const finding: GateFinding = {
    rule: 'policy',
    effect: 'warn',
    crate: '',
    message: 'The change alters the policy of the project; it is judged by the one from before.',
    evidence: { file, line: 1 },
    next: 'Have the policy reviewed and merged first; what it allows counts from then on.',
  };
  return [{ kind: 'config', crate: file, why: [], findings: [finding], span: { file, line: 1 } }];
}

function changesOf(
  surveyed: Survey,
  switched: readonly LockedPackage[],
  counted: ReadonlyMap<LockedPackage, readonly Finding[]>,
  acts: Acts,
  { features }: JudgedGraphs,
  buildsOf: (pkg: LockedPackage) => readonly EmbeddedBuild[],
  runsOf: (pkg: LockedPackage) => Partial<Change>,
): readonly Change[] {
  const { changes, file, graph, before, of } = surveyed;
  const fixes = fixedBy(surveyed);
  const indexes = new Map(
    [before, graph].flatMap((each) => each?.packages.map((pkg, i) => [pkg, i] as const) ?? []),
  );
  const oldSources = new Set(before?.packages.map(({ source }) => source?.text));
  const count = Map.groupBy(before?.packages ?? [], ({ name }) => name);
  const versions = Map.groupBy(graph.packages, ({ name }) => name);
  const all = [...changes, ...switched.map((after) => ({ kind: 'features', after }) as const)];
  return all.map((change) => {
    const pkg = change.kind === 'removed' ? change.before : change.after;
    const why = pathsTo(
      change.kind === 'removed' && before !== undefined ? before : graph,
      indexes.get(pkg) ?? 0,
    );
    const siblings = (versions.get(pkg.name) ?? []).filter((other) => other !== pkg);
    const isMore =
      change.kind === 'added' && siblings.length >= (count.get(pkg.name)?.length ?? 0) && siblings.length > 0;
    const switchedIn = features(pkg);
    const needs = change.kind === 'removed' ? [] : buildsOf(pkg).map(stdNeed);
    const isNewSource =
      before !== undefined && change.kind !== 'removed' && !oldSources.has(pkg.source?.text);
    return {
      kind: change.kind,
      crate: pkg.name,
      ...('before' in change ? sided('from', change.before) : {}),
      ...('after' in change ? { ...sided('to', change.after), ...checksumOf(change.after) } : {}),
      ...(isNewSource && pkg.source !== undefined ? { newSource: true } : {}),
      ...(switchedIn.length > 0 ? { features: switchedIn } : {}),
      ...(needs.length > 0 ? { std: needs } : {}),
      ...(change.kind === 'removed' ? {} : runsOf(pkg)),
      ...(isMore ? { duplicates: siblings.map(({ version }) => version) } : {}),
      ...fixes(change),
      why,
      findings: (counted.get(pkg) ?? []).map((finding) =>
        withAct(finding, gateFinding(finding, of(pkg)), pkg, acts),
      ),
      ...('after' in change ? { span: { file, line: pkg.line, column: pkg.column } } : {}),
    };
  });
}

/** Advisories that a package had which is replaced or gone, and that no package of the new graph has. */
function fixedBy({
  graph,
  of,
}: Survey): (change: GraphChange | { readonly kind: 'features' }) => Partial<Change> {
  const matchesOf = (pkg: LockedPackage) => {
    const fact = of(pkg).known?.facts.advisories;
    return fact?.kind === 'known' ? fact.value.matches : [];
  };
  const left = new Set(graph.packages.flatMap((pkg) => matchesOf(pkg).map(({ id }) => `${id} ${pkg.name}`)));
  return (change) => {
    if (!('before' in change)) return {};
    const { before } = change;
    // Where nothing is known of what came in its place, nothing is known to be fixed.
    if ('after' in change && of(change.after).known?.facts.advisories?.kind !== 'known') return {};
    const ended = matchesOf(before).filter(({ id }) => !left.has(`${id} ${before.name}`));
    return ended.length === 0 ? {} : { fixes: ended.map(({ id, title }) => ({ id, title })) };
  };
}

/** What is said of the list of approvals itself. */
function approvalChanges(
  approvals: Approvals | undefined,
  base: Lockfile | undefined,
  surveyed: Survey,
): readonly Change[] {
  if (approvals === undefined) return [];
  if (approvals.adopted || base !== undefined) return approvals.changes;
  const running = surveyed.changes.filter((change) => {
    const code = change.kind === 'removed' ? undefined : surveyed.of(change.after).known?.facts.code;
    return code?.kind === 'known' && code.value.tier !== 'standard';
  });
  return notAdopted(approvals, running.length);
}

/** What of a package runs at build time, and how that stands to what people approved. */
function runsOf(
  { pkg, known, partOf = [] }: KnownPackage,
  approvals: Approvals | undefined,
  now: number,
): Partial<Change> {
  const code = known?.facts.code;
  if (code?.kind !== 'known') return {};
  const { tier, reasons } = code.value;
  const kept = approvals?.of(pkg.name).approvals ?? [];
  const standings = approvals === undefined ? [] : standingsOf(code.value, pkg.version, kept, now, partOf);
  return {
    tier: { tier, reasons },
    ...(partOf.length === 0 ? {} : { partOf }),
    ...(standings.length === 0 ? {} : { approvals: standings.map(approvalState) }),
  };
}

function approvalState({ code, standing }: CodeStanding): ApprovalState {
  const approval = 'approval' in standing ? standing.approval : undefined;
  return {
    code,
    standing: standing.kind,
    ...(approval === undefined ? {} : { version: approval.version }),
    // Whoever began the list has said yes to nothing.
    ...(approval === undefined || approval.grandfathered === true ? {} : { by: approval.by }),
    ...(approval?.grandfathered === true ? { grandfathered: true } : {}),
    ...(approval?.together === true ? { together: true } : {}),
  };
}

function stdNeed({ target, member, now, before }: EmbeddedBuild): StdNeed {
  return {
    target,
    ...(member === undefined ? {} : { member }),
    class: now,
    ...(before === undefined ? {} : { before }),
  };
}

function sided(side: 'from' | 'to', { version, source }: LockedPackage): Partial<Change> {
  return { [side]: version, ...(source === undefined ? {} : { [`${side}Source`]: source.text }) };
}

function checksumOf({ checksum }: LockedPackage): Partial<Change> {
  return checksum === undefined ? {} : { checksum };
}

/** Where another version passes, the next step is to take it; else it is said what is in the way. */
function withAct(finding: Finding, shown: GateFinding, pkg: LockedPackage, { of }: Acts): GateFinding {
  const way = of.get(pkg);
  if (way === undefined || !asksForAnother(finding)) return shown;
  if (way.kind === 'none') {
    const wait = finding.until === undefined ? finding.next : `Wait until ${sayUntil(finding.until)}.`;
    return { ...shown, next: `${way.reason} ${wait}` };
  }
  return { ...shown, next: way.commands.join(' && ') };
}
