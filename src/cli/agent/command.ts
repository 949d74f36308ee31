import type { Command } from 'commander';
import { withExamples, withFormat, withServer } from '../shared/options.ts';
import type { AgentOptions } from './acts.ts';

export function define(command: Command): void {
  command
    .description(
      'Looks once at every process of this host (Linux), and tells the server: which binary runs, by the digest of its bytes ' +
        'even where its file is gone, and what runs code that was replaced or removed on disk. The server ties it to the ' +
        'inventory. One look at a time: run it from a timer. What began and ended between two looks is not seen, nor are ' +
        'the packages of the distribution. Give it a token of its own, which can report and read nothing.',
    )
    .requiredOption('--once', 'look once and end; needed, for there is no other way yet')
    .option('--host <name>', 'what this host is called (default: its own name)')
    .option('--environment <name>', 'which environment it is of, such as production')
    .option('--team <name>', 'whose it is')
    .option('--service <name>', 'what it serves')
    .option('--dry-run', 'print what would be told, and tell nobody');
  withFormat(withServer(command)).action(async (options: AgentOptions) =>
    (await import('./acts.ts')).lookAround(options),
  );
  withExamples(command, [
    [
      'safeguard agent --once --environment production',
      'from a timer, with SAFEGUARD_SERVER and SAFEGUARD_TOKEN',
    ],
    ['safeguard agent --once --dry-run --format json', 'what it sees'],
  ]);
}
