import { type ReleaseSubject, releaseId } from '../facts/subject.ts';
import type { Finding } from './finding.ts';
import { concerns, excepts, type Waiver } from './waiver.ts';

/** A release that was judged, with what the rules said of it. */
export interface JudgedRelease {
  readonly subject: Pick<ReleaseSubject, 'crate' | 'version'>;
  readonly findings: readonly Finding[];
  /** Whether every rule was asked; by an index line alone, some are not. */
  readonly whole: boolean;
}

/**
 * The waivers that except nothing in a whole set of releases, each as a finding: a mirror's, or a lockfile's. One whose
 * releases were judged by their index lines alone is given the benefit of the doubt. Those that expired and would still
 * except something are told of by the verdicts themselves. `now` is epoch milliseconds.
 */
export function unusedWaivers(
  waivers: readonly Waiver[],
  judged: readonly JudgedRelease[],
  now: number,
): readonly Finding[] {
  return waivers.flatMap((waiver) => {
    const own = judged.filter(({ subject }) => concerns(waiver, subject));
    const isMet = own.some(({ findings }) => findings.some((finding) => excepts(waiver, finding)));
    if (isMet || (own.length > 0 && !own.some(({ whole }) => whole))) return [];
    return [unused(waiver, own, now)];
  });
}

function unused(waiver: Waiver, own: readonly JudgedRelease[], now: number): Finding {
  const { rule, crate, version, by, advisory, reason, expires } = waiver;
  const [only, ...others] = own;
  const why =
    only === undefined
      ? 'no release that it is about is known here'
      : others.length === 0
        ? `the rule finds nothing in ${releaseId(only.subject)}`
        : `the rule finds nothing in any of the ${own.length} releases that it is about`;
  const of = advisory === undefined ? rule : `${rule} (${advisory})`;
  const end = Date.parse(expires) <= now ? `, and it expired on ${expires}` : '';
  return {
    rule: 'waiver',
    effect: 'warn',
    subject: version === '*' ? crate : `${crate}@${version}`,
    message: `The waiver of ${of} for ${crate} ${version} by ${by} is unused: ${why}${end}.`,
    evidence: { values: { reason, expires } },
    next: 'Take it out of the policy: it would except the next finding without anybody looking.',
  };
}
