import type { MaintainersApi } from '../facts/maintainers/api.ts';
import { clockDuty } from './clock/duty.ts';
import type { MirrorContext } from './context.ts';
import { type AnchorPlace, anchors } from './duties/anchors.ts';
import { judgeByPolicy, refreshFeeds } from './duties/anew.ts';
import { type Duty, promptDuty } from './duties/duty.ts';
import { Follower } from './duties/follower.ts';
import { judgements, promotions } from './duties/judgements.ts';
import { polls } from './duties/polls.ts';
import { type DumpPlan, tendDump } from './errands/dumps.ts';
import { Errands } from './errands/errands.ts';
import { askDue } from './errands/people-queue.ts';
import { readAgain } from './errands/read-again.ts';
import type { Mirror } from './serve/mirror.ts';

/** Where people, popularity and names come from; what is absent is not set up. */
export interface PeoplePlan {
  readonly dump?: DumpPlan | undefined;
  readonly api?: { readonly registry: string; readonly api: MaintainersApi } | undefined;
}

/**
 * What the mirror does by itself: duties that fall due by themselves, each for a loop of its own, and the errands that they
 * begin.
 */
export class Watch {
  /** What is under way beside the duties. */
  readonly errands: Errands;
  /** In the order in which one look at all of them is best made. */
  readonly duties: readonly Duty[];
  readonly #people: PeoplePlan;
  readonly #mirror: Mirror;
  readonly #context: MirrorContext;
  readonly #stopped = new AbortController();
  /** Whether what an earlier version read of archives was read again. */
  #areRead: boolean;

  /**
   * `since` is the end of the log from before anything was read into this replica's memory; `places` are where heads of
   * the audit log are kept, `more` what the rooms below have to do. With `onlyServes` it keeps up with what other
   * replicas decide and reads the feeds that questions are answered from; what is due is theirs.
   */
  constructor(
    mirror: Mirror,
    since: number,
    people: PeoplePlan,
    places: readonly AnchorPlace[] = [],
    more: readonly Duty[] = [],
    onlyServes = false,
  ) {
    const { context } = mirror;
    const { signal } = this.#stopped;
    this.#mirror = mirror;
    this.#context = context;
    this.#people = onlyServes ? {} : people;
    this.#areRead = onlyServes;
    this.errands = new Errands(context.journal);
    const follower = new Follower(context, since, this.errands);
    const kept = [
      promptDuty('log', () => follower.follow()),
      clockDuty(context, this.errands),
      promptDuty('errands', async () => this.#startErrands()),
    ];
    if (onlyServes) {
      this.duties = kept;
      return;
    }
    const registries = [...context.upstreams.keys()];
    const fetching = new Map(registries.map((name) => [name, judgements(mirror, name, signal)]));
    this.duties = [
      ...kept,
      promptDuty('policy', () => judgeByPolicy(context, signal)),
      promotions(context, (record) => fetching.get(record.registry)?.take(record), signal),
      ...registries.map((name) => polls(context, name, signal)),
      ...fetching.values(),
      ...(places.length === 0 ? [] : [anchors(context, places, signal)]),
      ...more,
    ];
  }

  /** Does all that is due now, duty by duty, as a program without loops does it. */
  async tick(): Promise<void> {
    // The heartbeat is of those who run for a while.
    const [log, _clock, ...others] = this.duties;
    await log?.turn();
    await this.#refreshFeeds();
    for (const duty of others) await untilDone(duty);
    // What polls brought.
    for (const duty of others) await untilDone(duty);
  }

  /** Begins nothing more and ends the errands. What is under way ends by itself, or with its upstream. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const duty of this.duties) duty.stop();
    await this.errands.stop();
  }

  /** Resolves when nothing that the duties began is under way. */
  async idle(): Promise<void> {
    for (const duty of this.duties) await duty.idle();
  }

  #refreshFeeds(): Promise<void> {
    return refreshFeeds(this.#context, this.#stopped.signal);
  }

  /** What takes minutes goes on beside the duties: a feed, a dump's import, and asking about people once a second. */
  #startErrands(): void {
    const { dump, api } = this.#people;
    this.errands.start('feeds', () => this.#refreshFeeds());
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
}

async function untilDone(duty: Duty): Promise<void> {
  do {
    await duty.turn();
    await duty.idle();
  } while (duty.hasMore);
}
