/** Lines that only the text before has, and lines that only the one after it has; each once, without empty ones. */
export function changedLines(
  before: string,
  after: string,
): { readonly gone: readonly string[]; readonly come: readonly string[] } {
  const [was, is] = [new Set(before.split('\n')), new Set(after.split('\n'))];
  const said = (lines: ReadonlySet<string>) => [...lines].filter((line) => line.trim() !== '');
  return { gone: said(was.difference(is)), come: said(is.difference(was)) };
}
