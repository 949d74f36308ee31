import { statSync } from 'node:fs';
import { type FolderStamp, isAsStamped } from '../facts/feed/folder-stamp.ts';

/** What facts of a cache of one's own followed from beside what was asked: where all of it is so still, they are the same again. */
export interface FactsBasis {
  /** The cache's database, and what it was before it was opened. */
  readonly database: DatabaseState;
  /** Advisory databases that lie in folders, as they were before they were read. */
  readonly folders: readonly { readonly source: string; readonly stamp: FolderStamp }[];
  /** Epoch milliseconds: when they were given, and when the network would be asked for more. */
  readonly from: number;
  readonly until: number;
}

export interface DatabaseState {
  readonly file: string;
  /** `undefined` where it is not there, or was written a moment ago: what comes next may look the same. */
  readonly stamp: string | undefined;
}

/** What was written so shortly ago may be written once more at a time that the file system calls the same: milliseconds. */
const settling = 2_000;

/** A database file and its write-ahead log, as they are now. */
export function databaseState(file: string): DatabaseState {
  const own = statSync(file, { throwIfNoEntry: false });
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (own === undefined || own.ctimeMs > Date.now() - settling) return { file, stamp: undefined };
  const parts = [own, log].map((one) => one && [one.dev, one.ino, one.size, one.mtimeMs, one.ctimeMs]);
  return { file, stamp: JSON.stringify(parts) };
}

/** Whether the same questions would be answered the same at that time. */
export function isStill({ database, folders, from, until }: FactsBasis, now: number): boolean {
  return (
    from <= now &&
    now < until &&
    database.stamp !== undefined &&
    databaseState(database.file).stamp === database.stamp &&
    folders.every(({ source, stamp }) => isAsStamped(source, stamp))
  );
}
