import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RunningServer, ServeOptions } from '../../server/serve.ts';
import { serveFlags } from '../../server/settings/flags.ts';
import { exit } from '../shared/error.ts';
import { collect, withExamples } from '../shared/options.ts';
import { note, paint, print, stayWithoutReader } from '../shared/terminal.ts';

export function define(command: Command): void {
  command.description(
    'Runs the mirror. Cargo gets its index and its crates from here; a new release is held until it is old enough ' +
      'and the policy has judged it.',
  );
  for (const { key, form, description, default: usual } of serveFlags) {
    const option = new Option(form, description);
    if (typeof usual === 'string') option.default(usual);
    if (key === 'listen') option.argParser(listenAddress);
    if (key === 'advisoryDb') option.argParser(collect);
    if (key === 'logFormat') option.choices(['text', 'json']);
    command.addOption(option);
  }
  command.action(async (options: ServeOptions) => {
    // By far the largest part: brought in here only.
    const { serve } = await import('../../server/serve.ts');
    await serveUntilStopped(options, serve);
  });
  withExamples(command, [
    ['safeguard serve', 'on this machine only, at port 8480, keeping everything in ./safeguard-data'],
    [
      'safeguard serve --listen 0.0.0.0:8480 --config server.toml --policy safeguard.toml',
      'for the whole network: server.toml says auth-required = true',
    ],
    ['safeguard serve --database postgres://safeguard@db/safeguard', 'as one of several replicas'],
    [
      'safeguard serve --database postgres://safeguard@db/safeguard --no-watch',
      'as one that only hands out what the others decide',
    ],
  ]);
}

/** Milliseconds from the signal to the end of the process. */
const longestStop = 9_000;

/** Starts a server, says how to use it, and stops it in good order on the first SIGINT or SIGTERM. */
export async function serveUntilStopped(
  options: ServeOptions,
  serve: (options: ServeOptions) => Promise<RunningServer>,
): Promise<void> {
  stayWithoutReader();
  const stopped = Promise.withResolvers<void>();
  let running: RunningServer | undefined;
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping || running === undefined) process.exit(signal === 'SIGINT' ? exit.interrupted : 143);
    stopping = true;
    note('Stopping: what is under way has a few seconds. Once more ends it at once.');
    running.close().then(stopped.resolve, stopped.reject);
    // Whatever hangs, a database that does not answer too: what is not on disk is taken up again at the next start.
    setTimeout(() => process.exit(), longestStop).unref();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    running = await serve(options);
    // Machines read stdout when the log is JSON: then the greeting goes beside it.
    const say = options.logFormat === 'json' ? note : print;
    for (const line of greeting(running)) say(line);
    await stopped.promise;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** What `serve` prints once it is up. */
function greeting(server: RunningServer): string[] {
  const index = server.indexUrl.startsWith('sparse+') ? server.indexUrl : `sparse+${server.indexUrl}`;
  return [
    `Safeguard is at ${paint('bold', server.url)}`,
    ...(server.hasPages ? ['In a browser it shows what waits, and why.'] : []),
    '',
    'For cargo, these four lines in .cargo/config.toml (`safeguard init` writes them):',
    '',
    '    [source.crates-io]',
    '    replace-with = "safeguard"',
    '    [registries.safeguard]',
    `    index = "${index}"`,
    '',
    'The policy in force:',
    ...server.policySummary.map((line) => `    ${line}`),
    '',
    'Ctrl-C stops it.',
  ];
}

function listenAddress(text: string): string {
  if (!/^(\[[0-9a-fA-F:.]+\]|[^\s:/]+):\d{1,5}$/.test(text))
    throw new InvalidArgumentError('expected HOST:PORT, for example 127.0.0.1:8480.');
  return text;
}
