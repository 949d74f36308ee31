import { loadPolicy } from '../../policy/policy.ts';
import { StoreError } from '../../store/error.ts';
import type { LogEntry } from '../../store/records.ts';
import type { MirrorContext } from '../context.ts';
import type { Errands } from '../errands/errands.ts';

/** Entries of the log that are read at a time. */
const page = 1000;

/** Takes over what other replicas wrote: their crates leave this one's memory, their policy becomes this one's. */
export class Follower {
  readonly #context: MirrorContext;
  readonly #errands: Errands;
  /** The newest entry of the log that this replica has followed. */
  #seq: number;

  /** `since` is the end of the log from before anything was read into this replica's memory. */
  constructor(context: MirrorContext, since: number, errands: Errands) {
    this.#context = context;
    this.#errands = errands;
    this.#seq = since;
  }

  async follow(): Promise<void> {
    const { cache, freshness, ownEntries, stopwatch } = this.#context;
    for (;;) {
      const asked = stopwatch.now();
      const entries = await this.#entries();
      for (const entry of entries) {
        if (entry.event === 'policy-activated') await adoptPolicy(this.#context);
        else if (entry.event === 'feed-updated') await this.#context.feeds.adopt();
        else if (entry.event === 'dump-imported' || entry.event === 'dump-forgotten') this.#adoptNames();
        else if (!ownEntries.take(entry.seq)) cache.forget(entry.registry, entry.key);
      }
      this.#seq = entries.at(-1)?.seq ?? this.#seq;
      if (entries.length < page) return freshness.note(asked);
    }
  }

  /**
   * The next entries of the log. Where one of them does not read, what the others say is not known either: then
   * everything leaves this replica's memory, and the log is followed from its end.
   */
  async #entries(): Promise<readonly LogEntry[]> {
    const { store, cache, journal } = this.#context;
    try {
      return await store.log({ after: this.#seq, limit: page });
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'store/damaged') throw error;
      journal.alarm(error.message, {});
      this.#seq = await store.lastSeq();
      cache.clear();
      return [];
    }
  }

  #adoptNames(): void {
    this.#errands.start('names of a dump', () => this.#context.people.adopt());
  }
}

/** Makes the policy that the store has in force this replica's own. A text that does not load changes nothing. */
async function adoptPolicy(context: MirrorContext): Promise<void> {
  const record = await context.store.policyInForce();
  if (record === undefined || record.digest === context.policy.policy.digest) return;
  try {
    const policy = loadPolicy({ file: 'safeguard.toml', text: record.text });
    context.policy = { policy, since: record.at, behind: policy.digest !== record.digest };
    context.cache.clear();
  } catch (error) {
    context.policy = { ...context.policy, behind: true };
    const reason = error instanceof Error ? error.message : String(error);
    context.journal.alarm(`another replica's policy does not load here, the old one stays: ${reason}`, {
      digest: record.digest,
    });
  }
}
