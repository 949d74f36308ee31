import { z } from 'zod';
import { maximumBody, type Refused, refused } from './delivery.ts';

/** A crate name: what an index path can be made of, and nothing that a path or a shell would read. */
export const crateName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/,
    'expected a crate name: up to 64 ASCII letters, digits, "-" and "_", starting with no digit or "-"',
  );

/** Text in the shape of a version. Whether it is one, the index says when the crate is read again. */
export const crateVersion = z
  .string()
  .max(128, 'expected a version of at most 128 characters')
  .regex(
    /^\d{1,20}\.\d{1,20}\.\d{1,20}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/,
    'expected a version such as "1.2.3" or "1.0.0-rc.1"',
  );

/** Something that was read, or the refusal that says what is wrong with it. */
export type Read<T> = { readonly kind: 'read'; readonly value: T } | Refused;

/**
 * The body of a delivery as JSON, once it is of a fair size and was authenticated: nothing is read before. The order is
 * the same for every source.
 */
export function readBody(body: Buffer, refuseAuthentication: () => Refused | undefined): Read<unknown> {
  return refuseSize(body) ?? refuseAuthentication() ?? readJson(body);
}

/** A JSON value in the given shape, or the refusal that names the first place where it differs. */
export function readShape<T>(json: unknown, shape: z.ZodType<T>, what: string): Read<T> {
  const parsed = shape.safeParse(json);
  if (parsed.success) return { kind: 'read', value: parsed.data };
  const issue = parsed.error.issues[0];
  const at = issue?.path.join('.') ?? '';
  const why = issue?.message ?? 'unexpected value';
  return refused(400, `The body is not ${what}: ${at === '' ? '' : `${at}: `}${why}.`);
}

/** Refuses a body that is too large, before anything is computed over it. */
function refuseSize(body: Buffer): Refused | undefined {
  return body.length > maximumBody
    ? refused(413, `The body has ${body.length} bytes; at most ${maximumBody} are read.`)
    : undefined;
}

function readJson(body: Buffer): Read<unknown> {
  try {
    // Fatal: invalid UTF-8 is refused, not replaced by characters that the sender never signed.
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return { kind: 'read', value };
  } catch {
    return refused(400, 'The body is not JSON; choose JSON as the payload format of the webhook.');
  }
}
