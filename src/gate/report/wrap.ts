/** A line that is printed with a hanging indent. */
export interface Indented {
  /** Columns before its first word, and before those of the lines that it goes on in. */
  readonly first: number;
  readonly next: number;
}

/** Breaks a text at its spaces, so that no line is longer than `width` columns; a longer word stands alone. */
export function wrapped(text: string, width: number | undefined, { first, next }: Indented): string[] {
  if (width === undefined || first + text.length <= width) return [' '.repeat(first) + text];
  const lines: string[] = [];
  let line = '';
  let indent = first;
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent + [...longer].length > width) {
      lines.push(' '.repeat(indent) + line);
      line = word;
      indent = next;
    } else line = longer;
  }
  return [...lines, ' '.repeat(indent) + line];
}
