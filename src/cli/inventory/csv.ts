import { type CsvCell, printCsv } from '../shared/csv.ts';

/** Prints all pages of a list as CSV, beginning with one that is there: a line for each entry, under the names of the columns. */
export async function printPages<Entry, Page extends { readonly next: string | null }>(
  first: Page,
  columns: Readonly<Record<string, (entry: Entry) => CsvCell>>,
  {
    entries,
    page,
  }: {
    readonly entries: (page: Page) => readonly Entry[];
    readonly page: (after: string) => Promise<Page>;
  },
): Promise<void> {
  printCsv(Object.keys(columns));
  for (let last = first; ; last = await page(last.next)) {
    for (const entry of entries(last)) printCsv(Object.values(columns).map((cell) => cell(entry)));
    if (last.next === null) return;
  }
}
