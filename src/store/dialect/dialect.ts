import type { Expression, Kysely, RawBuilder, SqlBool, Transaction } from 'kysely';
import type { SqlValue } from '../column.ts';
import type { Table } from '../table.ts';
import type { Tables } from '../tables.ts';

/** What differs between the databases. Everything else is one portable SQL. */
export interface Dialect {
  /** For reads outside of a transaction: they see what is committed, and nothing else. */
  readonly reader: Kysely<Tables>;
  /** For transactions; the same as `reader` where connections come from a pool. */
  readonly writer: Kysely<Tables>;
  /** Reads in several statements that all see one moment. */
  readonly snapshot: <T>(work: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
  /** Column types: text that compares byte by byte, and integers of 64 bits. */
  readonly types: { readonly text: ColumnType; readonly integer: 'integer' | 'bigint' };
  readonly among: Among;
  /**
   * First thing in every write transaction: waits until no other process is in one. Held to the end of the
   * transaction; that is what makes `seq` grow in the order of commits.
   */
  readonly serialise: (tx: Transaction<Tables>) => Promise<void>;
  /** Inserts many rows; with `replace`, a row with the same key is replaced (the last of equal keys wins). */
  readonly load: <R>(
    tx: Transaction<Tables>,
    table: Table<R>,
    rows: readonly (readonly SqlValue[])[],
    options: { readonly replace: boolean },
  ) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Whether a column is one of many values, as one parameter however many there are. */
export type Among = (
  column: RawBuilder<unknown>,
  values: readonly number[] | readonly string[],
) => RawBuilder<SqlBool>;

export type ColumnType = 'text' | Expression<unknown>;

/** `insert into … (…)`, quoted the way both databases do. */
export function insertHead<R>(table: Table<R>): string {
  return `insert into "${table.name}" (${table.fields.map(({ column }) => `"${column}"`).join(', ')})`;
}

/** `on conflict (…) do update set …` for every column outside the key; where there is none, the row is there already. */
export function replaceTail<R>(table: Table<R>): string {
  const changes = table.fields
    .filter(({ column }) => !table.key.includes(column))
    .map(({ column }) => `"${column}" = excluded."${column}"`);
  const act = changes.length === 0 ? 'nothing' : `update set ${changes.join(', ')}`;
  return `on conflict (${table.key.map((column) => `"${column}"`).join(', ')}) do ${act}`;
}
