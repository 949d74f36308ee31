import { z } from 'zod';
import { tryParseVersion } from '../../cargo/version.ts';
import { sameCrate } from '../crate-spec.ts';
import { crateName } from '../names.ts';
import { defineRule, type RuleFinding } from '../rule.ts';

const settings = z.strictObject({
  crates: z
    .array(
      z.strictObject({
        name: crateName.describe('Crate name; `-` and `_` are the same.'),
        version: z
          .string()
          .refine(
            (text) => tryParseVersion(text) !== undefined,
            'expected one exact version, such as "1.2.3"',
          )
          .optional()
          .describe('One exact version; absent: all of them.'),
        reason: z.string().min(1).describe('Shown to whoever asks for it.'),
      }),
    )
    .default([])
    .meta({ stricter: 'union' })
    .describe('Crates that may not be used.'),
});

/** What people have ruled out. */
export const blocklist = defineRule({
  id: 'blocklist',
  doc:
    'Denies what people have ruled out: the crates that the policy lists, and the blocks that an operator sets with ' +
    '`safeguard quarantine block` and lifts with `safeguard quarantine unblock`.',
  section: 'blocklist',
  settings,
  waivable: false,
  contexts: ['index', 'release', 'change'],
  needs: ['blocks'],
  evaluate({ subject, facts, settings }) {
    const listed = settings.crates
      .filter(({ name, version }) => sameCrate(name, subject.crate) && matches(version, subject.version))
      .map(
        ({ reason }): RuleFinding => ({
          effect: 'deny',
          message: `The policy blocks it: ${reason}`,
          next: 'Use another crate or release; the entry is in [blocklist] of the policy.',
        }),
      );
    if (facts.blocks.kind === 'unknown') {
      const message = `Whether an operator has blocked it is unknown: ${facts.blocks.reason}.`;
      return [...listed, { effect: 'hold', message, next: 'Nothing to do: it is asked for again.' }];
    }
    const blocked = facts.blocks.value.blocks.map(
      ({ reason, by, at }): RuleFinding => ({
        effect: 'deny',
        message: `${by} blocked it on ${new Date(at).toISOString().slice(0, 10)}: ${reason}`,
        next: 'Use another release, or ask whoever set the block to lift it.',
      }),
    );
    return [...listed, ...blocked];
  },
});

function matches(listed: string | undefined, version: string): boolean {
  return listed === undefined || listed === version;
}
