import {
  type InstalledProgram,
  type LoadedObject,
  type Look,
  type Objects,
  reportVersion,
  type SeenProcess,
  type ToldProcess,
  type ToldProgram,
} from './report.ts';

/** Processes and programs as messages have them: each file once, and its position wherever it is meant. */
export function told(
  processes: readonly SeenProcess[],
  installed: readonly InstalledProgram[] | undefined,
): Required<Objects> & {
  readonly version: number;
  readonly processes: readonly ToldProcess[];
  readonly installed?: readonly ToldProgram[];
} {
  const positions = new Map<LoadedObject, number>();
  const positionsOf = (objects: readonly LoadedObject[]) =>
    objects.map((object) => {
      const known = positions.get(object) ?? positions.size;
      positions.set(object, known);
      return known;
    });
  const list = processes.map((process) => ({
    ...process,
    loaded: positionsOf(process.loaded),
    possible: positionsOf(process.possible),
  }));
  const programs = installed?.map((program) => ({
    ...program,
    needed: positionsOf(program.needed),
    possible: positionsOf(program.possible),
  }));
  return {
    version: reportVersion,
    objects: [...positions.keys()],
    processes: list,
    ...(programs === undefined ? {} : { installed: programs }),
  };
}

/** All that a look has. */
export function toldWhole({ bootId, unread, processes, installed }: Look) {
  return { bootId, unread, ...told(processes, installed) };
}
