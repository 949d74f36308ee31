import assert from 'node:assert/strict';
import { Session } from 'node:inspector';

/**
 * Counts what the code of `src/` does, in blocks that are run, as V8 counts them for coverage: the same on a machine
 * that is busy. One at a time in a process; `close` ends the counting.
 */
export class CountedWork {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** The blocks that are run by `act`. */
  of(act: () => void): number {
    this.#taken();
    act();
    return this.#taken();
  }

  /**
   * By how much more a step from 2 × `size` to 4 × `size` costs than one from `size` to twice that: 2 where the work grows with
   * the size, 4 where with its square.
   */
  growth(size: number, act: (size: number) => void): number {
    act(size >> 1);
    const [one = 0, two = 0, four = 0] = [1, 2, 4].map((times) => this.of(() => act(times * size)));
    assert.ok(two > one);
    return (four - two) / (two - one);
  }

  close(): void {
    this.#session.disconnect();
  }

  /** The blocks since that was asked last. */
  #taken(): number {
    let sum = 0;
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      assert.equal(error, null);
      for (const { url, functions } of result)
        if (url.includes('/src/'))
          for (const { ranges } of functions) for (const { count } of ranges) sum += count;
    });
    return sum;
  }
}
