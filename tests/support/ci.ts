/** A CI in miniature: an issuer of tokens with keys of its own, and a double of the place that gives them out. */
import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';

export interface TestCi {
  readonly issuer: string;
  /** The set of its public keys, as JSON. */
  readonly jwks: string;
  /** A token with these claims, `now` being epoch milliseconds. */
  readonly token: (
    claims: Readonly<Record<string, unknown>>,
    times: { readonly now: number; readonly from?: number; readonly for?: number },
  ) => Promise<string>;
}

/** `minutes` of a token's life are five, as GitHub has it. */
export async function testCi(issuer: string, audience: string, kid = 'one'): Promise<TestCi> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid, alg: 'RS256', use: 'sig' };
  let serial = 0;
  return {
    issuer,
    jwks: JSON.stringify({ keys: [jwk] }),
    token: async (claims, { now, from = 0, for: seconds = 300 }) => {
      const iat = Math.floor(now / 1000) + from;
      return await new SignJWT({
        iss: issuer,
        aud: audience,
        jti: `${serial++}`,
        iat,
        exp: iat + seconds,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', kid })
        .sign(keys.privateKey);
    },
  };
}

/** The same claims under another header: signed by nobody, or with the public key as if it were a shared secret. */
export function forged(token: string, alg: 'none' | 'HS256', jwks: string): string {
  const [, claims = ''] = token.split('.');
  const header = Buffer.from(JSON.stringify({ alg, kid: 'one' })).toString('base64url');
  const signed = `${header}.${claims}`;
  if (alg === 'none') return `${signed}.`;
  const [key = {}] = (JSON.parse(jwks) as { keys: JsonWebKey[] }).keys;
  const pem = createPublicKey({ key, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
  return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
}
