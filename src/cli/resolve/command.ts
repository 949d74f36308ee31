import type { Command } from 'commander';
import { withBuild } from '../shared/build-options.ts';
import { withExamples, withFormat } from '../shared/options.ts';
import type { ResolveOptions } from './acts.ts';

export function define(command: Command): void {
  withFormat(withBuild(command))
    .description(
      'Says exactly what `cargo build` would compile: each package with its version, its features, and whether it is ' +
        'built for the target or for the machine that builds. It runs neither cargo nor anything of the project. What ' +
        "it needs to know of crates it takes from cargo's own caches, else from the registry, and keeps.",
    )
    .option('--why <crate>', 'show how a crate gets there')
    .action(async (options: ResolveOptions) => (await import('./acts.ts')).resolveHere(options));
  withExamples(command, [
    ['safeguard resolve', 'what this project is made of, on this machine'],
    ['safeguard resolve --target thumbv7em-none-eabihf --no-default-features', 'and on a small one'],
    ['safeguard resolve --why openssl-sys', 'who brings this?'],
    ['safeguard resolve --workspace --all-features --format json', 'for another program'],
  ]);
}
