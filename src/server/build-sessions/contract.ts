import { z } from 'zod';

/** Body of `POST /api/v1/build-sessions`: a CI's token or a key, and the Cargo.lock of the build. */
export const exchangeRequestSchema = z
  .strictObject({
    identity: z.string().min(1).max(32_768).optional().describe('the token of a CI (OpenID Connect)'),
    key: z.string().min(1).max(256).optional().describe('a key of the role `build`'),
    lockfile: z.string().min(1).describe('the text of Cargo.lock'),
  })
  .refine(({ identity, key }) => (identity === undefined) !== (key === undefined), {
    message: 'bring identity or key, one of them',
  });

/** Answer to that; the session is shown this once. */
export const exchangedSchema = z.object({
  session: z.string().describe('what fetches, as cargo sends a token'),
  who: z.string().describe('whom the server knows it to be'),
  lockfile: z.string().describe('SHA-256 of the Cargo.lock that it is bound to'),
  ends: z.iso.datetime().describe('RFC 3339'),
});

/** Answer to `DELETE /api/v1/build-sessions`. */
export const closedSchema = z.object({ closed: z.literal(true) });
