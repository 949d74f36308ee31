import { createHash } from 'node:crypto';
import { canonicalName } from '../cargo/index-path.ts';
import type { Advisory } from '../facts/advisories/advisory.ts';
import { type AdvisoryDatabase, databaseOf } from '../facts/advisories/database.ts';
import { AdvisoryError } from '../facts/advisories/error.ts';
import type { FeedState } from '../facts/advisories/fact.ts';
import type { AdvisoryFeed } from '../facts/advisories/load.ts';
import { acceptFeed, sizeOf } from '../facts/advisories/refresh.ts';
import type { FeedRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** One configured advisory database. */
export interface FeedPlan {
  /** As configured; the name under which its reading is kept. */
  readonly name: string;
  /** Reads it. Throws `AdvisoryError` where it cannot be had. */
  readonly load: () => Promise<AdvisoryFeed>;
}

/**
 * The advisory databases that judgements go by. A reading is kept in the store, so that every replica judges by the
 * same one and a restart needs no network: one replica reads anew when it is due, the others take over what it wrote.
 */
export class Feeds {
  readonly #store: Store;
  readonly #plans: readonly FeedPlan[];
  /** Milliseconds between two readings. */
  readonly #every: number;
  readonly #readings = new Map<string, FeedState & { readonly digest: string }>();

  constructor(store: Store, plans: readonly FeedPlan[], every: number) {
    this.#store = store;
    this.#plans = plans;
    this.#every = every;
  }

  /** Where the configured databases are. */
  names(): readonly string[] {
    return this.#plans.map(({ name }) => name);
  }

  /** Every configured database as it was last read, for the advisories fact. */
  states(): readonly FeedState[] {
    return this.#plans.map(({ name }) => {
      const { feed, alarm } = this.#readings.get(name) ?? {};
      return { feed, alarm };
    });
  }

  /** Takes over what the store has: at the start, and when another replica wrote a reading. */
  async adopt(): Promise<void> {
    for (const { name } of this.#plans) {
      const record = await this.#store.feed(name);
      if (record !== undefined) this.#take(record);
    }
  }

  /**
   * Reads what is due. Returns the crates about which something changed, by `canonicalName`, and the alarms of readings
   * that were refused; then the old reading stays in force.
   */
  async refreshDue(
    now: number,
  ): Promise<{ readonly changed: ReadonlySet<string>; readonly alarms: readonly string[] }> {
    const changed = new Set<string>();
    const alarms: string[] = [];
    for (const plan of this.#plans) {
      if (!(await this.#claim(plan.name, now))) continue;
      const outcome = await this.#refresh(plan, now);
      if (typeof outcome === 'string') alarms.push(outcome);
      else for (const key of outcome) changed.add(key);
    }
    return { changed, alarms };
  }

  /** Makes the next reading this replica's, if one is due. */
  async #claim(name: string, now: number): Promise<boolean> {
    const known = await this.#store.feed(name);
    if (known !== undefined && now < known.triedAt + this.#every) return false;
    return await this.#store.write(async (tx) => {
      const record = await tx.feed(name);
      if (record !== undefined && now < record.triedAt + this.#every) return false;
      if (record !== undefined) await tx.putFeed({ ...record, triedAt: now });
      return true;
    });
  }

  async #refresh(plan: FeedPlan, now: number): Promise<ReadonlySet<string> | string> {
    const before = await this.#store.feed(plan.name);
    const old = before === undefined || before.body === nothing ? undefined : readingOf(before);
    try {
      const feed = await plan.load();
      const acceptance = acceptFeed(old === undefined ? undefined : sizeOf(old), sizeOf(feed));
      if (acceptance.kind === 'refused') return await this.#fail(plan.name, before, acceptance.alarm, now);
      const record = recordOf(plan.name, feed, now);
      await this.#store.write(async (tx) => {
        await tx.putFeed(record);
        if (record.digest === before?.digest) return;
        const about = {
          registry: '',
          key: plan.name,
          version: '',
          from: null,
          to: null,
          policy: '',
          verdict: null,
        };
        const details = {
          advisories: feed.database.advisories.length,
          skipped: feed.problems.length,
          ...feed.provenance,
        };
        await tx.append([{ at: now, event: 'feed-updated', actor: 'watch', ...about, details }]);
      });
      this.#take(record);
      return differences(old?.database, feed.database);
    } catch (error) {
      if (!(error instanceof AdvisoryError)) throw error;
      return await this.#fail(plan.name, before, error.message, now);
    }
  }

  async #fail(name: string, before: FeedRecord | undefined, alarm: string, now: number): Promise<string> {
    const empty = { name, digest: digestOf(nothing), body: nothing, at: 0 };
    const record = { ...(before ?? empty), triedAt: now, alarm };
    await this.#store.write((tx) => tx.putFeed(record));
    this.#take(record);
    return alarm;
  }

  #take(record: FeedRecord): void {
    const known = this.#readings.get(record.name);
    const alarm = record.alarm ?? undefined;
    const same = known !== undefined && known.digest === record.digest;
    const feed = same ? known.feed : record.body === nothing ? undefined : readingOf(record);
    this.#readings.set(record.name, { feed, alarm, digest: record.digest });
  }
}

/** A feed that was tried and never read. */
const nothing = '{}';

interface KeptReading extends Pick<AdvisoryFeed, 'provenance' | 'problems'> {
  readonly advisories: readonly Advisory[];
}

function recordOf(name: string, feed: AdvisoryFeed, now: number): FeedRecord {
  const { provenance, problems } = feed;
  const kept: KeptReading = { provenance, problems, advisories: feed.database.advisories };
  const digest = digestOf(JSON.stringify(feed.database.advisories));
  return { name, digest, body: JSON.stringify(kept), at: now, triedAt: now, alarm: null };
}

function readingOf(record: FeedRecord): AdvisoryFeed {
  const { advisories, provenance, problems } = JSON.parse(record.body) as KeptReading;
  return { database: databaseOf(advisories), provenance, problems };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The packages about which the two say different things. */
function differences(before: AdvisoryDatabase | undefined, after: AdvisoryDatabase): ReadonlySet<string> {
  const said = (database: AdvisoryDatabase | undefined) =>
    Map.groupBy(database?.advisories ?? [], (advisory) => canonicalName(advisory.package));
  const [old, fresh] = [said(before), said(after)];
  const keys = new Set([...old.keys(), ...fresh.keys()]);
  return new Set([...keys].filter((key) => JSON.stringify(old.get(key)) !== JSON.stringify(fresh.get(key))));
}
