import { type Command, Option } from 'commander';
import { withBuild } from '../shared/build-options.ts';
import { withExamples } from '../shared/options.ts';
import type { SbomOptions } from './acts.ts';

export function define(command: Command): void {
  withBuild(command)
    .description(
      'Writes an SBOM of what `cargo build` would compile for one target: each crate with its features, checksum, ' +
        'licence and origin; what is linked is `required`, what only runs while it builds is `excluded`. Nothing is ' +
        'compiled, and no path of this machine is in it: two checkouts of one commit give the same bytes.',
    )
    .addOption(
      new Option('--spec <format>', 'the format of the document')
        .choices(['cyclonedx-1.7', 'cyclonedx-1.6', 'spdx-3.0.1'])
        .default('cyclonedx-1.7'),
    )
    .addOption(new Option('--format <format>', 'how it is written').choices(['json', 'xml']).default('json'))
    .option('--creator <address>', 'who answers for it: an e-mail address or a URL (default: the manifest’s)')
    .option('--output <file>', 'write it there instead of printing it')
    .action(async (options: SbomOptions) => (await import('./acts.ts')).writeSbom(options));
  withExamples(command, [
    ['safeguard sbom --output app.cdx.json', 'what this project is made of, on this machine'],
    ['safeguard sbom --target x86_64-pc-windows-msvc --creator psirt@example.org', 'and on Windows'],
    ['safeguard sbom --spec spdx-3.0.1', 'as SPDX'],
  ]);
}
