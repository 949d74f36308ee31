import type { Stopwatch } from '../facts/stopwatch.ts';
import { sayDuration } from '../policy/duration.ts';
import type { Duty } from '../registry/duties/duty.ts';
import type { ServerLog } from './log.ts';

/** How late one loop is. */
export interface Lateness {
  readonly loop: string;
  /** Milliseconds since its last turn ended, or since the oldest piece of work that waits for it was due, if that is more. */
  readonly by: number;
  /** Why that is not the loop's doing: its upstream cannot be reached. */
  readonly excuse: string | undefined;
}

/** Knows of every loop whether it keeps its time. */
export class Punctuality {
  readonly #stopwatch: Stopwatch;
  readonly #limit: number;
  readonly #loops = new Map<Duty, number>();
  /** Loops whose lateness was told. */
  readonly #told = new Set<string>();

  /** `limit`: milliseconds by which a loop may be late. */
  constructor(stopwatch: Stopwatch, limit: number) {
    this.#stopwatch = stopwatch;
    this.#limit = limit;
  }

  /** A loop begins; the answer is called at the end of each of its turns. */
  watch(duty: Duty): () => void {
    const ended = () => void this.#loops.set(duty, this.#stopwatch.now());
    ended();
    return ended;
  }

  all(): readonly Lateness[] {
    return [...this.#loops].map(([{ name, behind, excuse }, ended]) => ({
      loop: name,
      by: Math.max(this.#stopwatch.now() - ended, behind),
      excuse: excuse(),
    }));
  }

  /** Loops that are later than they may be, by no fault of an upstream. */
  late(): readonly Lateness[] {
    return this.all().filter(({ by, excuse }) => by > this.#limit && excuse === undefined);
  }

  /** Raises an alarm for each loop that became late, and says which are in time again. */
  tell(log: ServerLog): void {
    const late = this.late();
    for (const { loop, by } of late) {
      if (this.#told.has(loop)) continue;
      this.#told.add(loop);
      log.alarm(sayLate({ loop, by }), { loop });
    }
    for (const loop of this.#told) {
      if (late.some((one) => one.loop === loop)) continue;
      this.#told.delete(loop);
      log.info(`${loop}: in time again`);
    }
  }
}

/** In one line. */
export function sayLate({ loop, by }: Pick<Lateness, 'loop' | 'by'>): string {
  return `${loop}: late by ${sayDuration(by)}`;
}
