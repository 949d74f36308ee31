import { z } from 'zod';
import type { EventSection, EventSettings, EventSource } from './delivery.ts';

/** A section of the configuration that cannot be used. It must stop the start, never open the door. */
export class EventSettingsError extends Error {
  override readonly name = 'EventSettingsError';
  readonly code: 'events/secret-unset' | 'events/secret-unusable';

  constructor(code: EventSettingsError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The keys that every source's section has. `secret` describes what the secret is. */
export function sharedKeys(secret: string) {
  return {
    upstream: z
      .string()
      .min(1)
      .describe('Name of the [[upstream]] whose crates these events are about; it is read again.'),
    secret: z
      .string()
      .trim()
      .min(1)
      .optional()
      .describe(`${secret} Better kept out of the file: secret-env.`),
    'secret-env': z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable')
      .optional()
      .describe(
        'Name of the environment variable that holds the secret. With neither this nor secret, unsigned events are accepted.',
      ),
  };
}

/** A section with both would leave open which one is meant. */
export function onlyOneSecret(section: EventSection): boolean {
  return section.secret === undefined || section['secret-env'] === undefined;
}

/** What is said where `onlyOneSecret` does not hold. */
export const twoSecrets = {
  message: 'secret and secret-env are both given; keep one of them',
  path: ['secret-env'],
};

/**
 * The settings that a section stands for, its secret read from `env`. Throws `EventSettingsError` where
 * a secret is asked for and not there, because going on would mean to believe unsigned deliveries.
 */
export function resolveSettings(
  source: EventSource,
  section: EventSection,
  env: Readonly<Record<string, string | undefined>>,
): EventSettings {
  const variable = section['secret-env'];
  // Trimmed, because files that secrets are kept in end with a newline.
  const secret = variable === undefined ? section.secret : (env[variable] ?? '').trim();
  if (secret === '') {
    throw new EventSettingsError(
      'events/secret-unset',
      `[events.${source.name}] names the environment variable ${variable ?? ''} for its secret, which is not set. ` +
        'Set it, or take secret-env away to accept unsigned events.',
    );
  }
  const problem = secret === undefined ? undefined : source.refuseSecret(secret);
  if (problem !== undefined) {
    throw new EventSettingsError(
      'events/secret-unusable',
      `The secret of [events.${source.name}] ${problem}.`,
    );
  }
  return {
    upstream: section.upstream,
    ...(secret === undefined ? {} : { secret }),
    ...(section.mode === undefined ? {} : { mode: section.mode }),
    ...(section.tolerance === undefined ? {} : { tolerance: section.tolerance }),
  };
}
