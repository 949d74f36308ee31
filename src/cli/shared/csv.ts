import { print } from './terminal.ts';

/** What a cell says; nothing where it is not known. */
export type CsvCell = string | number | boolean | null | undefined;

/** Prints a line of CSV. */
export function printCsv(cells: readonly CsvCell[]): void {
  print(csvLine(cells));
}

/** A line of CSV (RFC 4180). A cell that a spreadsheet would take for a formula is kept from being one. */
export function csvLine(cells: readonly CsvCell[]): string {
  return cells.map(cellText).join(',');
}

/** What formulas begin with, also as East Asian keyboards write it (OWASP: CSV injection). */
const formula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

function cellText(value: CsvCell): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
