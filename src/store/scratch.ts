import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './error.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';

/** A folder for one process's temporary files. It is this process's for as long as the lock is kept. */
export interface Scratch {
  readonly folder: string;
  readonly lock: FolderLock;
}

/**
 * Makes a scratch folder in `parent` and removes those that ended processes left behind: a folder whose lock can
 * be taken has no owner any more. Others, whose process may run on, are left alone.
 */
export function makeScratch(parent: string): Scratch {
  try {
    mkdirSync(parent, { recursive: true });
    for (const name of readdirSync(parent)) removeUnowned(join(parent, name));
    for (;;) {
      const folder = join(parent, randomUUID());
      mkdirSync(folder);
      const lock = own(folder);
      if (lock !== undefined) return { folder, lock };
    }
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError(
      'store/unreachable',
      `Cannot use the folder ${parent} (${(cause as Error).message}). Check that it is writable and not full.`,
      { cause },
    );
  }
}

function removeUnowned(folder: string): void {
  let lock: FolderLock;
  try {
    lock = lockFolder(folder);
  } catch (error) {
    // In use, or just removed by another process that starts at the same time.
    if (error instanceof StoreError) return;
    throw error;
  }
  try {
    rmSync(folder, { recursive: true, force: true });
  } finally {
    lock.release();
  }
}

// Between making the folder and locking it, a process that starts may have taken it for an unowned one.
function own(folder: string): FolderLock | undefined {
  try {
    const lock = lockFolder(folder);
    if (existsSync(join(folder, 'lock.db'))) return lock;
    lock.release();
  } catch (error) {
    const taken = error instanceof StoreError && error.code === 'store/locked';
    if (!taken && existsSync(folder)) throw error;
  }
  return undefined;
}
