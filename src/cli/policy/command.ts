import { type Command, InvalidArgumentError } from 'commander';
import { collect, withExamples, withFormat } from '../shared/options.ts';
import type { LayerOptions } from './acts.ts';
import type { BacktestOptions } from './backtest-acts.ts';
import type { PruneOptions } from './prune.ts';

export function define(command: Command): void {
  command.description(
    'A policy is a TOML file; an empty one is good. Where an organisation has one too, the stricter value counts, one by one.',
  );

  const init = command
    .command('init')
    .summary('write a policy with every setting explained')
    .description(
      'Writes a policy that says what holds anyway: every setting with its default, commented out.',
    )
    .argument('[file]', 'where', 'safeguard.toml');
  init.action(async (file: string) => (await import('./acts.ts')).initPolicy(file));
  withExamples(init, [['safeguard policy init', 'writes ./safeguard.toml; never over an existing file']]);

  const check = withLayers(command.command('check'))
    .summary('say whether a policy is right')
    .description('Reads a policy and says what is wrong with it: file, line, and what was probably meant.');
  withFormat(check).action(async (file: string, options: LayerOptions) =>
    (await import('./acts.ts')).checkPolicy(file, options),
  );
  withExamples(check, [
    ['safeguard policy check', 'reads ./safeguard.toml; exit code 64 where it is wrong'],
    ['safeguard policy check safeguard.toml --organisation org.toml', 'together with the organisation’s'],
  ]);

  const show = withLayers(command.command('show'))
    .summary('show every value, and where it comes from')
    .description(
      'Shows every setting in force: a default, the organisation’s, or the project’s, with file and line.',
    );
  withFormat(show).action(async (file: string, options: LayerOptions) =>
    (await import('./acts.ts')).showPolicy(file, options),
  );
  withExamples(show, [
    ['safeguard policy show --organisation org.toml', 'what counts where both say something'],
  ]);

  const prune = command
    .command('prune')
    .summary('take out what nothing needs')
    .description(
      'Takes out of the project’s policy the waivers, exceptions and sources that are about nothing in its lockfile. Every other ' +
        'byte of the file stays.',
    )
    .option('--lockfile <file>', 'the lockfile (default: the Cargo.lock of the manifest’s workspace)')
    .option('--manifest-path <file>', 'the manifest of the project', 'Cargo.toml')
    .option('--dry-run', 'say what would be taken out, and change nothing');
  prune.action(async (options: PruneOptions) => (await import('./prune.ts')).prunePolicy(options));
  withExamples(prune, [['safeguard policy prune --dry-run', 'after an update']]);

  const schema = command
    .command('schema')
    .summary('print the JSON Schema of a policy')
    .description('Prints the JSON Schema of safeguard.toml, with which editors complete and check it.');
  schema.action(async () => (await import('./acts.ts')).printSchema());
  withExamples(schema, [
    [
      'safeguard policy schema > safeguard.schema.json',
      'name it in the policy: #:schema ./safeguard.schema.json',
    ],
  ]);

  const back = command
    .command('backtest')
    .summary('see what a policy would have held, let in and delayed')
    .description(
      'Replays every release that a mirror knows, and every attack that an advisory tells of, as of its own day: what the ' +
        'policy would have held and for how long, what it would have let in, and how many good releases it would have ' +
        'delayed. It only reads, and may do so while the mirror runs.',
    )
    .requiredOption('--since <date>', 'the first day of it, such as 2026-01-01', readDate)
    .option('--policy <file>', 'the policy (default: every rule with its defaults)')
    .option('--organisation <file>', 'the organisation’s policy, over which the project’s adds')
    .option(
      '--advisory-db <dir|url>',
      'an advisory database; may be given several times; without one, no rule about advisories is asked',
      collect,
    )
    .option('--data <dir>', 'where the mirror keeps everything', './safeguard-data')
    .option('--database <url>', 'its PostgreSQL database, where it has one')
    .option('--upstream <name|url>', 'which of its registries', 'crates.io');
  withFormat(back).action(async (options: BacktestOptions) =>
    (await import('./backtest-acts.ts')).backtestPolicy(options),
  );
  withExamples(back, [
    [
      'safeguard policy backtest --since 2026-01-01 --advisory-db ./advisory-db',
      'the default policy on what ./safeguard-data has seen',
    ],
    [
      'safeguard policy backtest --since 2026-06-01 --policy stricter.toml --format json > backtest.json',
      'another policy, with every release that it stops',
    ],
  ]);

  withExamples(command, [
    ['safeguard policy init', 'start one'],
    ['safeguard policy show', 'see what is in force'],
    ['safeguard policy backtest --since 2026-01-01', 'see what it would have done'],
  ]);
}

/** Reads a date, which begins at midnight UTC, as epoch milliseconds. */
function readDate(text: string): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('Expected a date such as 2026-01-31.');
  return time;
}

/** The policy file and, above it, the organisation's. */
function withLayers(command: Command): Command {
  return command
    .argument('[file]', 'the policy', 'safeguard.toml')
    .option('--organisation <file>', 'the organisation’s policy, over which the project’s adds');
}
