import { type ExposureJson, exposuresSchema } from '../../server/exposure-contract.ts';
import { type Columns, type ListOptions, printList } from '../shared/list.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';

export interface ExposureOptions extends ListOptions {
  readonly closed?: boolean;
  readonly advisory?: string;
  readonly host?: string;
  readonly environment?: string;
  readonly team?: string;
}

/** Lists what runs, or is installed, of what advisories strike: what is open, or what is over. */
export async function listExposures({
  closed,
  advisory,
  host,
  environment,
  team,
  ...options
}: ExposureOptions): Promise<void> {
  await printList(options, {
    path: '/api/v1/exposures',
    query: { state: closed === true ? 'closed' : 'open', advisory, host, environment, team },
    schema: exposuresSchema,
    entries: ({ exposures }) => exposures,
    none: closed === true ? 'None is over.' : 'No exposure is known.',
    columns,
    // What is proven to have no code of it comes last.
    show: (exposures) =>
      exposures
        .toSorted((a, b) => Number(a.ranked != null) - Number(b.ranked != null))
        .forEach(printExposure),
  });
}

const columns: Columns<ExposureJson> = {
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
  'stated-by': ({ statedBy }) => statedBy,
  path: ({ path }) => path.join(' > '),
  'known-since': ({ knownSince }) => knownSince,
  'running-since': ({ runningSince }) => runningSince,
  opened: ({ opened }) => opened,
  closed: ({ closed }) => closed,
  ended: ({ ended }) => ended?.by,
  why: ({ ended }) => ended?.why,
  restart: ({ restart }) => restart,
  ranked: ({ ranked }) => ranked?.reason,
};

const endings = {
  gone: 'it is there no more',
  stated: 'still there, and said not to be struck',
  withdrawn: 'the advisory strikes it no more',
  retired: 'its host is out of service',
  unknown: 'for a reason that a later version of the server gives',
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
    statedBy,
    way,
    ranked,
  } = exposure;
  const where = environment === null ? '' : ` (${printable(environment)})`;
  print(`${paint('bold', printable(advisory))}${title === null ? '' : `: ${printable(title)}`}${where}`);
  print(`  ${path.map(printable).join(' → ')}${fixed === null ? '' : `, ended by ${printable(fixed)}`}`);
  const times = [
    `known since ${sayTime(knownSince)}`,
    `${statedBy !== null ? 'deployed' : way === 'installed' ? 'installed' : way === 'unknown' ? 'there' : 'running'} since ${sayTime(runningSince)}`,
    `found ${sayTime(opened)}`,
  ];
  print(`  ${[...times, ...(closed === null ? [] : [`over ${sayTime(closed)}`])].join(', ')}`);
  if (way === 'installed') print('  installed, not seen running');
  if (way === 'unknown') print('  found in a way that a later version of the server knows');
  if (statedBy !== null) print(`  stated by ${printable(statedBy)}, not seen`);
  if (ended !== null && (ended.by !== 'gone' || ended.why !== null))
    print(`  ${endings[ended.by]}${ended.why === null ? '' : `: ${printable(ended.why)}`}`);
  if (ranked != null)
    print(
      `  ${paint('dim', `ranks behind the others: ${printable(ranked.reason)}; it is not said to be safe`)}`,
    );
  if (restart) print(`  ${paint('yellow', 'restart needed:')} what it runs is not on disk any more`);
}
