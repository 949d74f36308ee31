/** The lines of a text, numbered from `first` on; of a longer one, its beginning. */
export function linesOf(
  text: string,
  first = 1,
): readonly { readonly line: number; readonly text: string }[] {
  return text
    .split('\n')
    .map((own, i) => ({ line: i + first, text: own.length > maxLine ? own.slice(0, maxLine) : own }));
}

/** Longer lines are data. */
const maxLine = 20_000;
