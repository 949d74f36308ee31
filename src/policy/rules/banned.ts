import { z } from 'zod';
import { crateSpec, isAbout, sameCrate } from '../crate-spec.ts';
import type { Evidence } from '../finding.ts';
import { crateName } from '../names.ts';
import { defineRule, type RuleFinding } from '../rule.ts';

const settings = z.strictObject({
  crates: z
    .array(
      z.strictObject({
        ...crateSpec,
        reason: z.string().min(1).optional().describe('Shown to whoever depends on it.'),
        'use-instead': z.string().min(1).optional().describe('What to use instead: a crate, or a sentence.'),
        wrappers: z
          .array(crateName)
          .default([])
          .describe('Crates that may depend on it all the same; nothing else may, directly.'),
        effect: z.enum(['warn', 'review', 'deny']).default('deny').describe('How strictly it is meant.'),
      }),
    )
    .default([])
    .describe('Crates that the organisation has decided against.')
    .meta({ stricter: 'union' }),
});

export type BannedSettings = z.output<typeof settings>;

/** What the organisation has decided against, and what it uses instead. */
export const banned = defineRule({
  id: 'banned',
  doc:
    'Refuses crates that the organisation has decided against, and says what it uses instead. Where `wrappers` are ' +
    'named, only they may depend on the crate directly; that can be seen in a lockfile and not when one release is ' +
    'judged by itself, so there such an entry is a warning and nothing more. `blocklist` is for what is dangerous; this ' +
    'is for what is unwanted.',
  section: 'banned',
  settings,
  contexts: ['index', 'release', 'change'],
  needs: ['place'],
  evaluate({ subject, facts, settings }) {
    return settings.crates
      .filter((entry) => isAbout(entry, subject))
      .flatMap((entry): RuleFinding[] => {
        const instead = entry['use-instead'];
        const because = entry.reason === undefined ? '' : `: ${withoutStop(entry.reason)}`;
        const next =
          instead === undefined
            ? 'Use another crate; the entry is in [banned] of the policy.'
            : `Use ${withoutStop(instead)} instead.`;
        const evidence: Evidence = entry.version === undefined ? {} : { values: { banned: entry.version } };
        if (entry.wrappers.length === 0)
          return [{ effect: entry.effect, message: `The policy bans it${because}.`, evidence, next }];
        const wrappers = entry.wrappers.join(', ');
        if (facts.place.kind === 'unknown') {
          const message = `The policy bans it unless ${wrappers} depends on it, and who does is unknown${because}.`;
          return [{ effect: 'warn', message, evidence, next }];
        }
        const others = facts.place.value.dependents.filter(
          (name) => !entry.wrappers.some((wrapper) => sameCrate(wrapper, name)),
        );
        if (others.length === 0) return [];
        const message = `The policy bans it but for ${wrappers}, and ${others.join(', ')} depends on it${because}.`;
        return [{ effect: entry.effect, message, evidence, next }];
      });
  },
});

function withoutStop(text: string): string {
  return text.trim().replace(/\.$/, '');
}
