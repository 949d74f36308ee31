/** A stopwatch that runs only when told. */
import type { Stopwatch } from '../../src/facts/stopwatch.ts';

export type TestStopwatch = Stopwatch & {
  /** Lets so many milliseconds pass: what was to be done within them is done, in order, each at its own time. */
  advance(milliseconds: number): void;
};

export function testStopwatch(): TestStopwatch {
  let time = 0;
  const due = new Set<{ readonly at: number; readonly act: () => void }>();
  return {
    now: () => time,
    after: (milliseconds, act) => {
      const one = { at: time + milliseconds, act };
      due.add(one);
      return () => void due.delete(one);
    },
    advance: (milliseconds) => {
      const end = time + milliseconds;
      for (;;) {
        const [next] = [...due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        due.delete(next);
        time = Math.max(time, next.at);
        next.act();
      }
      time = end;
    },
  };
}
