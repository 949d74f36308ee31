import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { HostReport, Labels, Look, SeenProcess } from '../../agent/report.ts';
import { scan } from '../../agent/scan.ts';
import { toldWhole } from '../../agent/told.ts';
import { reportedSchema } from '../../server/sighting-contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { CliError } from '../shared/error.ts';
import { note, print, printable } from '../shared/terminal.ts';

export interface AgentOptions extends ServerOptions {
  readonly format: 'text' | 'json';
  readonly host?: string;
  readonly environment?: string;
  readonly team?: string;
  readonly service?: string;
  /** Files and folders with programs that something starts. */
  readonly paths?: readonly string[];
  readonly dryRun?: boolean;
}

/** Looks at this host's processes, and tells the server. Throws `CliError`. */
export async function lookAround(options: AgentOptions): Promise<void> {
  const { labels, look } = lookOf(options);
  const { processes, unread } = look;
  const report: HostReport = { ...labels, ...toldWhole(look) };
  if (options.format === 'text') {
    for (const process of processes) printStale(process);
    if (unread > 0)
      note(`${unread} could not be read: run it as root, or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH.`);
  }
  if (options.dryRun === true) {
    if (options.format === 'json') print(JSON.stringify(report, null, 2));
    else print(`${processes.length} processes; nobody was told.`);
    return;
  }
  const server = await findServer(options);
  const request = { method: 'POST', path: '/api/v1/sightings', body: report, acts: true } as const;
  const { value, json } = await ask(server, request, reportedSchema);
  if (options.format === 'json') print(JSON.stringify(json, null, 2));
  else {
    print(
      `${printable(value.host)}: ${value.processes} processes told, ${value.begun} of them new, ${value.ended} ended.`,
    );
    if (value.ignored.length > 0)
      note(`The server is older than this agent, and left out: ${printable(value.ignored.join(', '))}.`);
  }
}

function lookOf({ host, environment, team, service, paths }: AgentOptions): {
  readonly labels: Labels;
  readonly look: Look;
} {
  if (process.platform !== 'linux')
    throw new CliError('cli/usage', 'the agent reads /proc, which Linux alone has', {
      next: 'Binaries of this host can be added with `safeguard inventory add`.',
    });
  const labels = {
    host: host ?? hostname(),
    ...(environment === undefined ? {} : { environment }),
    ...(team === undefined ? {} : { team }),
    ...(service === undefined ? {} : { service }),
  };
  return {
    labels,
    look: scan(
      '/proc',
      paths?.map((path) => resolve(path)),
    ),
  };
}

function printStale({ pid, path, state, stale }: SeenProcess): void {
  const old = [{ path, state }, ...stale].filter(
    (one) => one.state === 'replaced' || one.state === 'deleted',
  );
  if (old.length === 0) return;
  const said = old.map((one) => `${printable(one.path)} (${one.state})`).join(', ');
  print(`restart needed: ${pid} ${printable(path)} runs ${said}`);
}
