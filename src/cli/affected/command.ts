import { type Command, Option } from 'commander';
import { artefactTrusts } from '../../store/inventory/records.ts';
import { countUpTo, withExamples, withServer, withTableFormat } from '../shared/options.ts';
import type { AffectedOptions } from './acts.ts';

export function define(command: Command): void {
  command
    .description(
      'Says which artefacts of the inventory an advisory, or a release of a crate, is in: by what, since when, and what ends ' +
        'it. Nothing is scanned. Advisories are matched as everywhere here. Exit code 0: nothing is affected, and of ' +
        'everything that is known; 1: something is; 2: nothing is known to be, but not of everything is that known. A ' +
        'question that cannot be answered ends with 64 or 70, never with 0.',
    )
    .argument('<what>', 'RUSTSEC-…, CVE-…, GHSA-…, MAL-…, DSA-…, CRATE, or CRATE@REQUIREMENT')
    .option(
      '--library',
      'WHAT is a library of the system or C code in a crate, not a crate: openssl, "openssl@<3.0.15"',
    )
    .option('--name <part>', 'artefacts with this in their name')
    .option('--project <url>', 'artefacts from this source')
    .option('--target <triple>', 'artefacts for this target')
    .addOption(
      new Option('--trust <how>', 'artefacts that are known so').choices([...artefactTrusts, 'unverified']),
    )
    .option('--host <name>', 'those that run on this host')
    .option('--environment <name>', 'those that run in this environment')
    .option('--team <name>', 'those that run on hosts of this team')
    .option('--running', 'those that run anywhere')
    .option('--limit <n>', 'at most so many artefacts (default: 100)', countUpTo(1000))
    .option('--after <cursor>', 'the next page, as the one before names it')
    .option('--loaded-after <cursor>', 'the next page of programs that have a library loaded');
  withTableFormat(withServer(command)).action(async (what: string, options: AffectedOptions) =>
    (await import('./acts.ts')).showAffected(what, options),
  );
  withExamples(command, [
    ['safeguard affected RUSTSEC-2020-0071', 'where an advisory strikes'],
    ['safeguard affected "time@<0.2.23"', 'a crate before anybody wrote an advisory'],
    [
      'safeguard affected --library "openssl@<3.0.15"',
      'a library of the system, or C code that a crate brings along',
    ],
    ['safeguard affected RUSTSEC-2020-0071 --environment production', 'what of it runs there'],
    ['safeguard affected CVE-2026-12345 --format csv', 'all of it, for a spreadsheet'],
  ]);
}
