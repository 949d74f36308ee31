import type { Decision } from './effect.ts';
import { compareEffects } from './effect.ts';
import { counts } from './excepted.ts';
import type { Finding } from './finding.ts';

/** The answer on one release: the strictest effect that no waiver excepts and no audit answers, with every finding. */
export interface Verdict {
  readonly decision: Decision;
  /** RFC 3339; on `hold`, when the last of the dated holds ends. Absent when any hold has no date. */
  readonly until?: string;
  /** Those that count first, strictest first, then by rule id and message, so that equal findings give equal bytes. */
  readonly findings: readonly Finding[];
}

/** Folds findings into one verdict. Their order never matters. */
export function decide(findings: readonly Finding[]): Verdict {
  const sorted = [...findings].sort(strictestFirst);
  const counting = sorted.filter(counts);
  const strictest = counting[0]?.effect ?? 'warn';
  const decision: Decision = strictest === 'warn' ? 'allow' : strictest;
  if (decision !== 'hold') return { decision, findings: sorted };
  const until = latestEnd(counting.filter((finding) => finding.effect === 'hold'));
  return until === undefined ? { decision, findings: sorted } : { decision, until, findings: sorted };
}

/** The finding that explains the decision: the strictest; among holds, the one that ends last. */
export function leadingFinding(verdict: Verdict): Finding | undefined {
  const leading = verdict.findings.filter(
    (finding) => counts(finding) && finding.effect === verdict.findings[0]?.effect,
  );
  return leading.find((finding) => finding.until === verdict.until) ?? leading[0];
}

function latestEnd(holds: readonly Finding[]): string | undefined {
  const ends = holds.map((finding) => finding.until);
  if (ends.some((end) => end === undefined)) return undefined;
  return ends.reduce((a, b) => (a !== undefined && b !== undefined && a > b ? a : b));
}

function strictestFirst(a: Finding, b: Finding): number {
  return (
    Number(counts(b)) - Number(counts(a)) ||
    compareEffects(b.effect, a.effect) ||
    compareText(sortKey(a), sortKey(b))
  );
}

function sortKey(finding: Finding): string {
  return JSON.stringify([
    finding.rule,
    finding.subject,
    finding.message,
    finding.until ?? '',
    finding.next,
    finding.evidence,
    finding.waived ?? null,
    finding.answered ?? null,
  ]);
}

/** Code-unit order: the same on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
