import { paint } from './terminal.ts';

/** A cell: plain, or with a style that is applied after aligning. */
export type Cell = string | { readonly text: string; readonly style: Parameters<typeof paint>[0] };

const gap = '  ';

/** Lays rows out in aligned columns, one string a line. The last column is never padded. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const header = head.map((text): Cell => ({ text, style: 'dim' }));
  const lines = head.length === 0 ? rows : [header, ...rows];
  const widths = lines.reduce<number[]>((widest, row) => {
    for (const [i, cell] of row.entries()) widest[i] = Math.max(widest[i] ?? 0, width(textOf(cell)));
    return widest;
  }, []);
  return lines.map((row) =>
    row
      .map((cell, i) => pad(cell, i === row.length - 1 ? 0 : (widths[i] ?? 0)))
      .join(gap)
      .trimEnd(),
  );
}

function pad(cell: Cell, to: number): string {
  const text = textOf(cell);
  const padding = ' '.repeat(Math.max(0, to - width(text)));
  return (typeof cell === 'string' ? text : paint(cell.style, text)) + padding;
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

/** In code points: what we print is names, versions and times. */
function width(text: string): number {
  return [...text].length;
}
