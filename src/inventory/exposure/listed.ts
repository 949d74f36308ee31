/** Hosts that a message names. */
const maxNamed = 5;

/** The first few of some hosts, and how many more there are. */
export function listed(hosts: readonly string[]): string {
  const more = hosts.length - maxNamed;
  return `${hosts.slice(0, maxNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
