/** Whether a person is among those who asked, or who decided, as far as a page needs to know: the server has the last word. */
export function hasAsked(name: string | undefined, acts: readonly { readonly by: string }[]): boolean {
  return name !== undefined && acts.some(({ by }) => folded(by) === folded(name));
}

/**
 * As the server has it (`policy/people.ts`): names that differ in case, or in how the same letters are written, are one
 * person's.
 */
function folded(name: string): string {
  return name.normalize('NFKC').trim().toUpperCase().toLowerCase().normalize('NFKC');
}
