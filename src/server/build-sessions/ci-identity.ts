import { createHash } from 'node:crypto';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { type CiKeys, CiKeysError } from './ci-keys.ts';

/** A CI whose tokens are taken. */
export interface Ci {
  readonly name: string;
  readonly kind: 'github' | 'gitlab' | 'other';
  readonly issuer: string;
  readonly audience: string;
  readonly keys: CiKeys;
  /** Whose builds may fetch; each is what a token must say, all of it. */
  readonly allow: readonly Readonly<Record<string, string>>[];
  /** Whose builds are signed for, in the same form. */
  readonly sign: readonly Readonly<Record<string, string>>[];
}

/** What a token is brought for. */
export type CiUse = 'allow' | 'sign';

/** What a token says of who brings it. `reason` is a sentence for whoever brought it. */
export type CiReading =
  | { readonly kind: 'known'; readonly identity: CiIdentity }
  /** It is that CI's and names a build that may fetch, and its time is over. */
  | { readonly kind: 'late'; readonly identity: CiIdentity }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Its CI gave no keys: it may be brought again. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface CiIdentity {
  /** SHA-256 (hex) of what makes it this one token. */
  readonly digest: string;
  readonly who: string;
  readonly ci: Ci;
  /** What it says besides, by the names of claims. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

/** Signatures of those that have a key pair; a symmetric one could be made with the public key. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** By how much clocks may differ, and how long a token may be good for in all: milliseconds. */
export const skew = 60_000;
const longest = 24 * 60 * 60_000;

/**
 * Reads a CI's token (RFC 7519, as OpenID Connect has it): by its issuer's keys, for this audience, at this time, and of a build
 * that its list for this use names. `now` is in epoch milliseconds.
 */
export async function readIdentity(
  token: string,
  cis: readonly Ci[],
  now: number,
  use: CiUse,
): Promise<CiReading> {
  const ci = cis.find(({ issuer }) => issuer === issuerIn(token));
  if (ci === undefined) return refused('no [[ci]] of this server has its issuer');
  let said: JWTPayload;
  let isLate = false;
  try {
    const { payload } = await jwtVerify(token, ci.keys.find, {
      issuer: ci.issuer,
      audience: ci.audience,
      algorithms,
      clockTolerance: skew / 1000,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'iat'],
    });
    said = payload;
  } catch (error) {
    if (error instanceof CiKeysError) return { kind: 'unknown', reason: error.message };
    // Its signature, issuer and audience held.
    if (!(error instanceof errors.JWTExpired)) return refused(reasonOf(error));
    said = error.payload;
    isLate = true;
  }
  const { exp = 0, iat } = said;
  if (typeof iat !== 'number') return refused('it does not say when it was made');
  if (iat * 1000 > now + skew) return refused('it is from the future: do the clocks agree?');
  if ((exp - iat) * 1000 > longest) return refused('it is good for longer than a day');
  const allowed = ci[use].find((each) =>
    Object.entries(each).every(([claim, value]) => claimText(said[claim]) === value),
  );
  if (allowed === undefined) return refused(`no \`${use}\` of the [[ci]] "${ci.name}" names its build`);
  const words = Object.entries(allowed).map(([claim, value]) => `${claim} ${value}`);
  const identity = {
    digest: digestOf(ci.issuer, said, token),
    who: `${ci.name}: ${words.join(', ')}`,
    ci,
    claims: said,
    endsAt: exp * 1000,
  };
  return { kind: isLate ? 'late' : 'known', identity };
}

/** By its id, else by what was signed: a signature can be written in more than one way. */
function digestOf(issuer: string, { jti }: JWTPayload, token: string): string {
  const own =
    typeof jti === 'string' && jti !== '' ? ['jti', jti] : ['text', token.slice(0, token.lastIndexOf('.'))];
  return createHash('sha256')
    .update(JSON.stringify(['ci', issuer, ...own]))
    .digest('hex');
}

/** A claim as a text; `undefined` for what is none. */
export function claimText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function issuerIn(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

function refused(reason: string): CiReading {
  return { kind: 'refused', reason };
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'aud'
      ? 'it is for another audience'
      : error.claim === 'nbf'
        ? 'it is not good yet: do the clocks agree?'
        : `its claim ${error.claim} does not hold`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'it is signed in a way that is not taken';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'none of its issuer’s keys signed it';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature does not hold';
  if (error instanceof errors.JOSEError || error instanceof TypeError) return 'it is no token of a CI';
  throw error;
}
