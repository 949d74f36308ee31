import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { keyFile, publicFile } from '../../server/audit/key.ts';
import { headsFile } from '../../server/audit/places.ts';
import { rekorFile } from '../../server/audit/rekor.ts';
import { timestampsFile } from '../../server/audit/timestamps.ts';
import { adminTokenFile } from '../../server/identity/admin-token.ts';
import { blobFolder, unfinishedBlobs } from '../../store/blobs-folder.ts';
import { CliError } from '../shared/error.ts';

/** What of a data folder is kept beside its database. */
const small = [headsFile, timestampsFile, rekorFile, keyFile, publicFile, adminTokenFile] as const;

/** Makes a folder for its owner alone. Throws `CliError` where something is in it. */
export function emptyFolder(path: string): void {
  try {
    if (existsSync(path) && readdirSync(path).length > 0)
      throw new CliError('cli/usage', `${path} is not empty`, {
        next: 'Name a folder that is not there yet.',
      });
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('cli/file', `${path} cannot be made: ${(cause as Error).message}`, { cause });
  }
}

/** Copies the small files that are there; returns their names. Modes stay: two of them are secret. */
export function copySmallFiles(from: string, to: string): readonly string[] {
  const there = small.filter((name) => existsSync(join(from, name)));
  for (const name of there) copyFileSync(join(from, name), join(to, name));
  return there;
}

/** Copies the crates that are there; returns whether there were any. What comes meanwhile may be left out. */
export function copyCrates(from: string, to: string): boolean {
  const crates = join(from, blobFolder);
  if (!existsSync(crates)) return false;
  const unfinished = join(crates, unfinishedBlobs);
  cpSync(crates, join(to, blobFolder), { recursive: true, filter: (path) => path !== unfinished });
  return true;
}
