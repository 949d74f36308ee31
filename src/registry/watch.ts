import { canonicalName } from '../cargo/index-path.ts';

import type { MaintainersApi } from '../facts/maintainers/api.ts';
import { loadPolicy } from '../policy/policy.ts';
import { StoreError } from '../store/error.ts';
import type { CrateRecord, LogEntry, ReleaseRecord } from '../store/records.ts';
import { type MirrorContext, settleNow } from './context.ts';
import { type DumpPlan, tendDump } from './errands/dumps.ts';
import { Errands } from './errands/errands.ts';
import { askDue } from './errands/people-queue.ts';
import { readAgain } from './errands/read-again.ts';
import { RegistryError } from './error.ts';
import type { ArchiveReading } from './judgement/bytes.ts';
import { afterLook } from './judgement/settle.ts';
import type { Mirror } from './serve/mirror.ts';
import { readIndexOf } from './upstream/index-reader.ts';

/** How long one replica may take over a crate or a release before another one tries: milliseconds. */
const lease = 2 * 60_000;
/** Crates and releases taken at a time. */
const batch = 32;
/** Requests under way at a time. */
const parallel = 8;
/** Shortest wait after a failed poll: milliseconds; doubled with every failure, up to the poll interval. */
const firstRetry = 15_000;
/** How long an upstream that asks for patience (`Retry-After`) is left alone at most: milliseconds. */
const longestPatience = 60 * 60_000;

/** Where people, popularity and names come from; what is absent is not set up. */
export interface PeoplePlan {
  readonly dump?: DumpPlan | undefined;
  readonly api?: { readonly registry: string; readonly api: MaintainersApi } | undefined;
}

/** What the mirror does by itself: polls, judgements that fall due, what other replicas decided. */
export class Watch {
  /** What is under way beside the ticks. */
  readonly errands: Errands;
  readonly #people: PeoplePlan;
  readonly #mirror: Mirror;
  readonly #context: MirrorContext;
  /** The newest entry of the log that this replica has followed. */
  #seq: number;
  /** Whether what an earlier version read of archives was read again. */
  #areRead = false;

  /** `since` is the end of the log from before anything was read into this replica's memory. */
  constructor(mirror: Mirror, since: number, people: PeoplePlan) {
    this.#mirror = mirror;
    this.#context = mirror.context;
    this.#people = people;
    this.errands = new Errands(mirror.context.journal);
    this.#seq = since;
  }

  /** Does all that is due now. Failures of single crates are noted and tried again; a failing store throws. */
  async tick(): Promise<void> {
    await this.follow();
    await this.#refreshFeeds();
    this.#startErrands();
    await this.#judgeAnew();
    await this.#judgeDue();
    await this.#pollDue();
    await this.#judgeDue();
  }

