import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes on disk of a folder and all below it; more than `enough` is not counted further. Links are not followed. */
export async function bytesBelow(folder: string, enough = Number.POSITIVE_INFINITY): Promise<number> {
  let blocks = 0;
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined && blocks * 512 <= enough; at = waiting.pop()) {
    // What goes away meanwhile is not there.
    const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else blocks += (await lstat(path).catch(() => undefined))?.blocks ?? 0;
    }
  }
  // stat(2): a block is 512 bytes, whatever the disk has.
  return blocks * 512;
}

/** The largest file in folders that are named twice: as the build has them, and where they are. Links are not followed. */
export function largestBelow(
  folders: readonly { readonly inside: string; readonly outside: string }[],
): { readonly inside: string; readonly bytes: number } | undefined {
  let largest: { readonly inside: string; readonly bytes: number } | undefined;
  const waiting = [...folders];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const entry of entriesOf(at.outside)) {
      const [inside, outside] = [join(at.inside, entry.name), join(at.outside, entry.name)];
      if (entry.isDirectory()) waiting.push({ inside, outside });
      else {
        const bytes = (lstatSync(outside, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
        if (bytes > (largest?.bytes ?? 0)) largest = { inside, bytes };
      }
    }
  }
  return largest;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Looks at a folder every `every` milliseconds, and tells once when there is more in it than `most` bytes. */
export function watchDisk(
  folder: string,
  most: number,
  onOver: () => void,
  every = 1000,
): { readonly close: () => void } {
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const bytes = await bytesBelow(folder, most);
    if (isClosed) return;
    if (bytes > most) onOver();
    else timer = setTimeout(look, every);
  };
  timer = setTimeout(look, every);
  return {
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
