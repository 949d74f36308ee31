import { canonicalName } from '../../cargo/index-path.ts';
import type { Advisory } from '../../facts/advisories/advisory.ts';
import { databaseOf } from '../../facts/advisories/database.ts';
import type { AdvisoryFeed } from '../../facts/advisories/load.ts';
import { type Fact, unknown } from '../../facts/fact.ts';
import type { FeedState } from '../../facts/feed/reading.ts';
import type { FirstParty } from '../../facts/first-party.ts';
import type { FactName, Facts } from '../../facts/map.ts';
import { typosquatFact } from '../../facts/typosquat/fact.ts';
import { Namespace } from '../../facts/typosquat/namespace.ts';
import type { EngineInput } from '../../policy/rule.ts';
import { unheardOf } from '../errands/people.ts';
import { isRead } from '../judgement/bytes.ts';
import { gatherer } from '../judgement/gather.ts';
import type { Knowledge } from '../judgement/knowledge.ts';
import { relatives } from '../judgement/lineage.ts';
import type { Observed } from '../judgement/reconcile.ts';

/** A release whose publication time is known, in epoch milliseconds. */
export type Dated = Observed & { readonly published: number };

/** Everything about one crate, from which what was known at a moment is taken. */
export interface CratePast {
  /** As the index spells it. */
  readonly name: string;
  /** In the order of the index; those without a publication time are left out. */
  readonly releases: readonly Dated[];
  /** What every feed ever said of this crate. */
  readonly advisories: readonly CrateFeed[];
  readonly namespace: Knowledge['namespace'];
  /** What belongs to the organisation whose policy is replayed. */
  readonly firstParty: FirstParty;
}

/** What one feed says of one crate. */
export interface CrateFeed {
  readonly advisories: readonly Advisory[];
  readonly provenance: AdvisoryFeed['provenance'];
}

const day = 86_400_000;

/** The time at which a date of an advisory counts: its end, since nobody wrote down the hour. Epoch milliseconds. */
export function endOfDay(date: string): number {
  return Date.parse(date) + day;
}

/** The feeds by crate: a function from a name to what each feed says of it. */
export function feedsByCrate(feeds: readonly AdvisoryFeed[]): (crate: string) => readonly CrateFeed[] {
  const grouped = feeds.map(({ database, provenance }) => ({
    provenance,
    of: Map.groupBy(database.advisories, (advisory) => canonicalName(advisory.package)),
  }));
  return (crate) =>
    grouped.map(({ provenance, of }) => ({ provenance, advisories: of.get(canonicalName(crate)) ?? [] }));
}

/**
 * Asks for the facts of a crate's releases as they would have been at a moment, had the mirror watched since the crate's
 * first release. Pure. What the records cannot date, such as how much a crate was used then, is `unknown`.
 */
export function factsOfPast(past: CratePast): (release: Dated, now: number) => EngineInput {
  const created = past.releases.reduce(
    (first, { published }) => Math.min(first, published),
    Number.POSITIVE_INFINITY,
  );
  const { names, source, at } = past.namespace;
  const typosquat = typosquatFact(names, { name: past.name, created }, source, at);
  return (release, now) => {
    const releases = past.releases.filter(({ published }) => published <= now).map((one) => asOf(one, now));
    const gather = gatherer(
      {
        name: past.name,
        firstSeen: created,
        ...relatives(releases, new Set(releases.map(({ version }) => version)), created),
        // What people did by hand is no part of a policy.
        blocks: [],
        breakGlass: [],
        decisions: [],
        // The name is compared once, above, and not at every moment.
        knowledge: {
          advisories: feedsAsOf(past.advisories, now),
          // What audits and proofs there were on that day, they themselves do not say.
          audits: undefined,
          proofs: undefined,
          cratesIo: release.registry,
          namespace: noNames,
          people: unheardOf,
          firstParty: past.firstParty,
        },
      },
      now,
    );
    const { input } = gather(asOf(release, now));
    return { ...input, facts: { ...withoutUndated(input.facts, now), typosquat } };
  };
}

const noNames: Knowledge['namespace'] = { names: new Namespace([]), source: '', at: 0 };

/**
 * A release as it was at its first sight, which is taken to be its publication. One whose bytes were never here is
 * judged by its index line, as the mirror does with a back catalogue.
 */
function asOf(release: Dated, now: number): Dated {
  const { archive, published, checksum, yankedAt, dependenciesChangedAt } = release;
  const yanked = yankedAt !== null && yankedAt <= now;
  return {
    ...release,
    arrival: isRead(archive) ? 'new' : 'back-catalogue',
    judged: isRead(archive) ? 'release' : 'index',
    firstSeen: published,
    lineChecksum: checksum,
    yanked,
    yankedAt: yanked ? yankedAt : null,
    dependenciesChangedAt:
      dependenciesChangedAt !== null && dependenciesChangedAt <= now ? dependenciesChangedAt : null,
  };
}

function feedsAsOf(feeds: readonly CrateFeed[], now: number): readonly FeedState<AdvisoryFeed>[] {
  return feeds.map(({ advisories, provenance }) => {
    const database = databaseOf(
      advisories
        .filter(({ date }) => endOfDay(date) <= now)
        .map((advisory) => notYetWithdrawn(advisory, now)),
    );
    const readAt = new Date(now).toISOString();
    return {
      feed: { database, packages: [], provenance: { ...provenance, readAt }, problems: [] },
      alarm: undefined,
    };
  });
}

function notYetWithdrawn(advisory: Advisory, now: number): Advisory {
  if (advisory.withdrawn === undefined || endOfDay(advisory.withdrawn) <= now) return advisory;
  const { withdrawn: _, ...before } = advisory;
  return before;
}

/** Facts that are known as of today only. */
const undated: readonly FactName[] = ['popularity', 'maintainers'];

function withoutUndated(facts: Facts, now: number): Facts {
  const then: Partial<Record<FactName, Fact<never>>> = {};
  for (const name of undated) {
    const fact = facts[name];
    if (fact?.kind !== 'known') continue;
    then[name] = unknown('nobody recorded what it was then', fact.source, now);
  }
  return { ...facts, ...then };
}
