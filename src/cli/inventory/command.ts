import { type Command, Option } from 'commander';
import { artefactTrusts, artefactVerdicts } from '../../store/inventory/records.ts';
import { standings } from '../../store/sightings/store.ts';
import type { ListOptions } from '../shared/list.ts';
import {
  countUpTo,
  withExamples,
  withFormat,
  withReason,
  withServer,
  withTableFormat,
} from '../shared/options.ts';
import type { AddOptions, ArtefactOptions, PageOptions } from './acts.ts';
import type { DeployOptions } from './deploy.ts';
import type { ExposureOptions } from './exposures.ts';
import type { HostOptions, RetireOptions } from './hosts.ts';
import type { InstalledOptions } from './installed.ts';
import type { RunningOptions } from './running.ts';

export function define(command: Command): void {
  command.description(
    'The server keeps what your artefacts are made of, so that "where are we affected?" is answered without scanning ' +
      'anything again. Every question wants a token (SAFEGUARD_TOKEN), for it says where you are weak.',
  );
  defineAdd(command);
  defineList(command);
  defineShow(command);
  defineDiff(command);
  defineSearch(command);
  defineRunning(command);
  defineInstalled(command);
  defineDeploy(command);
  defineExposures(command);
  defineHosts(command);
  defineRetire(command);
  withExamples(command, [
    ['safeguard inventory add target/release/app', 'take a binary in'],
    ['safeguard inventory list --crate serde', 'what has serde in it'],
    ['safeguard inventory search openssl', 'which releases of it, in how many artefacts'],
  ]);
}

function defineAdd(command: Command): void {
  const add = command
    .command('add')
    .summary('take artefacts in: binaries, SBOMs, or the folder of a build')
    .description(
      'Takes artefacts in. Of a binary (ELF, PE, Mach-O, WebAssembly) its digest, build id and crates are sent, never its ' +
        'bytes: the crates of its own list (`.dep-v0`), else what its panics and functions give away, which is marked as recovered. Of a ' +
        'document (CycloneDX in JSON or XML, SPDX in JSON or in tags with values; also in gzip and UTF-16) its components. In a folder, documents belong to the binary whose digest they ' +
        'name. The same bytes added twice are one artefact; targets of one project are artefacts each. Sigstore bundles ' +
        'beside a binary go along; the server says whether what they sign counts (`[artefacts]` in server.toml).',
    )
    .argument('<path...>', 'binaries, documents, or folders that a build left them in; - for standard input')
    .option('--target <triple>', 'what it is built for, where no document says so')
    .option('--project <url>', 'where its source is')
    .option('--commit <id>', 'the commit that it was built from');
  withFormat(withServer(add)).action(async (paths: readonly string[], options: AddOptions) =>
    (await import('./acts.ts')).addArtefacts(paths, options),
  );
  withExamples(add, [
    ['safeguard inventory add safeguard-out', 'what a build left, each target by itself'],
    [
      'safeguard inventory add target/release/app --commit "$(git rev-parse HEAD)"',
      'a binary, and its commit',
    ],
    ['safeguard inventory add theirs.cdx.json', 'what somebody says of a binary that is not here'],
  ]);
}

function defineList(command: Command): void {
  const list = command
    .command('list')
    .summary('list artefacts, the newest first')
    .description('Lists artefacts, the newest first. All conditions must hold.')
    .option('--name <part>', 'part of its name')
    .option('--project <url>', 'from this source')
    .option('--target <triple>', 'for this target')
    .option('--commit <id>', 'of this commit')
    .option('--crate <crate[@version]>', 'that has this crate in it')
    .option('--partly-known', 'of which not all components are known')
    .addOption(
      new Option('--trust <how>', 'by what its components are known').choices([
        ...artefactTrusts,
        'unverified',
      ]),
    )
    .addOption(
      new Option('--verdict <word>', 'by what was said of letting it in').choices([
        ...artefactVerdicts,
        'not-allowed',
        'none',
      ]),
    )
    .option('--refused', 'with which signatures came that do not count');
  withTableFormat(withServer(withPage(list))).action(async (options: ArtefactOptions) =>
    (await import('./acts.ts')).listArtefacts(options),
  );
  withExamples(list, [
    ['safeguard inventory list --crate openssl-sys@0.9.100', 'which artefacts have this release'],
    ['safeguard inventory list --trust unverified', 'which nobody signed that counts'],
    ['safeguard inventory list --verdict not-allowed', 'what was built though its verdict was against it'],
  ]);
}

