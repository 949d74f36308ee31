import { type SightingsJson, sightingsSchema } from '../../server/inventory-contract.ts';
import { type Columns, type ListOptions, printList } from '../shared/list.ts';
import { table } from '../shared/table.ts';
import { print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';

export interface RunningOptions extends ListOptions {
  readonly host?: string;
  readonly standing?: 'known' | 'changed' | 'unknown';
  readonly restart?: boolean;
}

const standings = {
  known: 'known',
  changed: { text: 'changed', style: 'red' },
  unknown: { text: 'unknown', style: 'yellow' },
} as const;

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

/** Lists processes that hosts last reported, by host and pid. */
export async function listRunning({ host, standing, restart, ...options }: RunningOptions): Promise<void> {
  await printList(options, {
    path: '/api/v1/sightings',
    query: { host, standing, restart: restart === true ? 'yes' : undefined },
    schema: sightingsSchema,
    entries: ({ processes }) => processes,
    none: 'No host reported such a process. `safeguard agent --once` reports.',
    columns,
    show: showRunning,
  });
}

function showRunning(processes: readonly ProcessJson[]): void {
  const rows = processes.map((one) => [
    printable(one.host),
    String(one.pid),
    standings[one.standing],
    one.restart ? { text: 'restart', style: 'yellow' as const } : '-',
    sayTime(one.since),
    printable(one.path),
  ]);
  for (const line of table(['HOST', 'PID', 'STANDING', 'NEEDS', 'SINCE', 'PATH'], rows)) print(line);
}
