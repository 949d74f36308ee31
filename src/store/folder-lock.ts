import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from './error.ts';

/** A folder that belongs to this process until it is released or the process ends, however it ends. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes a folder for this process alone. Throws `store/locked` when another holds it.
 *
 * The lock is SQLite's exclusive lock on an empty file: the kernel drops it with the process, even after a
 * `kill -9`, and no process id is ever trusted. (Node has no file locks of its own.)
 */
export function lockFolder(folder: string): FolderLock {
  const holderFile = join(folder, 'lock.json');
  const database = takeLock(join(folder, 'lock.db'), () => heldError(folder, readHolder(holderFile)));
  try {
    // For the message of the one who is refused; nothing else reads it.
    writeFileSync(holderFile, `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`);
  } catch (error) {
    database.close();
    throw unusable(folder, error);
  }
  return {
    release: () => {
      if (!database.isOpen) return;
      rmSync(holderFile, { force: true });
      database.close();
    },
  };
}

function takeLock(file: string, held: () => StoreError): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec('begin exclusive');
    return database;
  } catch (error) {
    database?.close();
    const busy = (error as { errcode?: number }).errcode === 5; // SQLITE_BUSY
    throw busy ? held() : unusable(file, error);
  }
}

function heldError(folder: string, holder: { pid: string; host: string } | undefined): StoreError {
  const who =
    holder === undefined
      ? 'another process'
      : holder.pid === String(process.pid) && holder.host === hostname()
        ? 'this same process'
        : `process ${holder.pid} on ${holder.host}`;
  return new StoreError(
    'store/locked',
    `The folder ${folder} is in use by ${who}. Stop that process first, or choose another folder; ` +
      'to run several processes on the same data, use PostgreSQL.',
    { details: { folder, ...holder } },
  );
}

function unusable(path: string, cause: unknown): StoreError {
  return new StoreError(
    'store/unreachable',
    `Cannot lock ${path} (${(cause as Error).message}). Check that it is writable, has free space and is a local disk.`,
    { cause },
  );
}

function readHolder(file: string): { pid: string; host: string } | undefined {
  try {
    const { pid, host } = JSON.parse(readFileSync(file, 'utf8')) as { pid?: unknown; host?: unknown };
    return { pid: String(pid), host: String(host) };
  } catch {
    return undefined; // Being written or removed at this moment.
  }
}
