import { canonicalName, crateKey } from '../../cargo/index-path.ts';
import { advisoriesOf, type Entry } from '../../facts/advisories/database.ts';
import type { AdvisoryFeed } from '../../facts/advisories/load.ts';
import { type KnownName, Namespace } from '../../facts/typosquat/namespace.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ReleaseRecord } from '../../store/records.ts';
import type { StoreReader } from '../../store/store.ts';
import { firstPartyOf } from '../errands/people.ts';
import { isRead } from '../judgement/bytes.ts';
import { crateName } from '../judgement/gather.ts';
import { attackOf, replayAttack, tellsOfAttack } from './attacks.ts';
import { type CratePast, type Dated, factsOfPast, feedsByCrate } from './past.ts';
import { replay } from './replay.ts';
import { type BacktestReport, Tally } from './tally.ts';

export interface BacktestPlan {
  readonly policy: Policy;
  /** The registry whose crates are replayed, by its name in the mirror. */
  readonly registry: string;
  readonly feeds: readonly AdvisoryFeed[];
  /** Every name that is known today. */
  readonly names: readonly KnownName[];
  /** What facts name as their source. */
  readonly nameSource: string;
  /** Epoch milliseconds: what came out from here on is replayed, … */
  readonly since: number;
  /** … up to here. */
  readonly until: number;
  /** Told after each crate. */
  readonly onCrate?: (done: number, total: number) => void;
}

/** Replays what a mirror knows, and every attack that an advisory tells of, under a policy. Only reads. */
export async function backtest(store: StoreReader, plan: BacktestPlan): Promise<BacktestReport> {
  const { policy, registry, feeds, since, until } = plan;
  const keys = await store.crateKeys(registry);
  const advisories = feedsByCrate(feeds);
  const namespace = { names: await datedNames(store, plan), source: plan.nameSource, at: until };
  const tally = new Tally();
  let undated = 0;
  for (const [i, key] of keys.entries()) {
    const records = await store.releases(registry, key);
    undated += records.filter(({ published }) => published === null).length;
    replayCrate(pastOf(records, crateName(records) || key), plan, tally);
    plan.onCrate?.(i + 1, keys.length);
  }
  for (const entry of attacksIn(feeds)) {
    const { package: name, date } = entry.advisory;
    if (Date.parse(date) < since || Date.parse(date) > until) continue;
    const attack = attackOf(entry, pastOf(await store.releases(registry, crateKey(name)), name));
    tally.addAttack(attack, replayAttack(attack, policy));
  }
  const { replayed, byIndexLine, ...counts } = tally.counts();
  return {
    policy: policy.digest,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    crates: keys.length,
    releases: { replayed, byIndexLine, undated },
    ...counts,
  };

  function pastOf(records: readonly ReleaseRecord[], name: string): CratePast {
    return {
      name,
      releases: records.filter((record): record is ReleaseRecord & Dated => record.published !== null),
      advisories: advisories(name),
      namespace,
      firstParty: firstPartyOf(plan.policy),
    };
  }
}

/** The names with the day on which each crate came out, where the mirror knows it: nothing resembles what came later. */
async function datedNames(store: StoreReader, { registry, names }: BacktestPlan): Promise<Namespace> {
  const first = await store.firstPublications(registry);
  return new Namespace(
    names.map((known) => ({ ...known, created: known.created ?? first.get(crateKey(known.name)) })),
  );
}

/** Each attack once, though several databases tell of it; the oldest first. */
function attacksIn(feeds: readonly AdvisoryFeed[]): readonly Entry[] {
  const seen = new Set<string>();
  const entries = feeds.flatMap(({ database }) => [...database.byPackage.values()].flat());
  return entries
    .filter((entry) => {
      if (!tellsOfAttack(entry)) return false;
      const { id, aliases, package: name } = entry.advisory;
      const keys = [id, ...aliases].map((one) => `${one} ${canonicalName(name)}`);
      const isNew = !keys.some((key) => seen.has(key));
      for (const key of keys) seen.add(key);
      return isNew;
    })
    .sort(({ advisory: a }, { advisory: b }) => (`${a.date} ${a.id}` < `${b.date} ${b.id}` ? -1 : 1));
}

function replayCrate(past: CratePast, { policy, feeds, since, until }: BacktestPlan, tally: Tally): void {
  const facts = factsOfPast(past);
  for (const release of past.releases) {
    const { version, published, archive } = release;
    if (published < since || published > until) continue;
    tally.add({
      release: `${past.name}@${version}`,
      published,
      byIndexLine: !isRead(archive),
      malicious: feeds.flatMap(({ database }) =>
        advisoriesOf(database, canonicalName(past.name), version)
          .filter(({ kind }) => kind === 'malicious')
          .map(({ advisory }) => advisory.id),
      ),
      ...replay(policy, (now) => facts(release, now), published, until),
    });
  }
}
