import { z } from 'zod';
import { canonicalName } from '../../cargo/index-path.ts';
import type { Fact } from '../../facts/fact.ts';
import type { PlaceFact } from '../../facts/place.ts';
import { isSlip, type Resemblance } from '../../facts/typosquat/resemblance.ts';
import { durationSetting } from '../duration.ts';
import { crateName } from '../names.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { crateSince, isYounger } from '../since.ts';
import { unknownFinding, unknownSetting } from '../unknown.ts';

const effects = ['allow', 'warn', 'review', 'deny'] as const;

const settings = z.strictObject({
  strong: z
    .enum(effects)
    .default('review')
    .describe(
      'What a young crate gets whose name is a slip away from a much used one, or from one of your own.',
    )
    .meta({ stricter: 'effect' }),
  weak: z
    .enum(effects)
    .default('warn')
    .describe('What any other resemblance gets.')
    .meta({ stricter: 'effect' }),
  'younger-than': durationSetting('90d')
    .describe('Until when a crate is young; an older one that nobody uses gets what a weak resemblance gets.')
    .meta({ stricter: 'greater' }),
  'established-age': durationSetting('365d')
    .describe('How old a crate must be to be left alone, …')
    .meta({ stricter: 'greater' }),
  'established-uses': z
    .int()
    .min(0)
    .default(100_000)
    .describe('… and how many downloads it must have.')
    .meta({ stricter: 'greater' }),
  allow: z
    .array(crateName)
    .default([])
    .describe('Crates that may have the name they have.')
    .meta({ stricter: 'intersection' }),
  unknown: unknownSetting,
});

export type TyposquatSettings = z.output<typeof settings>;

/** A name that is easily taken for another. */
export const typosquat = defineRule({
  id: 'typosquat',
  doc:
    'Asks for a review of a young crate whose name is a slip of the hand or eye away from a crate that is much more ' +
    'used, or from one of the organisation’s own, and names that crate and the slip. A weaker resemblance, or one of an ' +
    'older crate, is a warning. A crate that is itself old and much used is left alone, and so is one that has an owner ' +
    'in common with what it resembles. docs/typosquat.md tells the method and how well it does.',
  section: 'typosquat',
  settings,
  contexts: ['index', 'release', 'change'],
  needs: ['age', 'typosquat', 'place'],
  evaluate({ subject, facts, settings, now }): readonly RuleFinding[] {
    const name = canonicalName(subject.crate);
    if (settings.allow.some((allowed) => canonicalName(allowed) === name)) return [];
    if (facts.typosquat.kind === 'unknown') {
      const { reason } = facts.typosquat;
      return unknownFinding(
        settings.unknown,
        'What its name resembles',
        reason,
        'See why names are not known.',
      );
    }
    const { uses } = facts.typosquat.value;
    const resembles = facts.typosquat.value.resembles.filter(
      (one) => one.own || !isFamily(name, one, facts.place),
    );
    const since = crateSince(facts.age);
    const isOld = !isYounger(since, settings['established-age'], now);
    if (isOld && (uses ?? 0) >= settings['established-uses']) return [];
    const isYoung = isYounger(since, settings['younger-than'], now);
    const [first] = resembles;
    if (first === undefined) return [];
    // Of how much an old crate is used nobody may know; then a slip is still worth a word, a likeness among honest names is not.
    if (isOld && uses === undefined && !first.own && !isSlip(first.technique)) return [];
    const effect = first.own || (first.strength === 'strong' && isYoung) ? settings.strong : settings.weak;
    if (effect === 'allow') return [];
    return [
      {
        effect,
        message: `Its name ${first.why}${first.own ? ', a crate of your own' : ''}${others(resembles)}.`,
        evidence: {
          values: { resembles: first.crate, technique: first.technique, strength: first.strength },
        },
        next: `Make sure that ${subject.crate} is what you mean and not ${first.crate}; if it is, add it to typosquat.allow.`,
      },
    ];
  },
});

/**
 * Whether a package is a part of what it resembles, or of something that is named like it: the one that depends on it has
 * chosen the name. A slip of the hand it stays, whoever depends on it.
 */
function isFamily(name: string, { crate, technique }: Resemblance, place: Fact<PlaceFact>): boolean {
  if (place.kind === 'unknown' || isSlip(technique)) return false;
  return place.value.dependents.some((dependent) => {
    const above = canonicalName(dependent);
    return above === canonicalName(crate) || name.startsWith(`${above}-`);
  });
}

function others(resembles: readonly Resemblance[]): string {
  const names = resembles.slice(1, 3).map(({ crate }) => crate);
  return names.length === 0 ? '' : `; it also resembles ${names.join(' and ')}`;
}
