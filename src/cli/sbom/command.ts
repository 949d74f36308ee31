import { type Command, Option } from 'commander';
import { withBuild } from '../shared/build-options.ts';
import { withExamples, withFormat } from '../shared/options.ts';
import type { SbomOptions } from './acts.ts';
import type { ReadOptions } from './read-acts.ts';

export function define(command: Command): void {
  // Options behind a subcommand are the subcommand's: both have a --format.
  withBuild(command.enablePositionalOptions())
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

  const diff = command
    .command('diff')
    .summary('say what another document has, and what not')
    .description(
      'Compares two documents, of CycloneDX or SPDX, whoever wrote them: what was added, removed and changed. Crates are the ' +
        'same by their parsed purl, so that two spellings of one are no difference.',
    )
    .argument('<old>', 'a document; - is standard input')
    .argument('<new>', 'another one');
  withFormat(diff).action(async (old: string, current: string, options: ReadOptions) =>
    (await import('./read-acts.ts')).diffSboms(old, current, options),
  );
  withExamples(diff, [
    ['safeguard sbom diff linux.cdx.json windows.cdx.json', 'what a platform adds'],
    ['safeguard sbom diff ours.cdx.json theirs.spdx.json', 'what another tool did not see'],
  ]);

  const check = command
    .command('check')
    .summary('say what a document lacks')
    .description(
      'Holds a document against what BSI TR-03183-2 2.1.0 and CISA’s minimum elements (draft of 2025) ask for, field by ' +
        'field. Exit code 1 where something is missing.',
    )
    .argument('<file>', 'the document; - is standard input');
  withFormat(check).action(async (file: string, options: ReadOptions) =>
    (await import('./read-acts.ts')).checkSbom(file, options),
  );
  withExamples(check, [['safeguard sbom check theirs.cdx.json', 'is it what a regulator takes?']]);
}
