import type { Command } from 'commander';
import { withExamples, withFormat } from '../shared/options.ts';
import type { AllowOptions, SeedOptions } from './acts.ts';

export function define(command: Command): void {
  command.description(
    'The list of what may run while this project is built: safeguard/allow.toml, beside the lockfile. `safeguard review` adds to it.',
  );
  withExamples(command, [
    ['safeguard allow seed', 'adopt what is there, as debt that is to go down'],
    ['safeguard allow list', 'who said yes to what'],
  ]);
  const list = withProject(withFormat(command.command('list').summary('say what is approved, and by whom')))
    .description('What is approved, by whom, and what of it nobody has read.')
    .action(async (options: AllowOptions) => (await import('./acts.ts')).listAllowed(options));
  withExamples(list, [['safeguard allow list', 'who said yes to what']]);
  const seed = withProject(
    withFormat(command.command('seed').summary('begin the list with what is there now')),
  )
    .description(
      'Begins the list with what the lockfile has now. Nobody has read that: it counts as grandfathered, is shown as debt, and ' +
        'whatever changes of it is asked for. What is approved already stays as it is.',
    )
    .option('--as <name>', 'who begins the list (default: you)')
    .option('--server <url>', 'the running server that gives facts')
    .option('--upstream <name|url>', 'the registry to ask where there is no server', 'crates.io')
    .option('--offline', 'ask nobody', false)
    .action(async (options: SeedOptions) => (await import('./acts.ts')).seedAllowed(options));
  withExamples(seed, [['safeguard allow seed --lockfile Cargo.lock', 'take the present state as it is']]);
  const prune = withProject(withFormat(command.command('prune').summary('take out what nothing needs')))
    .description('Takes out what no package of the lockfile needs any more, and what has expired.')
    .action(async (options: AllowOptions) => (await import('./acts.ts')).pruneAllowed(options));
  withExamples(prune, [['safeguard allow prune', 'after an update']]);
  const revoke = withProject(withFormat(command.command('revoke').summary('take an approval back')))
    .argument('<crate[@version]>', 'whose approvals end')
    .description('Takes an approval back: what it covered waits for a review again.')
    .action(async (named: string, options: AllowOptions) =>
      (await import('./acts.ts')).revokeAllowed(named, options),
    );
  withExamples(revoke, [['safeguard allow revoke ring', 'all versions of it']]);
}

function withProject(command: Command): Command {
  return command
    .option('--lockfile <file>', 'the lockfile (default: the Cargo.lock of the manifest’s workspace)')
    .option('--manifest-path <file>', 'the manifest of the project', 'Cargo.toml');
}
