import { z } from 'zod';
import { crateSpec, isAbout } from '../crate-spec.ts';
import { defineRule } from '../rule.ts';

const settings = z.strictObject({
  crates: z
    .array(
      z.strictObject({
        ...crateSpec,
        reason: z.string().min(1).optional().describe('Why it is on the list; for whoever reads the policy.'),
      }),
    )
    .default([])
    .describe('The only crates that may be used; empty: any.')
    .meta({ stricter: 'narrower' }),
  others: z
    .enum(['warn', 'review', 'deny'])
    .default('deny')
    .describe('What to do with any other crate.')
    .meta({ stricter: 'effect' }),
});

/** A closed list, for those who want one. */
export const allowed = defineRule({
  id: 'allowed',
  doc:
    'Accepts only the crates that the policy lists, once it lists any. That is a heavy tool: every new dependency of a ' +
    'dependency is stopped until somebody adds it. It says nothing for a crate that is on the list; every other rule ' +
    'still does.',
  section: 'allowed',
  settings,
  contexts: ['index', 'release', 'change'],
  needs: [],
  evaluate({ subject, settings }) {
    if (settings.crates.length === 0 || settings.crates.some((entry) => isAbout(entry, subject))) return [];
    return [
      {
        effect: settings.others,
        message: 'It is not among the crates that the policy allows.',
        next: 'Use a crate that is, or have it added to [allowed] of the policy.',
      },
    ];
  },
});
