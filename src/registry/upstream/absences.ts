import { LRUCache } from 'lru-cache';

/** How long a name that the upstream does not have is taken to be absent without asking again: milliseconds. */
const remember = 60_000;

/**
 * Names that the upstream was asked for a moment ago and does not have, so that a client which asks for them again and
 * again is one request a minute. Bounded, and in this process only. It is asked for names of which nothing is recorded:
 * a crate that an event announces is recorded, and is looked for at once.
 */
export class Absences {
  readonly #until = new LRUCache<string, number>({ max: 10_000 });

  note(registry: string, key: string, now: number): void {
    this.#until.set(`${registry}/${key}`, now + remember);
  }

  has(registry: string, key: string, now: number): boolean {
    const until = this.#until.get(`${registry}/${key}`);
    // A clock that stepped back must not make it last.
    return until !== undefined && now < until && until - now <= remember;
  }
}
