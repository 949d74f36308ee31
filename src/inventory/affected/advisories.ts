import { canonicalName } from '../../cargo/index-path.ts';
import type { Entry } from '../../facts/advisories/database.ts';
import type { AdvisoryMatch } from '../../facts/advisories/fact.ts';
import { advisoryMatch } from '../../facts/advisories/fact.ts';
import type { AdvisoryFeed } from '../../facts/advisories/load.ts';
import { type FeedState, feedText, whyMissing } from '../../facts/feed/reading.ts';
import { InventoryError } from '../error.ts';

/** Advisories of one id, in every database that is read. */
export interface Asked {
  readonly entries: readonly Entry[];
  /** Why something may be missing, a clause each. */
  readonly missing: readonly string[];
}

/** Finds the advisories that have an id, or name it as another database's. Throws `InventoryError` where there is none. */
export function advisoriesCalled(id: string, states: readonly FeedState<AdvisoryFeed>[]): Asked {
  const feeds = states.flatMap(({ feed }) => feed ?? []);
  const missing = states
    .filter(({ feed, isDefault }) => feed === undefined && isDefault !== true)
    .map((state) => whyMissing(state, 'advisories'));
  if (feeds.length === 0)
    throw new InventoryError(
      'inventory/no-advisories',
      `No advisory database is read here${missing.length === 0 ? '' : ` (${missing.join('; ')})`}.`,
      'See `advisory-db` in server.toml; `safeguard mirror status` says how it stands.',
    );
  const wanted = id.toLowerCase();
  const isCalled = (one: { readonly id: string; readonly aliases: readonly string[] }) =>
    [one.id, ...one.aliases].some((name) => name.toLowerCase() === wanted);
  const found = new Map<string, Entry>();
  for (const { database } of feeds)
    for (const entries of database.byPackage.values())
      for (const entry of entries) {
        const key = `${entry.advisory.id} ${canonicalName(entry.advisory.package)}`;
        if (isCalled(entry.advisory) && !found.has(key)) found.set(key, entry);
      }
  if (found.size > 0) {
    const packages = new Set([...found.values()].map(({ advisory }) => canonicalName(advisory.package)));
    return { entries: [...found.values()], missing: [...missing, ...unread(feeds, packages)] };
  }
  const withdrawn = feeds
    .flatMap(({ database }) => database.advisories)
    .find((one) => one.withdrawn !== undefined && isCalled(one));
  const read = feeds.map(feedText).join(', ');
  throw new InventoryError(
    'inventory/no-advisory',
    withdrawn === undefined
      ? `No advisory is called ${id} in ${read}.`
      : `${withdrawn.id} was withdrawn on ${withdrawn.withdrawn}: it affects nothing.`,
    withdrawn === undefined
      ? 'If it is new, the database is read again soon; until then ask for its crate: CRATE@REQUIREMENT.'
      : undefined,
  );
}

/** An advisory without what its ranges say, for people. */
export function describe({ advisory, kind }: Entry): AdvisoryMatch & { readonly package: string } {
  return { ...advisoryMatch({ advisory, kind }), package: advisory.package };
}

function unread(feeds: readonly AdvisoryFeed[], packages: ReadonlySet<string>): readonly string[] {
  return feeds.flatMap(({ problems }) =>
    problems
      .filter(({ crates = [] }) => crates.some((crate) => packages.has(canonicalName(crate))))
      .map(({ path, reason }) => `${path}: ${reason}`),
  );
}
