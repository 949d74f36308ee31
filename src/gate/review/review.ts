import type { KeptApproval } from '../../facts/approval.ts';
import { approvalFact } from '../../facts/approval.ts';
import { type CodeFact, readCodeOf } from '../../facts/code.ts';
import { known } from '../../facts/fact.ts';
import { partOfFact } from '../../facts/part-of.ts';
import { type CodeStanding, standingsOf } from '../../policy/build-code-standing.ts';
import type { Decision } from '../../policy/effect.ts';
import type { Finding } from '../../policy/finding.ts';
import { judge } from '../../policy/judge.ts';
import type { Policy } from '../../policy/policy.ts';
import { rules } from '../../policy/rules/index.ts';
import { decide } from '../../policy/verdict.ts';
import type { Capability } from '../../rust/capability/capability.ts';
import type { ReviewedInputs } from '../../rust/code-review.ts';
import type { MacroExport } from '../../rust/macro-exports.ts';
import type { Unfollowed } from '../../rust/module.ts';
import { type PackageReview, reviewPackage, type Tier } from '../../rust/package-review.ts';
import type { PackageSource } from '../../rust/package-source.ts';
import { summaryOf } from '../../rust/summary.ts';
import type { Approvals } from '../judgement/approvals.ts';
import { type Compared, diffCode, type ItemChange } from './code-diff.ts';
import { diffFiles } from './file-diff.ts';

/** A version of a crate with its unpacked code. */
export interface ReviewedVersion {
  readonly crate: string;
  readonly version: string;
  readonly source: PackageSource;
}

/** The same, once its code was read. */
export type ReadVersion = ReviewedVersion & { readonly review: PackageReview };

/** Where in a package code is. */
export type Part = 'build-script' | 'macros' | 'library';

/** Everything that a person is shown before they say yes. */
export interface ReleaseReview {
  readonly crate: string;
  readonly version: string;
  readonly tier: Tier;
  readonly reasons: readonly string[];
  /** Crates whose macros or build script its library is a part of. */
  readonly partOf: readonly string[];
  /** One sentence for each kind of code that runs at build time, else one for the library. */
  readonly summary: string;
  readonly capabilities: readonly (Capability & { readonly part: Part })[];
  readonly opaque: readonly Unfollowed[];
  /** Crates that its build-time code calls and that are no known tools. */
  readonly helpers: readonly string[];
  readonly surface: readonly MacroExport[];
  /** What is compiled into its macros. */
  readonly runs: readonly string[];
  readonly digests: {
    readonly buildScript?: string;
    readonly macros?: string;
    readonly surface?: string;
    readonly library?: string;
  };
  readonly standings: readonly CodeStanding[];
  /** Compared with which version; absent where there is none to compare with. */
  readonly against?: string;
  readonly diff: readonly (ItemChange & { readonly code: Compared })[];
  readonly verdict: Decision;
  readonly findings: readonly Finding[];
  /** What an approval of it is about. */
  readonly code: CodeFact;
}

/** The rules that a review is about; all others are for the gate. */
const asked: ReadonlySet<string> = new Set(['build-code', 'capability-added']);
const unasked = new Set(
  rules
    .flatMap(({ needs }) => needs)
    .filter((name) => name !== 'code' && name !== 'approval' && name !== 'partOf'),
);

