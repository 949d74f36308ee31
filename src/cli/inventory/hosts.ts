import { type HostsJson, hostsSchema, retiredSchema } from '../../server/host-contract.ts';
import { findServer } from '../shared/address.ts';
import { ask, queryText } from '../shared/api.ts';
import type { CsvCell } from '../shared/csv.ts';
import { table } from '../shared/table.ts';
import { note, print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';
import type { InventoryOptions, TableOptions } from './acts.ts';
import { printPages } from './csv.ts';

export interface HostOptions extends TableOptions {
  readonly environment?: string;
  readonly team?: string;
  readonly retired?: boolean;
}

export interface RetireOptions extends InventoryOptions {
  readonly reason: string;
}

/** Lists hosts by name: those that report, or those that are out of service. */
export async function listHosts(options: HostOptions): Promise<void> {
  const server = await findServer(options);
  const { environment, team, retired, after, limit } = options;
  const state = retired === true ? 'retired' : 'reporting';
  const page = async (next: string | undefined) => {
    const path = `/api/v1/hosts${queryText({ environment, team, state, after: next, limit })}`;
    return await ask(server, { path, acts: true }, hostsSchema);
  };
  const { value, json } = await page(after);
  if (options.format === 'csv')
    return await printPages(value, columns, {
      entries: ({ hosts }) => hosts,
      page: async (next) => (await page(next)).value,
    });
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  if (value.hosts.length === 0)
    return print(
      retired === true ? 'None is out of service.' : 'No host reports. `safeguard agent --once` does.',
    );
  const rows = value.hosts.map((one) => [
    printable(one.host),
    printable(one.environment ?? '-'),
    printable(one.team ?? '-'),
    String(one.processes),
    one.exposures === 0 ? '0' : { text: String(one.exposures), style: 'red' as const },
    sayTime(one.seen),
    one.retired === null ? '-' : `${sayTime(one.retired.at)} by ${printable(one.retired.by)}`,
  ]);
  for (const line of table(
    ['HOST', 'ENVIRONMENT', 'TEAM', 'PROCESSES', 'EXPOSURES', 'SEEN', 'RETIRED'],
    rows,
  ))
    print(line);
  if (value.next !== null)
    note(`${value.hosts.length} shown; the next page: --after ${printable(value.next)}`);
}

const columns: Readonly<Record<string, (host: HostsJson['hosts'][number]) => CsvCell>> = {
  host: ({ host }) => host,
  environment: ({ environment }) => environment,
  team: ({ team }) => team,
  service: ({ service }) => service,
  processes: ({ processes }) => processes,
  unread: ({ unread }) => unread,
  exposures: ({ exposures }) => exposures,
  seen: ({ seen }) => seen,
  by: ({ by }) => by,
  retired: ({ retired }) => retired?.at,
  'retired-by': ({ retired }) => retired?.by,
};

/** Takes a host out of service. */
export async function retireHost(host: string, { reason, ...options }: RetireOptions): Promise<void> {
  const server = await findServer(options);
  const request = {
    method: 'POST',
    path: '/api/v1/hosts/retire',
    body: { host, reason },
    acts: true,
  } as const;
  const { value, json } = await ask(server, request, retiredSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  const { processes } = value;
  print(
    `${printable(host)} is out of service: ${processes === 1 ? '1 process' : `${processes} processes`} of it count no more. A report of its agent brings it back.`,
  );
}
