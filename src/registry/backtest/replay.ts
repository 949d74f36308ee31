import { judge } from '../../policy/judge.ts';
import type { Policy } from '../../policy/policy.ts';
import type { EngineInput } from '../../policy/rule.ts';
import type { Verdict } from '../../policy/verdict.ts';

/** What became of a release. Times are epoch milliseconds. */
export type Outcome =
  | { readonly kind: 'admitted'; readonly at: number }
  /** Still held at the end of the replay; without `until`, for as long as nothing else changes. */
  | { readonly kind: 'held'; readonly until?: number }
  /** Waits for a person. */
  | { readonly kind: 'review' }
  | { readonly kind: 'denied' };

export interface Replay {
  /** The verdict at publication. */
  readonly first: Verdict;
  /** The verdict that the outcome follows from. */
  readonly last: Verdict;
  readonly outcome: Outcome;
}

/**
 * Judges a release at its publication, and again whenever a hold ends, until it is let in, stopped, waits for a person,
 * or the replay ends. Pure.
 */
export function replay(
  policy: Policy,
  facts: (now: number) => EngineInput,
  published: number,
  end: number,
): Replay {
  const first = judge(policy, facts(published));
  let [at, verdict] = [published, first];
  for (;;) {
    const outcome = outcomeOf(verdict, at);
    if (outcome.kind !== 'held' || outcome.until === undefined || outcome.until > end)
      return { first, last: verdict, outcome };
    at = outcome.until;
    verdict = judge(policy, facts(at));
  }
}

function outcomeOf(verdict: Verdict, at: number): Outcome {
  switch (verdict.decision) {
    case 'allow':
      return { kind: 'admitted', at };
    case 'review':
      return { kind: 'review' };
    case 'deny':
      return { kind: 'denied' };
    case 'hold': {
      const until = verdict.until === undefined ? undefined : Date.parse(verdict.until);
      // A hold that ended before it began would be judged again for ever.
      return until === undefined || until <= at ? { kind: 'held' } : { kind: 'held', until };
    }
  }
}
