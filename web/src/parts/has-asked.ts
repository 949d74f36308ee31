/** Whether a person is among those who asked, as far as a page needs to know: the server has the last word. */
export function hasAsked(name: string | undefined, asked: readonly { readonly by: string }[]): boolean {
  return asked.some(({ by }) => by.toLowerCase() === name?.toLowerCase());
}
