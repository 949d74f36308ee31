import type { Policy } from './policy.ts';
import type { EngineInput } from './rule.ts';
import { rules } from './rules/index.ts';
import { decide, type Verdict } from './verdict.ts';

/** Asks every rule that applies in the context and folds their findings into one verdict. */
export function judge(policy: Policy, input: EngineInput): Verdict {
  return decide(
    rules
      .filter((rule) => rule.contexts.includes(input.context))
      .flatMap((rule) => rule.evaluate(input, policy.settings[rule.section])),
  );
}
