import { compareEffects, type Effect } from '../policy/effect.ts';
import { counts } from '../policy/excepted.ts';
import type { Change, GateFinding, GateVerdict } from './change.ts';

/** Whether a finding fails the change that it is about. */
export function fails(finding: GateFinding): boolean {
  return finding.effect !== 'warn' && counts(finding);
}

/**
 * A verdict in the order in which every format tells it: changes that fail, the strictest first, then those that end an advisory,
 * those with a warning, and the rest; of each its findings likewise. Of what was there before, what got worse stands first.
 */
export function inOrder(verdict: GateVerdict): GateVerdict {
  const changes = verdict.changes.map((change) => ({
    ...change,
    findings: change.findings.toSorted((a, b) => weightOf(b) - weightOf(a)),
  }));
  return {
    ...verdict,
    changes: changes.sort((a, b) => weightOfChange(b) - weightOfChange(a)),
    debt: verdict.debt.toSorted(
      (a, b) =>
        Number(b.worse !== undefined) - Number(a.worse !== undefined) || compareEffects(b.effect, a.effect),
    ),
  };
}

/** The strictest effect of findings that fail something. */
export function strictestOf(findings: readonly GateFinding[]): Effect | undefined {
  return findings
    .filter(fails)
    .map(({ effect }) => effect)
    .sort((a, b) => compareEffects(b, a))[0];
}

const strictness: Readonly<Record<Effect, number>> = { warn: 1, hold: 3, review: 4, deny: 5 };

function weightOf(finding: GateFinding): number {
  return counts(finding) ? strictness[finding.effect] : 0;
}

/** What ends an advisory weighs more than a warning, and less than what fails. */
function weightOfChange({ findings, fixes = [] }: Change): number {
  return Math.max(0, fixes.length === 0 ? 0 : 2, ...findings.map(weightOf));
}
