import { DumpError } from './error.ts';

/** One row, by the columns that were asked for; `null` is PostgreSQL's NULL, an unquoted nothing. */
export type CsvRow = readonly (string | null)[];

/** Columns to read: by name, so that their order and additions do not matter. A list of names: the first that is there. */
export interface CsvColumns {
  readonly required: readonly (string | readonly string[])[];
  readonly optional: readonly (string | readonly string[])[];
}

/** Bytes of one row; the longest READMEs of a registry have a few MB. */
const maxRow = 64 * 1024 * 1024;

const quote = 0x22;
const comma = 0x2c;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Reads CSV as PostgreSQL's `COPY … WITH CSV HEADER` writes it, in memory that depends on the longest row only. Yields
 * the rows of each piece at once: the required columns, then the optional ones (`null` where the file has none).
 */
export async function* csvRows(
  file: string,
  body: AsyncIterable<Uint8Array>,
  columns: CsvColumns,
): AsyncGenerator<readonly CsvRow[]> {
  const reader = new CsvReader(file, columns);
  for await (const piece of body) {
    const rows = reader.push(piece, false);
    if (rows.length > 0) yield rows;
  }
  const rows = reader.push(new Uint8Array(), true);
  reader.end();
  if (rows.length > 0) yield rows;
}

class CsvReader {
  readonly #file: string;
  readonly #columns: CsvColumns;
  /** For each column of the file the place in a row, or -1. */
  #places: readonly number[] | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #line = 0;

  constructor(file: string, columns: CsvColumns) {
    this.#file = file;
    this.#columns = columns;
  }

  push(piece: Uint8Array, isLast: boolean): CsvRow[] {
    const data = this.#rest.length === 0 ? Buffer.from(piece) : Buffer.concat([this.#rest, piece]);
    const rows: CsvRow[] = [];
    let at = 0;
    while (at < data.length) {
      const next = this.#record(data, at, isLast, rows);
      if (next === undefined) break;
      at = next;
    }
    this.#rest = data.subarray(at);
    if (this.#rest.length > maxRow) throw this.#malformed(`a row is longer than ${maxRow / 1024 / 1024} MB`);
    return rows;
  }

  end(): void {
    if (this.#rest.length > 0) throw this.#malformed('it ends in the middle of a row');
    if (this.#places === undefined) throw this.#malformed('it has no header');
  }

  /** Reads one record from `start`; returns where the next begins, or `undefined` when its end is not there yet. */
  #record(data: Buffer, start: number, isLast: boolean, rows: CsvRow[]): number | undefined {
    const places = this.#places;
    const fields: (string | null)[] = places === undefined ? [] : new Array(this.#width()).fill(null);
    let at = start;
    for (let column = 0; ; column++) {
      const field = this.#field(data, at, isLast);
      if (field === undefined) return undefined;
      if (places === undefined) fields.push(textOf(data, field));
      else if (column >= places.length) throw this.#malformed(`row ${this.#line} has too many fields`);
      else {
        const place = places[column] ?? -1;
        if (place >= 0) fields[place] = textOf(data, field);
      }
      if (data[field.next] === comma) {
        at = field.next + 1;
        continue;
      }
      if (places === undefined) this.#readHeader(fields);
      else if (column + 1 < places.length) throw this.#malformed(`row ${this.#line} has too few fields`);
      else rows.push(fields);
      this.#line++;
      return endOfLine(data, field.next);
    }
  }

  #field(data: Buffer, start: number, isLast: boolean): Field | undefined {
    if (data[start] === quote) return this.#quoted(data, start, isLast);
    let at = start;
    while (at < data.length) {
      const byte = data[at];
      if (byte === comma || byte === newline) break;
      at++;
    }
    if (at === data.length && !isLast) return undefined;
    const cut = data[at] === newline && at > start && data[at - 1] === carriageReturn ? at - 1 : at;
    return { from: start, to: cut, next: at, isQuoted: false, hasQuotes: false };
  }

  #quoted(data: Buffer, start: number, isLast: boolean): Field | undefined {
    let hasQuotes = false;
    for (let at = start + 1; ; ) {
      const end = data.indexOf(quote, at);
      // A quote at the very end may be the first half of a doubled one.
      if (end === -1 || (end + 1 === data.length && !isLast)) return undefined;
      if (data[end + 1] === quote) {
        hasQuotes = true;
        at = end + 2;
        continue;
      }
      const follows = data[end + 1];
      if (follows === carriageReturn && end + 2 === data.length && !isLast) return undefined;
      const isEnd = follows === undefined || follows === comma || follows === newline;
      if (!isEnd && !(follows === carriageReturn && data[end + 2] === newline))
        throw this.#malformed(`row ${this.#line} has text after a quoted field`);
      return { from: start + 1, to: end, next: end + 1, isQuoted: true, hasQuotes };
    }
  }

  #readHeader(names: readonly (string | null)[]): void {
    const wanted = [...this.#columns.required, ...this.#columns.optional].map((column) =>
      (typeof column === 'string' ? [column] : column).map((name) => names.indexOf(name)).find((i) => i >= 0),
    );
    const missing = wanted.findIndex((i, place) => i === undefined && place < this.#columns.required.length);
    if (missing >= 0) {
      const column = [this.#columns.required[missing] ?? ''].flat().join('" or "');
      throw new DumpError('dump/missing-column', `The dump's ${this.#file} has no column "${column}".`);
    }
    this.#places = names.map((_, i) => wanted.indexOf(i));
  }

  #width(): number {
    return this.#columns.required.length + this.#columns.optional.length;
  }

  #malformed(what: string): DumpError {
    return new DumpError('dump/malformed', `The dump's ${this.#file} cannot be read: ${what}.`);
  }
}

interface Field {
  readonly from: number;
  readonly to: number;
  /** Where the separator is. */
  readonly next: number;
  readonly isQuoted: boolean;
  readonly hasQuotes: boolean;
}

function textOf(data: Buffer, { from, to, isQuoted, hasQuotes }: Field): string | null {
  if (from === to && !isQuoted) return null;
  const text = data.toString('utf8', from, to);
  return hasQuotes ? text.replaceAll('""', '"') : text;
}

function endOfLine(data: Buffer, at: number): number {
  const newlineAt = data[at] === carriageReturn ? at + 1 : at;
  return Math.min(newlineAt + 1, data.length);
}
