import { FeedError } from '../../facts/feed/error.ts';
import type { FeedKind, FeedReading, FeedState } from '../../facts/feed/reading.ts';
import { acceptFeed } from '../../facts/feed/refresh.ts';
import type { FeedRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { claimFeed, digestOf, nothing } from './claim.ts';
import { concern } from './concerned.ts';

/**
 * How long one replica may take over a reading before another one tries, of what is fetched and of what is at hand:
 * milliseconds.
 */
const lease = 10 * 60_000;
const leaseHere = 20_000;

/** One configured feed. */
export interface FeedPlan<Reading extends FeedReading> {
  /** As configured; the name under which its reading is kept. */
  readonly name: string;
  /** Reads it. Throws `FeedError` where it cannot be had. */
  readonly load: () => Promise<Reading>;
  /** Nobody configured it. */
  readonly isDefault?: boolean;
  /** Whether it lies on this machine, so that reading it anew costs nobody anything. */
  readonly isLocal?: boolean;
}

/** What came of reading what was due. */
export interface Refreshed {
  /** The crates about which something changed, by `canonicalName`. */
  readonly changed: ReadonlySet<string>;
  /** Of readings that were refused; the old ones stay in force. */
  readonly alarms: readonly string[];
  /** Files that new readings left out, and why, a sentence each. */
  readonly skipped: readonly string[];
}

const nothingNew: Refreshed = { changed: new Set(), alarms: [], skipped: [] };

/** What came of several. */
export function together(all: readonly Refreshed[]): Refreshed {
  return {
    changed: new Set(all.flatMap(({ changed }) => [...changed])),
    alarms: all.flatMap(({ alarms }) => alarms),
    skipped: all.flatMap(({ skipped }) => skipped),
  };
}

/**
 * The feeds of one kind that judgements go by. A reading is kept in the store, so that every replica judges by the
 * same one and a restart needs no network: one replica reads anew when it is due, the others take over what it wrote.
 */
export class FeedGroup<Reading extends FeedReading> {
  readonly #store: Store;
  readonly #kind: FeedKind<Reading>;
  readonly #plans: readonly FeedPlan<Reading>[];
  /** Milliseconds between two readings. */
  readonly #every: number;
  readonly #readings = new Map<string, FeedState<Reading> & { readonly digest: string }>();
  readonly #read = new Set<string>();
  #states: readonly FeedState<Reading>[] | undefined;

  constructor(store: Store, kind: FeedKind<Reading>, plans: readonly FeedPlan<Reading>[], every: number) {
    this.#store = store;
    this.#kind = kind;
    this.#plans = plans;
    this.#every = every;
  }

  /** Where the configured feeds are. */
  names(): readonly string[] {
    return this.#plans.map(({ name }) => name);
  }

  /** Every configured feed as it was last read, in the order of the plans; the same array until one changes. */
  states(): readonly FeedState<Reading>[] {
    this.#states ??= this.#plans.map(({ name, isDefault = false }) => {
      const { feed, alarm } = this.#readings.get(name) ?? {};
      return { feed, alarm, ...(isDefault ? { isDefault } : {}) };
    });
    return this.#states;
  }

  /** Which readings these are: the digest of each, by its name, of what is kept in the store. */
  digests(): ReadonlyMap<string, string> {
    const kept = this.#plans.filter(({ name }) => !this.#read.has(name));
    return new Map(kept.map(({ name }) => [name, this.#readings.get(name)?.digest ?? digestOf(nothing)]));
  }

  /** The crates that the configured feeds speak of, by `canonicalName`. */
  crates(): ReadonlySet<string> {
    const readings = this.states().flatMap(({ feed }) => feed ?? []);
    return new Set(readings.flatMap((feed) => [...this.#kind.byCrate(feed).keys()]));
  }

  /** The crates that a feed spoke of which is no longer configured. */
  async cratesOf(name: string): Promise<ReadonlySet<string>> {
    const record = await this.#store.feed(name);
    if (record === undefined || record.body === nothing) return new Set();
    return new Set(this.#kind.byCrate(this.#readingOf(record)).keys());
  }

  /** Takes over what the store has: at the start, and when another replica wrote a reading. */
  async adopt(): Promise<void> {
    for (const { name } of this.#plans) {
      const record = await this.#store.feed(name);
      if (record !== undefined) this.#take(record);
    }
  }

  /**
   * Reads what lies on this machine as it is now, whatever was read before; it is not kept. What cannot be read has no say, and
   * is not due any more either.
   */
  async readLocal(): Promise<void> {
    for (const { name, load, isLocal } of this.#plans) {
      if (isLocal !== true) continue;
      this.#read.add(name);
      try {
        this.#readings.set(name, { feed: await load(), alarm: undefined, digest: '' });
      } catch (error) {
        if (!(error instanceof FeedError)) throw error;
        this.#readings.set(name, { feed: undefined, alarm: error.message, digest: '' });
      }
      this.#states = undefined;
    }
  }

  /** When a feed is due next, epoch milliseconds; 0 where one was never tried. */
  async dueAt(): Promise<number> {
    const due = this.#plans
      .filter(({ name }) => !this.#read.has(name))
      .map(async ({ name }) => {
        const record = await this.#store.feed(name);
        return record === undefined ? 0 : record.triedAt + this.#every;
      });
    return Math.min(...(await Promise.all(due)));
  }

  /** Reads what is due, all at once; a feed that is slow delays no other. `each` is given what came of each in turn. */
  async refreshDue(
    now: number,
    each: (one: Refreshed) => Promise<void> = async () => {},
  ): Promise<Refreshed> {
    const readings = this.#plans.map(async (plan) => {
      if (this.#read.has(plan.name)) return nothingNew;
      const turns = { every: this.#every, lease: plan.isLocal === true ? leaseHere : lease };
      if ((await claimFeed(this.#store, plan.name, now, turns)) === undefined) return nothingNew;
      const outcome = await this.#refresh(plan, now);
      const one =
        typeof outcome === 'string' ? { ...nothingNew, alarms: [outcome] } : { ...outcome, alarms: [] };
      await each(one);
      return one;
    });
    return together(await Promise.all(readings));
  }

  async #refresh(plan: FeedPlan<Reading>, now: number): Promise<Omit<Refreshed, 'alarms'> | string> {
    const before = await this.#store.feed(plan.name);
    const old = before === undefined || before.body === nothing ? undefined : this.#readingOf(before);
    try {
      const feed = await plan.load();
      const acceptance = acceptFeed(this.#sizeOf(old), this.#sizeOf(feed), this.#kind.noun);
      if (acceptance.kind === 'refused') return await this.#fail(plan.name, before, acceptance.alarm, now);
      const record = this.#recordOf(plan.name, feed, now);
      const changed = this.#differences(old, feed);
      await this.#store.write(async (tx) => {
        await tx.putFeed(record);
        await concern(tx, changed, now);
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
          [this.#kind.noun]: this.#kind.size(feed),
          skipped: feed.problems.length,
          ...feed.provenance,
        };
        await tx.append([{ at: now, event: 'feed-updated', actor: 'watch', ...about, details }]);
      });
      this.#take(record, feed);
      return { changed, skipped: sayProblems(old, feed) };
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      return await this.#fail(plan.name, before, error.message, now);
    }
  }

  async #fail(name: string, before: FeedRecord | undefined, alarm: string, now: number): Promise<string> {
    const empty = { name, digest: digestOf(nothing), body: nothing, at: 0 };
    // Where nothing of it was ever read, it is tried again sooner.
    const isUnread = before === undefined || before.body === nothing;
    const triedAt = isUnread ? now - this.#every + Math.min(this.#every, lease) : now;
    const record = { ...(before ?? empty), triedAt, alarm };
    await this.#store.write((tx) => tx.putFeed(record));
    this.#take(record);
    return alarm;
  }

  #take(record: FeedRecord, read?: Reading): void {
    const known = this.#readings.get(record.name);
    const alarm = record.alarm ?? undefined;
    const same = known !== undefined && known.digest === record.digest;
    if (same && known.alarm === alarm && read === undefined) return;
    const kept = same ? known.feed : record.body === nothing ? undefined : this.#readingOf(record);
    this.#readings.set(record.name, { feed: read ?? kept, alarm, digest: record.digest });
    this.#states = undefined;
  }

  /** The crates about which the two say different things; all that this kind speaks of where what they share changed. */
  #differences(before: Reading | undefined, after: Reading): ReadonlySet<string> {
    const { byCrate, shared } = this.#kind;
    const [old, fresh] = [before === undefined ? new Map() : byCrate(before), byCrate(after)];
    const keys = new Set([...old.keys(), ...fresh.keys()]);
    if ((before === undefined ? '' : shared(before)) === shared(after))
      return new Set([...keys].filter((key) => old.get(key) !== fresh.get(key)));
    return keys.union(this.crates());
  }

  #sizeOf(reading: Reading): { readonly count: number; readonly source: string };
  #sizeOf(reading: Reading | undefined): { readonly count: number; readonly source: string } | undefined;
  #sizeOf(reading: Reading | undefined) {
    if (reading === undefined) return undefined;
    return { count: this.#kind.size(reading), source: reading.provenance.source };
  }

  #recordOf(name: string, reading: Reading, now: number): FeedRecord {
    const { provenance, problems } = reading;
    const said = this.#kind.said(reading);
    const body = JSON.stringify({ provenance, problems, ...said });
    return { name, digest: digestOf(JSON.stringify(said)), body, at: now, triedAt: now, alarm: null };
  }

  #readingOf(record: FeedRecord): Reading {
    return this.#kind.restore(JSON.parse(record.body) as FeedReading & object);
  }
}

/** What was left out of a reading, where it is not what was left out of the one before. */
function sayProblems(before: FeedReading | undefined, { problems, provenance }: FeedReading): string[] {
  if (JSON.stringify(before?.problems ?? []) === JSON.stringify(problems)) return [];
  const { source } = provenance;
  return problems.map(({ path, reason }) => {
    const place = source.includes(path) ? path : `${path} of ${source}`;
    return `${place} is not read in full: ${reason}`;
  });
}
