import { z } from 'zod';
import { type AdvisoriesFact, type AdvisoryMatch, notConfigured } from '../facts/advisories/fact.ts';
import type { Fact } from '../facts/fact.ts';
import { compareEffects, type Effect } from './effect.ts';
import { type EffectSetting, effectSetting } from './effect-setting.ts';
import type { Evidence } from './finding.ts';
import type { RuleFinding } from './rule.ts';

// What the rules about advisories share.

const effects = ['warn', 'hold', 'review', 'deny'] as const;

/**
 * What it means not to know. Two cases, because they are two: a database that is configured and cannot be read knows
 * something that we do not, so nothing passes that it might stop; where none is configured there is nothing to wait
 * for, and a hold would have no end.
 */
export const unknownSettings = {
  unknown: z
    .enum(effects)
    .default('hold')
    .meta({ stricter: 'effect' })
    .describe('What happens while a configured advisory database cannot be read.'),
  'not-configured': z
    .enum(['allow', ...effects])
    .default('allow')
    .meta({ stricter: 'effect' })
    .describe(
      'What happens where no advisory database is configured at all; `allow`: the server says so when it starts, and no ' +
        'verdict repeats it.',
    ),
};

export type UnknownSettings = { readonly unknown: Effect; readonly 'not-configured': Effect | 'allow' };

/** The setting that says what an advisory counts as that what is built rules out. */
export const ruledOutSetting = effectSetting('warn').describe(
  'What it counts as at most where the resolved features, the targets of `[gate]` or the advisory’s own platforms rule it out.',
);

/** The effect of a finding on a match: no more than the setting where what is built rules the advisory out. */
export function effectOn(
  { ruledOut }: AdvisoryMatch,
  effect: EffectSetting,
  setting: EffectSetting,
): EffectSetting {
  if (ruledOut === undefined || effect === 'allow') return effect;
  return setting === 'allow' || compareEffects(setting, effect) < 0 ? setting : effect;
}

/** The settings of a rule about one informational kind. */
export function informationalSettings(what: string) {
  return z.strictObject({
    effect: effectSetting('warn')
      .meta({ stricter: 'effect' })
      .describe(`What happens to a release that ${what}; \`allow\` says nothing.`),
    'ruled-out': ruledOutSetting,
  });
}

/** What cannot be said, by the settings. `question` is a clause: "whether it is malicious". */
export function unknownFindings(
  fact: Fact<AdvisoriesFact>,
  question: string,
  settings: UnknownSettings,
): readonly RuleFinding[] {
  if (fact.kind === 'unknown' && fact.reason === notConfigured) {
    const effect = settings['not-configured'];
    if (effect === 'allow') return [];
    return [
      {
        effect,
        message: `${capital(question)} is unknown: ${fact.reason}.`,
        next: 'Configure an advisory database, such as the one of RustSec.',
      },
    ];
  }
  const reasons = fact.kind === 'unknown' ? [fact.reason] : fact.value.missing;
  return reasons.map((reason) => ({
    effect: settings.unknown,
    message: `${capital(question)} is unknown: ${reason}.`,
    next: 'Nothing to do: the advisory database is read again.',
  }));
}

/** Advisories about the crate itself that nobody could read: what they say may be the worst. */
export function unreadFindings(fact: Fact<AdvisoriesFact>, effect: Effect): readonly RuleFinding[] {
  if (fact.kind === 'unknown') return [];
  return (fact.value.unread ?? []).map((which) => ({
    effect,
    message: `An advisory about it cannot be read: ${oneLine(which)}.`,
    next: 'Read that file, and mend it or take it out of the database.',
  }));
}

/** The matches that `wanted` picks; none of an unknown fact. */
export function matchesOf(
  fact: Fact<AdvisoriesFact>,
  wanted: (match: AdvisoryMatch) => boolean,
): readonly AdvisoryMatch[] {
  return fact.kind === 'known' ? fact.value.matches.filter(wanted) : [];
}

/**
 * The findings of a rule about one informational kind. Not knowing is a hold where knowing could be worse, and a
 * warning where all it could do is warn.
 */
export function informationalFindings(
  fact: Fact<AdvisoriesFact>,
  { effect, 'ruled-out': ruledOut }: { readonly effect: EffectSetting; readonly 'ruled-out': EffectSetting },
  rule: {
    /** A clause: "whether it is maintained". */
    readonly question: string;
    readonly wanted: (match: AdvisoryMatch) => boolean;
    readonly message: (match: AdvisoryMatch) => string;
    readonly next: (match: AdvisoryMatch) => string;
  },
): readonly RuleFinding[] {
  if (effect === 'allow') return [];
  const unknown = unknownFindings(fact, rule.question, {
    unknown: effect === 'warn' ? 'warn' : 'hold',
    'not-configured': effect === 'warn' ? 'allow' : 'hold',
  });
  const findings = matchesOf(fact, rule.wanted).flatMap((match) => {
    const counts = effectOn(match, effect, ruledOut);
    if (counts === 'allow') return [];
    return [
      { effect: counts, message: rule.message(match), evidence: evidenceOf(match), next: rule.next(match) },
    ];
  });
  return [...unknown, ...findings];
}

/** The advisory, where to read it, and what narrows it. */
export function evidenceOf(match: AdvisoryMatch): Evidence {
  const values = {
    ...(match.score === undefined ? {} : { score: match.score.toFixed(1) }),
    ...(match.aliases.length === 0 ? {} : { aliases: match.aliases.join(', ') }),
    ...(match.patchedVersions.length === 0 ? {} : { patched: match.patchedVersions.join(' || ') }),
    ...(match.unaffectedVersions.length === 0 ? {} : { unaffected: match.unaffectedVersions.join(' || ') }),
    ...(match.functions.length === 0 ? {} : { functions: match.functions.join(', ') }),
  };
  return {
    advisory: match.id,
    ...(match.url === '' ? {} : { url: match.url }),
    ...(Object.keys(values).length === 0 ? {} : { values }),
  };
}

/** `title (ID)`, the platforms that alone have it, and why it does not matter where that is so. */
export function titleOf({ id, title, platforms, ruledOut }: AdvisoryMatch): string {
  const only = oneLine([...platforms.os, ...platforms.arch].join(', '));
  const out = ruledOut === undefined ? '' : `, which is ruled out here: ${oneLine(ruledOut)}`;
  return `${oneLine(title).replace(/\.$/, '')} (${id}${only === '' ? '' : `; only on ${only}`})${out}`;
}

/** A text from outside, as it may stand in a message: one line, of a bounded length. */
export function oneLine(text: string): string {
  const line = text.replaceAll(controls, ' ').replaceAll(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** What to do about a release that has a flaw: the fixed versions, else those that never had it. */
export function wayOut({ fixed, unaffected }: AdvisoryMatch, otherwise: string): string {
  if (fixed !== undefined) return `Use ${fixed}.`;
  if (unaffected !== undefined) return `No release fixes it; those that never had it are: ${unaffected}.`;
  return otherwise;
}

/** Control characters, bidirectional overrides and lone surrogates: what may forge a terminal or a log line. */
const controls = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

function capital(clause: string): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1);
}
