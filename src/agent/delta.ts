import type { ProcessKey, SeenProcess } from './report.ts';

/** What is otherwise than at the last look. */
export interface Change {
  /** Processes that are new, or of which something is otherwise. */
  readonly begun: readonly SeenProcess[];
  readonly ended: readonly ProcessKey[];
}

/** Holds two looks of one boot against each other. A pid that was given again is another process: it started at another time. */
export function changeOf(before: readonly SeenProcess[], now: readonly SeenProcess[]): Change {
  const old = new Map(before.map((one) => [keyOf(one), one]));
  const current = new Set(now.map(keyOf));
  return {
    begun: now.filter((one) => {
      const was = old.get(keyOf(one));
      return was === undefined || JSON.stringify(was) !== JSON.stringify(one);
    }),
    ended: before.filter((one) => !current.has(keyOf(one))).map(({ pid, started }) => ({ pid, started })),
  };
}

function keyOf({ pid, started }: ProcessKey): string {
  return `${pid} ${started}`;
}
