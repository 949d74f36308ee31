import { AttestError } from '../../attest/error.ts';
import { keylessVerifier } from '../../attest/keyless.ts';
import { readVerifier } from '../../attest/keys.ts';
import type { SignerIdentity } from '../../policy/verify/settings.ts';
import { type ReadSigned, signedBy } from '../../policy/verify/signers.ts';
import { CliError } from '../shared/error.ts';
import { textOf } from '../shared/named-file.ts';
import { printable } from '../shared/terminal.ts';

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
  const keys =
    key === undefined
      ? []
      : [
          {
            name: 'this key',
            verifier: read(
              key,
              'Make it from the private one: openssl pkey -in key.pem -pubout -out key.pub',
              readVerifier,
            ),
          },
        ];
  const keyless =
    trustedRoot === undefined
      ? undefined
      : read(
          trustedRoot,
          'Get it with `gh attestation trusted-root`, or from sigstore’s TUF repository.',
          keylessVerifier,
        );
  return signedBy({ keys, keyless, identities });
}

function read<T>(file: string, next: string, make: (text: string) => T): T {
  try {
    return make(textOf(file));
  } catch (cause) {
    if (!(cause instanceof AttestError)) throw cause;
    throw new CliError('cli/file', `${printable(file)}: ${cause.message}.`, { next, cause });
  }
}
