import type { Command } from 'commander';
import { withExamples, withFormat } from '../shared/options.ts';
import type { ResolveOptions } from './acts.ts';

export function define(command: Command): void {
  withFormat(command)
    .description(
      'Says exactly what `cargo build` would compile: each package with its version, its features, and whether it is ' +
        'built for the target or for the machine that builds. It runs neither cargo nor anything of the project. What ' +
        "it needs to know of crates it takes from cargo's own caches, else from the registry, and keeps.",
    )
    .option('--manifest-path <path>', 'the Cargo.toml (default: the one of this folder, or above)')
    .option(
      '--target <triple>',
      'what it is built for (default: what cargo is configured for, else this machine)',
    )
    .option('--host <triple>', 'the machine that builds (default: this one)')
    .option('-p, --package <spec>', 'a package to build; may be given several times', collect)
    .option('--workspace', 'build all members')
    .option('--exclude <spec>', 'with --workspace, all but these', collect)
    .option('-F, --features <features>', 'features to turn on', collect)
    .option('--all-features', 'turn all features on')
    .option('--no-default-features', 'leave the default ones off')
    .option('--all-targets', 'tests, examples and benchmarks too, with dev-dependencies')
    .option('--why <crate>', 'show how a crate gets there')
    .option('--server <url>', 'ask this mirror for crates that are not on this machine')
    .option('--upstream <name|url>', 'ask this registry for them', 'crates.io')
    .option('--offline', 'ask nobody')
    .action(async (options: ResolveOptions) => (await import('./acts.ts')).resolveHere(options));
  withExamples(command, [
    ['safeguard resolve', 'what this project is made of, on this machine'],
    ['safeguard resolve --target thumbv7em-none-eabihf --no-default-features', 'and on a small one'],
    ['safeguard resolve --why openssl-sys', 'who brings this?'],
    ['safeguard resolve --workspace --all-features --format json', 'for another program'],
  ]);
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
