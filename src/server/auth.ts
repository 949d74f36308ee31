import { createHash, randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyRequest } from 'fastify';
import type { TokenRecord } from '../store/records.ts';
import type { Store, StoreWriter } from '../store/store.ts';

/** The token of the person who runs the server lies in this file of the data folder. */
const adminTokenFile = 'admin.token';

/** The name that the token in the data folder acts under. */
export const adminName = 'admin';

/** A new token for a name: 256 random bits. Only its digest is kept, so it is shown this once. */
export async function issueToken(
  tx: StoreWriter,
  name: string,
  now: number,
  scope: TokenRecord['scope'] = 'all',
): Promise<string> {
  const token = `sg_${randomBytes(32).toString('base64url')}`;
  await tx.putToken({ name, hash: hashOf(token), at: now, scope });
  return token;
}

/** Whose valid token for everything a request carries as `Authorization: Bearer`; `undefined`: nobody's. */
export async function personOf(store: Store, request: FastifyRequest): Promise<string | undefined> {
  const token = await tokenOf(store, request);
  return token?.scope === 'all' ? token.name : undefined;
}

/** Whose valid token a request carries that may report what hosts run: one for that alone is enough. */
export async function reporterOf(store: Store, request: FastifyRequest): Promise<string | undefined> {
  return (await tokenOf(store, request))?.name;
}

async function tokenOf(store: Store, request: FastifyRequest): Promise<TokenRecord | undefined> {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return undefined;
  const hash = hashOf(token);
  // Digests of random tokens: comparing them leaks nothing that helps to find one.
  return (await store.tokens()).find((known) => known.hash === hash && known.revokedAt === null);
}

/**
 * Sees to it that the data folder holds a valid admin token. Where the database is shared, one that exists elsewhere
 * is left alone. Returns the file's path where the token is there.
 */
export async function ensureAdminToken(
  store: Store,
  folder: string,
  shared: boolean,
  now: number,
): Promise<string | undefined> {
  const path = join(folder, adminTokenFile);
  const active = (await store.tokens()).find((token) => token.name === adminName && token.revokedAt === null);
  const inFile = await readFile(path, 'utf8').catch(() => undefined);
  if (active !== undefined && inFile !== undefined && hashOf(inFile.trim()) === active.hash) return path;
  if (active !== undefined && shared) return undefined;
  const token = await store.write((tx) => issueToken(tx, adminName, now));
  await writeFile(`${path}.new`, `${token}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return path;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
