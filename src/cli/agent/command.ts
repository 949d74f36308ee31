import type { Command } from 'commander';
import { countUpTo, withExamples, withFormat, withServer } from '../shared/options.ts';
import type { AgentOptions } from './acts.ts';
import type { WatchOptions } from './watch.ts';

export function define(command: Command): void {
  command
    .description(
      'Looks at every process of this host (Linux), again and again, and tells the server what is new: which binary runs, by the digest of its ' +
        'bytes even where its file is gone, which libraries it has loaded, of which packages of its distribution, and what runs ' +
        'code that was replaced or removed on disk. The server ties it to the ' +
        'inventory. What happens while the server is away is kept on disk and told later. What began and ended between two looks ' +
        'is not seen, nor is a library that was closed again. Give it a token of its own, which can report and read nothing.',
    )
    .option('--once', 'look once, tell all of it, and end')
    .option('--period <seconds>', 'from one look to the next (default: 60)', countUpTo(86_400))
    .option(
      '--queue <folder>',
      'what the server has not taken yet (default: agent/ in the data folder, or what systemd gives)',
    )
    .option('--host <name>', 'what this host is called (default: its own name)')
    .option('--environment <name>', 'which environment it is of, such as production')
    .option('--team <name>', 'whose it is')
    .option('--service <name>', 'what it serves')
    .option(
      '--paths <path...>',
      'programs, or folders of them, that something starts beside systemd and cron',
    )
    .option('--dry-run', 'print what would be told, and tell nobody');
  withFormat(withServer(command)).action(
    async (options: AgentOptions & WatchOptions & { once?: boolean }) => {
      if (options.once === true || options.dryRun === true)
        return await (await import('./acts.ts')).lookAround(options);
      return await (await import('./watch.ts')).watchHost(options);
    },
  );
  withExamples(command, [
    [
      'safeguard agent --environment production',
      'until it is stopped, with SAFEGUARD_SERVER and SAFEGUARD_TOKEN',
    ],
    ['safeguard agent --once --dry-run --format json', 'what it sees'],
  ]);
}
