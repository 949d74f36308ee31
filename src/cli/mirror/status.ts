import { type StatusJson, statusSchema } from '../../server/contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { states } from '../shared/release-state.ts';
import { type Cell, table } from '../shared/table.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { sayWhen } from '../shared/when.ts';

export interface StatusOptions extends ServerOptions {
  readonly format: 'text' | 'json';
}

export async function showStatus(options: StatusOptions): Promise<void> {
  const server = await findServer(options);
  const { value, json } = await ask(server, { path: '/api/v1/status' }, statusSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  for (const line of describeStatus(server.url, value, Date.now())) print(line);
}

function describeStatus(url: string, status: StatusJson, now: number): string[] {
  const failing = status.failing === 0 ? '' : `, of which ${status.failing} could not be read last time`;
  const releases = states
    .filter((state) => (status.releases[state] ?? 0) > 0)
    .map((state) => `${status.releases[state]} ${state}`);
  const rows: Cell[][] = [
    ['server', `${url}, version ${printable(status.version)}, ${status.database}`],
    ['policy', `${printable(status.policy.digest.slice(0, 12))} since ${sayWhen(status.policy.since, now)}`],
    ['crates', `${status.crates}${failing}`],
    ['releases', releases.join(', ') || 'none yet'],
    ['next poll', status.nextPoll === null ? 'nothing to poll' : sayWhen(status.nextPoll, now)],
    ...agents(status),
    ['next judgement', status.nextJudgement === null ? 'nothing waits' : sayWhen(status.nextJudgement, now)],
  ];
  return [
    ...table([], rows),
    '',
    ...upstreams(status, now),
    ...feeds(status, now),
    ...notified(status, now),
    ...unusedWaivers(status),
    ...alarms(status, now),
  ];
}

/** Hosts that report, where there are any. */
function agents({ agents: of }: StatusJson): Cell[][] {
  if (of === undefined || of.older + of.same + of.newer === 0) return [];
  const { older, same, newer } = of;
  const text = `${older + same + newer}${older === 0 ? '' : `, ${older} of an older version`}`;
  if (newer === 0) return [['agents', text]];
  const left = `${newer} of a newer version than this server, which leaves out what it does not know`;
  return [['agents', { text: `${text}, ${left}: safeguard inventory hosts`, style: 'yellow' }]];
}

function upstreams(status: StatusJson, now: number): string[] {
  const rows = status.upstreams.map((upstream): Cell[] => [
    printable(upstream.name),
    upstream.reachable === null
      ? 'not asked yet'
      : upstream.reachable
        ? { text: 'reachable', style: 'green' }
        : { text: 'unreachable', style: 'red' },
    upstream.lastContact === null ? '-' : sayWhen(upstream.lastContact, now),
    printable(upstream.index + (upstream.lastError === null ? '' : `: ${upstream.lastError}`)),
  ]);
  return table(['UPSTREAM', 'NOW', 'LAST CONTACT', 'INDEX'], rows);
}

/** What others say, by which is judged and counted: when it was read, and why not anew. */
function feeds({ feeds: all = [] }: StatusJson, now: number): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ kind, name, readAt, alarm }): Cell[] => [
    printable(name),
    kind,
    readAt === null ? 'never yet' : sayWhen(readAt, now),
    alarm === null ? 'well' : { text: printable(alarm), style: 'red' },
  ]);
  return ['', ...table(['FEED', 'KIND', 'LAST READ', 'HOW IT DOES'], rows)];
}

function notified(status: StatusJson, now: number): string[] {
  if (status.notify.length === 0) return [];
  const rows = status.notify.map(({ name, kind, where, waiting, givenUp, lastDelivered, error }): Cell[] => [
    printable(name),
    kind ?? '-',
    waiting === 0 ? 'nothing' : String(waiting),
    givenUp === 0 ? 'none' : { text: String(givenUp), style: 'red' },
    lastDelivered === null ? '-' : sayWhen(lastDelivered, now),
    printable(where + (error === null ? '' : `: ${error}`)),
  ]);
  return ['', ...table(['TOLD', 'KIND', 'WAITING', 'GIVEN UP', 'LAST DELIVERED', 'WHERE'], rows)];
}

function unusedWaivers({ waivers }: StatusJson): string[] {
  if (waivers.length === 0) return [];
  const lines = waivers.flatMap(({ message, next }) => [printable(message), `  ${printable(next)}`]);
  return ['', paint('yellow', 'Unused waivers'), ...lines];
}

function alarms(status: StatusJson, now: number): string[] {
  if (status.alarms.length === 0) return [];
  return [
    '',
    paint('red', 'Alarms'),
    ...table(
      [],
      status.alarms.map(({ at, message }) => [sayWhen(at, now), printable(message)]),
    ),
  ];
}
