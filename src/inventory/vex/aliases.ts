import type { AdvisoryFeed } from '../../facts/advisories/load.ts';
import type { FeedState } from '../../facts/feed/reading.ts';

/** Other ids of advisories, as the databases that are read know them: each by its id in lower case. */
export function aliasesIn(
  states: readonly FeedState<AdvisoryFeed>[],
  wanted: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map(wanted.map((id) => [id.toLowerCase(), new Set<string>()]));
  for (const { feed } of states)
    for (const { id, aliases } of [...(feed?.database.advisories ?? []), ...(feed?.packages ?? [])]) {
      const all = [id, ...aliases];
      for (const one of all)
        for (const other of all) if (other !== one) found.get(one.toLowerCase())?.add(other);
    }
  return new Map([...found].map(([id, others]) => [id, [...others].sort()]));
}
