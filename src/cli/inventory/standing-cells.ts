import type { Standing } from '../../store/sightings/store.ts';
import type { Cell } from '../shared/table.ts';

/** How a binary of a host stands to the artefacts, as a cell of a table. */
export const standingCells: Readonly<Record<Standing, Cell>> = {
  tampered: { text: 'TAMPERED', style: 'red' },
  known: 'known',
  stripped: 'stripped',
  changed: { text: 'changed', style: 'yellow' },
  unknown: { text: 'unknown', style: 'yellow' },
};
