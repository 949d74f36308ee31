import type { Journal } from '../journal.ts';

/** Work that may take minutes, beside the watch: it never keeps what is due waiting. One of each name at a time. */
export class Errands {
  readonly #journal: Journal;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Starts it, unless it is under way. What fails is noted; it is started again when the watch next looks. */
  start(name: string, work: (signal: AbortSignal) => Promise<void>): void {
    if (this.#running.has(name) || this.#stop.signal.aborted) return;
    const running = work(this.#stop.signal)
      .catch((error: unknown) => {
        if (this.#stop.signal.aborted) return;
        this.#journal.trouble(`${name}: ${error instanceof Error ? error.message : String(error)}`, {});
      })
      .finally(() => this.#running.delete(name));
    this.#running.set(name, running);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Tells all to end, and waits until they have. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }
}
