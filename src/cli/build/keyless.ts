import { readFileSync } from 'node:fs';
import { AttestError } from '../../attest/error.ts';
import { type KeylessVerifier, keylessVerifier } from '../../attest/keyless.ts';
import { keylessSigner } from '../../attest/sigstore/signer.ts';
import { readSigningConfig, type SigningServices } from '../../attest/sigstore/signing-config.ts';
import { payloadType } from '../../attest/statement.ts';
import { BuildError } from '../../build/error.ts';
import type { HeldIdentity } from '../../build/session/identity.ts';
import { serviceAsker } from '../../server/signatures/ask.ts';
import { dispatcherFor } from '../shared/api.ts';
import { CliError } from '../shared/error.ts';
import { printable } from '../shared/terminal.ts';
import type { BuildCommandOptions } from './options.ts';

/** Milliseconds for all that is asked of the services for one build: they answer within seconds. */
const patience = 5 * 60_000;

/**
 * Signs by a key of the moment, for whom the CI says that the job is. What the services answer counts once the trusted
 * root vouches for it. The files are read before anything is built. Throws `CliError` and `BuildError`.
 */
export function keylessSigning(
  file: string,
  { trustedRoot, keylessAudience }: Pick<BuildCommandOptions, 'trustedRoot' | 'keylessAudience'>,
  held: HeldIdentity,
): (statements: readonly string[]) => Promise<readonly string[]> {
  if (trustedRoot === undefined)
    throw new BuildError('build/command', '--keyless has to know who vouches for what the services answer', {
      next: 'Name their trusted_root.json with --trusted-root.',
    });
  const services = read(
    file,
    'Name the signing_config.json of the services, version 0.2.',
    (text): SigningServices => readSigningConfig(text, Date.now()),
  );
  const verifier = read(
    trustedRoot,
    'Get it from the TUF repository of the services.',
    (text): KeylessVerifier => keylessVerifier(text),
  );
  if (!held.isCertifiable)
    throw new BuildError('build/no-identity', 'nothing here says whose job this is', {
      next: 'On GitHub give the job `permissions: id-token: write`; on GitLab `id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }`; elsewhere sign by a key (--key).',
    });
  return async (statements) => {
    const ask = serviceAsker(AbortSignal.timeout(patience), dispatcherFor);
    const sign = keylessSigner(ask, services, async () => await held.certify(keylessAudience));
    try {
      const bundles = await sign(
        payloadType,
        statements.map((one) => Buffer.from(one)),
      );
      for (const bundle of bundles) verifier.verify(bundle);
      return bundles;
    } catch (cause) {
      if (!(cause instanceof AttestError)) throw cause;
      throw new CliError('cli/answer', `nothing was signed: ${printable(cause.message)}`, {
        next: `The services are those of ${printable(file)}; what they answer has to be vouched for by ${printable(trustedRoot)}.`,
        cause,
      });
    }
  };
}

function read<T>(file: string, next: string, take: (text: string) => T): T {
  try {
    return take(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CliError('cli/file', `${printable(file)}: ${(cause as Error).message}.`, { next, cause });
  }
}
