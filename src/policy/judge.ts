import { evaluateCustomRule } from './custom.ts';
import type { Policy } from './policy.ts';
import type { EngineInput } from './rule.ts';
import { rules } from './rules/index.ts';
import { decide, type Verdict } from './verdict.ts';
import { applyWaivers } from './waiver.ts';

const waivable = new Map(rules.map((rule) => [rule.id, rule.waivable]));

/** Asks every rule that applies in the context, and the policy's own, excepts what waivers except, and folds the rest into one verdict. */
export function judge(policy: Policy, input: EngineInput): Verdict {
  const findings = rules
    .filter((rule) => rule.contexts.includes(input.context))
    .flatMap((rule) => rule.evaluate(input, policy.settings[rule.section]));
  const own = policy.custom.flatMap((rule) => evaluateCustomRule(rule, input));
  const isWaivable = (rule: string) =>
    waivable.get(rule) ?? policy.custom.some(({ definition }) => definition.id === rule);
  // An index line is judged for whether it may be shown; remarks wait for the bytes, which come before it is handed out.
  const deciding = input.context === 'index' ? findings.filter(({ effect }) => effect !== 'warn') : findings;
  return decide(
    applyWaivers(
      [...deciding, ...own],
      input.subject,
      policy.waivers,
      policy.waiverSettings,
      isWaivable,
      input.now,
    ),
  );
}
