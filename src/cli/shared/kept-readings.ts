import { cacheFolder } from '../../gate/project/cache-folder.ts';
import type { KeptReadings } from '../../gate/surroundings/remembered.ts';
import { keptFile, type MakingCode } from './kept-file.ts';

/** Code that readings of CI's files are made by. A test holds that there is no other. */
export const readingCode: MakingCode = {
  folders: ['cargo', 'gate', 'gate/project', 'gate/surroundings'],
  packages: ['lru-cache', 'smol-toml', 'yaml'],
};

/** What texts of a project's CI were read as, from run to run. */
export interface ProjectReadings extends KeptReadings {
  /** Keeps what this run has asked for, where that is not what was there. */
  readonly keep: () => void;
}

/** The kept readings of the project in a folder. With any doubt there are none, and the texts are read. */
export function projectReadings(project: string, cache = cacheFolder()): ProjectReadings {
  const file = keptFile<ReadonlyMap<string, unknown>>('readings', project, readingCode, cache);
  const used = new Map<string, unknown>();
  let isNew = false;
  return {
    get: (id) => {
      const found = file.value?.get(id);
      if (found !== undefined) used.set(id, found);
      return found;
    },
    put: (id, reading) => {
      used.set(id, reading);
      isNew = true;
    },
    keep: () => {
      if (isNew) file.keep(used);
    },
  };
}
