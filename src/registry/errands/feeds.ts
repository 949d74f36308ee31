import { type AdvisoryFeed, advisoryFeeds } from '../../facts/advisories/load.ts';
import { type ProofsFeed, proofFeeds } from '../../facts/crev/feed.ts';
import { type GatheredProofs, gatheredProofs } from '../../facts/crev/gathered.ts';
import { type ExploitedFeed, exploitedFeeds } from '../../facts/exploited/feed.ts';
import type { FeedReading, FeedState } from '../../facts/feed/reading.ts';
import { type AuditsFeed, auditFeeds } from '../../facts/vet/feed.ts';
import { type ImportedAudits, importedAudits } from '../../facts/vet/imported.ts';
import type { ImportRules } from '../../facts/vet/store.ts';
import type { Store } from '../../store/store.ts';
import { digestOf, nothing } from './claim.ts';
import { FeedGroup, type FeedPlan, type Refreshed, together } from './feed-group.ts';
import { FeedSetup } from './feed-setup.ts';

/** Every feed that is configured, kind by kind. */
export interface FeedPlans {
  readonly advisories: Planned<AdvisoryFeed>;
  readonly audits: Planned<AuditsFeed> & {
    /** How each organisation's audits are taken over, by its name. */
    readonly rules: ReadonlyMap<string, ImportRules>;
  };
  readonly proofs: Planned<ProofsFeed> & {
    /** Ids that are trusted outright. */
    readonly ids: readonly string[];
  };
  /** Lists of vulnerabilities that are exploited: what clocks of the inventory go by, and no judgement. */
  readonly exploited: Planned<ExploitedFeed>;
}

/** A kind of feeds. */
export type FeedKindName = keyof FeedPlans;

interface Planned<Reading extends FeedReading> {
  readonly plans: readonly FeedPlan<Reading>[];
  /** Milliseconds between two readings. */
  readonly every: number;
}

/** What others say, as it was last read. */
export interface FeedKnowledge {
  /** Every configured advisory database. */
  readonly advisories: readonly FeedState<AdvisoryFeed>[];
  /** Absent where no organisation is configured. */
  readonly audits: ImportedAudits | undefined;
  /** Absent where no proofs are configured. */
  readonly proofs: GatheredProofs | undefined;
}

/** The feeds of every kind: what the mirror knows of others. */
export class Feeds {
  readonly #advisories: FeedGroup<AdvisoryFeed>;
  readonly #audits: FeedGroup<AuditsFeed>;
  readonly #proofs: FeedGroup<ProofsFeed>;
  readonly #exploited: FeedGroup<ExploitedFeed>;
  readonly #setup: FeedSetup;
  readonly #putAudits: (states: readonly FeedState<AuditsFeed>[]) => ImportedAudits | undefined;
  readonly #putProofs: (states: readonly FeedState<ProofsFeed>[]) => GatheredProofs | undefined;

  constructor(store: Store, { advisories, audits, proofs, exploited }: FeedPlans) {
    this.#advisories = new FeedGroup(store, advisoryFeeds, advisories.plans, advisories.every);
    this.#audits = new FeedGroup(store, auditFeeds, audits.plans, audits.every);
    this.#proofs = new FeedGroup(store, proofFeeds, proofs.plans, proofs.every);
    this.#exploited = new FeedGroup(store, exploitedFeeds, exploited.plans, exploited.every);
    this.#setup = new FeedSetup(
      store,
      { advisories: this.#advisories, audits: this.#audits, proofs: this.#proofs },
      {
        rules: [...audits.rules].map(([name, { exclude, criteriaMap }]) => [name, exclude, [...criteriaMap]]),
        ids: proofs.ids,
      },
    );
    this.#putAudits = remembered((states) => importedAudits(states, audits.rules));
    this.#putProofs = remembered((states) => gatheredProofs(states, proofs.ids));
  }

  /** Where the configured feeds are, kind by kind. */
  names(): Readonly<Record<FeedKindName, readonly string[]>> {
    return {
      advisories: this.#advisories.names(),
      audits: this.#audits.names(),
      proofs: this.#proofs.names(),
      exploited: this.#exploited.names(),
    };
  }

  /** How each of them was read, in the same order. */
  states(): Readonly<Record<FeedKindName, readonly FeedState[]>> {
    return {
      advisories: this.#advisories.states(),
      audits: this.#audits.states(),
      proofs: this.#proofs.states(),
      exploited: this.#exploited.states(),
    };
  }

  /** What judgements go by. */
  knowledge(): FeedKnowledge {
    return {
      advisories: this.#advisories.states(),
      audits: this.#putAudits(this.#audits.states()),
      proofs: this.#putProofs(this.#proofs.states()),
    };
  }

  /** Which readings `knowledge` is of. */
  current(): ReadonlyMap<string, string> {
    return new Map(this.#judging().flatMap((group) => [...group.digests()]));
  }

  /** What lists of exploited vulnerabilities say, and which readings that is. */
  exploited(): {
    readonly readings: ReadonlyMap<string, string>;
    readonly states: readonly FeedState<ExploitedFeed>[];
  } {
    return { readings: this.#exploited.digests(), states: this.#exploited.states() };
  }

  /** Whether those are still the ones that the store has. */
  async areCurrent(tx: Pick<Store, 'feedDigests'>, readings: ReadonlyMap<string, string>): Promise<boolean> {
    if (readings.size === 0) return true;
    const stored = await tx.feedDigests([...readings.keys()]);
    return [...readings].every(([name, digest]) => (stored.get(name) ?? unread) === digest);
  }

  /** Takes over what the store has: at the start, and when another replica wrote a reading. */
  async adopt(): Promise<void> {
    for (const group of this.#groups()) await group.adopt();
  }

  /** Reads the advisory databases that lie on this machine as they are now. */
  async readLocal(): Promise<void> {
    await this.#advisories.readLocal();
  }

  /** When the next of them is due, epoch milliseconds; infinite where nothing is ever read anew. */
  async dueAt(): Promise<number> {
    return Math.min(...(await Promise.all(this.#groups().map((group) => group.dueAt()))));
  }

  /** Reads what is due. `each` is given what came of each reading as soon as it is there. */
  async refreshDue(
    now: number,
    each: (one: Refreshed) => Promise<void> = async () => {},
  ): Promise<Refreshed> {
    const read = await Promise.all(this.#groups().map((group) => group.refreshDue(now, each)));
    const set = { changed: await this.#setup.concerned(now), alarms: [], skipped: [] };
    await each(set);
    return together([...read, set]);
  }

  #groups(): readonly Pick<FeedGroup<FeedReading>, 'adopt' | 'dueAt' | 'refreshDue'>[] {
    return [...this.#judging(), this.#exploited];
  }

  #judging(): readonly Pick<FeedGroup<FeedReading>, 'adopt' | 'dueAt' | 'refreshDue' | 'digests'>[] {
    return [this.#advisories, this.#audits, this.#proofs];
  }
}

/** The digest of what was never read. */
const unread = digestOf(nothing);

/** Works a value out once for each state of the feeds: putting audits together takes a moment, judging asks often. */
function remembered<State, Value>(work: (state: State) => Value): (state: State) => Value {
  let last: { readonly state: State; readonly value: Value } | undefined;
  return (state) => {
    if (last?.state !== state) last = { state, value: work(state) };
    return last.value;
  };
}
