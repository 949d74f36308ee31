import { type Command, Option } from 'commander';
import { withExamples } from '../shared/options.ts';

export function define(command: Command): void {
  command
    .description(
      'Speaks cargo’s protocol of credential providers: cargo starts it when a mirror wants a token. In a CI job it exchanges the ' +
        'job’s token (or the key in SAFEGUARD_BUILD_KEY) for a session that fetches what the Cargo.lock here names, for minutes; ' +
        'elsewhere it gives the token that `cargo login` was given, or SAFEGUARD_TOKEN. `safeguard init --credential` writes it into ' +
        'cargo’s configuration.',
    )
    .option(
      '--audience <text>',
      'whom the CI’s token is for (default: the server’s address); in cargo’s configuration',
    )
    .addOption(new Option('--cargo-plugin').hideHelp())
    .action(async () => (await import('./provider.ts')).speak(process.stdin, process.stdout));
  withExamples(command, [
    [
      'safeguard credential --cargo-plugin',
      'what cargo starts once `safeguard init --credential` is written; it speaks JSON, a line at a time',
    ],
  ]);
}
