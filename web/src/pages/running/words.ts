import type { SightingsJson } from '../../../../src/server/inventory-contract.ts';

type Process = SightingsJson['processes'][number];

/** How a program stands to what was built here. */
export const standings: Readonly<Record<Process['standing'], string>> = {
  known: 'built here',
  changed: 'built here, then changed',
  unknown: 'built by nobody here',
};

/** What became of a file on disk since it was started or loaded. */
export const states: Readonly<Record<Process['state'], string>> = {
  present: 'as it is on disk',
  replaced: 'replaced on disk',
  deleted: 'deleted on disk',
  unpackaged: 'from no package',
};
