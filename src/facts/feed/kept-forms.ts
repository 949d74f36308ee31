import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptForms } from './files.ts';

/**
 * Texts in files of a folder of this user's own. Each has its digest in front: one that is cut off or damaged is as if
 * it were not there, and so is one that somebody else may have written. Whatever cannot be read or written is not kept.
 */
export function keptIn(folder: string): KeptForms {
  return {
    read: async (name) => {
      const file = readOwn(join(folder, name))?.toString('utf8');
      const end = file?.indexOf('\n') ?? -1;
      const text = file?.slice(end + 1);
      return text !== undefined && file?.slice(0, end) === digestOf(text) ? text : undefined;
    },
    write: async (name, text) => {
      const temporary = join(folder, `${name}.${process.pid}`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(temporary, `${digestOf(text)}\n${text}`, { mode: 0o600 });
        await rename(temporary, join(folder, name));
      } catch {
        // A full or read-only disk: the next run reads the files again.
      }
    },
  };
}

/**
 * A file that nobody but this user (or root) can write. Where the system has no owners to ask (Windows), the folder's
 * own protection counts.
 */
function readOwn(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const stats = fstatSync(file);
    const user = process.geteuid?.();
    const isOwn = user === undefined || (stats.uid === user && (stats.mode & 0o022) === 0);
    return stats.isFile() && isOwn ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
