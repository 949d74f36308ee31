import { LRUCache } from 'lru-cache';
import type { Problem } from '../errors.ts';
import { Attempts } from './attempts.ts';

/** Tokens that were no good, from one address, before it has to wait. */
const free = 10;

/**
 * Counts the tokens of an address that are nobody's. Tokens cannot be guessed: this keeps who tries from filling log
 * and database. Who shares an address with them goes on: a token that was somebody's when it was last seen here does
 * not wait.
 */
export class Guesses {
  readonly #attempts: Attempts;
  readonly #good = new LRUCache<string, true>({ max: 10_000 });

  /** `now` in epoch milliseconds. */
  constructor(now: () => number) {
    this.#attempts = new Attempts(now, free);
  }

  /** The answer to an address that has to wait, unless the token of that digest was known. */
  refusal(address: string, digest?: string): Problem | undefined {
    const wait = this.#attempts.wait(address);
    if (wait === 0 || (digest !== undefined && this.#good.has(digest))) return undefined;
    const detail = `Too many tokens were tried from this address: try again in ${wait} s.`;
    return { status: 429, code: 'server/too-many-attempts', detail, retryAfter: wait };
  }

  /** Notes whether the token of that digest, from that address, was somebody's. */
  note(address: string, digest: string, isKnown: boolean): void {
    if (isKnown) this.#good.set(digest, true);
    else this.failed(address);
  }

  failed(address: string): void {
    this.#attempts.note(address);
  }
}
