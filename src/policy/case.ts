import { z } from 'zod';
import type { Facts } from '../facts/map.ts';
import type { ReleaseSubject } from '../facts/subject.ts';
import { canonicalJson, digestOfJson } from './canonical-json.ts';
import { judge } from './judge.ts';
import { loadLayers, type PolicyLayers } from './policy.ts';
import type { Context } from './rule.ts';
import type { Verdict } from './verdict.ts';

/** Everything that a verdict was made of: enough to make it again, anywhere, and compare. */
export interface Case {
  readonly format: 1;
  readonly subject: ReleaseSubject;
  readonly context: Context;
  /** RFC 3339: the time at which it was judged. */
  readonly now: string;
  readonly policy: PolicyLayers & { readonly digest: string };
  readonly facts: Facts;
  /** SHA-256 (hex) of the facts as canonical JSON. */
  readonly factsDigest: string;
  readonly verdict: Verdict;
}

export interface CaseInput {
  readonly subject: ReleaseSubject;
  readonly context: Context;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly layers: PolicyLayers;
  readonly facts: Facts;
}

/** Judges and keeps what the verdict was made of. */
export function makeCase({ subject, context, now, layers, facts }: CaseInput): Case {
  const policy = loadLayers(layers);
  return {
    format: 1,
    subject,
    context,
    now: new Date(now).toISOString(),
    policy: { digest: policy.digest, ...layers },
    facts,
    factsDigest: digestOfJson(facts),
    verdict: judge(policy, { context, subject, facts, now }),
  };
}

/** What came of judging a case again. */
export interface Replay {
  /** Whether the verdict is the same, byte for byte. */
  readonly same: boolean;
  /** What differs, one sentence each: an altered file, other rules, another verdict. */
  readonly differences: readonly string[];
  readonly verdict: Verdict;
}

/** Judges a case again with the rules of this program. Throws `PolicyError` where its policy no longer loads. */
export function replayCase(recorded: Case): Replay {
  const { digest, ...layers } = recorded.policy;
  const again = makeCase({ ...recorded, now: Date.parse(recorded.now), layers });
  const differences: string[] = [];
  if (again.factsDigest !== recorded.factsDigest)
    differences.push('The facts were altered after they were recorded.');
  if (again.policy.digest !== digest)
    differences.push('The policy reads differently: it was altered, or the rules are others.');
  const same = canonicalJson(again.verdict) === canonicalJson(recorded.verdict);
  if (!same) {
    differences.push(
      `The verdict was ${recorded.verdict.decision} and is ${again.verdict.decision}, with other findings.`,
    );
  }
  return { same, differences, verdict: again.verdict };
}

const sourceSchema = z.object({ file: z.string(), text: z.string() });

const caseSchema = z.object({
  format: z.literal(1),
  subject: z.object({ registry: z.string(), crate: z.string(), version: z.string(), checksum: z.string() }),
  context: z.enum(['index', 'release', 'change']),
  now: z.iso.datetime(),
  policy: z.object({
    digest: z.string(),
    organisation: sourceSchema.optional(),
    project: sourceSchema.optional(),
  }),
  facts: z.record(
    z.string(),
    z.object({ kind: z.enum(['known', 'unknown']), source: z.string(), at: z.string() }).loose(),
  ),
  factsDigest: z.string(),
  verdict: z.object({ decision: z.string(), findings: z.array(z.unknown()) }).loose(),
});

/**
 * Reads a recorded case; `undefined` where the value is none. Facts are the rules' to trust or not: only their frame is
 * checked.
 */
export function readCase(value: unknown): Case | undefined {
  const parsed = caseSchema.safeParse(value);
  return parsed.success ? (parsed.data as unknown as Case) : undefined;
}
