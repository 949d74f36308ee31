import { closeSync, fstatSync, lstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether nobody but this user (or root) can write what is there. What lies in such a folder is run as a program, so
 * anything else is as if it were not there; nor is it used where the system has no owners to ask (Windows).
 */
export function isOwn(stats: Stats): boolean {
  const user = process.geteuid?.();
  return user !== undefined && stats.uid === user && (stats.mode & 0o022) === 0;
}

/** A folder of this user's own, and no link to another. */
export function isOwnFolder(path: string): boolean {
  const stats = statOf(path, lstatSync);
  return stats?.isDirectory() === true && isOwn(stats);
}

/** What is there; `undefined` where nothing is, or this user may not look. */
export function statOf(path: string, ask: (path: string) => Stats = statSync): Stats | undefined {
  try {
    return ask(path);
  } catch {
    return undefined;
  }
}

/** A file of such a folder; `undefined` where it is not there, or is another's. */
export function readOwn(path: string): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(file);
    return stats.isFile() && isOwn(stats) ? readFileSync(file) : undefined;
  } finally {
    closeSync(file);
  }
}

/** The file that is there while somebody makes a pack in a folder. */
export function lockOf(folder: string): string {
  return join(folder, 'making');
}

/** Whether somebody makes one; who has not come to an end in a minute was killed. */
export function isBeingMade(folder: string): boolean {
  const stats = statOf(lockOf(folder));
  return stats !== undefined && Date.now() - stats.mtimeMs < 60_000;
}
