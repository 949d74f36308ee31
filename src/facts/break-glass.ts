import { type Fact, known } from './fact.ts';

/** People who asked that one release skip its cool-down. Whether that counts is the policy's to say. */
export interface BreakGlassFact {
  readonly requests: readonly BreakGlassRequest[];
}

/** One person's request. */
export interface BreakGlassRequest {
  readonly by: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Epoch milliseconds: when the token ended that it was made with. */
  readonly authorEndedAt?: number | undefined;
}

/** The break-glass fact of one release. */
export function breakGlassFact(requests: readonly BreakGlassRequest[], at: number): Fact<BreakGlassFact> {
  return known({ requests: [...requests].sort((a, b) => a.at - b.at) }, 'operators', at);
}
