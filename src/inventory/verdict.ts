import { type ReadSummary, summaryIn } from '../attest/summary.ts';
import type { StatedVerdict } from './statement.ts';

/**
 * What a verification summary (`https://slsa.dev/verification_summary/v1`) comes to in one word: ours where the gate
 * gave it; `passed` or `failed` of another verifier, and `failed` for what says neither, or denies what it let pass.
 */
export function verdictOf(predicate: unknown): StatedVerdict {
  const { policy, at, ...said } = summaryIn(predicate);
  return {
    word: wordOf(said),
    ...(policy === undefined ? {} : { policy }),
    ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
  };
}

function wordOf({ result, verdict }: Pick<ReadSummary, 'result' | 'verdict'>): StatedVerdict['word'] {
  if (result === 'PASSED') return verdict ?? 'passed';
  return verdict === undefined || verdict === 'allow' ? 'failed' : verdict;
}

/** Whether a verdict lets its program in. */
export function isAllowed(word: StatedVerdict['word']): boolean {
  return word === 'allow' || word === 'passed';
}

/** Of two verdicts on the same bytes the later one; of the same moment, or where one says none, the one that does not let it in. */
export function weightier(
  one: StatedVerdict | undefined,
  other: StatedVerdict | undefined,
): StatedVerdict | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const [a, b] = [one, other].map(({ at }) => (at === undefined ? Number.NaN : Date.parse(at)));
  if (a !== undefined && b !== undefined && a !== b && !Number.isNaN(a) && !Number.isNaN(b))
    return a > b ? one : other;
  return isAllowed(one.word) ? other : one;
}
