import { type SightingsJson, sightingsSchema } from '../../server/sighting-contract.ts';
import type { Standing } from '../../store/sightings/store.ts';
import { exit } from '../shared/error.ts';
import { type Columns, type ListOptions, printList } from '../shared/list.ts';
import { table } from '../shared/table.ts';
import { print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';
import { standingCells } from './standing-cells.ts';

export interface RunningOptions extends ListOptions {
  readonly host?: string;
  readonly standing?: Standing;
  readonly restart?: boolean;
}

type ProcessJson = SightingsJson['processes'][number];

const columns: Columns<ProcessJson> = {
  host: ({ host }) => host,
  pid: ({ pid }) => pid,
  path: ({ path }) => path,
  digest: ({ digest }) => digest,
  'build-id': ({ buildId }) => buildId,
  standing: ({ standing }) => standing,
  state: ({ state }) => state,
  restart: ({ restart }) => restart,
  since: ({ since }) => since,
};

/**
 * Lists processes that hosts last reported, by host and pid, those that were tampered with first: where there is one,
 * that is a problem.
 */
export async function listRunning({ host, standing, restart, ...options }: RunningOptions): Promise<void> {
  await printList(options, {
    path: '/api/v1/sightings',
    query: { host, standing, restart: restart === true ? 'yes' : undefined },
    schema: sightingsSchema,
    entries: ({ processes }) => processes,
    seen: ({ processes }) => {
      if (processes.some(({ standing }) => standing === 'tampered')) process.exitCode = exit.problem;
    },
    none: 'No host reported such a process. `safeguard agent --once` reports.',
    columns,
    show: showRunning,
  });
}

function showRunning(processes: readonly ProcessJson[]): void {
  const rows = processes.map((one) => [
    printable(one.host),
    String(one.pid),
    standingCells[one.standing],
    one.restart ? { text: 'restart', style: 'yellow' as const } : '-',
    sayTime(one.since),
    printable(one.path),
  ]);
  for (const line of table(['HOST', 'PID', 'STANDING', 'NEEDS', 'SINCE', 'PATH'], rows)) print(line);
}
