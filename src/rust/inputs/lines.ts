/** The lines of a text, numbered from 1; of a longer one, its beginning. */
export function linesOf(text: string): readonly { readonly line: number; readonly text: string }[] {
  return text
    .split('\n')
    .map((own, i) => ({ line: i + 1, text: own.length > maxLine ? own.slice(0, maxLine) : own }));
}

/** Longer lines are data. */
const maxLine = 20_000;
