import { z } from 'zod';
import { dayOf } from '../decisions.ts';
import { durationSetting } from '../duration.ts';
import { defineRule } from '../rule.ts';
import { crateSince, isYounger } from '../since.ts';

const settings = z.strictObject({
  'younger-than': durationSetting('30d').describe('Until when a crate is new.').meta({ stricter: 'greater' }),
  effect: z
    .enum(['allow', 'warn', 'review', 'deny'])
    .default('warn')
    .describe('What its releases get.')
    .meta({ stricter: 'effect' }),
  'used-at': z
    .int()
    .min(0)
    .default(100_000)
    .describe('Downloads from which a crate is not new to the world, whatever its age.')
    .meta({ stricter: 'greater' }),
});

/** A crate that nobody has had time to look at. */
export const newCrate = defineRule({
  id: 'new-crate',
  doc:
    'Points at releases of a crate that is itself new. Nearly everything malicious that was ever published came in a ' +
    'crate of its own, days old; so did every good crate once, so that by default this only warns (the cool-down holds ' +
    'them apart from that). A crate’s age is the earliest time that is known of it; without one it counts as new.',
  section: 'new-crate',
  settings,
  contexts: ['index', 'release', 'change'],
  needs: ['age', 'popularity'],
  evaluate({ facts, settings, now }) {
    if (settings.effect === 'allow') return [];
    if (facts.age.kind === 'unknown') {
      return [
        {
          effect: 'hold',
          message: `The age of its crate is not known: ${facts.age.reason}.`,
          next: 'Nothing to do: it is asked for again.',
        },
      ];
    }
    const since = crateSince(facts.age);
    if (since === undefined || !isYounger(since, settings['younger-than'], now)) return [];
    if (facts.popularity.kind === 'known' && facts.popularity.value.uses >= settings['used-at']) return [];
    return [
      {
        effect: settings.effect,
        message: `Its crate is new: it came out on ${dayOf(since)}.`,
        evidence: { values: { since: new Date(since).toISOString() } },
        next: 'See who publishes it and what it is for; a crate that has been around may do the same.',
      },
    ];
  },
});
