import type { Stopwatch } from '../../facts/stopwatch.ts';
import { RegistryError } from '../error.ts';

/** How long ago this replica last knew all that others had decided, and whether that is too long. */
export class Freshness {
  readonly #stopwatch: Stopwatch;
  /** Milliseconds; `undefined`: nobody else decides anything. */
  readonly #longest: number | undefined;
  #at: number;

  constructor(stopwatch: Stopwatch, longest: number | undefined) {
    this.#stopwatch = stopwatch;
    this.#longest = longest;
    this.#at = stopwatch.now();
  }

  /** All is known that was decided before `at`, a moment of the stopwatch. */
  note(at: number): void {
    this.#at = at;
  }

  /** Nothing is known until the log is followed anew: the machine may have slept. */
  distrust(): void {
    this.#at = Number.NEGATIVE_INFINITY;
  }

  /** Milliseconds since all was known. */
  age(): number {
    return this.#stopwatch.now() - this.#at;
  }

  /** Throws `RegistryError` `registry/behind` where another replica may have decided otherwise by now. */
  check(): void {
    const age = this.age();
    if (this.#longest === undefined || age <= this.#longest) return;
    throw new RegistryError(
      'registry/behind',
      `This replica of Safeguard has not heard for ${sayAge(age)} what the others decided, and serves ` +
        'nothing until its database answers. Try again, or ask another replica.',
    );
  }
}

function sayAge(age: number): string {
  return Number.isFinite(age) ? `${Math.round(age / 1000)} s` : 'a while';
}
