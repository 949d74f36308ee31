import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import type { Signer } from '../../attest/keys.ts';
import { localBuilder } from '../../attest/provenance.ts';
import { BuildError } from '../../build/error.ts';
import { openCell } from '../../build/limits/cgroup.ts';
import { sourceResource } from '../../build/provenance/source.ts';
import { findRecorder, type Recorder } from '../../build/record/recorder.ts';
import type { RefusalReport } from '../../build/record/report.ts';
import { type CargoCommand, readCargoCommand } from '../../build/run/cargo-command.ts';
import { differencesFrom } from '../../build/run/compiled.ts';
import { isSecretName, passedVariables } from '../../build/run/environment.ts';
import { compile, fetchCrates, unpackCrates } from '../../build/run/phases.ts';
import { sealArchives } from '../../build/run/private-home.ts';
import { findToolchain, type Toolchain } from '../../build/run/toolchain.ts';
import { type Bubblewrap, findBubblewrap } from '../../build/sandbox/bubblewrap.ts';
import { cargoHomeFolder } from '../../gate/project/cargo-home.ts';
import { allowListPath } from '../../policy/allow-list.ts';
import type { BuildSettings } from '../../policy/build-allow.ts';
import { loadLayers } from '../../policy/policy.ts';
import { type JudgedProject, judgeProject } from '../check/judge.ts';
import { createdAt } from '../sbom/created.ts';
import { CliError, exit } from '../shared/error.ts';
import { type OpenBuild, openBuild } from '../shared/open-build.ts';
import { paint } from '../shared/terminal.ts';
import { startRecording } from './recording.ts';
import { egressLog, writeResults } from './results.ts';
import { makeRoom } from './room.ts';
import { type Fetching, plainFetching, sessionFetching } from './session.ts';
import { now, type Said, signerFrom } from './statements.ts';
import {
  failedFolder,
  keepFailed,
  mebibytes,
  phase,
  recorderText,
  sandboxText,
  tellDenied,
  tellResults,
} from './tell.ts';

export interface BuildCommandOptions {
  readonly outputDir: string;
  readonly policy?: string;
  readonly server?: string;
  readonly upstream: string;
  readonly advisoryDb?: readonly string[];
  readonly offline: boolean;
  /** Exchange what the job has for a session that fetches. */
  readonly exchange: boolean;
  /** Whom the CI's token must be for. */
  readonly audience?: string;
  readonly env?: readonly string[];
  readonly read?: readonly string[];
  readonly maxProcesses: number;
  /** Bytes. */
  readonly maxMemory?: number;
  readonly maxDisk: number;
  readonly creator?: string;
  readonly key?: string;
  readonly builderId?: string;
  /** Commander's reading of `--no-sandbox`. */
  readonly sandbox: boolean;
  readonly format: 'text' | 'json';
}

/** Builds a project sealed off, and leaves what was made with its documents. Throws `CliError`. */
export async function buildProject(words: readonly string[], options: BuildCommandOptions): Promise<void> {
  try {
    await build(words, options);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    throw new CliError(...asCliError(error));
  }
}

async function build(words: readonly string[], options: BuildCommandOptions): Promise<void> {
  const command = readCargoCommand(words);
  const offline = options.offline || command.offline;
  const folder = realpathSync(process.cwd());
  const toolchain = findToolchain(folder, command.toolchain);
  const bubblewrap = options.sandbox ? sandboxHere() : undefined;
  const recorder: Recorder = options.sandbox
    ? findRecorder()
    : { kind: 'none', reason: 'nothing is kept in' };
  refuseOptions(options);
  const signer = options.key === undefined ? undefined : signerFrom(options.key);
  const started = now();
  const fetching = options.exchange
    ? await sessionFetching(command.manifestPath, { ...options, offline })
    : plainFetching();
  try {
    const judged = await judge(command, { ...options, offline });
    if (judged.verdict.verdict === 'deny') return tellDenied(judged, options.format);
    const given = {
      command: { ...command, offline },
      folder,
      toolchain,
      bubblewrap,
      recorder,
      signer,
      started,
    };
    await buildJudged(given, judged, fetching, options);
  } finally {
    await fetching.close();
  }
}

/** What a build begins with. */
interface Given {
  readonly command: CargoCommand;
  /** Where it was typed. */
  readonly folder: string;
  readonly toolchain: Toolchain;
  readonly bubblewrap: Bubblewrap | undefined;
  readonly recorder: Recorder;
  readonly signer: Signer | undefined;
  /** RFC 3339, in UTC. */
  readonly started: string;
}

