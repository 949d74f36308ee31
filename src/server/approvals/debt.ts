import type { Approval } from '../../facts/approval.ts';
import { isLapsed } from '../../policy/build-code-standing.ts';
import type { ReviewMove } from '../../store/decisions.ts';
import type { ApprovalsJson } from '../approvals-contract.ts';
import { rfc3339 } from '../shape.ts';

const week = 7 * 86_400_000;

/**
 * What nobody had looked at, week by week until now. How many releases waited is counted back from how many do now: `moves` are
 * those into a review and out of it since the first of the weeks.
 */
export function debtByWeek(
  weeks: number,
  now: number,
  waiting: number,
  moves: readonly ReviewMove[],
  approvals: readonly Approval[],
): ApprovalsJson['debt'] {
  const times = Array.from({ length: weeks + 1 }, (_, i) => now - (weeks - i) * week);
  return times.map((at) => {
    const since = moves.filter((move) => move.at > at);
    const grown = since.reduce((sum, { into }) => sum + (into ? 1 : -1), 0);
    const there = approvals.filter((one) => Date.parse(one.at) <= at);
    return {
      at: rfc3339(at),
      waiting: Math.max(0, waiting - grown),
      unread: there.filter(({ grandfathered }) => grandfathered === true).length,
      lapsed: there.filter((one) => isLapsed(one, at)).length,
    };
  });
}

/** Milliseconds that `debtByWeek` looks back. */
export function lookBack(weeks: number): number {
  return weeks * week;
}
