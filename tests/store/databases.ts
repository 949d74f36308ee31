import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { openStore, type StoreLocation } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { freshDatabase, postgresAvailable } from '../support/postgres.ts';
import { removeDir, tempDir } from '../support/temp.ts';

/** One of the two databases, for `describe(name, { skip }, …)`. */
export interface Database {
  readonly name: string;
  readonly skip: string | false;
  readonly create: () => Promise<Place>;
}

/** Somewhere new for a store. */
export interface Place {
  readonly location: StoreLocation;
  /** SQL with `?` for values, behind the store's back; on SQLite while the store is closed or not writing. */
  tamper(sql: string, ...values: readonly SQLInputValue[]): Promise<readonly Record<string, unknown>[]>;
  remove(): Promise<void>;
}

export const databases: readonly Database[] = [
  { name: 'SQLite', skip: false, create: sqlitePlace },
  { name: 'PostgreSQL', skip: postgresAvailable() ?? false, create: postgresPlace },
];

/** Runs `work` on a store that is new and goes away. */
export async function withStore(
  database: Database,
  work: (store: Store, place: Place) => Promise<void>,
): Promise<void> {
  const place = await database.create();
  try {
    const store = await openStore(place.location);
    try {
      await work(store, place);
    } finally {
      await store.close();
    }
  } finally {
    await place.remove();
  }
}

async function sqlitePlace(): Promise<Place> {
  const folder = tempDir({ after: () => {} }); // `remove` below ends it.
  return {
    location: { folder },
    tamper: async (sql, ...values) => {
      const database = new DatabaseSync(join(folder, 'safeguard.db'), { timeout: 5_000 });
      try {
        return database.prepare(sql).all(...values);
      } finally {
        database.close();
      }
    },
    remove: async () => removeDir(folder),
  };
}

async function postgresPlace(): Promise<Place> {
  const database = await freshDatabase();
  return {
    location: { url: database.url },
    tamper: async (sql, ...values) => {
      let i = 0;
      const numbered = sql.replaceAll('?', () => {
        i += 1;
        return `$${i}`;
      });
      return database.query(numbered, values);
    },
    remove: () => database.drop(),
  };
}