async function buildJudged(
  { command, folder, toolchain, bubblewrap, recorder, signer, started }: Given,
  judged: JudgedProject,
  fetching: Fetching,
  options: BuildCommandOptions,
): Promise<void> {
  const output = resolve(options.outputDir);
  mkdirSync(output, { recursive: true });
  if (!existsSync(join(output, '.gitignore'))) writeFileSync(join(output, '.gitignore'), '*\n');
  const work = mkdtempSync(join(realpathSync(output), '.work-'));
  const memory = options.maxMemory ?? Math.floor(totalmem() * 0.9);
  const cell = openCell({ processes: options.maxProcesses, memory }, `safeguard-${process.pid}`);
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    if (cell.limits.kind === 'none')
      phase('limits', paint('yellow', `none: ${cell.limits.reason}`, process.stderr));
    const log = join(work, 'build.log');
    const input = { command, toolchain, log, stop: stopped.signal, configured: fetching.words };
    const given = command.target ?? undefined;
    await fetchCrates({ ...input, target: given ?? toolchain.host }, folder, fetching.environment);
    const opened = await openFetched(command, toolchain);
    const { project, build: wanted, resolution } = opened;
    refuseSeveral(wanted.besides);
    const target = wanted.target;
    if (target !== (given ?? toolchain.host))
      await fetchCrates({ ...input, target }, folder, fetching.environment);
    await fetching.close();
    const variables = variablesFrom(options.env, await createdAt(project.workspace.folder));
    const { room, manifest, root } = await makeRoom({
      project,
      folder,
      work,
      output,
      toolchain,
      bubblewrap,
      cell,
      variables,
      readable: options.read ?? [],
      key: options.key,
    });
    const archives = sealArchives(project.lockfile, cargoHomeFolder(), room.cargoHome);
    phase('fetch', `${archives.count} archives, ${mebibytes(archives.bytes)}, as Cargo.lock names them`);
    await unpackCrates(room, { ...input, target, manifest });
    phase('sandbox', sandboxText(bubblewrap));
    phase('record', recorderText(recorder));
    let units = 0;
    const settings = loadLayers(judged.policies).settings.build as BuildSettings;
    const recording = await startRecording({
      recorder,
      settings,
      opened,
      room,
      work,
      log,
      apart: [realpathSync(output), judged.place.policy, join(judged.place.folder, allowListPath)],
    });
    const { trace, opened: mounts, relay } = recording;
    const held = { cell, work, disk: options.maxDisk, trace, opened: mounts, relay };
    let refused: readonly RefusalReport[] = [];
    const messages = await compile(room, { ...input, target, manifest }, held, ({ kind }) => {
      if (kind === 'artefact') units++;
    })
      .finally(async () => {
        const { reports, egress } = await recording.finish();
        refused = reports;
        if (egress !== undefined)
          writeFileSync(join(work, egressLog), `${JSON.stringify(egress, null, 2)}\n`);
      })
      .catch((error: unknown) => {
        keepFailed(output, target, log, refused, options.format);
        throw error;
      });
    recording.refuse(messages);
    phase('compile', `${units} units for ${target}, ${resolution.packages.length} packages`);
    refuseOthers(opened, messages);
    const said: Said = {
      provenance: {
        parameters: {
          command: ['cargo', 'build', ...command.words],
          manifest: relative(root, manifestOf(opened)),
          target,
          variables,
          readable: options.read ?? [],
        },
        bubblewrap,
        recorder,
        network: relay === undefined ? 'none' : 'named',
        limits: cell.limits,
        disk: options.maxDisk,
        source: await sourceResource(root, output),
        resolution,
        toolchain,
        builder: options.builderId ?? localBuilder,
        version: packageJson.version,
        started,
      },
      verdict: judged.verdict,
      signer,
    };
    const results = await writeResults({
      opened,
      messages,
      room,
      work,
      output,
      creator: options.creator,
      said,
    });
    const native = new Map(
      results.files.flatMap((file) => file.native.map((one) => [one.name, one.version])),
    );
    if (native.size > 0)
      phase(
        'native',
        [...native].map(([name, version]) => `${name} ${version || '(version unknown)'}`).join(', '),
      );
    rmSync(failedFolder(output, target), { recursive: true, force: true });
    phase('write', `${results.folder}${signer === undefined ? ', unsigned' : ', signed'}`);
    tellResults(results.files, target, judged, refused, options.format);
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
    throw new CliError('cli/refused', 'the build was stopped', { exit: exit.interrupted, cause: error });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    cell.close();
    rmSync(work, { recursive: true, force: true });
  }
}

