import { type Command, Option } from 'commander';
import { vexFormats, vexJustifications, vexStatuses } from '../../bom/vex/statement.ts';
import { countUpTo, withExamples, withFormat, withReason, withServer } from '../shared/options.ts';
import type {
  AddVexOptions,
  ExportVexOptions,
  ImportVexOptions,
  ListVexOptions,
  WithdrawVexOptions,
} from './acts.ts';

export function define(command: Command): void {
  command.description(
    'Statements on how an advisory stands to a release in your artefacts (VEX): that it does not strike there and why, that it is mended, looked into, or ' +
      'to be acted on. One is about the builds of a binary of a project for a target, also those to come, as long as the release and its features are the ' +
      'same. It has an author and an end; `safeguard affected` shows it, and one that says "not affected" or "fixed" ends the exposure until then.',
  );
  defineAdd(command);
  defineImport(command);
  defineList(command);
  defineWithdraw(command);
  defineExport(command);
  withExamples(command, [
    ['safeguard vex list', 'what is said'],
    ['safeguard vex export --as openvex', 'for whoever gets your artefacts'],
  ]);
}

function defineAdd(command: Command): void {
  const add = command
    .command('add')
    .summary('say how an advisory stands to a release in artefacts')
    .description(
      'States it for all artefacts that have the release and that the conditions name: one act for as many as there are.',
    )
    .argument('<advisory>', 'RUSTSEC-…, CVE-…, GHSA-…, or any other id of it')
    .requiredOption('--crate <crate@version>', 'the release that has the flaw; or a purl')
    .addOption(new Option('--status <status>', 'how it stands').choices(vexStatuses).makeOptionMandatory())
    .addOption(
      new Option('--justification <word>', 'why it is not affected, in one word').choices(vexJustifications),
    )
    .option('--reason <text>', 'why, in words')
    .option('--action <text>', 'what is to be done, where it is affected')
    .requiredOption('--until <date>', 'when it ends: a day (its beginning, UTC) or a time')
    .option('--artefact <id>', 'this artefact alone: its id, or 8 digits of it or more');
  withFormat(withServer(withProducts(add))).action(async (advisory: string, options: AddVexOptions) =>
    (await import('./acts.ts')).addVex(advisory, options),
  );
  withExamples(add, [
    [
      'safeguard vex add RUSTSEC-2020-0071 --crate time@0.1.45 --status not_affected --justification vulnerable_code_not_in_execute_path --until 2027-06-01 --project https://git.example/shop',
      'for every binary of a project',
    ],
  ]);
}

function defineImport(command: Command): void {
  const take = command
    .command('import')
    .summary('take in documents: OpenVEX, CycloneDX, CSAF')
    .description(
      'Takes in what documents say of releases in your artefacts. A product is found by its SHA-256, or by `pkg:generic/NAME?vcs_url=…&target=…` as `export` ' +
        'writes it; for statements that name none of yours say which artefacts are meant. What is not taken is named, and the exit code is 1.',
    )
    .argument('<file...>', 'JSON documents')
    .option('--until <date>', 'when statements end that say nothing of it');
  withFormat(withServer(withProducts(take))).action(async (files: string[], options: ImportVexOptions) =>
    (await import('./acts.ts')).importVex(files, options),
  );
  withExamples(take, [
    ['safeguard vex import vendor.openvex.json --all --until 2027-06-01', 'for every artefact that has it'],
  ]);
}

function defineList(command: Command): void {
  const list = command
    .command('list')
    .summary('list statements, the newest first')
    .description('Lists statements with what they are about. All conditions must hold.')
    .option('--advisory <id>', 'on this advisory')
    .option('--crate <crate[@version]>', 'on this release')
    .addOption(new Option('--state <state>', 'only those').choices(['valid', 'expired', 'withdrawn']))
    .option('--limit <n>', 'at most so many (default: 100)', countUpTo(1000))
    .option('--after <cursor>', 'the next page, as the one before names it');
  withFormat(withServer(withLineage(list))).action(async (options: ListVexOptions) =>
    (await import('./list.ts')).listVex(options),
  );
  withExamples(list, [['safeguard vex list --state expired', 'what has to be looked at again']]);
}

function defineWithdraw(command: Command): void {
  const withdraw = command
    .command('withdraw')
    .summary('take a statement back')
    .description(
      'Takes a statement back. An exposure that it ended opens again; what was said stays in the list.',
    )
    .argument('<id>', 'as `list` names it');
  withFormat(withServer(withReason(withdraw))).action(async (id: string, options: WithdrawVexOptions) =>
    (await import('./acts.ts')).withdrawVex(id, options),
  );
  withExamples(withdraw, [['safeguard vex withdraw 7 --reason "it is called after all"', 'statement 7']]);
}

function defineExport(command: Command): void {
  const write = command
    .command('export')
    .summary('write what holds as a document')
    .description(
      'Writes the statements that hold as one document: OpenVEX 0.2.0, CycloneDX 1.6 or CSAF 2.0 (profile VEX). All conditions must hold.',
    )
    .addOption(new Option('--as <format>', 'which').choices(vexFormats).makeOptionMandatory())
    .option('--author <name>', 'who answers for it (default: the server’s host name)')
    .option('--advisory <id>', 'on this advisory')
    .option('--crate <crate[@version]>', 'on this release')
    .option('--product <purl>', 'as a scanner calls what it scans, in the place of our own names for it')
    .option('--output <file>', 'into this file (default: to the terminal)');
  withServer(withLineage(write)).action(async (options: ExportVexOptions) =>
    (await import('./export.ts')).exportVex(options),
  );
  withExamples(write, [
    ['safeguard vex export --as csaf --author "Example Org" --output vex.json', 'all that holds'],
    [
      'safeguard vex export --as openvex --name web --product pkg:oci/shop --output vex.json',
      'for a scan of the image that has this program',
    ],
  ]);
}

function withLineage(command: Command): Command {
  return command
    .option('--project <url>', 'of this source')
    .option('--target <triple>', 'for this target')
    .option('--name <name>', 'binaries of this name');
}

function withProducts(command: Command): Command {
  return withLineage(command).option('--all', 'every artefact that has the release');
}
