import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../error.ts';

/** The compiler and cargo of a build, by their own paths: rustup's programs of those names write into its folder. */
export interface Toolchain {
  /** The folder that has `bin/rustc` and `lib/rustlib`. */
  readonly folder: string;
  readonly cargo: string;
  /** `rustc 1.95.0 (… 2026-04-14)`, and cargo's likewise. */
  readonly rustcVersion: string;
  readonly cargoVersion: string;
  /** The release, and the commit of rust-lang/rust that it was built from. */
  readonly release: string;
  readonly commit: string | undefined;
  /** Its triple. */
  readonly host: string;
}

/** Finds the toolchain that cargo would use in a folder; `named` is that of `cargo +NAME`. Throws `BuildError`. */
export function findToolchain(folder: string, named: string | undefined): Toolchain {
  const chosen = named === undefined ? [] : [`+${named}`];
  const root = ask('rustc', [...chosen, '--print', 'sysroot'], folder);
  const rustc = existsSync(join(root, 'bin/rustc')) ? join(root, 'bin/rustc') : 'rustc';
  const cargo = existsSync(join(root, 'bin/cargo')) ? join(root, 'bin/cargo') : undefined;
  if (cargo === undefined)
    throw new BuildError('build/no-toolchain', `there is no cargo in the toolchain ${root}`, {
      next: 'Install cargo beside that rustc (with rustup: the profile `minimal` or larger).',
    });
  const verbose = ask(rustc, ['-vV'], folder);
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(verbose)?.[1];
  const commit = field('commit-hash');
  return {
    folder: root,
    cargo,
    rustcVersion: verbose.split('\n')[0] ?? '',
    cargoVersion: ask(cargo, ['--version'], folder),
    release: field('release') ?? '',
    commit: commit === 'unknown' ? undefined : commit,
    host: field('host') ?? '',
  };
}

function ask(program: string, args: readonly string[], cwd: string): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (error === undefined && status === 0) return stdout.trim();
  const reason = error?.message ?? stderr.trim().split('\n')[0];
  throw new BuildError('build/no-toolchain', `${program} ${args.join(' ')}: ${reason}`, {
    next: 'Install Rust, or the toolchain that the project names, then run this again.',
    cause: error,
  });
}
