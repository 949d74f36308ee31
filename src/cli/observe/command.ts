import type { Command } from 'commander';
import { withExamples, withFormat } from '../shared/options.ts';
import type { ObserveOptions } from './acts.ts';

export function define(command: Command): void {
  withFormat(command)
    .description(
      'Runs a build and watches what its build scripts and macros really do: programs, connections, writes outside OUT_DIR. ' +
        'Each act is compared with what the review of the code says; what nobody expected is a finding. Needs Linux and strace. ' +
        'The build runs as ever: it is watched, and not kept in, but for the build scripts with --confine.',
    )
    .argument('<command...>', 'the build, such as `cargo build`')
    // What stands behind the first word of the build is the build's, also without `--`.
    .passThroughOptions()
    .option(
      '--confine',
      'keep build scripts in: no network, no sockets, no other processes, and nothing to write to but OUT_DIR and temporary files (needs bubblewrap)',
    )
    .option('--all', 'tell everything that was seen, not only what nobody expected')
    .option('--output <file>', 'keep the whole observation as JSON')
    .action(async (words: string[], options: ObserveOptions) =>
      (await import('./acts.ts')).observe(words, options),
    );
  withExamples(command, [
    ['safeguard observe -- cargo build --locked', 'a build, watched'],
    ['safeguard observe --confine -- cargo build --locked', 'build scripts without network'],
    ['safeguard observe --output observed.json -- cargo test --no-run', 'and kept'],
  ]);
}
