import { BadValue, type Column, type SqlValue } from './column.ts';
import { StoreError } from './error.ts';

/** A table: how the fields of its records are kept, in the order of its columns. */
export interface Table<R> {
  readonly name: string;
  /** Columns that identify a row. */
  readonly key: readonly string[];
  readonly fields: readonly Field<R>[];
}

interface Field<R> {
  readonly name: keyof R & string;
  readonly column: string;
  readonly codec: Column<R[keyof R]>;
}

/** `stateSince` → `state_since`: people write SQL by hand too. */
export type Snake<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Tail>}`
  : '';

/** The row of a record, as Kysely types it. */
export type Row<R> = {
  readonly [F in keyof R & string as Snake<F>]:
    | (R[F] extends number | null ? number : R[F] extends boolean ? number : string)
    | (null extends R[F] ? null : never);
};

/** Makes a table of its columns. */
export function table<R>(
  name: string,
  key: readonly (keyof R & string)[],
  columns: { readonly [F in keyof R]: Column<R[F]> },
): Table<R> {
  const fields = Object.entries(columns).map(([field, codec]) => ({
    name: field as keyof R & string,
    column: snake(field),
    // Sound: `columns` pairs each field with its own codec.
    codec: codec as unknown as Column<R[keyof R]>,
  }));
  return { name, key: key.map(snake), fields };
}

/** A table seen through some of its fields. */
export function pick<R, F extends keyof R & string>(
  table: Table<R>,
  ...names: readonly F[]
): Table<Pick<R, F>> {
  const fields = table.fields.filter(({ name }) => (names as readonly string[]).includes(name));
  // Sound: only the named fields are left.
  return { ...table, fields: fields as unknown as Table<Pick<R, F>>['fields'] };
}

/** A record as values in column order. Throws `store/unstorable` for what would not be read again. */
export function encodeRow<R>(table: Table<R>, record: R): SqlValue[] {
  return table.fields.map(({ name, codec }) => {
    try {
      return codec.encode(record[name]);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      throw new StoreError(
        'store/unstorable',
        `Cannot store ${name} = ${say(record[name])} in ${table.name}: expected ${codec.expected}`,
        { details: { table: table.name, field: name } },
      );
    }
  });
}

/** Whether two records would be kept alike. Throws `store/unstorable`. */
export function isSameRow<R>(table: Table<R>, one: R, other: R): boolean {
  return JSON.stringify(encodeRow(table, one)) === JSON.stringify(encodeRow(table, other));
}

/** The record of a row. Throws `store/damaged`, naming the table and the key, for a row that is not one. */
export function decodeRow<R>(table: Table<R>, row: object): R {
  const raw = row as Readonly<Record<string, unknown>>;
  const record: Partial<Record<keyof R, unknown>> = {};
  for (const { name, column, codec } of table.fields) {
    try {
      record[name] = codec.decode(raw[column]);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      throw damagedRow(table, raw, `${column} is ${say(raw[column])}, expected ${codec.expected}`);
    }
  }
  // Sound: every field was set from its own codec.
  return record as R;
}

function damagedRow<R>(table: Table<R>, raw: Readonly<Record<string, unknown>>, what: string): StoreError {
  const key = table.key.map((column) => `${column}=${say(raw[column])}`).join(', ');
  return new StoreError(
    'store/damaged',
    `The row of table "${table.name}" with ${key} is damaged: ${what}. ` +
      'Correct the row or restore the database from a backup; nothing is decided from a damaged row.',
    { details: { table: table.name, key } },
  );
}

function say(value: unknown): string {
  const said =
    value === undefined
      ? 'missing'
      : value instanceof Uint8Array
        ? 'binary'
        : (sayJson(value) ?? String(value));
  return said.length > 60 ? `${said.slice(0, 60)}…` : said;
}

function sayJson(value: unknown): string | undefined {
  return typeof value === 'bigint' ? undefined : JSON.stringify(value);
}

function snake(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
