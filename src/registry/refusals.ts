import type { RefusalRecord, ReleaseRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** Milliseconds until what was counted is written down. */
const pulse = 1_000;

/** Counts refused downloads in memory, and writes them down in one go: no refusal waits for the database. */
export class Refusals {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #onFailure: (error: unknown) => void;
  #counts = new Map<string, RefusalRecord>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, now: () => number, onFailure: (error: unknown) => void) {
    this.#store = store;
    this.#now = now;
    this.#onFailure = onFailure;
  }

  note({ registry, key, version, stateSince }: ReleaseRecord): void {
    const id = JSON.stringify([registry, key, version, stateSince]);
    const count = (this.#counts.get(id)?.count ?? 0) + 1;
    this.#counts.set(id, { registry, key, version, since: stateSince, count, lastAt: this.#now() });
    this.#timer ??= setTimeout(() => void this.flush().catch(this.#onFailure), pulse).unref();
  }

  /** Writes down what is left. */
  async close(): Promise<void> {
    await this.flush().catch(this.#onFailure);
    clearTimeout(this.#timer);
  }

  /** Writes down what was counted since; where that fails, it is counted on. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counted = this.#counts;
    if (counted.size === 0) return;
    this.#counts = new Map();
    try {
      await this.#store.write((tx) => tx.addRefusals([...counted.values()]));
    } catch (error) {
      for (const [id, one] of counted) {
        const since = this.#counts.get(id);
        this.#counts.set(id, { ...one, count: one.count + (since?.count ?? 0) });
      }
      throw error;
    }
  }
}
