import type { Command } from 'commander';
import { withExamples, withServer } from '../shared/options.ts';
import type { InitOptions } from './config.ts';

export function define(command: Command): void {
  command
    .description(
      "Points cargo at the mirror: in the project's .cargo/config.toml, or with --global in cargo's home folder, which " +
        'is the only one that `cargo install` reads. It adds what is missing and leaves every other byte as it is.',
    )
    .option('--global', "for this user's every project and for `cargo install`: the file in CARGO_HOME")
    .option('--cargo', 'only put `cargo-safeguard` beside cargo, so that `cargo safeguard …` works')
    .option('--credential', 'have cargo ask `safeguard credential` for what a closed mirror wants')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--force', 'replace a value that points somewhere else');
  withServer(command).action(async (options: InitOptions) => {
    if (options.cargo) (await import('./subcommand.ts')).installSubcommand(options);
    else await (await import('./config.ts')).init(options);
  });
  withExamples(command, [
    ['safeguard init', "this project, through this machine's server"],
    ['safeguard init --global --server https://crates.example.org', 'all of cargo, through another'],
    ['safeguard init --cargo', 'from then on, `cargo safeguard check` and all the others'],
    ['safeguard init --credential', 'in CI each job then fetches with a session of its own'],
    ['safeguard init --dry-run', 'see what it would write'],
  ]);
}
