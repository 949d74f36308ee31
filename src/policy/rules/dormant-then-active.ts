import { z } from 'zod';
import type { Fact } from '../../facts/fact.ts';
import type { MaintainersFact } from '../../facts/maintainers/fact.ts';
import { durationSetting, sayDuration } from '../duration.ts';
import { defineRule } from '../rule.ts';
import { isYounger, releasedAt } from '../since.ts';

const settings = z.strictObject({
  dormant: durationSetting('730d')
    .describe('How long a crate is silent to count as dormant.')
    .meta({ stricter: 'smaller' }),
  'younger-than': durationSetting('90d')
    .describe('Releases that are older are not looked at.')
    .meta({ stricter: 'greater' }),
  effect: z
    .enum(['allow', 'warn', 'review', 'deny'])
    .default('warn')
    .describe('What the first release gets.')
    .meta({ stricter: 'effect' }),
  'new-publisher': z
    .enum(['warn', 'review', 'deny'])
    .default('review')
    .describe('What it gets where somebody else than before published it.')
    .meta({ stricter: 'effect' }),
});

/** A crate that wakes up after years. */
export const dormantThenActive = defineRule({
  id: 'dormant-then-active',
  doc:
    'Points at the first release of a crate after years of silence: that is what a taken-over account or an abandoned ' +
    'name looks like, and also a maintainer who fixes something at last. It warns, and asks for a review where somebody ' +
    'else than before published it.',
  section: 'dormant-then-active',
  settings,
  contexts: ['index', 'release', 'change'],
  needs: ['age', 'history', 'maintainers'],
  evaluate({ facts, settings, now }) {
    if (settings.effect === 'allow') return [];
    if (!isYounger(releasedAt(facts.age), settings['younger-than'], now)) return [];
    if (facts.history.kind === 'unknown') {
      return [
        {
          // Some registries never give times: a hold would have no end, and what it looks for could do no more.
          effect: 'warn',
          message: `When its crate’s releases came out is not known: ${facts.history.reason}.`,
          next: 'See its release dates where it is published.',
        },
      ];
    }
    const { published, previous } = facts.history.value;
    if (previous === undefined || published - previous.published < settings.dormant) return [];
    const change = publisherChange(facts.maintainers);
    return [
      {
        effect: change === 'another' ? settings['new-publisher'] : settings.effect,
        message:
          `It is the first release in ${sayDuration(published - previous.published)}, after ${previous.version}` +
          `${said[change]}.`,
        evidence: { values: { previous: new Date(previous.published).toISOString() } },
        next: 'Compare it with the release before, and see whether its maintainers speak of it anywhere.',
      },
    ];
  },
});

type PublisherChange = 'same' | 'another' | 'not known';

const said: Readonly<Record<PublisherChange, string>> = {
  same: ', by the same publisher',
  another: ', and by another publisher',
  'not known': '; whether by the same publisher is not known',
};

function publisherChange(maintainers: Fact<MaintainersFact>): PublisherChange {
  if (maintainers.kind === 'unknown') return 'not known';
  const { publisher, previousPublisher } = maintainers.value;
  if (publisher === undefined || previousPublisher === undefined) return 'not known';
  return publisher?.id === previousPublisher?.id ? 'same' : 'another';
}
