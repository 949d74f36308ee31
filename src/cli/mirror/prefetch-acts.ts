import { readFile } from 'node:fs/promises';
import { CargoError } from '../../cargo/error.ts';
import { isCrateName } from '../../cargo/index-path.ts';
import { parseLockfile } from '../../cargo/lockfile.ts';
import { isCratesIo } from '../../cargo/source-id.ts';
import { statusSchema } from '../../server/contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask, dispatcherFor } from '../shared/api.ts';
import { CliError, type ExitCode, exit } from '../shared/error.ts';
import { progressOn } from '../shared/progress.ts';
import { table } from '../shared/table.ts';
import { note, print } from '../shared/terminal.ts';
import { type Outcome, type Pinned, type Prefetched, prefetch } from './prefetch.ts';
import { httpPort } from './prefetch-http.ts';

export interface LockfileOptions extends ServerOptions {
  readonly lockfile: string;
  readonly concurrency: number;
  readonly format: 'text' | 'json';
}

export async function prefetchLockfile(options: LockfileOptions): Promise<void> {
  const { releases, others } = await readReleases(options.lockfile);
  const server = await findServer(options);
  // Nobody wants a thousand lines that all say that the server is down.
  await ask(server, { path: '/api/v1/status' }, statusSchema);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const dispatcher = dispatcherFor(server.url, { connections: options.concurrency });
  const progress = progressOn(process.stderr, releases.length);
  const done: Prefetched[] = [];
  try {
    await prefetch(releases, httpPort(server, dispatcher, stop.signal), {
      concurrency: options.concurrency,
      signal: stop.signal,
      onDone: (one) => {
        done.push(one);
        progress.step(done.length, sayCounts(done));
      },
    });
  } finally {
    progress.end();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await dispatcher.destroy();
  }
  const interrupted = stop.signal.aborted && done.length < releases.length;
  process.exitCode = interrupted ? exit.interrupted : exitOf(done);
  if (options.format === 'json') print(JSON.stringify(asJson(done, releases.length, others), null, 2));
  else for (const line of summary(done, releases.length, others)) print(line);
  if (interrupted) note('Stopped. The mirror keeps what it has: run it again to go on.');
}

/** The releases of a lockfile that come from the mirror, each once, and how many packages come from elsewhere. */
async function readReleases(file: string): Promise<{ releases: Pinned[]; others: number }> {
  const releases = new Map<string, Pinned>();
  let others = 0;
  for (const { name, version, source, checksum } of (await readLockfile(file)).packages) {
    if (source === undefined) continue;
    if (isCratesIo(source) && isCrateName(name))
      releases.set(`${name}@${version}`, { crate: name, version, checksum });
    else others++;
  }
  return { releases: [...releases.values()], others };
}

async function readLockfile(file: string) {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CliError('cli/file', `${file} cannot be read (${cause.code})`, {
      next: 'Name a lockfile with --lockfile; `cargo generate-lockfile` writes one.',
      cause,
    });
  });
  try {
    return parseLockfile(text);
  } catch (cause) {
    if (!(cause instanceof CargoError)) throw cause;
    const at = cause.line === undefined ? '' : `:${cause.line}`;
    throw new CliError('cli/file', `${file}${at}: ${cause.message}`, { cause });
  }
}

const outcomes: readonly Outcome[] = ['fetched', 'held', 'blocked', 'failed'];

function countOf(done: readonly Prefetched[], outcome: Outcome): number {
  return done.filter((one) => one.outcome === outcome).length;
}

/** `120 fetched, 2 held`; what did not happen is not said. */
function sayCounts(done: readonly Prefetched[]): string {
  const said = outcomes
    .map((outcome) => [countOf(done, outcome), outcome] as const)
    .filter(([count]) => count > 0)
    .map(([count, outcome]) => `${count} ${outcome}`);
  return said.join(', ') || 'none';
}

function summary(done: readonly Prefetched[], total: number, others: number): string[] {
  const problems = notFetched(done).map(({ release, outcome, reason }) => [
    `${release.crate}@${release.version}`,
    outcome,
    reason ?? '',
  ]);
  return [
    `${done.length} of ${total} crates: ${sayCounts(done)}.`,
    ...table([], problems).map((line) => `  ${line}`),
    ...(others === 0
      ? []
      : [`${others} packages come from elsewhere than crates.io, so not through this mirror.`]),
  ];
}

/** The gravest first, then by name. */
function notFetched(done: readonly Prefetched[]): Prefetched[] {
  const order: readonly Outcome[] = ['blocked', 'failed', 'held'];
  return done
    .filter(({ outcome }) => outcome !== 'fetched')
    .sort(
      (a, b) =>
        order.indexOf(a.outcome) - order.indexOf(b.outcome) ||
        (a.release.crate < b.release.crate ? -1 : a.release.crate > b.release.crate ? 1 : 0),
    );
}

function asJson(done: readonly Prefetched[], total: number, others: number) {
  return {
    total,
    elsewhere: others,
    counts: Object.fromEntries(outcomes.map((outcome) => [outcome, countOf(done, outcome)])),
    releases: notFetched(done).map(({ release, outcome, reason }) => ({
      crate: release.crate,
      version: release.version,
      outcome,
      reason,
    })),
  };
}

/** A refusal outweighs a failure: it stays true when the rest is known. */
function exitOf(done: readonly Prefetched[]): ExitCode {
  if (countOf(done, 'blocked') > 0) return exit.problem;
  if (countOf(done, 'failed') > 0) return exit.unavailable;
  return countOf(done, 'held') > 0 ? exit.waiting : exit.ok;
}