function defineShow(command: Command): void {
  const show = command
    .command('show')
    .summary('show an artefact and what it is made of')
    .description('Shows an artefact, how much of it is known and by what, and its components by name.')
    .argument('<id>', 'its id, or 8 digits of it or more');
  withFormat(withServer(withPage(show))).action(async (id: string, options: PageOptions) =>
    (await import('./acts.ts')).showArtefact(id, options),
  );
  withExamples(show, [['safeguard inventory show 1f0c3a9be2d4', 'as `list` names it']]);
}

function defineDiff(command: Command): void {
  const diff = command
    .command('diff')
    .summary('say what another artefact has, and what not')
    .description('Compares two artefacts by their components: what was added, removed and changed.')
    .argument('<old>', 'id of an artefact')
    .argument('<new>', 'id of another one');
  diff
    .option('--limit <n>', 'a page of so many (default: all; of JSON 1000)', countUpTo(1000))
    .option('--after <cursor>', 'the next page, as the one before names it');
  withFormat(withServer(diff)).action(async (old: string, current: string, options: PageOptions) =>
    (await import('./acts.ts')).diffArtefacts(old, current, options),
  );
  withExamples(diff, [['safeguard inventory diff 1f0c3a9b 77d20e51', 'what the new build brought in']]);
}

function defineSearch(command: Command): void {
  const search = command
    .command('search')
    .summary('find releases by name, with how many artefacts have them')
    .description('Lists releases whose name contains a text, with how many artefacts have each of them.')
    .argument('<text>', 'part of a name')
    .addOption(new Option('--kind <kind>', 'only these').choices(['cargo', 'local', 'other']));
  withTableFormat(withServer(withPage(search))).action(
    async (text: string, options: ListOptions & { kind?: string }) =>
      (await import('./acts.ts')).searchComponents(text, options),
  );
  withExamples(search, [['safeguard inventory search openssl', 'every release of it that is in something']]);
}

function defineRunning(command: Command): void {
  const running = command
    .command('running')
    .summary('list processes of hosts, with how they stand to the artefacts')
    .description(
      'Lists processes that hosts last reported (`safeguard agent`): of which artefact each is, what nobody here built, what ' +
        'has the build id of an artefact and other bytes, and what runs code that is not on disk any more. What has the build id of a signed artefact and other code or ' +
        'data than it was tampered with: it comes first, and the exit code is 1.',
    )
    .option('--host <name>', 'of this host')
    .addOption(new Option('--standing <how>', 'only those').choices(standings))
    .option('--restart', 'only those that run code that was replaced or removed on disk');
  withTableFormat(withServer(withPage(running))).action(async (options: RunningOptions) =>
    (await import('./running.ts')).listRunning(options),
  );
  withExamples(running, [
    ['safeguard inventory running --restart', 'what was upgraded on disk and not started again'],
    ['safeguard inventory running --standing tampered', 'what was changed after it was signed'],
  ]);
}

function defineInstalled(command: Command): void {
  const installed = command
    .command('installed')
    .summary('list programs that are installed on hosts and were not seen running')
    .description(
      'Lists programs that systemd’s units, cron, containers or `safeguard agent --paths` name and that no process of their host runs, whoever built them, with how each stands to the ' +
        'artefacts, as `running` has it. Where one was tampered with the exit code is 1.',
    )
    .option('--host <name>', 'on this host')
    .addOption(new Option('--standing <how>', 'only those').choices(standings));
  withTableFormat(withServer(withPage(installed))).action(async (options: InstalledOptions) =>
    (await import('./installed.ts')).listInstalled(options),
  );
  withExamples(installed, [
    ['safeguard inventory installed --standing unknown', 'what nobody here built'],
    ['safeguard inventory installed --standing tampered', 'what was changed after it was signed'],
  ]);
}

