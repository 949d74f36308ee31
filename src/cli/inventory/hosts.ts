import { type HostsJson, hostsSchema, retiredSchema } from '../../server/host-contract.ts';
import { findServer } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { type Columns, type ListOptions, printList } from '../shared/list.ts';
import { table } from '../shared/table.ts';
import { note, print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';
import type { InventoryOptions } from './acts.ts';

export interface HostOptions extends ListOptions {
  readonly environment?: string;
  readonly team?: string;
  readonly retired?: boolean;
}

export interface RetireOptions extends InventoryOptions {
  readonly reason: string;
}

/** Lists hosts by name: those that report, or those that are out of service. */
export async function listHosts({ environment, team, retired, ...options }: HostOptions): Promise<void> {
  await printList(options, {
    path: '/api/v1/hosts',
    query: { environment, team, state: retired === true ? 'retired' : 'reporting' },
    schema: hostsSchema,
    entries: ({ hosts }) => hosts,
    none: retired === true ? 'None is out of service.' : 'No host reports. `safeguard agent --once` does.',
    columns,
    show: showHosts,
  });
}

type HostJson = HostsJson['hosts'][number];

const head = ['HOST', 'ENVIRONMENT', 'TEAM', 'PROCESSES', 'EXPOSURES', 'SEEN', 'RETIRED'];

function showHosts(hosts: readonly HostJson[]): void {
  const rows = hosts.map((one) => [
    printable(one.host),
    printable(one.environment ?? '-'),
    printable(one.team ?? '-'),
    String(one.processes),
    one.exposures === 0 ? '0' : { text: String(one.exposures), style: 'red' as const },
    sayTime(one.seen),
    one.retired === null ? '-' : `${sayTime(one.retired.at)} by ${printable(one.retired.by)}`,
  ]);
  for (const line of table(head, rows)) print(line);
  const newer = hosts.filter(({ agent }) => agent.newer).map(({ host }) => printable(host));
  if (newer.length > 0)
    note(
      `Agents of a newer version than the server, which leaves out what it does not know: ${newer.join(', ')}.`,
    );
}

const columns: Columns<HostJson> = {
  host: ({ host }) => host,
  environment: ({ environment }) => environment,
  team: ({ team }) => team,
  service: ({ service }) => service,
  processes: ({ processes }) => processes,
  unread: ({ unread }) => unread,
  agent: ({ agent }) => agent.version,
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
