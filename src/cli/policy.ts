import type { Command } from 'commander';
import { withExamples, withFormat } from './options.ts';
import type { LayerOptions } from './policy-acts.ts';

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
  init.action(async (file: string) => (await import('./policy-acts.ts')).initPolicy(file));
  withExamples(init, [['safeguard policy init', 'writes ./safeguard.toml; never over an existing file']]);

  const check = withLayers(command.command('check'))
    .summary('say whether a policy is right')
    .description('Reads a policy and says what is wrong with it: file, line, and what was probably meant.');
  withFormat(check).action(async (file: string, options: LayerOptions) =>
    (await import('./policy-acts.ts')).checkPolicy(file, options),
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
    (await import('./policy-acts.ts')).showPolicy(file, options),
  );
  withExamples(show, [
    ['safeguard policy show --organisation org.toml', 'what counts where both say something'],
  ]);

  const schema = command
    .command('schema')
    .summary('print the JSON Schema of a policy')
    .description('Prints the JSON Schema of safeguard.toml, with which editors complete and check it.');
  schema.action(async () => (await import('./policy-acts.ts')).printSchema());
  withExamples(schema, [
    [
      'safeguard policy schema > safeguard.schema.json',
      'name it in the policy: #:schema ./safeguard.schema.json',
    ],
  ]);

  withExamples(command, [
    ['safeguard policy init', 'start one'],
    ['safeguard policy show', 'see what is in force'],
  ]);
}

/** The policy file and, above it, the organisation's. */
function withLayers(command: Command): Command {
  return command
    .argument('[file]', 'the policy', 'safeguard.toml')
    .option('--organisation <file>', 'the organisation’s policy, over which the project’s adds');
}
