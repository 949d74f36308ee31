/** Whether two names are one person's, as far as a page needs to know: the server has the last word. */
export function isSame(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}
