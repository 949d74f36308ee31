import { z } from 'zod';
import type { MaintainersFact } from '../../facts/maintainers/fact.ts';
import { durationSetting, sayDuration } from '../duration.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { isYounger, releasedAt } from '../since.ts';
import { setUpMaintainers, unknownFinding, unknownSetting } from '../unknown.ts';

const settings = z.strictObject({
  'younger-than': durationSetting('90d')
    .describe('Releases that are older are not looked at.')
    .meta({ stricter: 'greater' }),
  'earlier-releases': z
    .int()
    .min(1)
    .default(1)
    .describe('How many releases a crate must have had before for its publishers to be known.')
    .meta({ stricter: 'smaller' }),
  effect: z
    .enum(['allow', 'warn', 'review', 'deny'])
    .default('warn')
    .describe('What a release gets whose publisher has not published the crate before.')
    .meta({ stricter: 'effect' }),
  newcomer: durationSetting('30d')
    .describe('How long after becoming an owner, or coming to the registry, a publisher is a newcomer.')
    .meta({ stricter: 'greater' }),
  'newcomer-effect': z
    .enum(['warn', 'review', 'deny'])
    .default('review')
    .describe('What a release gets whose publisher is a newcomer besides.')
    .meta({ stricter: 'effect' }),
  unknown: unknownSetting,
});

/** Somebody else than ever before publishes. */
export const publisherChanged = defineRule({
  id: 'publisher-changed',
  doc:
    'Points at a release that was published by somebody who has never published its crate before, and asks for a review ' +
    'where that person became an owner, or came to the registry, only days earlier: handing a crate to a stranger is how ' +
    'several were taken over. A crate that leaves trusted publishing for a person’s token counts as changed too. ' +
    'Publishers come from the registry’s API or its database dump (`unknown`).',
  section: 'publisher-changed',
  settings,
  contexts: ['index', 'release', 'change'],
  needs: ['age', 'maintainers'],
  evaluate({ facts, settings, now }): readonly RuleFinding[] {
    if (settings.effect === 'allow') return [];
    if (!isYounger(releasedAt(facts.age), settings['younger-than'], now)) return [];
    const unknown = (reason: string) =>
      unknownFinding(
        settings.unknown,
        'Whether its publisher published its crate before',
        reason,
        setUpMaintainers,
      );
    if (facts.maintainers.kind === 'unknown') return unknown(facts.maintainers.reason);
    const { publisher, earlierReleases, previousPublisher } = facts.maintainers.value;
    if (publisher === undefined || earlierReleases === undefined)
      return unknown('the source does not name the publisher');
    if (earlierReleases < settings['earlier-releases'] || publisher === null) return [];
    if (publisher.earlierReleases === undefined)
      return unknown('the source does not name earlier publishers');
    if (publisher.earlierReleases > 0) return [];
    const newcomer = newness(facts.maintainers.value, settings.newcomer, now);
    const before =
      previousPublisher === undefined
        ? 'somebody else'
        : previousPublisher === null
          ? 'a trusted publisher’s workflow'
          : previousPublisher.login;
    return [
      {
        effect: newcomer === undefined ? settings.effect : settings['newcomer-effect'],
        message:
          `${publisher.login} published it, for the first time in ${earlierReleases + 1} releases; the one before came ` +
          `from ${before}${newcomer === undefined ? '' : `. ${newcomer}`}.`,
        evidence: { values: { publisher: publisher.login, id: String(publisher.id) } },
        next: 'See whether the crate’s earlier maintainers speak of the change; until then use an earlier release.',
      },
    ];
  },
});

/** Why the publisher is a newcomer, as a sentence without its full stop. */
function newness(fact: MaintainersFact, length: number, now: number): string | undefined {
  const { publisher } = fact;
  if (!publisher) return undefined;
  const at = fact.published ?? now;
  const owner = fact.owners.find(({ kind, id }) => kind === 'user' && id === publisher.id);
  const owned = owner?.since;
  if (owned !== undefined && at < owned + length)
    return `They became an owner ${sayDuration(at - owned)} before it`;
  const { registered = owner?.registered } = publisher;
  if (registered !== undefined && at < registered + length)
    return `They came to the registry ${sayDuration(at - registered)} before it`;
  return undefined;
}
