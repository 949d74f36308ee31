import type { InstalledProgram, LoadedObject, Look, ProcessKey, SeenProcess } from './report.ts';

/** What is otherwise than at the last look. */
export interface Change {
  /** Processes that are new, or of which something is otherwise. */
  readonly begun: readonly SeenProcess[];
  readonly ended: readonly ProcessKey[];
  /** All programs that can be started, where one of them is otherwise. */
  readonly installed: readonly InstalledProgram[] | undefined;
}

type Looked = Pick<Look, 'processes' | 'installed'>;

/** Holds two looks of one boot against each other. A pid that was given again is another process: it started at another time. */
export function changeOf(before: Looked, now: Looked): Change {
  const old = new Map(before.processes.map((one) => [keyOf(one), one]));
  const current = new Set(now.processes.map(keyOf));
  return {
    begun: now.processes.filter((one) => {
      const was = old.get(keyOf(one));
      return was === undefined || !isSame(was, one);
    }),
    ended: before.processes
      .filter((one) => !current.has(keyOf(one)))
      .map(({ pid, started }) => ({ pid, started })),
    installed: isSameList(before.installed, now.installed, isSameProgram) ? undefined : now.installed,
  };
}

function isSame(
  { loaded, possible, ...process }: SeenProcess,
  { loaded: nowLoaded, possible: nowPossible, ...now }: SeenProcess,
): boolean {
  return (
    isSameList(loaded, nowLoaded, isSameObject) &&
    isSameList(possible, nowPossible, isSameObject) &&
    JSON.stringify(process) === JSON.stringify(now)
  );
}

function isSameProgram(
  { needed, possible, ...program }: InstalledProgram,
  { needed: nowNeeded, possible: nowPossible, ...now }: InstalledProgram,
): boolean {
  return (
    isSameList(needed, nowNeeded, isSameObject) &&
    isSameList(possible, nowPossible, isSameObject) &&
    JSON.stringify(program) === JSON.stringify(now)
  );
}

/** Who looks again gives the same value for the same file. */
function isSameObject(one: LoadedObject, other: LoadedObject): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function isSameList<T>(
  one: readonly T[],
  other: readonly T[],
  isEqual: (one: T, other: T) => boolean,
): boolean {
  return one.length === other.length && one.every((item, i) => isEqual(item, other[i] as T));
}

function keyOf({ pid, started }: ProcessKey): string {
  return `${pid} ${started}`;
}
