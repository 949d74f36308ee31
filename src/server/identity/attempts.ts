import { LRUCache } from 'lru-cache';

/** Milliseconds after which what somebody tried is forgotten. */
const memory = 5 * 60_000;

/**
 * Counts what somebody does within five minutes, and says how long they wait once it is too much. Each replica counts
 * for itself.
 */
export class Attempts {
  readonly #now: () => number;
  readonly #free: number;
  readonly #counted = new LRUCache<string, { readonly since: number; count: number }>({ max: 10_000 });

  /** `now` in epoch milliseconds; `free`: so many within five minutes, before they have to wait. */
  constructor(now: () => number, free: number) {
    this.#now = now;
    this.#free = free;
  }

  /** Seconds that they have to wait; 0: none. */
  wait(who: string): number {
    const tried = this.#counted.get(who);
    if (tried === undefined || tried.count < this.#free) return 0;
    const left = tried.since + memory - this.#now();
    if (left > 0 && left <= memory) return Math.ceil(left / 1000);
    this.#counted.delete(who);
    return 0;
  }

  note(who: string): void {
    const now = this.#now();
    const tried = this.#counted.get(who);
    if (tried !== undefined && Math.abs(now - tried.since) < memory) tried.count++;
    else this.#counted.set(who, { since: now, count: 1 });
  }
}
