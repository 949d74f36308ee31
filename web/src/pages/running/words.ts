import type { SightingsJson } from '../../../../src/server/sighting-contract.ts';

type Process = SightingsJson['processes'][number];

/** How a program stands to what was built here. */
export const standings: Readonly<Record<Process['standing'], string>> = {
  tampered: 'tampered with: other code or data than the signed build',
  known: 'built here',
  stripped: 'built here, then stripped or repackaged',
  changed: 'built here, then changed: whether it was tampered with cannot be told',
  unknown: 'built by nobody here',
};

/** What became of a file on disk since it was started or loaded. */
export const states: Readonly<Record<Process['state'], string>> = {
  present: 'as it is on disk',
  replaced: 'replaced on disk',
  deleted: 'deleted on disk',
  unpackaged: 'from no package',
};
