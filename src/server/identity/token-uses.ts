import type { TokenRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

/** Milliseconds by which the time of a token's last use may be behind. */
const grain = 60_000;

/** Notes when tokens are used, and writes it down about once a minute: no request waits for it. */
export class TokenUses {
  readonly #store: Pick<Store, 'write'>;
  readonly #onFailure: (error: unknown) => void;
  #uses = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Pick<Store, 'write'>, onFailure: (error: unknown) => void) {
    this.#store = store;
    this.#onFailure = onFailure;
  }

  note({ name, usedAt }: Pick<TokenRecord, 'name' | 'usedAt'>, now: number): void {
    if (usedAt !== null && now - usedAt < grain) return;
    this.#uses.set(name, now);
    this.#timer ??= setTimeout(() => void this.flush().catch(this.#onFailure), grain).unref();
  }

  /** Writes down what is left. */
  async close(): Promise<void> {
    await this.flush().catch(this.#onFailure);
  }

  /** Writes down what was noted since. What cannot be written is noted again by the next use. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const uses = this.#uses;
    if (uses.size === 0) return;
    this.#uses = new Map();
    await this.#store.write((tx) => tx.noteTokenUses(uses));
  }
}
