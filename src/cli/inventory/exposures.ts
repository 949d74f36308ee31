import { type ExposureJson, exposuresSchema } from '../../server/exposure-contract.ts';
import { findServer } from '../shared/address.ts';
import { ask, queryText } from '../shared/api.ts';
import { note, paint, print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';
import type { PageOptions } from './acts.ts';

export interface ExposureOptions extends PageOptions {
  readonly closed?: boolean;
  readonly advisory?: string;
  readonly host?: string;
  readonly environment?: string;
  readonly team?: string;
}

/** Lists what runs of what advisories strike: what is open, or what is over. */
export async function listExposures(options: ExposureOptions): Promise<void> {
  const server = await findServer(options);
  const { closed, advisory, host, environment, team, after, limit } = options;
  const state = closed === true ? 'closed' : 'open';
  const path = `/api/v1/exposures${queryText({ state, advisory, host, environment, team, after, limit })}`;
  const { value, json } = await ask(server, { path, acts: true }, exposuresSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  if (value.exposures.length === 0) return print(closed === true ? 'None is over.' : 'No exposure is known.');
  for (const exposure of value.exposures) printExposure(exposure);
  if (value.next !== null)
    note(`${value.exposures.length} shown; the next page: --after ${printable(value.next)}`);
}

const endings = {
  stated: 'still there, and said not to be struck',
  withdrawn: 'the advisory strikes it no more',
  retired: 'its host is out of service',
} as const;

function printExposure(exposure: ExposureJson): void {
  const {
    advisory,
    title,
    path,
    fixed,
    restart,
    knownSince,
    runningSince,
    opened,
    closed,
    ended,
    environment,
  } = exposure;
  const where = environment === null ? '' : ` (${printable(environment)})`;
  print(`${paint('bold', printable(advisory))}${title === null ? '' : `: ${printable(title)}`}${where}`);
  print(`  ${path.map(printable).join(' → ')}${fixed === null ? '' : `, ended by ${printable(fixed)}`}`);
  const times = [
    `known since ${sayTime(knownSince)}`,
    `running since ${sayTime(runningSince)}`,
    `found ${sayTime(opened)}`,
  ];
  print(`  ${[...times, ...(closed === null ? [] : [`over ${sayTime(closed)}`])].join(', ')}`);
  if (ended !== null && ended.by !== 'gone')
    print(`  ${endings[ended.by]}${ended.why === null ? '' : `: ${printable(ended.why)}`}`);
  if (restart) print(`  ${paint('yellow', 'restart needed:')} what it runs is not on disk any more`);
}
