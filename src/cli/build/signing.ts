import { readFileSync, realpathSync } from 'node:fs';
import { bundleText } from '../../attest/bundle.ts';
import { signEnvelope, verifyEnvelope } from '../../attest/dsse.ts';
import { AttestError } from '../../attest/error.ts';
import { readSigner, readVerifier, type Verifier } from '../../attest/keys.ts';
import { localBuilder } from '../../attest/provenance.ts';
import { signedStatement } from '../../attest/signed-statement.ts';
import { payloadType, readStatement } from '../../attest/statement.ts';
import { BuildError } from '../../build/error.ts';
import type { HeldIdentity } from '../../build/session/identity.ts';
import { signedSchema, signerSchema } from '../../server/signatures/contract.ts';
import { findServer, type ServerAddress } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { CliError } from '../shared/error.ts';
import { printable } from '../shared/terminal.ts';
import { keylessSigning } from './keyless.ts';
import type { BuildCommandOptions } from './options.ts';

/** Who signs what is said of a build: nobody, a key of this machine, one of this moment, or a server. */
export interface Signing {
  /** Who builds, in the provenance. */
  readonly builder: string;
  readonly isSigned: boolean;
  /** Texts of files, for statements as JSON, in their order. Throws `CliError` and `BuildError`. */
  readonly sign: (statements: readonly string[]) => Promise<readonly string[]>;
}

/** As the options say; a server is asked whether it signs before anything is built. Throws `CliError` and `BuildError`. */
export async function signingFrom(
  options: Pick<
    BuildCommandOptions,
    | 'key'
    | 'signByServer'
    | 'keyless'
    | 'trustedRoot'
    | 'keylessAudience'
    | 'server'
    | 'audience'
    | 'builderId'
    | 'sandbox'
  >,
  held: HeldIdentity | undefined,
): Promise<Signing> {
  const { key, signByServer, server, builderId, sandbox, keyless } = options;
  if (signByServer) {
    if (
      key !== undefined ||
      keyless !== undefined ||
      builderId !== undefined ||
      server === undefined ||
      !sandbox ||
      held === undefined
    )
      throw new BuildError(
        'build/command',
        '--sign-by-server is for a sealed build, and the server writes who built it',
        {
          next: 'Name the server with --server, and leave out --key, --keyless, --builder-id and --no-sandbox.',
        },
      );
    if (!held.isOfCi)
      throw new BuildError(
        'build/no-identity',
        'nothing here says whose job this is, and a key alone signs nothing',
        {
          next: 'On GitHub give the job `permissions: id-token: write`; on GitLab `id_tokens: { SAFEGUARD_ID_TOKEN: { aud: … } }`.',
        },
      );
    const place = await findServer({ server, data: '' });
    return await byServer(place, held, options.audience ?? place.url);
  }
  if (keyless === undefined && options.trustedRoot !== undefined)
    throw new BuildError('build/command', '--trusted-root is for what --keyless signs', {
      next: 'Name the services with --keyless, or leave it out.',
    });
  const builder = builderId ?? localBuilder;
  if (keyless !== undefined) {
    if (key !== undefined || held === undefined)
      throw new BuildError('build/command', '--keyless and --key are two ways to sign', {
        next: 'Leave one of them out.',
      });
    return { builder, isSigned: true, sign: keylessSigning(keyless, options, held) };
  }
  if (key === undefined)
    return { builder, isSigned: false, sign: async (statements) => statements.map((one) => `${one}\n`) };
  const signer = signerFrom(key);
  return {
    builder,
    isSigned: true,
    sign: async (statements) =>
      statements.map((one) => bundleText(signEnvelope(payloadType, Buffer.from(one), signer))),
  };
}

const path = '/api/v1/signatures';

async function byServer(server: ServerAddress, held: HeldIdentity, audience: string): Promise<Signing> {
  const { builder, key } = (await ask(server, { path, token: undefined }, signerSchema)).value;
  const verifier = readVerifier(key);
  return {
    builder,
    isSigned: true,
    sign: async (statements) => {
      const brought = await held.bring(audience);
      const body = { ...brought, statements };
      const asked = { method: 'POST', path, body, token: undefined, patience: 120_000 } as const;
      const { bundles } = (await ask(server, asked, signedSchema)).value;
      if (
        bundles.length !== statements.length ||
        !bundles.every((one, i) => isOf(one, statements[i] ?? '', verifier))
      )
        throw new CliError('cli/answer', `${server.url} signed something else than what was built`, {
          next: 'Is another server between, or was its key replaced meanwhile? Build again.',
        });
      return bundles;
    },
  };
}

/** Whether a bundle has that server's signature over a statement of that kind about those artefacts. */
function isOf(bundle: string, statement: string, verifier: Verifier): boolean {
  const own = readStatement(Buffer.from(statement));
  try {
    const signed = signedStatement(bundle, (envelope) => verifyEnvelope(envelope, verifier));
    return (
      signed.predicateType === own.predicateType &&
      JSON.stringify(signed.subject) === JSON.stringify(own.subject)
    );
  } catch (error) {
    if (error instanceof AttestError) return false;
    throw error;
  }
}

/** The key that signs, from a file. Throws `CliError`. */
function signerFrom(file: string): ReturnType<typeof readSigner> {
  const { SAFEGUARD_KEY_PASSPHRASE: passphrase } = process.env;
  try {
    return readSigner(readFileSync(realpathSync(file), 'utf8'), passphrase);
  } catch (cause) {
    const isKey = cause instanceof AttestError;
    throw new CliError('cli/file', `${printable(file)}: ${(cause as Error).message}.`, {
      next: isKey
        ? 'Make one with `openssl genpkey -algorithm ed25519 -out key.pem`; its passphrase, if any, is SAFEGUARD_KEY_PASSPHRASE.'
        : 'Name the file of a private key.',
      cause,
    });
  }
}
