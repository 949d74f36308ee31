import type { z } from 'zod';
import { findServer, type ServerOptions } from './address.ts';
import { ask, queryText } from './api.ts';
import { type CsvCell, printCsv } from './csv.ts';
import { note, print, printable } from './terminal.ts';

export interface ListOptions extends ServerOptions {
  readonly format: 'text' | 'json' | 'csv';
  readonly limit?: number;
  /** The page to begin with; absent: the first. */
  readonly after?: string;
}

/** What stands in each column of CSV, by the column's name. */
export type Columns<Entry> = Readonly<Record<string, (entry: Entry) => CsvCell>>;

/** A list that the server gives in pages. */
export interface List<Page extends { readonly next: string | null }, Entry> {
  /** From the server's root, without a query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | undefined>>;
  readonly schema: z.ZodType<Page>;
  /** Whether whoever asks must say who he is; absent: yes. */
  readonly acts?: boolean;
  readonly entries: (page: Page) => readonly Entry[];
  /** Is told of each page that is read. */
  readonly seen?: (page: Page) => void;
  /** How many there are on all pages, where the server says so. */
  readonly count?: (page: Page) => number;
  /** Said where there is none. */
  readonly none: string;
  readonly columns: Columns<Entry>;
  /** Prints a page for people. */
  readonly show: (entries: readonly Entry[], page: Page) => void;
}

/** Prints a page of a list for people or as JSON, or all pages as CSV. Throws `CliError`. */
export async function printList<Page extends { readonly next: string | null }, Entry>(
  { format, limit, after, ...options }: ListOptions,
  list: List<Page, Entry>,
): Promise<void> {
  const server = await findServer(options);
  const page = async (next: string | undefined) => {
    const path = `${list.path}${queryText({ ...list.query, after: next, limit })}`;
    const read = await ask(server, { path, acts: list.acts ?? true }, list.schema);
    list.seen?.(read.value);
    return read;
  };
  const { value, json } = await page(after);
  if (format === 'csv') return await printPages(value, list, async (next) => (await page(next)).value);
  if (format === 'json') return print(JSON.stringify(json, null, 2));
  const entries = list.entries(value);
  const count = list.count?.(value);
  if ((count ?? entries.length) === 0) return print(list.none);
  list.show(entries, value);
  noteNext(value.next, count === undefined ? `${entries.length} shown` : `${entries.length} of ${count}`);
}

/** Says how to see the next page, where there is one; `shown` is how much is on this one. */
export function noteNext(next: string | null, shown: string): void {
  if (next !== null) note(`${shown}; the next page: --after ${printable(next)}`);
}

async function printPages<Page extends { readonly next: string | null }, Entry>(
  first: Page,
  { columns, entries }: Pick<List<Page, Entry>, 'columns' | 'entries'>,
  page: (after: string) => Promise<Page>,
): Promise<void> {
  printCsv(Object.keys(columns));
  for (let last = first; ; last = await page(last.next)) {
    for (const entry of entries(last)) printCsv(Object.values(columns).map((cell) => cell(entry)));
    if (last.next === null) return;
  }
}
