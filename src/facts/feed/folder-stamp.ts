import { createHash } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What was in a folder at a time, and how to tell whether that is so still: a folder is written when something comes
 * into it or goes, a file with its content.
 */
export interface FolderStamp {
  /** Below the folder, which is the empty one: folders, and files that matter. */
  readonly paths: readonly string[];
  /** Of what each of them was: its inode, its size, when it was last written and changed. */
  readonly digest: string;
}

/** What was written so shortly ago may be written once more at a time that the file system calls the same: milliseconds. */
const settling = 2_000;

/**
 * The state of a folder before it is read; names with a leading dot are passed over. `undefined` while something in it
 * is being written.
 */
export function stampOf(folder: string, wanted: (path: string) => boolean): FolderStamp | undefined {
  const paths = [''];
  // Grows while it is walked: first a folder, then what is in it.
  for (const path of paths) {
    if (path !== '' && !path.endsWith('/')) continue;
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) paths.push(`${path}${entry.name}/`);
      else if (entry.isFile() && wanted(path + entry.name)) paths.push(path + entry.name);
    }
  }
  const digest = digestOf(folder, paths);
  return digest === undefined ? undefined : { paths, digest };
}

/** Whether nothing has changed in a folder since. */
export function isAsStamped(folder: string, { paths, digest }: FolderStamp): boolean {
  return digestOf(folder, paths) === digest;
}

function digestOf(folder: string, paths: readonly string[]): string | undefined {
  const settled = Date.now() - settling;
  const hash = createHash('sha256');
  try {
    for (const path of paths) {
      const { ino, size, mtimeMs, ctimeMs } = lstatSync(`${folder}/${path}`);
      // A clock that was set back is no reason to believe.
      if (ctimeMs > settled) return undefined;
      hash.update(`${path}\0${ino} ${size} ${mtimeMs} ${ctimeMs}\n`);
    }
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}
