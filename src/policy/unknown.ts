import { z } from 'zod';
import { notSetUp } from '../facts/maintainers/fact.ts';
import type { Effect } from './effect.ts';
import type { EffectSetting } from './effect-setting.ts';
import type { RuleFinding } from './rule.ts';

/**
 * The setting that says what a release gets from a rule whose facts are not known. `warn` by default for facts that a
 * mirror has only once a dump or an API is set up: without them it still works.
 */
export const unknownSetting = z
  .enum(['warn', 'hold', 'review', 'deny'])
  .default('warn')
  .meta({ stricter: 'effect' })
  .describe('What a release gets while this is not known; never silence.');

/**
 * The finding for facts that are not known. Where their source is not even set up, a mere warning would stand on every
 * verdict and say nothing of the release: then the server says it once, when it starts.
 */
export function unknownFinding(
  effect: Effect,
  what: string,
  reason: string,
  next: string,
): readonly RuleFinding[] {
  if (effect === 'warn' && reason === notSetUp) return [];
  return [{ effect, message: `${what} is not known: ${reason}.`, next }];
}

/** What to do where the code of a package was not read; `source` is the one of the fact. */
export function readNext(fact: { readonly source: string }): string {
  return fact.source === 'git'
    ? 'Fetch its commit with `cargo fetch --locked`, or check where it can be fetched, then check again.'
    : 'Nothing to do: its archive is read again.';
}

/** The finding where a project's files could not be looked at. */
export function unknownProject(reason: string): readonly RuleFinding[] {
  return unknownFinding(
    'hold',
    'What the project’s files say of this',
    reason,
    'Check again from a whole checkout.',
  );
}

/** The finding where what is built could not be resolved: as strict as what would be found in it. */
export function unknownGraph(reason: string, effect: EffectSetting): readonly RuleFinding[] {
  if (effect === 'allow') return [];
  return unknownFinding(effect, 'What the change switches on', reason, 'See `safeguard resolve`.');
}

/** What to do where owners and publishers are not known. */
export const setUpMaintainers =
  'Import the registry’s database dump, or let Safeguard ask the registry’s API.';
