import { z } from 'zod';
import { effectSetting } from '../effect-setting.ts';
import { defineRule } from '../rule.ts';

const settings = z.strictObject({
  effect: effectSetting('warn').describe('A locked release that its registry has yanked.'),
});

/** Its registry has yanked it. */
export const yanked = defineRule({
  id: 'yanked',
  doc:
    'Says that a lockfile names a release that was yanked. A yank says that its maintainer wants nobody new to take it; ' +
    'it does not say that it does harm, and an attacker who has taken over an account yanks the good releases to move ' +
    'everybody to a bad one. So the mirror serves what is yanked to those whose lockfile pins it, and a yank alone is no ' +
    'reason to move: read why it was yanked first.',
  section: 'yanked',
  settings,
  contexts: ['change'],
  needs: ['standing'],
  evaluate({ facts, settings }) {
    if (settings.effect === 'allow') return [];
    if (facts.standing.kind === 'unknown') {
      // The rule `lockfile` holds it for the same reason.
      const message = `Whether it was yanked is unknown: ${facts.standing.reason}.`;
      return [{ effect: 'warn', message, next: 'Check again once the registry answers.' }];
    }
    if (!facts.standing.value.yanked || facts.standing.value.presence !== 'here') return [];
    return [
      {
        effect: settings.effect,
        message: `${facts.standing.source} says that it was yanked.`,
        evidence: { values: { asked: facts.standing.at } },
        next: 'Stay on it until you know why it was yanked: a yank alone is no reason to move.',
      },
    ];
  },
});
