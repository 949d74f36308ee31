import { machineStopwatch, type Stopwatch } from './stopwatch.ts';

/** What a transfer has to keep to. Only time that the other side is waited for counts. */
export interface TransferLimits {
  /** Bytes a second, on average over each `window`. */
  readonly rate: number;
  /** Milliseconds. */
  readonly window: number;
  /** Milliseconds until the last byte must be here. */
  readonly total: number;
}

/** Bounds that a poor line still keeps: 1 KiB a second over half a minute, ten minutes for the whole. */
export const transferLimits: TransferLimits = { rate: 1024, window: 30_000, total: 10 * 60_000 };

/** How many times as long as it may take it may lie here untaken. */
const longestPause = 4;

/** A transfer that did not keep to its limits. */
export class SlowTransfer extends Error {
  override readonly name = 'SlowTransfer';
}

/**
 * One request and its answer, which must come fast enough and to an end: a deadline between two pieces alone lets a server
 * that sends a byte now and then hold a place for ever. Whoever makes the request passes `signal` on, waits through
 * `during` and `pieces`, and calls `end` when it is over.
 */
export class Transfer {
  readonly #limits: TransferLimits;
  readonly #stopwatch: Stopwatch;
  readonly #abort = new AbortController();
  readonly #began: number;
  /** Milliseconds that the other side was waited for, up to the last pause. */
  #waited = 0;
  #waitingSince: number | undefined;
  #windowBegan = 0;
  #bytes = 0;
  #disarm = () => {};

  constructor(limits: TransferLimits = transferLimits, stopwatch: Stopwatch = machineStopwatch) {
    this.#limits = limits;
    this.#stopwatch = stopwatch;
    this.#began = stopwatch.now();
    this.#look();
  }

  /** Aborts with a `SlowTransfer` when a limit is passed. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Waits for the other side. Throws `SlowTransfer` where it takes too long. */
  async during<T>(answer: Promise<T>): Promise<T> {
    this.#waitingSince = this.#stopwatch.now();
    try {
      return await answer;
    } catch (error) {
      throw this.signal.aborted ? this.signal.reason : error;
    } finally {
      this.#waited = this.#waitedNow();
      this.#waitingSince = undefined;
    }
  }

  /** The pieces of a body as they come. Throws `SlowTransfer` where they come too slowly. */
  async *pieces(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const iterator = body[Symbol.asyncIterator]();
    let isOver = false;
    try {
      for (;;) {
        const next = await this.during(iterator.next());
        isOver = next.done === true;
        if (next.done) return;
        this.#bytes += next.value.length;
        yield next.value;
      }
    } finally {
      this.end();
      if (!isOver) await iterator.return?.();
    }
  }

  /** The whole of a body. Throws `SlowTransfer`, and what `tooLong` makes where there are more than `limit` bytes. */
  async whole(body: AsyncIterable<Uint8Array>, limit: number, tooLong: () => Error): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of this.pieces(body)) {
      size += part.length;
      if (size > limit) throw tooLong();
      parts.push(part);
    }
    return Buffer.concat(parts, size);
  }

  /** It is over: nothing is watched any more. */
  end(): void {
    this.#disarm();
  }

  #waitedNow(): number {
    return this.#waited + (this.#waitingSince === undefined ? 0 : this.#stopwatch.now() - this.#waitingSince);
  }

  #look(): void {
    const problem = this.#problem();
    if (problem !== undefined) {
      this.#abort.abort(new SlowTransfer(problem));
      return;
    }
    const { window, total } = this.#limits;
    const next = Math.min(this.#windowBegan + window, total) - this.#waitedNow();
    this.#disarm = this.#stopwatch.after(Math.max(next, 1), () => this.#look());
  }

  /** Which limit is passed; a window that is full begins anew. */
  #problem(): string | undefined {
    const { rate, window, total } = this.#limits;
    const waited = this.#waitedNow();
    if (waited >= total) return `it was not done within ${total / 1000} s`;
    if (this.#stopwatch.now() - this.#began >= longestPause * total) return 'nobody took it';
    if (waited - this.#windowBegan < window) return undefined;
    if (this.#bytes * 1000 < rate * window)
      return `it sent fewer than ${rate} bytes a second for ${window / 1000} s`;
    this.#windowBegan = waited;
    this.#bytes = 0;
    return undefined;
  }
}
