import { type ExposureJson, exposuresSchema } from '../../server/exposure-contract.ts';
import { findServer } from '../shared/address.ts';
import { ask, queryText } from '../shared/api.ts';
import type { CsvCell } from '../shared/csv.ts';
import { note, paint, print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';
import type { TableOptions } from './acts.ts';
import { printPages } from './csv.ts';

export interface ExposureOptions extends TableOptions {
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
  const page = async (next: string | undefined) => {
    const of = { state, advisory, host, environment, team, after: next, limit };
    return await ask(server, { path: `/api/v1/exposures${queryText(of)}`, acts: true }, exposuresSchema);
  };
  const { value, json } = await page(after);
  if (options.format === 'csv')
    return await printPages(value, columns, {
      entries: ({ exposures }) => exposures,
      page: async (next) => (await page(next)).value,
    });
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  if (value.exposures.length === 0) return print(closed === true ? 'None is over.' : 'No exposure is known.');
  for (const exposure of value.exposures) printExposure(exposure);
  if (value.next !== null)
    note(`${value.exposures.length} shown; the next page: --after ${printable(value.next)}`);
}

const columns: Readonly<Record<string, (exposure: ExposureJson) => CsvCell>> = {
  id: ({ id }) => id,
  state: ({ state }) => state,
  advisory: ({ advisory }) => advisory,
  aliases: ({ aliases }) => aliases.join(' '),
  title: ({ title }) => title,
  component: ({ component }) => component,
  fixed: ({ fixed }) => fixed,
  host: ({ host }) => host,
  environment: ({ environment }) => environment,
  team: ({ team }) => team,
  service: ({ service }) => service,
  program: ({ program }) => program,
  artefact: ({ artefact }) => artefact?.id,
  name: ({ artefact }) => artefact?.name,
  target: ({ artefact }) => artefact?.target,
  commit: ({ artefact }) => artefact?.commit,
  way: ({ way }) => way,
  path: ({ path }) => path.join(' > '),
  'known-since': ({ knownSince }) => knownSince,
  'running-since': ({ runningSince }) => runningSince,
  opened: ({ opened }) => opened,
  closed: ({ closed }) => closed,
  ended: ({ ended }) => ended?.by,
  why: ({ ended }) => ended?.why,
  restart: ({ restart }) => restart,
};

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
