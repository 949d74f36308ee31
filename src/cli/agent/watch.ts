import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BuildsFile } from '../../agent/builds.ts';
import { DiskQueue } from '../../agent/queue.ts';
import { Scanner } from '../../agent/scan.ts';
import { sender } from '../../agent/send.ts';
import { type Step, Watch } from '../../agent/watch.ts';
import { findServer, findToken, isLoopback, type ServerOptions } from '../shared/address.ts';
import { CliError } from '../shared/error.ts';
import { note, printable } from '../shared/terminal.ts';

export interface WatchOptions extends ServerOptions {
  readonly host?: string;
  readonly environment?: string;
  readonly team?: string;
  readonly service?: string;
  /** Files and folders with programs that something starts. */
  readonly paths?: readonly string[];
  /** Seconds from one look to the next. */
  readonly period?: number;
  readonly queue?: string;
}

/**
 * Looks at this host's processes until it is told to stop (SIGINT, SIGTERM), and tells the server what is otherwise.
 * What is loaded for it is held small by a test. Throws `CliError`.
 */
export async function watchHost(options: WatchOptions): Promise<void> {
  if (process.platform !== 'linux')
    throw new CliError('cli/usage', 'the agent reads /proc, which Linux alone has');
  const period = (options.period ?? 60) * 1000;
  const server = await findServer(options);
  const target = { url: server.url, token: await findToken(server), isNear: isLoopback(server.url) };
  const { host = hostname(), environment, team, service } = options;
  const folder = options.queue ?? process.env.STATE_DIRECTORY ?? join(options.data, 'agent');
  const queue = queueIn(folder);
  const builds = new BuildsFile(folder);
  const scanner = new Scanner(
    '/proc',
    builds.read(),
    options.paths?.map((path) => resolve(path)),
  );
  const watch = new Watch({
    look: () => scanner.look(),
    send: sender(target),
    queue,
    uptime: () => Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000,
    session: () => randomUUID(),
    labels: { host, environment, team, service },
  });
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  note(`Looking at the processes of ${printable(host)} every ${period / 1000} s, for ${server.url}.`);
  // What was said last; nothing yet.
  let trouble: string | undefined | null = null;
  while (!stopping.signal.aborted) {
    try {
      trouble = sayStep(await watch.step(), trouble);
      builds.write(scanner.objects.builds);
    } catch (error) {
      // A full disk, or a /proc that cannot be read now: what was not told is in the next change.
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      const said = (error as Error).message;
      if (said !== trouble)
        note(`This look was lost: ${printable(said)}. The next one tells what it would have.`);
      trouble = said;
    }
    // Hosts that were started together do not all tell in the same second for ever.
    await wait(period * (0.9 + Math.random() * 0.2), undefined, { signal: stopping.signal }).catch(() => {});
  }
  process.off('SIGINT', stop).off('SIGTERM', stop);
}

/** Says what is new about the telling, and no line a minute. */
function sayStep(
  { processes, waiting, trouble, lost }: Step,
  before: string | undefined | null,
): string | undefined {
  if (lost > 0) note(`Given up ${lost} changes that the server did not take; all that runs is told anew.`);
  if (trouble !== before)
    note(
      trouble === undefined
        ? `The server has it: ${processes} processes.`
        : `The server does not take it: ${printable(trouble)}. What changes is kept (${waiting} waiting).`,
    );
  return trouble;
}

function queueIn(folder: string): DiskQueue {
  try {
    return new DiskQueue(folder);
  } catch (error) {
    throw new CliError('cli/file', `${folder} cannot be written: ${(error as Error).message}`, {
      next: 'Name a folder of its own with --queue.',
      cause: error,
    });
  }
}
