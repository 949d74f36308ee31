import { type Command, InvalidArgumentError, Option } from 'commander';

// Options and help that several commands share. Light: it is read to print `--help`.

/** An example: what to type, and what it does. */
export type Example = readonly [command: string, what: string];

const examples = new WeakMap<Command, readonly Example[]>();

/** Adds examples to a command's help; the reference pages show them as well. */
export function withExamples(command: Command, list: readonly Example[]): Command {
  examples.set(command, list);
  const lines = list.map(([line, what]) => `  ${line}\n      ${what}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

export function examplesOf(command: Command): readonly Example[] {
  return examples.get(command) ?? [];
}

/** `--server` and `--data`: where the running server is. */
export function withServer(command: Command): Command {
  return command
    .option(
      '--server <url>',
      'the running server (default: SAFEGUARD_SERVER, else the one that --data tells of)',
    )
    .option('--data <dir>', "the server's data folder, where it is on this machine", './safeguard-data');
}

/** `--policy`, `--server`, `--upstream` and `--advisory-db`: what a lockfile is judged by. */
export function withJudge(command: Command): Command {
  return command
    .option(
      '--policy <file>',
      'the project’s policy (default: the safeguard.toml beside the lockfile, if there is one)',
    )
    .option('--server <url>', 'the running server that gives facts and the organisation’s policy')
    .option('--upstream <name|url>', 'the registry to ask where there is no server', 'crates.io')
    .option(
      '--advisory-db <dir|url>',
      'an advisory database to go by where there is no server, or none; may be given several times (default: that of the RustSec project)',
      collect,
    );
}

/** `--format text|json`. */
export function withFormat(command: Command): Command {
  return command.addOption(
    new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'),
  );
}

/** `--format text|json|csv`: all pages where it is CSV. */
export function withTableFormat(command: Command): Command {
  return command.addOption(
    new Option('--format <format>', 'how to print; csv: every page of it')
      .choices(['text', 'json', 'csv'])
      .default('text'),
  );
}

/** `--reason`, which every act needs. */
export function withReason(command: Command): Command {
  return command.requiredOption('--reason <text>', 'why; it stays in the log');
}

/** Reads a whole number from 1 to `most` for an option. */
export function countUpTo(most: number): (text: string) => number {
  return (text) => {
    if (!/^[1-9]\d{0,8}$/.test(text) || Number(text) > most)
      throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
    return Number(text);
  };
}

/** Gathers the values of an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
