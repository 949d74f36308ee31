import { print } from './terminal.ts';

/** Prints a line of CSV (RFC 4180). A cell that a spreadsheet would take for a formula is kept from being one. */
export function printCsv(cells: readonly (string | number | null | undefined)[]): void {
  print(cells.map(cellText).join(','));
}

function cellText(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
