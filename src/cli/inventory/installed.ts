import { type InstalledJson, installedSchema } from '../../server/sighting-contract.ts';
import type { Standing } from '../../store/sightings/store.ts';
import { exit } from '../shared/error.ts';
import { starters } from '../shared/installed.ts';
import { type Columns, type ListOptions, printList } from '../shared/list.ts';
import { table } from '../shared/table.ts';
import { print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';
import { standingCells } from './standing-cells.ts';

export interface InstalledOptions extends ListOptions {
  readonly host?: string;
  readonly standing?: Standing;
}

type ProgramJson = InstalledJson['programs'][number];

const columns: Columns<ProgramJson> = {
  host: ({ host }) => host,
  environment: ({ environment }) => environment,
  team: ({ team }) => team,
  service: ({ service }) => service,
  path: ({ path }) => path,
  digest: ({ digest }) => digest,
  'build-id': ({ buildId }) => buildId,
  standing: ({ standing }) => standing,
  named: ({ named }) => named,
  by: ({ by }) => by,
  since: ({ since }) => since,
  seen: ({ seen }) => seen,
};

/**
 * Lists programs that are installed on hosts and were not seen running, by host and path. Where one was tampered with,
 * that is a problem.
 */
export async function listInstalled({ host, standing, ...options }: InstalledOptions): Promise<void> {
  await printList(options, {
    path: '/api/v1/installed',
    query: { host, standing },
    schema: installedSchema,
    entries: ({ programs }) => programs,
    seen: ({ programs }) => {
      if (programs.some(({ standing }) => standing === 'tampered')) process.exitCode = exit.problem;
    },
    none: 'No host reported such a program. `safeguard agent --once` reports.',
    columns,
    show: showInstalled,
  });
}

function showInstalled(programs: readonly ProgramJson[]): void {
  const rows = programs.map((one) => [
    printable(one.host),
    standingCells[one.standing],
    sayTime(one.since),
    printable(one.path),
    printable(`${starters[one.named]}: ${one.by}`),
  ]);
  for (const line of table(['HOST', 'STANDING', 'SINCE', 'PATH', 'STARTED BY'], rows)) print(line);
}
