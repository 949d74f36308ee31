import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { databaseFile } from './dialect/sqlite.ts';

/** Whether the database of a server is in its data folder; else it is PostgreSQL's. */
export function hasDatabase(folder: string): boolean {
  return existsSync(join(folder, databaseFile));
}

/** Bytes of a folder's database, its log included; 0 where there is none. */
export function databaseSize(folder: string): number {
  const file = join(folder, databaseFile);
  const sizes = [file, `${file}-wal`].map((each) => statSync(each, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Copies the database of a folder into another one, as of one moment, while its server works: what is written meanwhile
 * is not in the copy, and waits for nothing (SQLite, VACUUM INTO).
 */
export function copyDatabase(from: string, to: string): void {
  const database = new DatabaseSync(join(from, databaseFile), { readOnly: true, timeout: 10_000 });
  try {
    database.prepare('vacuum into ?').run(join(to, databaseFile));
  } finally {
    database.close();
  }
}
