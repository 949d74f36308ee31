import { z } from 'zod';
import type { Decision, DecisionsFact } from '../facts/decisions.ts';
import type { Fact } from '../facts/fact.ts';
import { digestOfJson } from './canonical-json.ts';
import { counts } from './excepted.ts';
import type { Finding } from './finding.ts';
import { isSamePerson, together } from './people.ts';

/** How many people a yes takes. */
export const decisionSettings = z.strictObject({
  people: z
    .int()
    .min(1)
    .max(10)
    .default(1)
    .meta({ stricter: 'greater' })
    .describe('How many different people must approve of a release that waits for a review.'),
  owners: z
    .record(z.string().min(1), z.array(z.string().min(1)).min(1))
    .default({})
    .meta({ stricter: 'outer' })
    .describe('By rule: who alone may answer what it asks, by the names of their tokens.'),
});

export type DecisionSettings = z.output<typeof decisionSettings>;

/**
 * What a yes is bound to: SHA-256 (hex) over the rule, its message and its evidence. Another finding, or other evidence, has
 * another one.
 */
export function findingDigest({ rule, message, evidence }: Finding): string {
  return digestOfJson({ rule, message, evidence });
}

/** Whether a person's yes can answer a finding: a question to a person, never a hold, a denial, or what nothing softens. */
export function isApprovable({ effect, rule }: Finding, waivable: (rule: string) => boolean): boolean {
  return effect === 'review' && waivable(rule);
}

/** Who alone may answer what a rule asks; none: whoever decides. */
export function ownersOf(rule: string, { owners }: Pick<DecisionSettings, 'owners'>): readonly string[] {
  return Object.hasOwn(owners, rule) ? (owners[rule] ?? []) : [];
}

/** Whether a person may answer what a rule asks. */
export function mayAnswer(person: string, rule: string, settings: Pick<DecisionSettings, 'owners'>): boolean {
  const owners = ownersOf(rule, settings);
  return owners.length === 0 || owners.some((owner) => isSamePerson(owner, person));
}

/** Marks the findings that enough people answered; they no longer count, and stay visible. One no outweighs every yes. */
export function applyDecisions(
  findings: readonly Finding[],
  fact: Fact<DecisionsFact> | undefined,
  settings: DecisionSettings,
  waivable: (rule: string) => boolean,
  now: number,
): readonly Finding[] {
  const approvals = inForce(fact, now).filter(({ kind }) => kind === 'approve');
  if (approvals.length === 0) return findings;
  return findings.map((finding) => {
    if (!isApprovable(finding, waivable) || !counts(finding)) return finding;
    const digest = findingDigest(finding);
    const acts = together(
      approvals.filter(
        ({ answers, by }) => answers.includes(digest) && mayAnswer(by, finding.rule, settings),
      ),
      settings.people,
    );
    if (acts === undefined) return finding;
    const who = acts.map(({ by }) => by);
    const says = acts.map(({ by, at, reason }) => `${by} on ${dayOf(at)}: ${reason}`).join('; ');
    return { ...finding, answered: { by: 'people', who, says } };
  });
}

/** The decisions that count at a moment. */
export function inForce(fact: Fact<DecisionsFact> | undefined, now: number): readonly Decision[] {
  if (fact?.kind !== 'known') return [];
  return fact.value.decisions.filter(({ until }) => until === undefined || now < until);
}

/** `2026-08-20`, UTC. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
