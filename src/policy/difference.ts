import type { Difference } from '../facts/surroundings.ts';
import type { Evidence } from './finding.ts';

interface Compared {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly difference: Difference;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** What became of a thing, as the middle of a sentence that begins with its name. */
export function sayDifference({ difference, before = 'not set', after = 'not set' }: Compared): string {
  switch (difference) {
    case 'present':
      return `is ${after}`;
    case 'added':
      return `is new: ${after}`;
    case 'removed':
      return `is gone; it was ${before}`;
    case 'changed':
      return `was ${before} and is now ${after}`;
  }
}

/** Where it stands, and both values. What is gone has a file and no line any more. */
export function differenceEvidence({ difference, before, after, ...place }: Compared): Evidence {
  const { file, line, column } = place;
  const values = {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
  return {
    file,
    ...(difference === 'removed' ? {} : { line, column }),
    ...(Object.keys(values).length === 0 ? {} : { values }),
  };
}
