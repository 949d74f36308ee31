import { type Level, levels } from '../facts/crev/content.ts';
import type { CrevFact, CrevReview } from '../facts/crev/fact.ts';
import { atLeast } from '../facts/crev/web-of-trust.ts';
import type { Fact } from '../facts/fact.ts';
import type { VetFact, VetMet } from '../facts/vet/fact.ts';
import type { AuditSettings } from './audit-settings.ts';
import type { Evidence, Finding } from './finding.ts';

/**
 * Somebody whom the policy trusts looked at a release and was content. It is no finding: nothing is wrong. A trust
 * score can count it, and it answers questions that the policy lists.
 */
export interface AuditYes {
  readonly by: 'cargo-vet' | 'crev';
  /** Organisations, or ids of reviewers. */
  readonly who: readonly string[];
  /** One sentence. */
  readonly says: string;
  readonly evidence: Evidence;
}

export interface AuditFacts {
  readonly vet?: Fact<VetFact> | undefined;
  readonly crev?: Fact<CrevFact> | undefined;
}

/** Every yes that counts under the policy. What is not known is no yes. */
export function auditYes({ vet, crev }: AuditFacts, settings: AuditSettings): AuditYes[] {
  const yes: AuditYes[] = [];
  if (hasNo({ vet, crev }, settings)) return yes;
  if (vet?.kind === 'known') {
    const met = vet.value.met.find((each) => isVetYes(each, settings));
    if (met !== undefined) yes.push(vetYes(met));
  }
  if (crev?.kind === 'known') {
    const content = crev.value.reviews.filter((review) => isContent(review, settings));
    if (content.length >= settings.reviews) yes.push(crevYes(content));
  }
  return yes;
}

/**
 * Marks the findings that a yes answers; they no longer count, and stay visible. Only questions to a person of rules that
 * the policy lists: a hold runs its time, and a deny stays. What reviewers warn of, another's yes does not answer, nor
 * what cannot be waived either.
 */
export function applyAnswers(
  findings: readonly Finding[],
  [yes]: readonly AuditYes[],
  settings: AuditSettings,
  waivable: (rule: string) => boolean,
): readonly Finding[] {
  if (yes === undefined) return findings;
  const { by, who, says } = yes;
  const isAnswered = ({ rule, effect, waived }: Finding) =>
    effect === 'review' &&
    waived === undefined &&
    rule !== 'audits' &&
    settings.answers.includes(rule) &&
    waivable(rule);
  return findings.map((finding) =>
    isAnswered(finding) ? { ...finding, answered: { by, who, says } } : finding,
  );
}

/** Crev reviews by people whom the policy lets speak. */
export function countedReviews(crev: CrevFact, settings: AuditSettings): CrevReview[] {
  return crev.reviews.filter((review) => mayReview(review, settings));
}

/** Whether the policy lets someone speak. */
export function mayReview(
  { reviewer, level }: Pick<CrevReview, 'reviewer' | 'level'>,
  settings: AuditSettings,
): boolean {
  return (
    atLeast(level, settings['trust-level']) &&
    (settings.reviewers === undefined || settings.reviewers.includes(reviewer))
  );
}

/** Violations of the criterion that the policy asks about. */
export function countedViolations(vet: VetFact, settings: AuditSettings): VetFact['violations'] {
  return vet.violations.filter(({ criteria }) => criteria.includes(settings.criteria));
}

/** One no outweighs every yes. */
function hasNo({ vet, crev }: AuditFacts, settings: AuditSettings): boolean {
  const violated = vet?.kind === 'known' && countedViolations(vet.value, settings).length > 0;
  const negative =
    crev?.kind === 'known' &&
    countedReviews(crev.value, settings).some(({ rating }) => rating === 'negative');
  return violated || negative;
}

function isVetYes(
  { criterion, organisations, exemption, publisher }: VetMet,
  settings: AuditSettings,
): boolean {
  return (
    criterion === settings.criteria &&
    !exemption &&
    (settings['publisher-trust'] || !publisher) &&
    organisations.length > 0 &&
    organisations.every((name) => settings.organisations.includes(name))
  );
}

/** A person's good review of just these contents, and of all of them, if only step by step. */
function isContent(review: CrevReview, settings: AuditSettings): boolean {
  return (
    mayReview(review, settings) &&
    (review.rating === 'positive' || review.rating === 'strong') &&
    isAtLeast(review.thoroughness, settings.thoroughness) &&
    isAtLeast(review.understanding, settings.understanding) &&
    review.contents === 'same' &&
    review.agent === undefined &&
    review.baseReviewed !== false
  );
}

/** Whether one level of thoroughness, understanding or severity is at least another. */
export function isAtLeast(level: Level, wanted: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(wanted);
}

function vetYes({ criterion, organisations, steps }: VetMet): AuditYes {
  const last = steps.at(-1);
  return {
    by: 'cargo-vet',
    who: organisations,
    says: `${organisations.join(' and ')} certified it as ${criterion}.`,
    evidence: {
      ...(last?.file === undefined ? {} : { file: last.file }),
      ...(last === undefined || last.line === 0 ? {} : { line: last.line }),
      values: {
        path: steps.map(({ from, to }) => (from === undefined ? to : `${from} -> ${to}`)).join(', '),
      },
    },
  };
}

function crevYes(reviews: readonly CrevReview[]): AuditYes {
  const [first] = reviews;
  const count = reviews.length === 1 ? 'A reviewer' : `${reviews.length} reviewers`;
  return {
    by: 'crev',
    who: reviews.map(({ reviewer }) => reviewer),
    says: `${count} whom you trust rated it ${first?.rating}.`,
    evidence: first?.url === undefined ? {} : { url: first.url },
  };
}
