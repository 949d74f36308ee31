import type { LockedPackage } from '../../cargo/lockfile.ts';
import { type ApprovalFact, approvalFact } from '../../facts/approval.ts';
import type { EmbeddedFact } from '../../facts/embedded.ts';
import type { Fact } from '../../facts/fact.ts';
import type { GraphFact } from '../../facts/graph.ts';
import type { FactName, Facts } from '../../facts/map.ts';
import { partOfFact } from '../../facts/part-of.ts';
import type { PlaceFact } from '../../facts/place.ts';
import { sourceFact } from '../../facts/source.ts';
import { standingFact } from '../../facts/standing.ts';
import type { Evidence, Finding } from '../../policy/finding.ts';
import { judge } from '../../policy/judge.ts';
import type { Policy } from '../../policy/policy.ts';
import { rules } from '../../policy/rules/index.ts';
import { decide, type Verdict } from '../../policy/verdict.ts';
import { archiveFacts } from '../../registry/locked/facts.ts';
import type { GateFinding } from '../change.ts';
import type { PackageFacts } from '../facts-port.ts';
import type { RuledOut } from '../graphs/ruled-out.ts';

/** A locked package with what is known of it. */
export interface KnownPackage {
  readonly pkg: LockedPackage;
  /** The lockfile, as findings name it. */
  readonly file: string;
  readonly place: Fact<PlaceFact>;
  readonly known: PackageFacts;
  /** What the change does to it in what is built; absent: nothing, or nobody asked. */
  readonly graph?: Fact<GraphFact> | undefined;
  /** What it needs where the project is built without `std`; absent: it is in no such build, or nobody asked. */
  readonly embedded?: Fact<EmbeddedFact> | undefined;
  /** Why it, or an advisory on it, does not matter in what is built. */
  readonly ruledOut?: RuledOut | undefined;
  /** What people approved of its crate; absent: nobody asked. */
  readonly approvals?: ApprovalFact | undefined;
  /** Crates whose macros or build script its library is a part of. */
  readonly partOf?: readonly string[] | undefined;
  /** Whether the change brings it in: then whatever is not known of it counts. */
  readonly isBrought: boolean;
}

/**
 * Judges a locked package as part of a graph. The project's own packages are its own business, but for what makes another
 * build of it. Pure.
 */
export function judgePackage(
  policy: Policy,
  { pkg, file, place, known, graph, embedded, approvals, partOf = [], isBrought, ruledOut }: KnownPackage,
  now: number,
): Verdict {
  if (isOwn(pkg)) return judgeOwn(policy, pkg, embedded, now);
  const { name: crate, version, source, checksum, line } = pkg;
  const facts: Facts = {
    ...(known?.facts ?? {
      standing: standingFact({ presence: 'elsewhere', yanked: false }, 'lockfile', now),
    }),
    ...advisoriesIn(known, pkg, ruledOut),
    source: sourceFact({ source, checksum, file, line }, now),
    place,
    ...(graph === undefined ? {} : { graph }),
    ...(embedded === undefined ? {} : { embedded }),
    ...(approvals === undefined
      ? {}
      : { approval: approvalFact(approvals, now), partOf: partOfFact(partOf, now) }),
  };
  const recorded = facts.standing?.kind === 'known' ? facts.standing.value.checksum : undefined;
  const subject = {
    registry: known?.registry ?? source?.url ?? '',
    crate: known?.crate ?? crate,
    version,
    // What the lockfile names instead is for the rule `lockfile` to say.
    checksum: recorded ?? checksum ?? '',
  };
  const verdict = judge(policy, {
    context: 'change',
    subject,
    facts,
    unasked: new Set([
      ...unaskedOf(known, facts, isBrought),
      ...(graph === undefined ? ['graph' as const] : []),
      ...(embedded === undefined ? ['embedded' as const] : []),
      ...(approvals === undefined ? ['approval' as const, 'partOf' as const] : []),
    ]),
    now,
  });
  const why = ruledOut?.whole(pkg);
  return why === undefined ? verdict : decide(verdict.findings.map((finding) => warningOnly(finding, why)));
}

