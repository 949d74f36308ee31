import { createHash } from 'node:crypto';

/** Trials that are remembered, and for how long: milliseconds. */
const [most, time] = [200, 86_400_000];

/** Which texts were tried against which policies, so that what one costs is seen before it is paid. As long as this process lives. */
export class Trials {
  /** When each was tried, the oldest first. */
  readonly #at = new Map<string, number>();
  readonly #now: () => number;

  /** `now` in epoch milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** `base` is the digest of the policy that it was compared with. */
  note(text: string, base: string): void {
    const name = nameOf(text, base);
    this.#at.delete(name);
    this.#at.set(name, this.#now());
    for (const old of [...this.#at.keys()].slice(0, -most)) this.#at.delete(old);
  }

  has(text: string, base: string): boolean {
    const at = this.#at.get(nameOf(text, base));
    return at !== undefined && this.#now() - at < time;
  }
}

function nameOf(text: string, base: string): string {
  return createHash('sha256').update(`${base}\n${text}`).digest('hex');
}
