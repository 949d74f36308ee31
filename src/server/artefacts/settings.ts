import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { AttestError } from '../../attest/error.ts';
import { keylessVerifier } from '../../attest/keyless.ts';
import { readVerifier } from '../../attest/keys.ts';
import type { Trust } from '../../inventory/signed.ts';
import { PolicyError } from '../../policy/error.ts';
import { loadPolicy } from '../../policy/policy.ts';
import { type VerifySettings, verifySettings } from '../../policy/verify/settings.ts';
import { type Signers, signedBy } from '../../policy/verify/signers.ts';
import { RegistryError } from '../../registry/error.ts';
import type { Signing } from '../signatures/settings.ts';

/** `[artefacts]`: which artefacts of the inventory count as signed. */
export const artefactsSection = z
  .strictObject({
    signers: z
      .array(z.string().min(1))
      .default([])
      .describe('PEM files with the public keys of who signs for artefacts: P-256 or Ed25519.'),
    'trusted-root': z
      .string()
      .min(1)
      .optional()
      .describe(
        'A trusted_root.json, or what `gh attestation trusted-root` prints: who vouches for certificates; `identities` says whose count.',
      ),
    components: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(1_500_000)
      .describe(
        'Components of an artefact that is sent in parts; five times as many edges. The server holds some 40 bytes of each while it puts them together.',
      ),
    policy: z
      .string()
      .min(1)
      .optional()
      .describe('A policy file whose [verify] says what must hold, instead of the keys below.'),
    'own-session': z
      .boolean()
      .default(false)
      .describe(
        'Whether what was built must have been fetched by a session that this server opened (`--exchange`).',
      ),
    ...verifySettings.shape,
  })
  .prefault({})
  .describe('Which artefacts of the inventory count as signed.');

/**
 * Whom and what the inventory believes; what this server signs itself counts by its own key. Throws `RegistryError`
 * `registry/bad-config`.
 */
export function openTrust(section: z.output<typeof artefactsSection>, signing: Signing | undefined): Trust {
  const {
    signers,
    'trusted-root': root,
    policy,
    'own-session': ownSession,
    components: _,
    ...words
  } = section;
  const settings = policy === undefined ? words : settingsOf(policy, words);
  if (root !== undefined && settings.identities.length === 0)
    throw wrong(
      'trusted-root gives certificates to everybody, and identities names nobody: say whose count, as identities = [{ issuer = "https://token.actions.githubusercontent.com", repository-id = "…" }]',
    );
  const keys: Signers['keys'] = [
    ...signers.map((file) => ({
      name: basename(file),
      verifier: taken('signers', file, readVerifier),
    })),
    ...(signing === undefined ? [] : [{ name: 'this server', verifier: readVerifier(signing.key) }]),
  ];
  const keyless = root === undefined ? undefined : taken('trusted-root', root, keylessVerifier);
  const read =
    keys.length === 0 && keyless === undefined
      ? undefined
      : signedBy({ keys, keyless, identities: settings.identities });
  return { read, settings, ownSession };
}

function settingsOf(file: string, words: VerifySettings): VerifySettings {
  if (!isDeepStrictEqual(words, verifySettings.parse({})))
    throw wrong(`policy ${file} says what must hold, and so do other keys beside it: say it in one place`);
  return taken('policy', file, (text) => {
    const { settings } = loadPolicy({ file, text });
    return settings.verify as VerifySettings;
  });
}

function taken<T>(key: string, file: string, read: (text: string) => T): T {
  try {
    return read(readFileSync(file, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (!(cause instanceof AttestError) && !(cause instanceof PolicyError) && code === undefined) throw cause;
    throw wrong(`${key} ${file}: ${message}`, cause);
  }
}

function wrong(message: string, cause?: unknown): RegistryError {
  return new RegistryError('registry/bad-config', `[artefacts] ${message}`, { cause });
}
