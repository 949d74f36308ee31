import { quarantineListSchema, type ReleaseJson } from '../../server/contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { stateCell } from '../shared/release-state.ts';
import { type Cell, table } from '../shared/table.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { sayWhen } from '../shared/when.ts';

export interface ListOptions extends ServerOptions {
  readonly state?: string;
  readonly crate?: string;
  readonly registry?: string;
  readonly limit: number;
  readonly format: 'text' | 'json';
}

export async function list(options: ListOptions): Promise<void> {
  const server = await findServer(options);
  const query = new URLSearchParams({ limit: String(options.limit) });
  if (options.state !== undefined) query.set('state', options.state);
  if (options.crate !== undefined) query.set('crate', options.crate);
  if (options.registry !== undefined) query.set('registry', options.registry);
  const { value, json } = await ask(server, { path: `/api/v1/quarantine?${query}` }, quarantineListSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  for (const line of listing(value.releases, options, Date.now())) print(line);
}

function listing(releases: readonly ReleaseJson[], options: ListOptions, now: number): string[] {
  if (releases.length === 0)
    return [
      options.state === undefined
        ? 'Nothing is held back.'
        : `No release is in the state ${options.state.split(',').join(' or ')}.`,
    ];
  const isCounted = releases.some(({ waiting }) => waiting !== undefined);
  const rows = releases.map((release): Cell[] => [
    printable(`${release.crate}@${release.version}`),
    stateCell(release.state),
    sayWhen(release.since, now),
    ...(isCounted ? [String(release.waiting ?? 0)] : []),
    release.until === undefined ? '-' : sayWhen(release.until, now),
    [...new Set(release.verdict.findings.map(({ rule }) => printable(rule)))].join(', ') || '-',
  ]);
  const more =
    releases.length === options.limit
      ? [paint('dim', `The first ${options.limit}; there may be more: --limit.`)]
      : [];
  return [
    ...table(['RELEASE', 'STATE', 'SINCE', ...(isCounted ? ['WAITING'] : []), 'UNTIL', 'RULES'], rows),
    ...more,
  ];
}
