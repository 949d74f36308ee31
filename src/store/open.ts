import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Dialect } from './dialect/dialect.ts';
import { sqliteDialect, sqliteReader } from './dialect/sqlite.ts';
import { StoreError } from './error.ts';
import { lockFolder } from './folder-lock.ts';
import { migrate, requireCurrent } from './migrate.ts';
import { SqlReader } from './reader.ts';
import { seedFrom } from './seed.ts';
import { SqlStore } from './sql-store.ts';
import type { Store, StoreReader } from './store.ts';

/**
 * Where the store is: a folder of this machine (SQLite), or a PostgreSQL database. What a folder that `isCache` was told last
 * may be gone after a power cut; it stays sound, and is told again.
 */
export type StoreLocation =
  | {
      readonly folder: string;
      readonly isCache?: boolean;
      /** Folders of other caches, whose database is taken over where it knows more. */
      readonly seeds?: readonly string[];
    }
  | { readonly url: string };

/**
 * Opens the store, makes or upgrades its schema, and checks that it is sound. A folder belongs to one process
 * at a time; a PostgreSQL database may be shared.
 */
export async function openStore(location: StoreLocation): Promise<Store> {
  return 'folder' in location
    ? openFolder(resolve(location.folder), location.isCache === true, location.seeds)
    : openUrl(location.url);
}

/** A store that is only read, also while the processes that it belongs to work on it. */
export interface ReadOnlyStore {
  readonly reader: StoreReader;
  close(): Promise<void>;
}

/** Opens a store that is there for reading; nothing of it is made, upgraded or locked. */
export async function openReader(location: StoreLocation): Promise<ReadOnlyStore> {
  const { reader, close } =
    'folder' in location ? sqliteReader(resolve(location.folder)) : await remote(location.url);
  try {
    await requireCurrent(reader);
    return { reader: new SqlReader(reader), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function remote(url: string): Promise<Pick<Dialect, 'reader' | 'close'>> {
  const { postgresDialect } = await import('./dialect/postgres.ts');
  return postgresDialect(url, { readOnly: true });
}

async function openFolder(folder: string, isCache: boolean, seeds: readonly string[] = []): Promise<Store> {
  makeFolder(folder);
  const lock = lockFolder(folder);
  try {
    await seedFrom(seeds, folder);
    const dialect = sqliteDialect(folder, isCache);
    // The new file itself is on disk only when its folder is.
    syncFolder(folder);
    return await openWith(dialect, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openUrl(url: string): Promise<Store> {
  // Loaded when it is asked for: the embedded store needs none of it.
  const { postgresDialect } = await import('./dialect/postgres.ts');
  return openWith(await postgresDialect(url), () => {});
}

async function openWith(dialect: Dialect, release: () => void): Promise<Store> {
  try {
    await migrate(dialect, Date.now());
    return new SqlStore(dialect, release);
  } catch (error) {
    await dialect.close();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (first !== undefined) syncFolder(dirname(first));
  } catch (cause) {
    throw new StoreError(
      'store/unreachable',
      `Cannot make the folder ${folder} (${(cause as Error).message}). Check its path and permissions.`,
      { cause },
    );
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
