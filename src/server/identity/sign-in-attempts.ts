import { LRUCache } from 'lru-cache';

/** Tokens that were no good, from one address, before it has to wait. */
const free = 10;
/** Milliseconds after which what an address tried is forgotten. */
const memory = 5 * 60_000;

/** Counts the sign-ins of an address that failed. Tokens cannot be guessed: this keeps who tries from filling log and database. */
export class SignInAttempts {
  readonly #now: () => number;
  readonly #failed = new LRUCache<string, { readonly since: number; count: number }>({ max: 10_000 });

  /** `now` in epoch milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds that the address has to wait; 0: none. */
  wait(address: string): number {
    const tried = this.#failed.get(address);
    if (tried === undefined || tried.count < free) return 0;
    const left = tried.since + memory - this.#now();
    if (left > 0 && left <= memory) return Math.ceil(left / 1000);
    this.#failed.delete(address);
    return 0;
  }

  failed(address: string): void {
    const now = this.#now();
    const tried = this.#failed.get(address);
    if (tried !== undefined && Math.abs(now - tried.since) < memory) tried.count++;
    else this.#failed.set(address, { since: now, count: 1 });
  }
}
