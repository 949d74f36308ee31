import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import pg from 'pg';
import type { SqlValue } from '../column.ts';
import { StoreError } from '../error.ts';
import type { Table } from '../table.ts';
import type { Tables } from '../tables.ts';
import { type Dialect, insertHead, replaceTail } from './dialect.ts';

/** The advisory lock that every write transaction of every Safeguard process on one database takes: "SAFEGARD". */
const writeLock = '6864987421384397380';

/** How long a writer may sit idle in its transaction, so that a frozen machine does not stop all others for good. */
const idleLimit = '60s';

/** Milliseconds that one statement may take. */
const patience = 30_000;
/** Milliseconds that a writer waits for its turn: longer than another one may sit idle in its own. */
const patienceForTurn = 120_000;

/** Connects to PostgreSQL. Nothing is sent before the first query. With `readOnly` the database itself refuses writes. */
export function postgresDialect(url: string, { readOnly = false } = {}): Dialect {
  const where = readUrl(url);
  const explain = (error: unknown) => explainPostgres(error, where);
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'safeguard',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    max: 10,
    types: { getTypeParser },
    ...(readOnly ? { options: '-c default_transaction_read_only=on' } : {}),
  });
  // A connection that breaks is replaced, and its query tells; without listeners it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: explainingPool(pool, explain) }) });
  return {
    reader: db,
    writer: db,
    snapshot: (work) =>
      db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
    types: { text: sql`text collate "C"`, integer: 'bigint' },
    among: (column, values) => {
      // Of an empty list the type is not known.
      if (values.length === 0) return sql`1 = 0`;
      const type = typeof values[0] === 'string' ? sql`text[]` : sql`bigint[]`;
      return sql`${column} = any(${values}::${type})`;
    },
    serialise: async (tx) => {
      // Acknowledged means on disk, even where the server is set to answer earlier.
      await sql`select pg_advisory_xact_lock(${writeLock}::bigint),
        set_config('idle_in_transaction_session_timeout', ${idleLimit}, true),
        case when current_setting('synchronous_commit') = 'off'
          then set_config('synchronous_commit', 'on', true) end`.execute(tx);
    },
    load: async (tx, table, rows, { replace }) => {
      const { text, arrays } = bulkInsert(table, replace ? lastOfEqualKeys(table, rows) : rows, replace);
      await tx.executeQuery({ ...sql`select`.compile(tx), sql: text, parameters: arrays });
    },
    close: () => db.destroy(),
  };
}

/** One statement with one array per column, so that its text does not depend on how many rows there are. */
function bulkInsert<R>(table: Table<R>, rows: readonly (readonly SqlValue[])[], replace: boolean) {
  const types = table.fields.map(
    ({ codec }, i) => `$${i + 1}::${codec.type === 'text' ? 'text' : 'bigint'}[]`,
  );
  const text = `${insertHead(table)} select * from unnest(${types.join(', ')})`;
  return {
    text: replace ? `${text} ${replaceTail(table)}` : text,
    arrays: table.fields.map((_, column) => rows.map((row) => row[column])),
  };
}

// PostgreSQL refuses to replace the same row twice in one statement.
function lastOfEqualKeys<R>(table: Table<R>, rows: readonly (readonly SqlValue[])[]) {
  const places = table.key.map((column) => table.fields.findIndex((field) => field.column === column));
  return [...new Map(rows.map((row) => [JSON.stringify(places.map((i) => row[i])), row])).values()];
}

// Numbers beyond what JavaScript holds stay text, and are then refused with the name of their row.
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (oid !== pg.types.builtins.INT8) return pg.types.getTypeParser(oid, format as 'text');
  return (value: string) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
};

function explainingPool(pool: pg.Pool, explain: (error: unknown) => unknown): PostgresPool {
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw explain(error);
      });
      const explaining = known.get(client) ?? explainingClient(client, explain);
      known.set(client, explaining);
      return explaining;
    },
  };
}

function explainingClient(client: pg.PoolClient, explain: (error: unknown) => unknown): PostgresPoolClient {
  let silent: unknown;
  const query = async (text: string, parameters: readonly unknown[]) => {
    // A connection that does not answer does not roll back either.
    if (silent !== undefined) throw silent;
    try {
      const patience = patienceFor(text);
      return await client.query({
        text,
        values: [...parameters],
        ...(patience === undefined ? {} : { query_timeout: patience }),
      });
    } catch (error) {
      const explained = explain(error);
      if (isSilence(error)) silent = explained;
      throw explained;
    }
  };
  // Sound: Kysely calls the cursor overload only when it is given a cursor class.
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy === true || silent !== undefined),
  };
}

/** How long an answer is waited for: a database that is cut off says nothing, for hours. Milliseconds; absent: without end. */
function patienceFor(text: string): number | undefined {
  if (/^\s*(create|alter|drop)\b/i.test(text)) return undefined;
  return text.includes('pg_advisory_xact_lock') ? patienceForTurn : patience;
}

function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Host, port and database for messages: never the URL, which may hold a password. */
function readUrl(url: string): string {
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new Error();
    const { host, port, database } = new pg.Client({ connectionString: url });
    return `${database ?? ''} at ${host}:${port}`;
  } catch {
    // The cause is left out: it quotes the URL.
    throw new StoreError(
      'store/unreachable',
      'The database URL cannot be read: expected postgres://user:password@host:port/database, ' +
        'with special characters of the password percent-encoded.',
    );
  }
}

/** What a user can do about an error of PostgreSQL or of the way to it; any other error is returned as it is. */
function explainPostgres(error: unknown, where: string): unknown {
  if (error instanceof StoreError) return error;
  const { code, message, syscall } = error as { code?: unknown; message?: unknown; syscall?: unknown };
  const state = typeof code === 'string' ? code : '';
  const because = `(${String(message) || state})`;
  if (/^(53100|53200)$/.test(state)) {
    return new StoreError(
      'store/full',
      `PostgreSQL (${where}) is out of space ${because}: nothing was written.`,
      {
        cause: error,
      },
    );
  }
  if (/^(XX001|XX002|42P01|42703)$/.test(state)) {
    return new StoreError(
      'store/damaged',
      `The PostgreSQL database ${where} is damaged ${because}. Restore it from a backup.`,
      { cause: error },
    );
  }
  if (/^(22021|22P05)$/.test(state)) {
    return new StoreError('store/unstorable', `Text that PostgreSQL cannot hold ${because}.`, {
      cause: error,
    });
  }
  // 08 connection, 28 login, 3D no such database, 53 resources, 57P stopping, 25P03 idle too long in a transaction.
  const refused = /^(08|28|3D|53|57P|25P03)/.test(state);
  const broken =
    syscall !== undefined ||
    isSilence(error) ||
    /^Connection terminated|^Client (has encountered|was closed)|timeout exceeded when trying/.test(
      String(message),
    );
  if (!refused && !broken && !(error instanceof AggregateError)) return error;
  return new StoreError(
    'store/unreachable',
    `Cannot reach the PostgreSQL database ${where} ${because}. ` +
      'Check that the server runs, and the URL, user and password.',
    { cause: error },
  );
}
