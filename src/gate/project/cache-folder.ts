import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of this user's cache. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'safeguard');
}