function defineDeploy(command: Command): void {
  const deploy = command
    .command('deploy')
    .summary('state where an artefact is deployed that no agent sees')
    .description(
      'States that an artefact is deployed: on customers’ machines, appliances, serverless, hosts of others. It holds until it is withdrawn, or until another build of the same binary ' +
        '(name, project and target) is stated to be at the same place: environment, service and host. What is stated is never taken for what was seen. A pipeline may say the same again and again.',
    )
    .argument('[artefact]', 'the binary, or its SHA-256; with --list, only of this one')
    .option('--environment <name>', 'where to')
    .option('--service <name>', 'as what')
    .option('--host <label>', 'on which host, or on which of them')
    .option('--team <name>', 'whose it is')
    .option('--since <time>', 'since when (default: now)')
    .option('--beside', 'earlier builds stay there, too')
    .option('--withdraw', 'it is there no more')
    .option('--reason <text>', 'why it is withdrawn')
    .option('--list', 'list what is stated, the newest first')
    .option('--over', 'with --list: what was, instead');
  withTableFormat(withServer(withPage(deploy))).action(
    async (artefact: string | undefined, options: DeployOptions) =>
      (await import('./deploy.ts')).deploy(artefact, options),
  );
  withExamples(deploy, [
    [
      'safeguard inventory deploy target/release/app --environment production --service shop',
      'it is there now, in place of the build before it',
    ],
    ['safeguard inventory deploy --list --environment production', 'what is stated to be there'],
    [
      'safeguard inventory deploy 841072d1d92f --environment production --service shop --withdraw --reason "switched off"',
      'it is there no more',
    ],
  ]);
}

function defineExposures(command: Command): void {
  const exposures = command
    .command('exposures')
    .summary('list what runs of what advisories strike')
    .description(
      'Lists what hosts run, or have loaded, that an advisory strikes: on which way, since when it is known and runs, and whether a restart ' +
        'is all that is left to do. The server keeps it as advisories, artefacts and sightings change; nothing is scanned.',
    )
    .option('--closed', 'what is over, instead of what is open')
    .option('--advisory <id>', 'of this advisory')
    .option('--host <name>', 'of this host')
    .option('--environment <name>', 'of this environment')
    .option('--team <name>', 'of this team');
  withTableFormat(withServer(withPage(exposures))).action(async (options: ExposureOptions) =>
    (await import('./exposures.ts')).listExposures(options),
  );
  withExamples(exposures, [
    ['safeguard inventory exposures --environment production', 'what is open there'],
    ['safeguard inventory exposures --closed', 'what was, and how long it took'],
    ['safeguard inventory exposures --format csv', 'all of it, for a spreadsheet'],
  ]);
}

function defineHosts(command: Command): void {
  const hosts = command
    .command('hosts')
    .summary('list hosts that report what they run')
    .description(
      'Lists hosts by name: when each last reported, how much it runs, and how many exposures are open on it.',
    )
    .option('--environment <name>', 'of this environment')
    .option('--team <name>', 'of this team')
    .option('--retired', 'those that are out of service, instead');
  withTableFormat(withServer(withPage(hosts))).action(async (options: HostOptions) =>
    (await import('./hosts.ts')).listHosts(options),
  );
  withExamples(hosts, [['safeguard inventory hosts --environment production', 'those there']]);
}

function defineRetire(command: Command): void {
  const retire = command
    .command('retire')
    .summary('take a host out of service')
    .description(
      'Takes a host out of service that will report no more: nothing counts as running on it, and its exposures end with that reason. A report of its agent brings it back.',
    )
    .argument('<host>', 'as `hosts` names it');
  withFormat(withServer(withReason(retire))).action(async (host: string, options: RetireOptions) =>
    (await import('./hosts.ts')).retireHost(host, options),
  );
  withExamples(retire, [['safeguard inventory retire web-1 --reason "scrapped"', 'it is gone']]);
}

function withPage(command: Command): Command {
  return command
    .option('--limit <n>', 'at most so many (default: 100)', countUpTo(1000))
    .option('--after <cursor>', 'the next page, as the one before names it');
}
