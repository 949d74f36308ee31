import { z } from 'zod';
import type { Effect } from './effect.ts';
import type { RuleFinding } from './rule.ts';

/**
 * The setting that says what a release gets from a rule whose facts are not known. `warn` by default for facts that a
 * mirror has only once a dump or an API is set up: without them it still works, and every verdict says what it lacks.
 */
export const unknownSetting = z
  .enum(['warn', 'hold', 'review', 'deny'])
  .default('warn')
  .meta({ stricter: 'effect' })
  .describe('What a release gets while this is not known; never silence.');

/** The finding for facts that are not known. */
export function unknownFinding(effect: Effect, what: string, reason: string, next: string): RuleFinding {
  return { effect, message: `${what} is not known: ${reason}.`, next };
}

/** What to do where owners and publishers are not known. */
export const setUpMaintainers =
  'Import the registry’s database dump, or let Safeguard ask the registry’s API.';
