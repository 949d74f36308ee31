import type { AuditSettings } from './audit-settings.ts';
import { applyAnswers, auditYes } from './audit-yes.ts';
import { evaluateCustomRule } from './custom.ts';
import { applyDecisions, type DecisionSettings } from './decisions.ts';
import type { Policy } from './policy.ts';
import type { EngineInput, Rule } from './rule.ts';
import { rules } from './rules/index.ts';
import { decide, type Verdict } from './verdict.ts';
import { applyWaivers } from './waiver.ts';

const waivable = new Map(rules.map((rule) => [rule.id, rule.waivable]));

/** Whether a waiver, an audit or a person may say that a rule's findings do not count. */
export function isWaivableUnder({ custom }: Policy, rule: string): boolean {
  return waivable.get(rule) ?? custom.some(({ definition }) => definition.id === rule);
}

/**
 * Asks every rule that applies in the context, and the policy's own, excepts what waivers except, audits answer and
 * people decided, and folds the rest into one verdict.
 */
export function judge(policy: Policy, asked: EngineInput): Verdict {
  const auditSettings = policy.settings.audits as AuditSettings;
  const yes = auditYes(asked.facts, auditSettings);
  const input = { ...asked, yes };
  const findings = rules
    .filter((rule) => rule.contexts.includes(input.context) && isAsked(rule, input))
    .flatMap((rule) => rule.evaluate(input, policy.settings[rule.section]));
  // Custom rules are about releases; a file of the project has neither age nor owners.
  const custom = input.context === 'project' ? [] : policy.custom;
  const own = custom.flatMap((rule) => evaluateCustomRule(rule, input));
  const isWaivable = (rule: string) => isWaivableUnder(policy, rule);
  // An index line is judged for whether it may be shown; remarks wait for the bytes, which come before it is handed out.
  const deciding = input.context === 'index' ? findings.filter(({ effect }) => effect !== 'warn') : findings;
  const marked = applyWaivers(
    [...deciding, ...own],
    input.subject,
    policy.waivers,
    policy.waiverSettings,
    isWaivable,
    input.now,
  );
  const answered = applyAnswers(marked, yes, auditSettings, isWaivable);
  const decided = policy.settings.decisions as DecisionSettings;
  return decide(applyDecisions(answered, input.facts.decisions, decided, isWaivable, input.now));
}

function isAsked({ needs }: Rule, { unasked }: EngineInput): boolean {
  return unasked === undefined || !needs.some((name) => unasked.has(name));
}
