import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publicHalf, publicPem, readSigner } from '../../attest/keys.ts';
import type { AuditKey } from '../../audit/chain.ts';

/** The key that signs the heads of the audit log, where the configuration names none. */
export const keyFile = 'audit.key';
/** Its public half: what `safeguard audit verify --key` takes. */
export const publicFile = 'audit.pub';

/** Whoever signs heads by a private key as PEM. Throws `AttestError('attest/key')`. */
export function auditKey(pem: string): AuditKey {
  return { id: publicHalf(pem), sign: readSigner(pem).sign };
}

/** The key of a data folder: made where there is none, readable by its owner only. Its public half lies beside it. */
export async function keyOfFolder(folder: string): Promise<AuditKey> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, keyFile);
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  // One that is there stays: what it signed is held against it.
  await writeFile(path, privateKey, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const key = auditKey(await readFile(path, 'utf8'));
  await writeFile(join(folder, publicFile), publicPem(key.id));
  return key;
}