/** What counts of a package that nobody builds, too: malice, and what people blocked. */
const alwaysCounted: ReadonlySet<string> = new Set(['malicious', 'blocklist']);

/** A finding on what nobody builds. What an advisory counts for then, its rule has a setting for (`ruled-out`). */
function warningOnly(finding: Finding, why: string): Finding {
  if (alwaysCounted.has(finding.rule) || finding.evidence.advisory !== undefined || finding.effect === 'warn')
    return finding;
  const { until: _, ...rest } = finding;
  return { ...rest, effect: 'warn', message: `${finding.message} It counts as a warning: ${why}.` };
}

/** The advisories, each with why it does not matter where that is so. */
function advisoriesIn(
  known: PackageFacts,
  pkg: LockedPackage,
  ruledOut: RuledOut | undefined,
): Pick<Facts, 'advisories'> {
  const fact = known?.facts.advisories;
  if (ruledOut === undefined || fact?.kind !== 'known' || fact.value.matches.length === 0) return {};
  const matches = fact.value.matches.map((match) => {
    const why = ruledOut.advisory(pkg, match);
    return why === undefined ? match : { ...match, ruledOut: why };
  });
  return { advisories: { ...fact, value: { ...fact.value, matches } } };
}

function judgeOwn(
  policy: Policy,
  { name: crate, version }: LockedPackage,
  embedded: KnownPackage['embedded'],
  now: number,
): Verdict {
  if (embedded === undefined) return { decision: 'allow', findings: [] };
  const { findings } = judge(policy, {
    context: 'change',
    subject: { registry: '', crate, version, checksum: '' },
    facts: { embedded },
    unasked: new Set(allFacts.filter((name) => name !== 'embedded')),
    now,
  });
  const counted = findings.filter(({ rule }) => rule === 'no-std');
  return { ...decide(counted), findings: counted };
}

/** Whether a package is part of the project, as far as a lockfile tells. */
export function isOwn({ source }: LockedPackage): boolean {
  return source === undefined || source.kind === 'path';
}

/** A finding on a locked package, pointing into the lockfile. */
export function gateFinding(
  finding: Finding,
  { pkg, file }: Pick<KnownPackage, 'pkg' | 'file'>,
): GateFinding {
  const { rule, effect, message, next, until, waived, answered } = finding;
  return {
    rule,
    effect,
    crate: pkg.name,
    version: pkg.version,
    message,
    evidence: inLockfile(finding.evidence, { pkg, file }),
    next,
    ...(until === undefined ? {} : { until }),
    ...(waived === undefined ? {} : { waived }),
    ...(answered === undefined ? {} : { answered }),
  };
}

const allFacts: readonly FactName[] = [...new Set(rules.flatMap(({ needs }) => needs))];

/** What was left out on purpose: what nobody can know of a release that no index has, or wanted fetched. */
function unaskedOf(known: PackageFacts, facts: Facts, isBrought: boolean): ReadonlySet<FactName> {
  switch (known?.extent) {
    case 'whole':
      return new Set();
    case 'without-archive':
      return isBrought ? new Set() : new Set(archiveFacts.filter((name) => facts[name] === undefined));
    case 'without-release':
    case undefined:
      return new Set(allFacts.filter((name) => facts[name] === undefined));
  }
}

/** A place inside of the release's archive is told apart from one in the project. */
function inLockfile(evidence: Evidence, { pkg, file }: Pick<KnownPackage, 'pkg' | 'file'>): Evidence {
  const { file: inner, project, line, column: _, values, ...rest } = evidence;
  // What lies in the project is pointed at itself.
  if ((isOwn(pkg) || project === true) && inner !== undefined && line !== undefined) {
    return { ...rest, file: inner, line, ...(values === undefined ? {} : { values }) };
  }
  const within =
    inner === undefined || inner === file ? {} : { archive: line === undefined ? inner : `${inner}:${line}` };
  const all = { ...values, ...within };
  return {
    ...rest,
    file,
    line: pkg.line,
    column: pkg.column,
    ...(Object.keys(all).length === 0 ? {} : { values: all }),
  };
}
