import { z } from 'zod';
import type { ExplanationJson } from '../../server/contract.ts';

type Facts = Extract<ExplanationJson, { kind: 'release' }>['case']['facts'];

const vet = z.object({
  met: z.array(
    z.object({
      criterion: z.string(),
      organisations: z.array(z.string()),
      exemption: z.boolean(),
      publisher: z.boolean(),
      steps: z.array(z.object({ from: z.string().optional(), to: z.string() })),
    }),
  ),
});

const crev = z.object({
  reviews: z.array(
    z.object({
      reviewer: z.string(),
      url: z.string().optional(),
      level: z.string(),
      date: z.string(),
      rating: z.string(),
      thoroughness: z.string(),
      understanding: z.string(),
      contents: z.enum(['same', 'other', 'unchecked']),
      base: z.string().optional(),
    }),
  ),
  strangers: z.number(),
});

/** Who read the release, as audits and proofs say it, a line each. What they warn of stands among the findings. */
export function auditLines(facts: Facts): string[] {
  const audits = vet.safeParse(knownValue(facts, 'vet'));
  const proofs = crev.safeParse(knownValue(facts, 'crev'));
  return [...(audits.data?.met ?? []).map(sayMet), ...(proofs.success ? sayProofs(proofs.data) : [])];
}

function knownValue(facts: Facts, name: string): unknown {
  const fact = facts[name];
  return fact?.kind === 'known' ? fact.value : undefined;
}

function sayMet({
  criterion,
  organisations,
  exemption,
  publisher,
  steps,
}: z.output<typeof vet>['met'][number]) {
  const way = steps.map(({ from, to }) => (from === undefined ? to : `${from} → ${to}`)).join(', ');
  const who = organisations.length === 0 ? 'nobody' : organisations.join(' and ');
  const less = [
    ...(exemption ? ['an exemption stands in for a look at it'] : []),
    ...(publisher ? ['they trust whoever published it'] : []),
  ];
  return `cargo-vet: ${criterion} by ${who} (${[way, ...less].join('; ')})`;
}

function sayProofs({ reviews, strangers }: z.output<typeof crev>): string[] {
  const contents = {
    same: 'of just these contents',
    other: 'of other contents',
    unchecked: 'contents not compared',
  };
  const lines = reviews.map((review) => {
    const { reviewer, url, level, date, rating, thoroughness, understanding, base } = review;
    const name = `${reviewer.slice(0, 8)}…${url === undefined ? '' : ` (${url})`}`;
    const changes = base === undefined ? '' : `, the changes since ${base}`;
    return `crev: ${rating} on ${date.slice(0, 10)} by ${name}, trusted ${level}; thoroughness ${thoroughness}, understanding ${understanding}; ${contents[review.contents]}${changes}`;
  });
  if (strangers === 0) return lines;
  return [
    ...lines,
    `crev: ${strangers === 1 ? 'one review' : `${strangers} reviews`} by strangers, which count for nothing`,
  ];
}
