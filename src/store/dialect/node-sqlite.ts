import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely';

/**
 * Node's own SQLite behind the interface that Kysely's SQLite dialect expects. Statements are prepared once;
 * errors go through `explain`, so that what leaves is a `StoreError` where the user can act on it.
 */
export class NodeSqlite implements SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #explain: (error: unknown) => unknown;
  readonly #statements = new Map<string, SqliteStatement>();
  /** A statement failed inside the open transaction: it may no longer be committed. */
  #failed = false;

  constructor(database: DatabaseSync, explain: (error: unknown) => unknown) {
    this.#database = database;
    this.#explain = explain;
  }

  get isTransaction(): boolean {
    return this.#database.isTransaction;
  }

  get failed(): boolean {
    return this.#failed;
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.run(() => this.#database.prepare(sql));
    const guarded: SqliteStatement = {
      reader: statement.columns().length > 0,
      all: (parameters) => this.run(() => allRows(statement, parameters)),
      run: (parameters) => this.run(() => statement.run(...(parameters as readonly SQLInputValue[]))),
      iterate: (parameters) => statement.iterate(...(parameters as readonly SQLInputValue[])),
    };
    // Texts are few (lists of states vary a little); the bound is for what nobody thought of.
    if (this.#statements.size >= 256) this.#statements.clear();
    this.#statements.set(sql, guarded);
    return guarded;
  }

  /** Runs something on the database, remembering a failure inside a transaction. */
  run<T>(work: () => T): T {
    if (!this.#database.isTransaction) this.#failed = false;
    try {
      return work();
    } catch (error) {
      this.#failed = true;
      throw this.#explain(error);
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }
}

/** Kysely's SQLite dialect with transactions that take the write lock at once, not halfway, unless they begin otherwise. */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: NodeSqlite;
  readonly #begin: string;

  constructor(database: NodeSqlite, { begin = 'begin immediate' } = {}) {
    super({ database });
    this.#database = database;
    this.#begin = begin;
  }

  override createDriver(): SqliteDriver {
    return new SafeguardDriver({ database: this.#database }, this.#database, this.#begin);
  }
}

class SafeguardDriver extends SqliteDriver {
  readonly #database: NodeSqlite;

  readonly #begin: string;

  constructor(config: SqliteDialectConfig, database: NodeSqlite, begin: string) {
    super(config);
    this.#database = database;
    this.#begin = begin;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(this.#begin));
  }

  // As on PostgreSQL: a transaction in which a statement failed cannot be committed, whoever caught the error.
  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.failed) throw new Error('a statement failed in this transaction: it is rolled back');
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  // After a full disk SQLite may have rolled back by itself; the first error is the one to tell.
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }
}

/** All rows; numbers that JavaScript cannot hold come as `bigint` instead of failing the whole read without a name. */
function allRows(statement: StatementSync, parameters: readonly unknown[]): unknown[] {
  const values = parameters as readonly SQLInputValue[];
  try {
    return statement.all(...values);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_OUT_OF_RANGE') throw error;
  }
  statement.setReadBigInts(true);
  try {
    return statement.all(...values).map(safeNumbers);
  } finally {
    statement.setReadBigInts(false);
  }
}

function safeNumbers(row: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(row).map(([column, value]) => {
    const safe = typeof value === 'bigint' && Number.isSafeInteger(Number(value));
    return [column, safe ? Number(value) : value] as const;
  });
  return Object.fromEntries(entries);
}
