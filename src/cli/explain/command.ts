import { type Command, Option } from 'commander';
import { collect, withExamples, withServer } from '../shared/options.ts';
import type { ExplainOptions } from './acts.ts';

export function define(command: Command): void {
  withServer(command)
    .description(
      'Explains a release: the verdict, every fact with its source and date, every rule that looked. Of a name that no ' +
        'registry has it says what it resembles and whose it is. It asks the running server; where there is none, or with --upstream, ' +
        '--policy or --advisory-db, it judges by itself.',
    )
    .argument('<crate[@version]>', 'which; without a version, the newest that is handed out')
    .option('--upstream <name|url>', 'judge here, against this registry')
    .option('--policy <file>', 'judge here, by this policy')
    .option(
      '--advisory-db <dir|url>',
      'judge here, with this advisory database, or none; may be given several times (default: that of the RustSec project)',
      collect,
    )
    .addOption(
      new Option('--format <format>', 'how to print').choices(['text', 'json', 'markdown']).default('text'),
    )
    .action(async (name: string, options: ExplainOptions) =>
      (await import('./acts.ts')).explainRelease(name, options),
    );
  withExamples(command, [
    ['safeguard explain arrayref@0.3.10', 'why is it held, and what is known of it?'],
    ['safeguard explain serde --upstream crates.io', 'without a server, the newest release'],
    ['safeguard explain serde_jsn', 'a name that nobody has: what does it resemble?'],
    [
      'safeguard explain serde --format json > serde.json',
      'to judge it again: safeguard verdict replay serde.json',
    ],
  ]);
}
