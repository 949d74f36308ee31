import type { Command } from 'commander';
import { type Example, examplesOf } from './shared/options.ts';

/** The commands as data: what completions and the reference pages are made of. */
export interface CommandReference {
  /** From the program's name on. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly arguments: readonly ArgumentReference[];
  readonly options: readonly OptionReference[];
  readonly examples: readonly Example[];
  readonly commands: readonly CommandReference[];
}

export interface ArgumentReference {
  readonly name: string;
  readonly required: boolean;
  readonly choices: readonly string[];
  readonly description: string;
}

export interface OptionReference {
  /** As help writes it: `--format <format>`. */
  readonly flags: string;
  readonly short: string | undefined;
  readonly long: string;
  /** What the value is, e.g. `file`; absent for a switch. */
  readonly value: string | undefined;
  readonly choices: readonly string[];
  readonly description: string;
  readonly required: boolean;
  readonly default: string | undefined;
}

export function referenceOf(command: Command, above: readonly string[] = []): CommandReference {
  const path = [...above, command.name()];
  const help = command.createHelp();
  return {
    path,
    summary: command.summary(),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      required: argument.required,
      choices: argument.argChoices ?? [],
      description: argument.description,
    })),
    options: help.visibleOptions(command).map((option) => ({
      flags: option.flags,
      short: option.short,
      long: option.long ?? '',
      value: /<([^>]+)>/.exec(option.flags)?.[1],
      choices: option.argChoices ?? [],
      description: option.description,
      required: option.mandatory,
      default: option.defaultValue === undefined ? undefined : String(option.defaultValue),
    })),
    examples: examplesOf(command),
    commands: command.commands.map((inner) => referenceOf(inner, path)),
  };
}

/** A command and all below it, in order. */
export function flatten(reference: CommandReference): CommandReference[] {
  return [reference, ...reference.commands.flatMap(flatten)];
}
