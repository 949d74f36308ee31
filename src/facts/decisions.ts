import { type Fact, known } from './fact.ts';

/** What people decided on the bytes of one release. Whether it counts is the policy's to say. */
export interface DecisionsFact {
  /** Oldest first. */
  readonly decisions: readonly Decision[];
}

/** One person's yes or no. */
export interface Decision {
  readonly kind: 'approve' | 'reject';
  readonly by: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Epoch milliseconds: from then on it counts no more. */
  readonly until?: number | undefined;
  /** Digests of the findings that were there, and that a yes answers. */
  readonly answers: readonly string[];
  /** Epoch milliseconds: when the token ended that its author acted with. */
  readonly authorEndedAt?: number | undefined;
}

/** The decisions fact of one release. */
export function decisionsFact(decisions: readonly Decision[], at: number): Fact<DecisionsFact> {
  return known({ decisions: [...decisions].sort((a, b) => a.at - b.at) }, 'operators', at);
}
