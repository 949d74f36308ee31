import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import type { SqlValue } from '../column.ts';
import { StoreError } from '../error.ts';
import type { Table } from '../table.ts';
import type { Tables } from '../tables.ts';
import { type Dialect, insertHead, replaceTail } from './dialect.ts';
import { NodeSqlite, NodeSqliteDialect } from './node-sqlite.ts';

/** The database of a data folder. */
export const databaseFile = 'safeguard.db';

/** How long a statement waits for another program, such as a person's `sqlite3`, to let go of the database. */
const busyTimeout = 5_000;

/** Rows that are inserted in one go. */
const chunk = 500;

/**
 * Opens `safeguard.db` in a folder that this process holds; of a cache not every write waits for the disk. Throws
 * `store/damaged` for a file that is not sound.
 */
export function sqliteDialect(folder: string, isCache: boolean): Dialect {
  const file = join(folder, databaseFile);
  const explain = (error: unknown) => explainSqlite(error, file);
  refuseEmptied(file);
  // The last one who closes a database in good order folds its log into it.
  const wasClosed = existsSync(file) && !existsSync(`${file}-wal`);
  const opened: NodeSqlite[] = [];
  const close = () => {
    for (const database of opened.reverse()) database.close();
  };
  try {
    const database = connect(file, { readOnly: false }, explain);
    const writer = new NodeSqlite(database, explain);
    opened.push(writer);
    writer.run(() => prepareFile(database, file, { isCache, wasClosed }));
    // A second connection, so that readers never see a transaction that is still open.
    const reader = new NodeSqlite(connect(file, { readOnly: true }, explain), explain);
    opened.push(reader);
    // A third one, so that what is read in several statements holds up no other reader, and none sees its moment.
    const pages = new NodeSqlite(connect(file, { readOnly: true }, explain), explain);
    opened.push(pages);
    const paging = new Kysely<Tables>({ dialect: new NodeSqliteDialect(pages, { begin: 'begin' }) });
    return {
      snapshot: (work) => paging.transaction().execute(work),
      reader: new Kysely<Tables>({ dialect: new NodeSqliteDialect(reader) }),
      writer: new Kysely<Tables>({ dialect: new NodeSqliteDialect(writer) }),
      types: { text: 'text', integer: 'integer' },
      among: (column, values) => sql`${column} in (select value from json_each(${JSON.stringify(values)}))`,
      serialise: async () => {}, // `begin immediate` did it.
      load: (_tx, table, rows, { replace }) => load(writer, table, rows, replace),
      // The writer last: it is the one that may fold the write-ahead log into the file.
      close: async () => close(),
    };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Opens the `safeguard.db` of a folder for reading only, while the process that holds the folder goes on writing:
 * the write-ahead log lets both. Throws `store/unreachable` where there is none.
 */
export function sqliteReader(folder: string): Pick<Dialect, 'reader' | 'close'> {
  const file = join(folder, databaseFile);
  if (!existsSync(file)) {
    throw new StoreError('store/unreachable', `There is no mirror in ${folder}: it has no safeguard.db.`);
  }
  const explain = (error: unknown) => explainSqlite(error, file);
  const reader = new NodeSqlite(connect(file, { readOnly: true }, explain), explain);
  return {
    reader: new Kysely<Tables>({ dialect: new NodeSqliteDialect(reader) }),
    close: async () => reader.close(),
  };
}

function connect(
  file: string,
  options: { readOnly: boolean },
  explain: (error: unknown) => unknown,
): DatabaseSync {
  try {
    return new DatabaseSync(file, { ...options, timeout: busyTimeout, enableForeignKeyConstraints: true });
  } catch (error) {
    throw explain(error);
  }
}

function prepareFile(
  database: DatabaseSync,
  file: string,
  { isCache, wasClosed }: { readonly isCache: boolean; readonly wasClosed: boolean },
): void {
  database.exec(`pragma journal_mode = wal; pragma synchronous = ${isCache ? 'normal' : 'full'}`);
  // Of a cache that was closed in good order nothing is lost but time where it is damaged all the same: reading it says so.
  if (isCache && wasClosed) return;
  const problems = database.prepare('pragma quick_check(3)').all();
  const said = problems.map((row) => String(Object.values(row)[0]));
  if (said.join() !== 'ok') throw damaged(file, said.join('; ').replaceAll('\n', ' '));
}

// SQLite takes an empty file for a new database: blocks and history would be gone without a word.
function refuseEmptied(file: string): void {
  if (existsSync(file) ? statSync(file).size === 0 : existsSync(`${file}-wal`)) {
    throw damaged(file, 'its contents are gone');
  }
}

// One prepared statement, run row by row: faster here than one statement with thousands of parameters.
async function load<R>(
  database: NodeSqlite,
  table: Table<R>,
  rows: readonly (readonly SqlValue[])[],
  replace: boolean,
): Promise<void> {
  const places = table.fields.map(() => '?').join(', ');
  const insert = `${insertHead(table)} values (${places})${replace ? ` ${replaceTail(table)}` : ''}`;
  for (let from = 0; from < rows.length; from += chunk) {
    // Thousands of rows take tens of milliseconds: let requests be answered in between.
    if (from > 0) await setImmediate();
    const statement = database.prepare(insert);
    for (const row of rows.slice(from, from + chunk)) statement.run(row);
  }
}

/** What a user can do about an error of SQLite; any other error is returned as it is. */
function explainSqlite(error: unknown, file: string): unknown {
  const { code, errcode, message } = error as { code?: unknown; errcode?: unknown; message?: unknown };
  if (code !== 'ERR_SQLITE_ERROR' || typeof errcode !== 'number') return error;
  switch (errcode & 0xff) {
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return damaged(file, String(message), error);
    case 13: // SQLITE_FULL
      return new StoreError(
        'store/full',
        `The disk of ${file} is full: nothing was written. Free some space.`,
        {
          cause: error,
        },
      );
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
      return new StoreError(
        'store/locked',
        `Another program, such as the sqlite3 shell, keeps ${file} locked. End it and try again.`,
        { cause: error },
      );
    case 3: // SQLITE_PERM
    case 8: // SQLITE_READONLY
    case 10: // SQLITE_IOERR
    case 14: // SQLITE_CANTOPEN
      return new StoreError(
        'store/unreachable',
        `Cannot read and write ${file} (${message}). Check that the folder is writable and the disk is healthy.`,
        { cause: error },
      );
    default:
      return /^no such (table|column)/.test(String(message)) ? damaged(file, String(message), error) : error;
  }
}

function damaged(file: string, what: string, cause?: unknown): StoreError {
  return new StoreError(
    'store/damaged',
    `The database ${file} is damaged (${what}). Restore the folder from a backup; ` +
      'to begin anew without its history and blocks, move the file and its "-wal" and "-shm" away.',
    { cause, details: { file } },
  );
}
