import { createHash } from 'node:crypto';
import { type Envelope, verifyEnvelope } from '../../attest/dsse.ts';
import { AttestError } from '../../attest/error.ts';
import { type CertifiedIdentity, isKeyless, type KeylessVerifier } from '../../attest/keyless.ts';
import type { Verifier } from '../../attest/keys.ts';
import { signedStatement } from '../../attest/signed-statement.ts';
import type { Statement } from '../../attest/statement.ts';
import type { SignerIdentity } from './settings.ts';

/** A statement whose signature holds, and whose it is. */
export interface Signed {
  readonly statement: Statement;
  /** SHA-256 (hex) of its bytes, by which other statements name it. */
  readonly sha256: string;
  /** Words: `signed by release.pub`. */
  readonly by: string;
}

/** Reads a bundle (JSON). Throws `AttestError` where nobody signed it that counts. */
export type ReadSigned = (bundle: string) => Signed;

/** Whose signatures count. */
export interface Signers {
  /** `name` is what the key is called where it signed: `this key`. */
  readonly keys: readonly { readonly name: string; readonly verifier: Verifier }[];
  /** Who vouches for certificates; `undefined`: none counts. */
  readonly keyless: KeylessVerifier | undefined;
  /** Whose certificates count; none named: nobody's. */
  readonly identities: readonly SignerIdentity[];
}

/** Statements signed by one of some keys, or under a certificate that a trusted root vouches for and an identity names. */
export function signedBy({ keys, keyless, identities }: Signers): ReadSigned {
  const taken = (bundle: string, verify: (envelope: Envelope) => string): Signed => {
    let [by, sha256] = ['', ''];
    const statement = signedStatement(bundle, (envelope) => {
      by = `signed by ${verify(envelope)}`;
      sha256 = createHash('sha256').update(envelope.payload).digest('hex');
    });
    return { statement, sha256, by };
  };
  return (bundle) => {
    if (isKeyless(bundle)) {
      if (keyless === undefined)
        throw new AttestError(
          'attest/signature',
          'it is signed by a certificate, and no trusted root says who vouches for those',
        );
      const identity = keyless.verify(bundle);
      if (!identities.some((one) => isOf(identity, one)))
        throw new AttestError(
          'attest/signature',
          `${sayIdentity(identity)} signed it, which [verify] identities does not name`,
        );
      return taken(bundle, () => sayIdentity(identity));
    }
    if (keys.length === 0)
      throw new AttestError('attest/signature', 'it is signed by a key, and none is named that counts');
    return taken(bundle, (envelope) => keyOf(envelope, keys));
  };
}

/** The name of the key that signed. Throws `AttestError('attest/signature')`. */
function keyOf(envelope: Envelope, keys: Signers['keys']): string {
  for (const { name, verifier } of keys)
    try {
      verifyEnvelope(envelope, verifier);
      return name;
    } catch (error) {
      if (!(error instanceof AttestError) || keys.length === 1) throw error;
    }
  throw new AttestError(
    'attest/signature',
    'the signature is over these bytes that of none of the keys that count here',
  );
}

function isOf(identity: CertifiedIdentity, wanted: SignerIdentity): boolean {
  const pairs = [
    [wanted.issuer, identity.issuer],
    [wanted.subject, identity.subject],
    [wanted['repository-id'], identity.repositoryId],
    [wanted['owner-id'], identity.ownerId],
  ];
  return pairs.every(([want, is]) => want === undefined || want === is);
}

function sayIdentity({ subject, issuer, repositoryId }: CertifiedIdentity): string {
  return `${subject || 'nobody'} (${issuer}${repositoryId === undefined ? '' : `, repository-id ${repositoryId}`})`;
}