function manifestOf({ project: { workspace } }: OpenBuild): string {
  return workspace.current?.file ?? workspace.root.file;
}

function sandboxHere(): Bubblewrap {
  if (process.platform === 'linux') return findBubblewrap();
  throw new BuildError('build/no-sandbox', 'builds are kept in by bubblewrap, which is for Linux alone', {
    next: 'Build on Linux, or with --no-sandbox, which the results then say.',
  });
}

async function judge(command: CargoCommand, options: BuildCommandOptions): Promise<JudgedProject> {
  const judged = await judgeProject({
    manifestPath: command.manifestPath ?? 'Cargo.toml',
    upstream: options.upstream,
    offline: options.offline,
    ...(options.policy === undefined ? {} : { policy: options.policy }),
    ...(options.server === undefined ? {} : { server: options.server }),
    ...(options.advisoryDb === undefined ? {} : { advisoryDb: options.advisoryDb }),
  });
  const { verdict, policy } = judged.verdict;
  const colour = verdict === 'allow' ? 'green' : verdict === 'deny' ? 'red' : 'yellow';
  phase('verdict', `${paint(colour, verdict, process.stderr)} by policy ${policy.slice(0, 12)}`);
  return judged;
}

/** What cargo would build, by what is on this machine by now. */
async function openFetched(
  { manifestPath, target, selection }: CargoCommand,
  { host }: Toolchain,
): Promise<OpenBuild> {
  return await openBuild({
    ...(manifestPath === undefined ? {} : { manifestPath }),
    ...(target === undefined ? {} : { target }),
    host,
    package: selection.packages,
    ...(selection.workspace ? { workspace: true } : {}),
    exclude: selection.exclude,
    features: selection.features,
    ...(selection.allFeatures ? { allFeatures: true } : {}),
    defaultFeatures: selection.defaultFeatures,
    upstream: 'crates.io',
    offline: true,
  });
}

function refuseOptions({ env = [], read = [] }: BuildCommandOptions): void {
  const secret = env.find(isSecretName);
  if (secret !== undefined)
    throw new BuildError('build/command', `${secret} holds a secret by its name, and reaches no build`, {
      next: 'Fetch with it beforehand: the fetch phase has your variables, the compile phase never has.',
    });
  const odd = read.find(
    (path) => !isAbsolute(path) || statSync(path, { throwIfNoEntry: false }) === undefined,
  );
  if (odd !== undefined)
    throw new BuildError('build/command', `--read ${odd} names no folder by its whole path`, {
      next: 'Give it from the root: --read /opt/openssl',
    });
}

function refuseSeveral(besides: readonly string[] | undefined): void {
  if (besides === undefined || besides.length === 0) return;
  throw new BuildError('build/command', 'cargo is configured to build for several targets', {
    next: 'Name one: safeguard build -- cargo build --target …',
  });
}

/** The documents name what was resolved, so nothing else may have been compiled. */
function refuseOthers({ resolution }: OpenBuild, messages: Parameters<typeof differencesFrom>[1]): void {
  const differences = differencesFrom(resolution, messages);
  if (differences.length === 0) return;
  throw new BuildError(
    'build/not-as-resolved',
    `cargo compiled something else than was resolved:\n${differences.slice(0, 20).join('\n')}`,
    {
      next: 'This is a fault of Safeguard’s own: please report it with the project’s Cargo.toml and Cargo.lock.',
    },
  );
}

function variablesFrom(
  also: readonly string[] | undefined,
  created: { readonly at: string; readonly stable: boolean },
): Readonly<Record<string, string>> {
  const epoch = created.stable ? { SOURCE_DATE_EPOCH: String(Date.parse(created.at) / 1000) } : {};
  return { ...epoch, ...passedVariables(process.env, also) };
}

const codes = {
  'build/command': 'cli/usage',
  'build/no-bubblewrap': 'cli/unreachable',
  'build/no-sandbox': 'cli/unreachable',
  'build/no-toolchain': 'cli/unreachable',
  'build/no-identity': 'cli/unreachable',
  'build/outside': 'cli/refused',
  'build/fetch': 'cli/unreachable',
  'build/altered': 'cli/refused',
  'build/failed': 'cli/refused',
  'build/limit': 'cli/refused',
  'build/not-allowed': 'cli/refused',
  'build/not-as-resolved': 'cli/refused',
  'build/no-artefact': 'cli/refused',
} as const satisfies Readonly<Record<BuildError['code'], string>>;

function asCliError(error: BuildError): ConstructorParameters<typeof CliError> {
  return [codes[error.code], error.message, { next: error.next, cause: error }];
}
