import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoted } from '../../build/sh.ts';
import { cargoHomeFolder } from '../../gate/project/cargo-home.ts';
import { CliError } from '../shared/error.ts';
import { note, print } from '../shared/terminal.ts';
import type { InitOptions } from './config.ts';

/** What only a file of ours says. */
const mark = '# Written by `safeguard init --cargo`.';

/** The launcher at the top of this installation. */
const launcher = join(import.meta.dirname, '../../../safeguard');

/**
 * Puts a program `cargo-safeguard` into `bin` of cargo's home, where cargo looks for subcommands whether it is on the PATH or
 * not (cargo: src/bin/cargo/main.rs, `search_directories`). Throws `CliError` where another one is there.
 */
export function installSubcommand({ dryRun, force }: Pick<InitOptions, 'dryRun' | 'force'>): void {
  const folder = join(cargoHomeFolder(), 'bin');
  const file = join(folder, 'cargo-safeguard');
  const text = script(launcher);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (before === text) {
    print(`Already set: ${file}`);
    return;
  }
  if (before !== undefined && !before.includes(mark) && !force) {
    throw new CliError('cli/config', `${file} is there, and not from here`, {
      next: 'Run it again with --force to replace it.',
    });
  }
  if (!dryRun) {
    const writing = `${file}.${process.pid}`;
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(writing, text, { mode: 0o755 });
      renameSync(writing, file);
    } catch (cause) {
      throw new CliError('cli/config', `${file} cannot be written: ${(cause as Error).message}`, {
        next: 'Set CARGO_HOME to a folder that you may write in, or put the program there yourself.',
        cause,
      });
    }
  }
  print(`${dryRun ? 'Would write' : 'Wrote'} ${file}`);
  if (!dryRun) note('Try it: `cargo safeguard --help`.');
}

/** Cargo hands the subcommand's own name over as the first word. */
function script(path: string): string {
  return `#!/bin/sh
${mark}
[ "\${1:-}" = safeguard ] && shift
exec ${quoted(path)} "$@"
`;
}
