import { type Dirent, lstatSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { unlinkedBytes } from './unlinked.ts';

/** How long a count goes on before others have a turn, in milliseconds. */
const turn = 5;

/** Bytes on disk below a folder, and whether all of it could be looked into. */
export interface Counted {
  readonly bytes: number;
  readonly isWhole: boolean;
}

/**
 * Bytes on disk of a folder and all below it, without what is in `except`; more than `enough` is not counted further.
 * Links are not followed. It asks file by file: handing each to another thread costs ten times what the question does.
 */
export async function bytesBelow(
  folder: string,
  { enough = Number.POSITIVE_INFINITY, except = [] }: { enough?: number; except?: readonly string[] } = {},
): Promise<Counted> {
  let blocks = 0;
  let isWhole = true;
  const closed = () => {
    isWhole = false;
  };
  let began = performance.now();
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined && blocks * 512 <= enough; at = waiting.pop()) {
    if (except.includes(at)) continue;
    for (const entry of entriesOf(at, closed)) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else blocks += blocksOf(path, closed);
    }
    if (performance.now() - began < turn) continue;
    await new Promise((had) => setImmediate(had));
    began = performance.now();
  }
  // stat(2): a block is 512 bytes, whatever the disk has.
  return { bytes: blocks * 512, isWhole };
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
        const bytes = blocksOf(outside) * 512;
        if (bytes > (largest?.bytes ?? 0)) largest = { inside, bytes };
      }
    }
  }
  return largest;
}

/** What goes away meanwhile is not there; `onClosed` is told of a folder that may not be read. */
function entriesOf(folder: string, onClosed = () => {}): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isRefusal(error)) onClosed();
    return [];
  }
}

function blocksOf(path: string, onClosed = () => {}): number {
  try {
    return lstatSync(path).blocks;
  } catch (error) {
    if (isRefusal(error)) onClosed();
    return 0;
  }
}

function isRefusal(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** A count of files takes at most one part in so many of the time. */
const share = 500;

/**
 * Looks at a folder every `every` milliseconds, and tells once when there is more in it than `most` bytes. Files are
 * counted where the disk has lost half of what was left to write, and now and then whatever the disk says: others free
 * some meanwhile. What has no name any more and is held open counts; where a folder may not be looked into, what the
 * disk has lost since the beginning does.
 */
export function watchDisk(
  folder: string,
  { most, except }: { readonly most: number; readonly except: readonly string[] },
  onOver: () => void,
  every = 1000,
): { readonly close: () => void } {
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let next = { below: Number.POSITIVE_INFINITY, at: 0 };
  const first = freeOn(folder);
  const used = async (free: number) => {
    const { bytes, isWhole } = await bytesBelow(folder, { enough: most, except });
    const all = bytes > most ? bytes : bytes + unlinkedBytes(folder);
    return isWhole ? all : Math.max(all, first - free);
  };
  const look = async () => {
    const free = freeOn(folder);
    const began = performance.now();
    if (free < next.below || began >= next.at) {
      const bytes = await used(free);
      if (isClosed) return;
      if (bytes > most) {
        onOver();
        return;
      }
      const ended = performance.now();
      next = { below: free - (most - bytes) / 2, at: ended + share * (ended - began) };
    }
    timer = setTimeout(look, every);
  };
  timer = setTimeout(look, every);
  return {
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function freeOn(folder: string): number {
  try {
    const { bfree, bsize } = statfsSync(folder);
    return bfree * bsize;
  } catch {
    return 0;
  }
}