/** By what a release is judged. */
export interface ReviewedBy {
  readonly approvals: Approvals;
  readonly policy: Policy;
  /** Crates whose macros or build script its library is a part of. */
  readonly partOf: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Reviews the build-time code of a version, beside another where one is given: that is where the diff and what was added come
 * from. Pure but for the time it takes.
 */
export function reviewRelease(
  subject: ReviewedVersion,
  against: ReviewedVersion | undefined,
  by: ReviewedBy,
): ReleaseReview {
  const before = against === undefined ? undefined : { ...against, review: reviewPackage(against.source) };
  return reviewRead(subject, reviewPackage(subject.source), before, by);
}

/** The same of versions whose code was read. */
export function reviewRead(
  { crate, version, source }: ReviewedVersion,
  review: PackageReview,
  before: ReadVersion | undefined,
  { approvals, policy, partOf, now }: ReviewedBy,
): ReleaseReview {
  const kept = approvals.of(crate);
  const code = withPrevious(readCodeOf(review), before);
  const facts = {
    code: known(code, 'archive', now),
    approval: approvalFact(kept, now),
    partOf: partOfFact(partOf, now),
  };
  const subject = { registry: '', crate, version, checksum: '' };
  const findings = judge(policy, { context: 'change', subject, facts, unasked, now }).findings.filter(
    ({ rule }) => asked.has(rule),
  );
  return {
    crate,
    version,
    ...shownOf(review),
    standings: standingsOf(code, version, kept.approvals, now, partOf),
    partOf,
    ...(before === undefined ? {} : { against: before.version }),
    diff: before === undefined ? [] : diffsOf(review, before, source, partOf),
    verdict: decide(findings).decision,
    findings,
    code,
  };
}

/** The version that a review is best read beside: what was approved last, of what is there. */
export function approvedVersion(
  approvals: readonly KeptApproval[],
  standings: readonly CodeStanding[],
): string | undefined {
  for (const { standing } of standings) if ('approval' in standing) return standing.approval.version;
  return approvals[0]?.version;
}

function withPrevious(code: CodeFact, against: ReadVersion | undefined): CodeFact {
  if (against === undefined) return code;
  const { buildScript, macros, library } = readCodeOf(against.review);
  return {
    ...code,
    previous: {
      version: against.version,
      shapes: {
        ...(buildScript === undefined ? {} : { buildScript: buildScript.shapes }),
        ...(macros === undefined ? {} : { macros: macros.shapes }),
        ...(library === undefined ? {} : { library: library.shapes }),
      },
    },
  };
}

function shownOf(
  review: PackageReview,
): Omit<
  ReleaseReview,
  'crate' | 'version' | 'partOf' | 'standings' | 'against' | 'diff' | 'verdict' | 'findings' | 'code'
> {
  const { tier, reasons, buildScript, macros, library } = review;
  const parts = [buildScript, macros].filter((part) => part !== undefined);
  const said = [
    ...(buildScript === undefined
      ? []
      : [macros === undefined ? summaryOf(buildScript) : `Build script: ${summaryOf(buildScript)}`]),
    ...(macros === undefined
      ? []
      : [buildScript === undefined ? summaryOf(macros) : `Macros: ${summaryOf(macros)}`]),
    ...(parts.length === 0 && library !== undefined
      ? [`Nothing runs at build time. Library: ${summaryOf(library)}`]
      : []),
  ];
  return {
    tier,
    reasons,
    summary: said.join(' ') || 'Nothing runs at build time.',
    capabilities: [
      ...placedIn('build-script', buildScript),
      ...placedIn('macros', macros),
      ...placedIn('library', library),
    ],
    opaque: [...parts, ...(library === undefined ? [] : [library])].flatMap(({ opaque }) => opaque),
    helpers: [...new Set(parts.flatMap(({ helpers }) => helpers))],
    surface: macros?.exports ?? [],
    runs: macros?.runs ?? [],
    digests: {
      ...(buildScript === undefined ? {} : { buildScript: buildScript.tokens }),
      ...(macros === undefined ? {} : { macros: macros.tokens, surface: macros.surface }),
      ...(library?.tokens === undefined ? {} : { library: library.tokens }),
    },
  };
}

function placedIn(
  part: Part,
  review: { readonly capabilities: readonly Capability[] } | undefined,
): ReleaseReview['capabilities'] {
  return review?.capabilities.map((one) => ({ ...one, part })) ?? [];
}

type CodeReviewInputs = { readonly inputs?: ReviewedInputs } | undefined;

function diffsOf(
  { buildScript, macros, library }: PackageReview,
  { source: before, review: old }: ReadVersion,
  after: PackageSource,
  partOf: readonly string[],
): ReleaseReview['diff'] {
  const files = (code: Compared, was: CodeReviewInputs, is: CodeReviewInputs) =>
    diffFiles(
      { source: before, files: was?.inputs?.files ?? [] },
      { source: after, files: is?.inputs?.files ?? [] },
    ).map((item) => ({ ...item, code }));
  const of = (code: Compared) => {
    const [was, is] = {
      'build-script': [old.buildScript, buildScript] as const,
      'proc-macro': [old.macros, macros] as const,
      helper: [old.library, library] as const,
    }[code];
    return [...diffCode(before, after, code).map((item) => ({ ...item, code })), ...files(code, was, is)];
  };
  return [
    ...(buildScript === undefined && before.buildScripts.length === 0 ? [] : of('build-script')),
    ...(macros === undefined ? [] : of('proc-macro')),
    ...(library === undefined || partOf.length === 0 ? [] : of('helper')),
  ];
}