  /** Takes over what other replicas wrote: their crates leave this one's memory, their policy becomes this one's. */
  async follow(): Promise<void> {
    const { cache } = this.#context;
    for (;;) {
      const entries = await this.#entries();
      for (const entry of entries) {
        if (entry.event === 'policy-activated') await adoptPolicy(this.#context);
        else if (entry.event === 'feed-updated') await this.#context.feeds.adopt();
        else if (entry.event === 'dump-imported' || entry.event === 'dump-forgotten') this.#adoptNames();
        else cache.forget(entry.registry, entry.key);
      }
      this.#seq = entries.at(-1)?.seq ?? this.#seq;
      if (entries.length < 1000) return;
    }
  }

  /**
   * The next entries of the log. Where one of them does not read, what the others say is not known either: then
   * everything leaves this replica's memory, and the log is followed from its end.
   */
  async #entries(): Promise<readonly LogEntry[]> {
    const { store, cache, journal } = this.#context;
    try {
      return await store.log({ after: this.#seq, limit: 1000 });
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'store/damaged') throw error;
      journal.alarm(error.message, {});
      cache.clear();
      this.#seq = await store.lastSeq();
      return [];
    }
  }

  /** Milliseconds until something falls due. */
  async untilDue(): Promise<number> {
    const { poll, judge } = await this.#context.store.nextDue();
    const next = Math.min(poll ?? Number.POSITIVE_INFINITY, judge ?? Number.POSITIVE_INFINITY);
    return Math.max(0, next - this.#context.now());
  }

  /** Reads the feeds that are due; the crates about which they say something new are judged anew. */
  async #refreshFeeds(): Promise<void> {
    const { feeds, store, upstreams, now, journal } = this.#context;
    const { changed, alarms, skipped } = await feeds.refreshDue(now());
    for (const alarm of alarms) journal.alarm(alarm, {});
    // A whole feed in another format would fill the log; all of them are counted in the entry of the reading.
    for (const file of skipped.slice(0, 20)) journal.trouble(file, {});
    if (changed.size === 0) return;
    for (const registry of upstreams.keys()) {
      const keys = (await store.crateKeys(registry)).filter((key) => changed.has(canonicalName(key)));
      for (const key of keys) {
        await settleNow(this.#context, { registry, key, actor: 'feeds', update: { kind: 'again' } });
      }
    }
  }

  /** What takes minutes goes on beside this: a dump's import, and asking about people once a second. */
  #startErrands(): void {
    const { dump, api } = this.#people;
    if (dump !== undefined)
      this.errands.start('database dump', (signal) => tendDump(this.#context, dump, signal));
    if (api !== undefined)
      this.errands.start('registry API', (signal) => askDue(this.#context, api.registry, api.api, signal));
    if (!this.#areRead)
      this.errands.start('archives', async (signal) => {
        await readAgain(this.#mirror, signal);
        this.#areRead = true;
      });
  }

  #adoptNames(): void {
    this.errands.start('names of a dump', () => this.#context.people.adopt());
  }

  async #pollDue(): Promise<void> {
    for (;;) {
      const { store, now } = this.#context;
      const crates = await store.write((tx) => tx.claimPolls(now(), now() + lease, batch, this.#noteDamage));
      await inParallel(crates, (crate) => this.#poll(crate));
      if (crates.length < batch) return;
    }
  }

  async #poll(crate: CrateRecord): Promise<void> {
    try {
      await readIndexOf(this.#context, crate.registry, crate.key, 'poll');
    } catch (error) {
      await this.#noteFailure(crate, error);
    }
  }

  async #noteFailure(crate: CrateRecord, error: unknown): Promise<void> {
    const { store, now, pollInterval, journal } = this.#context;
    const { registry, key } = crate;
    const failures = crate.failures + 1;
    const lastError = messageOf(error);
    const backoff = Math.min(pollInterval, firstRetry * 2 ** Math.min(failures - 1, 10));
    const asked = error instanceof RegistryError ? (error.retryAfter ?? 0) * 1000 : 0;
    const pollAt = now() + Math.max(backoff, Math.min(asked, longestPatience));
    await store.write(async (tx) => {
      const recorded = (await tx.crate(registry, key)) ?? crate;
      const failed = { ...recorded, checkedAt: now(), pollAt, failures, lastError };
      await tx.putCrate(afterLook(failed, crate, recorded));
    });
    journal.trouble(`poll of ${crate.key} failed: ${lastError}`, { registry: crate.registry, failures });
  }

  /** New releases get their bytes; held ones whose time has come are promoted, or not. */
  async #judgeDue(): Promise<void> {
    for (;;) {
      const { store, now } = this.#context;
      const due = await store.write((tx) =>
        tx.claimJudgements(now(), now() + lease, batch, this.#noteDamage),
      );
      await inParallel(due, (record) => this.#judge(record));
      if (due.length < batch) return;
    }
  }

  async #judge(record: ReleaseRecord): Promise<void> {
    const { registry, key, version } = record;
    try {
      if (hasGoodBytes(record))
        await settleNow(this.#context, { registry, key, actor: 'clock', update: { kind: 'again' } });
      else await this.#mirror.judge(registry, key, version, 'watch');
    } catch (error) {
      this.#context.journal.trouble(`${key}@${version} could not be judged: ${messageOf(error)}`, {
        registry,
      });
    }
  }

  /** After a change of policy: every verdict that another policy gave is given anew. */
  async #judgeAnew(): Promise<void> {
    for (;;) {
      const { policy, behind } = this.#context.policy;
      if (behind) return;
      const crates = await this.#context.store.cratesJudgedOtherwise(policy.digest, batch);
      let judged = 0;
      for (const { registry, key } of crates) {
        try {
          await settleNow(this.#context, { registry, key, actor: 'policy', update: { kind: 'again' } });
          judged++;
        } catch (error) {
          this.#context.journal.trouble(`${key} could not be judged anew: ${messageOf(error)}`, { registry });
        }
      }
      if (crates.length < batch || judged === 0) return;
    }
  }

  readonly #noteDamage = (error: Error): void => this.#context.journal.trouble(error.message, {});
}

/** Makes the policy that the store has in force this replica's own. A text that does not load changes nothing. */
export async function adoptPolicy(context: MirrorContext): Promise<void> {
  const record = await context.store.policyInForce();
  if (record === undefined || record.digest === context.policy.policy.digest) return;
  try {
    const policy = loadPolicy({ file: 'safeguard.toml', text: record.text });
    context.policy = { policy, since: record.at, behind: policy.digest !== record.digest };
    context.cache.clear();
  } catch (error) {
    context.policy = { ...context.policy, behind: true };
    context.journal.alarm(
      `another replica's policy does not load here, the old one stays: ${messageOf(error)}`,
      { digest: record.digest },
    );
  }
}

function hasGoodBytes(record: ReleaseRecord): boolean {
  if (record.archive === null) return record.arrival === 'back-catalogue';
  return (JSON.parse(record.archive) as ArchiveReading).archive.checksum === record.checksum;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
