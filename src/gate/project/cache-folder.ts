import { join } from 'node:path';
import { homeFolder } from './home-folder.ts';

/** The folder of this user's cache. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homeFolder(), '.cache'), 'safeguard');
}
