import { z } from 'zod';
import type { AgeFact } from '../../facts/age.ts';
import type { BreakGlassRequest } from '../../facts/break-glass.ts';
import { durationSetting, sayDuration } from '../duration.ts';
import { together } from '../people.ts';
import { defineRule, type RuleFinding } from '../rule.ts';

const settings = z.strictObject({
  release: durationSetting('3d').meta({ stricter: 'greater' }).describe('How long a new release waits.'),
  'new-crate': durationSetting('7d')
    .meta({ stricter: 'greater' })
    .describe('How long a release waits that appears in the first week of its crate.'),
  'trust-pubtime': z
    .boolean()
    .default(true)
    .meta({ stricter: 'false' })
    .describe(
      'Whether the back catalogue counts from its publication time; off, it counts from first sight.',
    ),
  'break-glass': z
    .boolean()
    .default(false)
    .meta({ stricter: 'false' })
    .describe('Whether two different people, with a reason, can end a cool-down. Organisation policy only.'),
  'break-glass-within': durationSetting('24h')
    .meta({ stricter: 'smaller' })
    .describe('How long one person’s request waits for the other’s; after that it counts for nothing.'),
});

const crateInfancy = 7 * 24 * 60 * 60 * 1000;

/** The cool-down. */
export const age = defineRule({
  id: 'age',
  doc:
    'Holds every release until it is old enough for others to have looked at it. Age counts from the later of ' +
    'publication and first sight for a release that appears after the mirror first saw its crate, and from publication ' +
    'for what was there before; a release without a publication time counts from first sight, and one whose dependency ' +
    'list changed in place counts from that change; a publication time after the first sight is made up, and warned of. ' +
    'Nothing shortens a cool-down: no approval, no audit, no ' +
    'administrator. The one exception, `break-glass`, is off by default, takes two people and a reason, and stays marked; ' +
    'a request dies with its author’s token, and where nobody joins it in time.',
  section: 'cooldown',
  settings,
  waivable: false,
  contexts: ['index', 'release', 'change'],
  needs: ['age', 'breakGlass'],
  evaluate({ facts, settings, now }) {
    if (facts.age.kind === 'unknown') {
      return [
        {
          effect: 'hold',
          message: `Its age is unknown: ${facts.age.reason}.`,
          next: 'Nothing to do: it is asked for again.',
        },
      ];
    }
    const { since, because } = ageStart(facts.age.value, settings['trust-pubtime']);
    const infant = since < crateStart(facts.age.value, settings['trust-pubtime']) + crateInfancy;
    const wait = infant ? Math.max(settings['new-crate'], settings.release) : settings.release;
    const until = since + wait;
    const requests = facts.breakGlass.kind === 'known' ? facts.breakGlass.value.requests : [];
    const broken = brokenGlass(
      requests.filter(({ at }) => at < until),
      settings['break-glass-within'],
      Math.min(now, until),
    );
    // The mark outlives the cool-down and the switch: it says how the release came in.
    const ahead = madeUpTime(facts.age.value);
    if (now >= until) return broken === undefined ? ahead : [broken, ...ahead];
    if (broken !== undefined && settings['break-glass']) return [broken, ...ahead];
    return [
      {
        effect: 'hold',
        message: `${infant ? 'A release of a new crate' : 'A new release'} waits ${sayDuration(wait)} from ${words[because]}.`,
        evidence: { values: { since: new Date(since).toISOString(), because } },
        next: 'Use an older release until then.',
        until,
      },
    ];
  },
});

type Because = 'published' | 'first-seen' | 'dependencies-changed' | 'no-pubtime' | 'made-up';

const words: Readonly<Record<Because, string>> = {
  published: 'its publication',
  'first-seen': 'its first sight here',
  'dependencies-changed': 'the change of its dependency list',
  'no-pubtime': 'its first sight here (the registry gives no publication time)',
  'made-up': 'its first sight here (its publication time lies after that)',
};

function ageStart(age: AgeFact, trustPubtime: boolean): { since: number; because: Because } {
  const start = publicationOrSight(age, trustPubtime);
  const changed = age.dependenciesChangedAt;
  return changed !== undefined && changed > start.since
    ? { since: changed, because: 'dependencies-changed' }
    : start;
}

function publicationOrSight(age: AgeFact, trustPubtime: boolean): { since: number; because: Because } {
  const { published, firstSeen } = age;
  if (published === undefined)
    return { since: firstSeen, because: age.publishedAhead === undefined ? 'no-pubtime' : 'made-up' };
  const trusted = age.arrival === 'back-catalogue' && trustPubtime;
  return trusted || published > firstSeen
    ? { since: published, because: 'published' }
    : { since: firstSeen, because: 'first-seen' };
}

function crateStart(age: AgeFact, trustPubtime: boolean): number {
  const published = trustPubtime ? age.cratePublished : undefined;
  return Math.min(published ?? age.crateFirstSeen, age.crateFirstSeen);
}

function madeUpTime({ publishedAhead, firstSeen }: AgeFact): readonly RuleFinding[] {
  if (publishedAhead === undefined) return [];
  const [published, seen] = [publishedAhead, firstSeen].map((time) => new Date(time).toISOString());
  return [
    {
      effect: 'warn',
      message: 'Its publication time lies after its first sight here, which therefore counts instead.',
      evidence: { values: { published: published ?? '', 'first seen': seen ?? '' } },
      next: 'Ask its registry, or look at the clock of this machine.',
    },
  ];
}

/**
 * Two different people are needed, and while the cool-down would still run, their tokens; their names and reasons stay on the
 * release as a warning.
 */
function brokenGlass(
  requests: readonly BreakGlassRequest[],
  within: number,
  now: number,
): RuleFinding | undefined {
  const living = requests.filter(({ authorEndedAt }) => authorEndedAt === undefined || authorEndedAt > now);
  const [first, second] = together(living, 2, within) ?? [];
  if (first === undefined || second === undefined) return undefined;
  return {
    effect: 'warn',
    message: `Its cool-down was broken by ${first.by} (“${first.reason}”) and ${second.by} (“${second.reason}”).`,
    evidence: {
      values: { first: new Date(first.at).toISOString(), second: new Date(second.at).toISOString() },
    },
    next: 'Review it as you would any unseen release.',
  };
}
