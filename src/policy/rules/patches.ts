import { z } from 'zod';
import type { PatchEntry } from '../../facts/surroundings.ts';
import { differenceEvidence, sayDifference } from '../difference.ts';
import { effectSetting } from '../effect-setting.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { unknownProject } from '../unknown.ts';

const settings = z.strictObject({
  changed: effectSetting('review').describe('An entry is new, or leads elsewhere.'),
  removed: effectSetting('warn').describe('An entry is gone: the crate comes from its registry again.'),
});

/** Crates that `[patch]` and `[replace]` put in the place of others. */
export const patches = defineRule({
  id: 'patches',
  doc:
    'Asks for a review of entries of `[patch]` and `[replace]`, in Cargo.toml and in cargo’s configuration: they put ' +
    'another crate in the place of a release, for every package that depends on it, and what they name passes by the ' +
    'registry and its checks.',
  section: 'patches',
  settings,
  contexts: ['project'],
  needs: ['surroundings'],
  evaluate({ facts, settings }) {
    if (facts.surroundings.kind === 'unknown') return unknownProject(facts.surroundings.reason);
    return facts.surroundings.value.items.flatMap((item): readonly RuleFinding[] => {
      if (item.kind !== 'patch') return [];
      const effect = item.difference === 'removed' ? settings.removed : settings.changed;
      if (effect === 'allow') return [];
      return [
        {
          effect,
          message: `${nameOf(item)} ${sayDifference(item)}.`,
          evidence: differenceEvidence(item),
          next:
            item.difference === 'removed'
              ? `Look whether the release that takes its place is the one you want: \`cargo tree -i ${item.name}\` shows who uses it.`
              : `Take the entry out once a release has what it brings, or waive \`patches\` for \`${item.file}\` in the policy, with the reason.`,
        },
      ];
    });
  },
});

function nameOf({ table, source, name }: PatchEntry): string {
  return table === 'replace'
    ? `The replacement of \`${name}\``
    : `The patch of \`${name}\` from \`${source}\``;
}
