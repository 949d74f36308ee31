/** A sentence of the server's, in which names stand between back quotes. */
export function Says({ text }: { readonly text: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the sentence never changes.
  return text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));
}
