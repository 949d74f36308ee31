import type { z } from 'zod';
import { BuildError } from '../error.ts';

/** The one form of them that is read: both have it since they are there (1.54, 1.87). */
export const listVersion = 1;

/**
 * Reads a list of cargo's whose form is not stable, by what is read of it. `name` is what it is called in a sentence. Throws
 * `BuildError('build/unread')` for a form that is not known: what cargo says then is not held against anything.
 */
export function readCargoList<T>(name: string, schema: z.ZodType<T>, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unread(`${name} is no JSON`, cause);
  }
  const { version } = (value ?? {}) as { readonly version?: unknown };
  if (version !== listVersion)
    throw unread(
      typeof version === 'number'
        ? `${name} has the form ${version}, and this Safeguard reads the form ${listVersion}`
        : `${name} does not say which form it has`,
    );
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw unread(
    `${name} is not as cargo has written it so far (${issue?.path.join('.') || 'as a whole'})`,
    read.error,
  );
}

function unread(message: string, cause?: unknown): BuildError {
  return new BuildError('build/unread', `${message}: what is built could not be held against it`, {
    next: 'Update Safeguard, or name an older toolchain, as in `cargo +1.95.0 build`. Nothing was compiled.',
    cause,
  });
}
