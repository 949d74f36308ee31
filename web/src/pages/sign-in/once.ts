/** What a link that signs in once has behind its `#`; it is taken out of the address, so that no history keeps it. */
export function takeOnce(): string | undefined {
  const link = /^#once=([\w-]{20,200})$/.exec(window.location.hash)?.[1];
  if (link !== undefined)
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  return link;
}
