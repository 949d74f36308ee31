import type { Command } from 'commander';
import { withExamples, withFormat } from '../shared/options.ts';
import type { ReviewOptions } from './options.ts';

export function define(command: Command): void {
  withFormat(command)
    .description(
      'Shows what a release runs while others are compiled: what its build script and its macros can do, with the line that ' +
        'shows it, what they export, and what differs from the version that was approved. Nothing of it is run. With --approve ' +
        'the answer is written into safeguard/allow.toml, where a pull request shows it.',
    )
    .argument('[crate@version]', 'the release')
    .option('--path <dir>', 'an unpacked crate or a package of your own instead')
    .option('--against <version>', 'compare with this version (default: the one that was approved)')
    .option('--pending', 'go through all that the lockfile needs, the safest first')
    .option('--group <name>', 'with --pending and --approve: answer the harmless ones together (harmless)')
    .option('--approve', 'approve of it')
    .option('--reason <text>', 'why; it stays in the list')
    .option('--as <name>', 'who approves (default: you, at a terminal)')
    .option('--expires <date>', 'until when it counts, such as 2027-01-31')
    .option('--lockfile <file>', 'the lockfile (default: the Cargo.lock of the manifest’s workspace)')
    .option('--manifest-path <file>', 'the manifest of the project', 'Cargo.toml')
    .option('--server <url>', 'the running server that gives facts and archives')
    .option('--upstream <name|url>', 'the registry to ask where there is no server', 'crates.io')
    .option('--offline', 'ask nobody: cargo’s own copies alone', false)
    .action(async (release: string | undefined, options: ReviewOptions) =>
      (await import('./acts.ts')).reviewHere(release, options),
    );
  withExamples(command, [
    ['safeguard review ring@0.17.14', 'what its build script does'],
    ['safeguard review serde_derive@1.0.229 --against 1.0.228', 'and what is new in it'],
    ['safeguard review --path vendor/strange', 'an unpacked crate'],
    ['safeguard review --pending', 'everything that waits for an answer'],
    [
      'safeguard review --pending --group harmless --approve --reason "Nothing grave in any." --as "A. Reader"',
      'answer those together that can do nothing grave',
    ],
    [
      'safeguard review ring@0.17.14 --approve --reason "Only compiles its own C files." --as "A. Reader"',
      'say yes, from a script',
    ],
  ]);
}
