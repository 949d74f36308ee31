/** Hosts that a message names. */
const maxNamed = 5;

/** The first few of some hosts, and how many more there are. */
export function listed(hosts: readonly string[]): string {
  const more = hosts.length - maxNamed;
  return `${hosts.slice(0, maxNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What to do about an advisory: the release that fixes it, and where all is told. */
export function remedy({ id, fixed }: { readonly id: string; readonly fixed?: string | undefined }): string {
  return `${fixed === undefined ? 'No release fixes it yet' : `${fixed} fixes it`}; see \`safeguard affected ${id}\`.`;
}
