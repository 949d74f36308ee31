import { AdvisoryError } from './error.ts';
import type { AdvisoryFeed } from './load.ts';

/** Whether a new reading of a feed may replace the one before. */
export type Acceptance =
  | { readonly kind: 'accepted' }
  /** `alarm` is one sentence for the operators. */
  | { readonly kind: 'refused'; readonly alarm: string };

/** What became of one refresh. */
export type Refreshed =
  | { readonly kind: 'fresh'; readonly feed: AdvisoryFeed }
  /** The old reading stays in force, where there is one. */
  | { readonly kind: 'kept'; readonly alarm: string };

/** The share that a feed may lose at once. Advisories are withdrawn, hardly ever deleted. */
const largestLoss = 0.2;

/** How many advisories a reading has. It is all that has to be kept of the last one over a restart. */
export interface FeedSize {
  readonly advisories: number;
  readonly source: string;
}

/** A feed that shrinks by more than a fifth at once is refused: it was emptied, cut short, or is another. */
export function acceptFeed(previous: FeedSize | undefined, next: FeedSize): Acceptance {
  if (previous === undefined || previous.source !== next.source) return { kind: 'accepted' };
  const lost = previous.advisories - next.advisories;
  if (lost <= previous.advisories * largestLoss) return { kind: 'accepted' };
  const alarm =
    `${next.source} shrank from ${previous.advisories} advisories to ${next.advisories} at once; the old ones ` +
    'stay in force until somebody accepts the smaller feed.';
  return { kind: 'refused', alarm };
}

export function sizeOf(feed: AdvisoryFeed): FeedSize {
  return { advisories: feed.database.advisories.length, source: feed.provenance.source };
}

/** Keeps one feed fresh. It has no timer: whoever runs the schedule asks `refreshIfDue`. */
export class FeedKeeper {
  readonly #load: () => Promise<AdvisoryFeed>;
  readonly #clock: () => number;
  readonly #every: number;
  #size: FeedSize | undefined;
  #feed: AdvisoryFeed | undefined;
  #alarm: string | undefined;
  #tried: number | undefined;
  #running: Promise<Refreshed> | undefined;

  /** `previous` is the size that was last accepted, when this process did not see it. Times in milliseconds. */
  constructor(options: {
    readonly load: () => Promise<AdvisoryFeed>;
    readonly clock: () => number;
    readonly every: number;
    readonly previous?: FeedSize | undefined;
  }) {
    this.#load = options.load;
    this.#clock = options.clock;
    this.#every = options.every;
    this.#size = options.previous;
  }

  /** The last reading that was accepted. */
  get feed(): AdvisoryFeed | undefined {
    return this.#feed;
  }

  /** Why the last refresh changed nothing; `undefined` after a good one. */
  get alarm(): string | undefined {
    return this.#alarm;
  }

  /** Refreshes when the interval has passed since the last try, good or bad. */
  async refreshIfDue(): Promise<Refreshed | undefined> {
    const now = this.#clock();
    if (this.#tried !== undefined && now < this.#tried + this.#every) return undefined;
    return await this.refresh();
  }

  /**
   * Reads the feed. Never throws for what the feed did: an alarm is an answer. Only one reading at a time.
   * `acceptLoss`: a person looked, and the smaller feed is right.
   */
  refresh({ acceptLoss = false } = {}): Promise<Refreshed> {
    this.#running ??= this.#read(acceptLoss).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #read(acceptLoss: boolean): Promise<Refreshed> {
    this.#tried = this.#clock();
    let next: AdvisoryFeed;
    try {
      next = await this.#load();
    } catch (error) {
      if (!(error instanceof AdvisoryError)) throw error;
      return this.#keep(error.message);
    }
    const acceptance = acceptFeed(acceptLoss ? undefined : this.#size, sizeOf(next));
    if (acceptance.kind === 'refused') return this.#keep(acceptance.alarm);
    this.#feed = next;
    this.#size = sizeOf(next);
    this.#alarm = undefined;
    return { kind: 'fresh', feed: next };
  }

  #keep(alarm: string): Refreshed {
    this.#alarm = alarm;
    return { kind: 'kept', alarm };
  }
}
