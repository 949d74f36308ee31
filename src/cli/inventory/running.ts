import { type SightingsJson, sightingsSchema } from '../../server/inventory-contract.ts';
import { findServer } from '../shared/address.ts';
import { ask, queryText } from '../shared/api.ts';
import type { CsvCell } from '../shared/csv.ts';
import { table } from '../shared/table.ts';
import { note, print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';
import type { TableOptions } from './acts.ts';
import { printPages } from './csv.ts';

export interface RunningOptions extends TableOptions {
  readonly host?: string;
  readonly standing?: 'known' | 'changed' | 'unknown';
  readonly restart?: boolean;
}

const standings = {
  known: 'known',
  changed: { text: 'changed', style: 'red' },
  unknown: { text: 'unknown', style: 'yellow' },
} as const;

const columns: Readonly<Record<string, (process: SightingsJson['processes'][number]) => CsvCell>> = {
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
export async function listRunning(options: RunningOptions): Promise<void> {
  const server = await findServer(options);
  const { host, standing, after, limit } = options;
  const restart = options.restart === true ? 'yes' : undefined;
  const page = async (next: string | undefined) => {
    const path = `/api/v1/sightings${queryText({ host, standing, restart, after: next, limit })}`;
    return await ask(server, { path, acts: true }, sightingsSchema);
  };
  const { value, json } = await page(after);
  if (options.format === 'csv')
    return await printPages(value, columns, {
      entries: ({ processes }) => processes,
      page: async (next) => (await page(next)).value,
    });
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  if (value.processes.length === 0)
    return print('No host reported such a process. `safeguard agent --once` reports.');
  const rows = value.processes.map((one) => [
    printable(one.host),
    String(one.pid),
    standings[one.standing],
    one.restart ? { text: 'restart', style: 'yellow' as const } : '-',
    sayTime(one.since),
    printable(one.path),
  ]);
  for (const line of table(['HOST', 'PID', 'STANDING', 'NEEDS', 'SINCE', 'PATH'], rows)) print(line);
  if (value.next !== null)
    note(`${value.processes.length} shown; the next page: --after ${printable(value.next)}`);
}
