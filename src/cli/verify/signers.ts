import { verifyEnvelope } from '../../attest/dsse.ts';
import { AttestError } from '../../attest/error.ts';
import { type CertifiedIdentity, isKeyless, keylessVerifier } from '../../attest/keyless.ts';
import { readVerifier } from '../../attest/keys.ts';
import { signedStatement } from '../../attest/signed-statement.ts';
import type { Statement } from '../../attest/statement.ts';
import type { SignerIdentity } from '../../policy/verify-settings.ts';
import { CliError } from '../shared/error.ts';
import { printable } from '../shared/terminal.ts';
import { bytesOf } from './files.ts';

/** A statement whose signature holds, and whose it is. */
export interface Signed {
  readonly statement: Statement;
  readonly by: string;
}

/** Reads a bundle. Throws `AttestError` where nobody signed it that counts. */
export type ReadSigned = (bundle: string) => Signed;

/** By a key, by certificates of a trusted root that the policy's identities name, or by either. Throws `CliError`. */
export function signersFrom(
  { key, trustedRoot }: { readonly key?: string; readonly trustedRoot?: string },
  identities: readonly SignerIdentity[],
): ReadSigned {
  if (key === undefined && trustedRoot === undefined)
    throw new CliError('cli/usage', 'there is nobody whose signature would count', {
      next: 'Name a public key with --key, or a trusted root with --trusted-root and who signs in [verify] of --policy.',
    });
  if (trustedRoot !== undefined && identities.length === 0)
    throw new CliError(
      'cli/usage',
      'a trusted root gives certificates to everybody, and no policy names one',
      {
        next: 'Name who signs in --policy: [verify] identities = [{ issuer = "https://token.actions.githubusercontent.com", repository-id = "…" }]',
      },
    );
  const verifier =
    key === undefined
      ? undefined
      : read(
          key,
          'Make it from the private one: openssl pkey -in key.pem -pubout -out key.pub',
          readVerifier,
        );
  const keyless =
    trustedRoot === undefined
      ? undefined
      : read(
          trustedRoot,
          'Get it with `gh attestation trusted-root`, or from sigstore’s TUF repository.',
          keylessVerifier,
        );
  return (bundle) => {
    if (isKeyless(bundle)) {
      if (keyless === undefined)
        throw new AttestError(
          'attest/signature',
          'it is signed by a certificate: --trusted-root names who vouches for those',
        );
      const identity = keyless.verify(bundle);
      if (!identities.some((one) => isOf(identity, one)))
        throw new AttestError(
          'attest/signature',
          `${sayIdentity(identity)} signed it, which [verify] identities does not name`,
        );
      return { statement: signedStatement(bundle, () => {}), by: `signed by ${sayIdentity(identity)}` };
    }
    if (verifier === undefined)
      throw new AttestError('attest/signature', 'it is signed by a key: --key names the one that counts');
    const statement = signedStatement(bundle, (envelope) => verifyEnvelope(envelope, verifier));
    return { statement, by: 'signed by this key' };
  };
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

function read<T>(file: string, next: string, make: (text: string) => T): T {
  try {
    return make(bytesOf(file).toString('utf8'));
  } catch (cause) {
    if (!(cause instanceof AttestError)) throw cause;
    throw new CliError('cli/file', `${printable(file)}: ${cause.message}.`, { next, cause });
  }
}
