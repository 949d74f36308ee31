import { type Command, Option } from 'commander';
import { withExamples, withJudge } from '../shared/options.ts';
import type { CheckOptions } from './acts.ts';

export function define(command: Command): void {
  withJudge(
    command
      .description(
        'Judges a Cargo.lock: with --base, what it changes; without, all of it. No cargo is run and nothing of the project is ' +
          'executed. With --base only what the change brings in can fail it; what is found on the rest stands apart. Facts come ' +
          'from the running server that --server or SAFEGUARD_SERVER names, else from the registry by a cache of your own.',
      )
      .option(
        '--base <rev|file>',
        'what it is compared with: a git revision (where the branch left it), or an old Cargo.lock',
      )
      .option('--lockfile <file>', 'the lockfile (default: the Cargo.lock of the manifest’s workspace)')
      .option('--manifest-path <file>', 'the manifest of the project', 'Cargo.toml'),
  )
    .option('--offline', 'ask nothing of the network: what the cache does not have is unknown', false)
    .addOption(
      new Option('--format <format>', 'how to print')
        .choices(['text', 'json', 'markdown', 'sarif', 'github'])
        .default('text'),
    )
    .option('--all', 'list every change and what was there before, not only their numbers', false)
    .option(
      '--keep <name>',
      'keep the verdict on the server, under what the change is called (with a token), for its page Changes',
    )
    .option(
      '--head-commit <id>',
      'with --keep: the pull request’s own newest commit, where a merge of it is checked out, as most CIs do',
    )
    .option('--explain <rule>', 'say what is behind the findings of a rule, and how to ask for a waiver')
    .action(async (options: CheckOptions) => (await import('./acts.ts')).checkProject(options));
  withExamples(command, [
    ['safeguard check', 'the whole Cargo.lock of this project'],
    ['safeguard check --base origin/main', 'what this branch changes'],
    [
      'safeguard check --base origin/main --server https://crates.corp.example',
      'by the facts and policy of a server',
    ],
    [
      'safeguard check --base origin/main --server https://crates.corp.example --keep https://git.corp.example/shop/pull/214',
      'the same, to be found on the page Changes',
    ],
    ['safeguard check --base HEAD --explain age', 'why something has to wait, and what can be done'],
    ['safeguard check --base origin/main --format sarif > safeguard.sarif', 'for code scanning'],
  ]);
}
