import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AttestError } from '../../attest/error.ts';
import { publicHalf, publicPem, readSigner, type Signer } from '../../attest/keys.ts';
import { RegistryError } from '../../registry/error.ts';

/** `[signing]`: the key by which this server signs what its CIs' builds say. */
export const signingSection = z.strictObject({
  key: z
    .string()
    .min(1)
    .describe(
      'PEM file with the private key, P-256 or Ed25519; the same for all replicas. No job ever has it.',
    ),
  'builder-id': z
    .url()
    .describe(
      'Who builds, in the provenance that is signed: an address of yours, as https://crates.corp.example/builder.',
    ),
});

/** A key that signs for builds, and what says whose it is. */
export interface Signing {
  readonly signer: Signer;
  /** The public half, as PEM. */
  readonly key: string;
  readonly builder: string;
}

/** Throws `RegistryError` `registry/bad-config` for a key that cannot be read. */
export function openSigning(section: z.output<typeof signingSection> | undefined): Signing | undefined {
  if (section === undefined) return undefined;
  const { key: file, 'builder-id': builder } = section;
  try {
    const pem = readFileSync(file, 'utf8');
    return { signer: readSigner(pem), key: publicPem(publicHalf(pem)), builder };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (!(cause instanceof AttestError) && code === undefined) throw cause;
    throw new RegistryError('registry/bad-config', `[signing] key ${file}: ${message}`, { cause });
  }
}
