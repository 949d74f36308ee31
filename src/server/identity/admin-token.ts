import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Auditor, starting } from '../../registry/auditor.ts';
import type { TokenRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { hashOf, issueToken } from './tokens.ts';

/** The token of the person who runs the server lies in this file of the data folder. */
export const adminTokenFile = 'admin.token';

/** The name that the token in the data folder acts under. */
export const adminName = 'admin';

/**
 * Sees to it that the data folder holds a valid admin token. Where the database is shared, one that exists elsewhere
 * is left alone. Returns the file's path where the token is there.
 */
export async function ensureAdminToken(
  store: Store,
  folder: string,
  shared: boolean,
  now: number,
  auditor: Auditor | undefined,
): Promise<string | undefined> {
  const path = join(folder, adminTokenFile);
  const active = (await store.tokens()).find((token) => token.name === adminName && isAdmins(token));
  const inFile = await readFile(path, 'utf8').catch(() => undefined);
  if (active !== undefined && inFile !== undefined && hashOf(inFile.trim()) === active.hash) return path;
  if (active !== undefined && shared) return undefined;
  const admin = { name: adminName, owner: null, role: 'admin', at: now, endsAt: null } as const;
  const token = await store.write(async (tx) => {
    const after = { role: admin.role, ends: null };
    const made = { at: now, action: 'token.created', subject: adminName, before: null, after } as const;
    await auditor?.note(tx, { ...starting, ...made });
    return await issueToken(tx, admin);
  });
  await writeFile(`${path}.new`, `${token}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return path;
}

/** Whether it is what this server makes: a token for everything, without an end. */
function isAdmins({ role, endsAt, revokedAt }: TokenRecord): boolean {
  return role === 'admin' && endsAt === null && revokedAt === null;
}
