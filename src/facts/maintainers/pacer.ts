/** Lets one request through at a time, and at most one in an interval: what a registry's crawler policy asks for. */
export class Pacer {
  readonly #interval: number;
  readonly #now: () => number;
  readonly #wait: (milliseconds: number) => Promise<void>;
  #last = Number.NEGATIVE_INFINITY;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: {
    /** Milliseconds between the beginnings of two requests. */
    readonly interval: number;
    /** Epoch milliseconds. */
    readonly now: () => number;
    readonly wait: (milliseconds: number) => Promise<void>;
  }) {
    this.#interval = options.interval;
    this.#now = options.now;
    this.#wait = options.wait;
  }

  /** Runs `work` when its turn has come. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => {
      const now = this.#now();
      // A clock that stepped back must not stop the queue.
      const left = Math.min(this.#interval, this.#last + this.#interval - now);
      if (left > 0) await this.#wait(left);
      this.#last = this.#now();
      return work();
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }
}
