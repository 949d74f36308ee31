import { z } from 'zod';
import { durationSetting } from '../duration.ts';
import { defineRule } from '../rule.ts';
import { isYounger, releasedAt } from '../since.ts';
import { setUpMaintainers, unknownFinding, unknownSetting } from '../unknown.ts';

const settings = z.strictObject({
  owners: z
    .int()
    .min(0)
    .default(1)
    .describe('How many owners a crate must have; 0: it does not matter.')
    .meta({ stricter: 'greater' }),
  'team-counts-as': z
    .int()
    .min(1)
    .default(2)
    .describe('How many owners a team counts as.')
    .meta({ stricter: 'smaller' }),
  'younger-than': durationSetting('90d')
    .describe('Releases that are older are not looked at.')
    .meta({ stricter: 'greater' }),
  effect: z
    .enum(['warn', 'review', 'deny'])
    .default('warn')
    .describe('What releases of the others get.')
    .meta({ stricter: 'effect' }),
  unknown: unknownSetting,
});

/** Enough people to notice when one of them is taken over. */
export const maintainersMinimum = defineRule({
  id: 'maintainers-minimum',
  doc:
    'Points at crates that have fewer owners than the policy asks for. The default asks for one, which only a crate ' +
    'that its owners left does not have: most of the ecosystem hangs on one person a crate, and two would be a flood. ' +
    'Owners come from the registry’s API or its database dump; a mirror that has neither still works, and says with a ' +
    'warning that it does not know (`unknown`).',
  section: 'maintainers-minimum',
  settings,
  contexts: ['index', 'release', 'change'],
  needs: ['age', 'maintainers'],
  evaluate({ facts, settings, now }) {
    if (settings.owners === 0) return [];
    if (!isYounger(releasedAt(facts.age), settings['younger-than'], now)) return [];
    if (facts.maintainers.kind === 'unknown')
      return unknownFinding(
        settings.unknown,
        'Who owns its crate',
        facts.maintainers.reason,
        setUpMaintainers,
      );
    const { owners } = facts.maintainers.value;
    const teams = owners.filter(({ kind }) => kind === 'team').length;
    const count = owners.length - teams + teams * settings['team-counts-as'];
    if (count >= settings.owners) return [];
    return [
      {
        effect: settings.effect,
        message:
          count === 0
            ? 'Its crate has no owner.'
            : `Its crate has ${count} owner${count === 1 ? '' : 's'}, the policy asks for ${settings.owners}.`,
        evidence: { values: { owners: owners.map(({ login }) => login).join(', ') } },
        next: 'Prefer a crate that several people look after, or review its releases yourself.',
      },
    ];
  },
});
