import { canonicalName } from '../../cargo/index-path.ts';
import type { PackageAdvisory } from '../../distribution/advisory/advisory.ts';
import type { Entry } from '../../facts/advisories/database.ts';
import type { AdvisoryMatch } from '../../facts/advisories/fact.ts';
import { advisoryMatch } from '../../facts/advisories/fact.ts';
import type { AdvisoryFeed } from '../../facts/advisories/load.ts';
import { type FeedState, feedText, whyMissing } from '../../facts/feed/reading.ts';
import { InventoryError } from '../error.ts';

/** Advisories of one id, in every database that is read. */
export interface Asked {
  readonly entries: readonly Entry[];
  /** Those about packages of distributions. */
  readonly packages: readonly PackageAdvisory[];
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
  const called = feeds.flatMap(({ packages }) => packages).filter(isCalled);
  const packages = [
    ...new Map(
      called
        .filter((one) => one.withdrawn === undefined)
        .map((one) => [JSON.stringify([one.id, one.ecosystem, one.package]), one]),
    ).values(),
  ];
  const unreadFiles = unreadCalled(feeds, wanted);
  if (found.size > 0 || packages.length > 0) {
    const crates = new Set([...found.values()].map(({ advisory }) => canonicalName(advisory.package)));
    const unreadable = [...new Set([...unread(feeds, crates), ...unreadFiles])];
    return { entries: [...found.values()], packages, missing: [...missing, ...unreadable] };
  }
  const withdrawn = [...feeds.flatMap(({ database }) => database.advisories), ...called].find(
    (one) => one.withdrawn !== undefined && isCalled(one),
  );
  const read = feeds.map(feedText).join(', ');
  throw new InventoryError(
    'inventory/no-advisory',
    withdrawn === undefined
      ? `No advisory is called ${id} in ${read}.${unreadFiles.length === 0 ? '' : ` Not read: ${unreadFiles.join('; ')}.`}`
      : `${withdrawn.id} was withdrawn on ${withdrawn.withdrawn}: it affects nothing.`,
    withdrawn === undefined
      ? 'If it is new, the database is read again soon; until then ask for its crate: CRATE@REQUIREMENT.'
      : undefined,
  );
}

/** An advisory without what its ranges say, for people. */
export type Described = Pick<
  AdvisoryMatch,
  'id' | 'kind' | 'title' | 'date' | 'url' | 'aliases' | 'severity' | 'fixed'
> & { readonly package: string };

export function describe({ advisory, kind }: Entry): Described {
  return { ...advisoryMatch({ advisory, kind }), package: advisory.package };
}

/** The same of one about a package of a distribution. */
export function describePackage(advisory: PackageAdvisory): Described {
  const { id, title, date, url, aliases, ecosystem, affected } = advisory;
  const fixes = affected.kind === 'ranges' ? affected.ranges.flatMap(({ fixed }) => fixed ?? []) : [];
  return {
    id,
    kind: 'vulnerability',
    title,
    date,
    url,
    aliases,
    package: `${advisory.package} of ${ecosystem}`,
    ...(fixes.length === 0 ? {} : { fixed: [...new Set(fixes)].join(', ') }),
  };
}

/** Files that are named after an advisory, and cannot be read. */
function unreadCalled(feeds: readonly AdvisoryFeed[], id: string): readonly string[] {
  return feeds.flatMap(({ problems }) =>
    problems
      .filter(({ path }) => path.toLowerCase().split('/').at(-1) === `${id}.json`)
      .map(({ path, reason }) => `${path}: ${reason}`),
  );
}

function unread(feeds: readonly AdvisoryFeed[], packages: ReadonlySet<string>): readonly string[] {
  return feeds.flatMap(({ problems }) =>
    problems
      .filter(({ crates = [] }) => crates.some((crate) => packages.has(canonicalName(crate))))
      .map(({ path, reason }) => `${path}: ${reason}`),
  );
}
