import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join, relative } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { reproducedFile } from '../../attest/provenance.ts';
import { BuildError } from '../../build/error.ts';
import type { Cell } from '../../build/limits/cell.ts';
import { openCell } from '../../build/limits/cgroup.ts';
import { overLimit, sizeText } from '../../build/limits/over.ts';
import { askCargo, type Heard } from '../../build/oracle/ask.ts';
import { differencesFrom } from '../../build/oracle/compiled.ts';
import { sourceResource, sourceThroughout } from '../../build/provenance/source.ts';
import type { Recorder } from '../../build/record/recorder.ts';
import type { CargoCommand } from '../../build/run/cargo-command.ts';
import { stopping } from '../../build/run/ending-with-us.ts';
import { passedVariables } from '../../build/run/environment.ts';
import type { CargoMessage } from '../../build/run/messages.ts';
import { fetchCrates, unpackCrates } from '../../build/run/phases.ts';
import { sealArchives } from '../../build/run/private-home.ts';
import { otherSurroundings, surroundings } from '../../build/run/surroundings.ts';
import type { Toolchain } from '../../build/run/toolchain.ts';
import type { Bubblewrap } from '../../build/sandbox/bubblewrap.ts';
import { sha256Of } from '../../build/sbom/artefact.ts';
import { cargoHomeFolder } from '../../gate/project/cargo-home.ts';
import { configFiles } from '../../gate/project/config-files.ts';
import { diskFiles } from '../../gate/project/files.ts';
import { allowListPath } from '../../policy/allow-list.ts';
import type { BuildSettings } from '../../policy/build-allow.ts';
import { loadLayers } from '../../policy/policy.ts';
import type { JudgedProject } from '../check/judge.ts';
import { type Created, createdAt } from '../sbom/created.ts';
import { CliError, exit } from '../shared/error.ts';
import { type OpenBuild, openBuild } from '../shared/open-build.ts';
import { paint } from '../shared/terminal.ts';
import { type Compiling, compileRecorded } from './compiling.ts';
import type { BuildCommandOptions } from './options.ts';
import { fullDisk, openOutput, refuseForeign, writing } from './output-folder.ts';
import { compareBuilds, otherJobs, type Reproduced, secondFailed } from './reproduce.ts';
import { egressLog, writeResults } from './results.ts';
import { makeRoom } from './room.ts';
import type { Fetching } from './session.ts';
import type { Signing } from './signing.ts';
import type { Said } from './statements.ts';
import {
  agreedText,
  failedFolder,
  keepFailed,
  limitsText,
  phase,
  recorderText,
  sandboxText,
  tellFailed,
  tellReproduced,
  tellResults,
} from './tell.ts';
import { openWorkFolder } from './work-folder.ts';

/** What a build begins with. */
export interface Given {
  readonly command: CargoCommand;
  /** Where it was typed. */
  readonly folder: string;
  readonly toolchain: Toolchain;
  readonly bubblewrap: Bubblewrap | undefined;
  readonly recorder: Recorder;
  readonly signing: Signing;
  /** RFC 3339, in UTC. */
  readonly started: string;
}

/** Builds what was judged, and puts its results in place. Throws `BuildError` and `CliError`. */
export async function buildJudged(
  { command, folder, toolchain, bubblewrap, recorder, signing, started }: Given,
  judged: JudgedProject,
  fetching: Fetching,
  options: BuildCommandOptions,
): Promise<void> {
  const output = await openOutput(options.outputDir, judged.place.folder);
  const own = writing(options.outputDir, () => openWorkFolder(output));
  const work = own.path;
  const memory = options.maxMemory ?? Math.floor(totalmem() * 0.9);
  const isOrdinary = bubblewrap !== undefined && process.getuid?.() !== 0;
  const cell = openCell({ processes: options.maxProcesses, memory }, `safeguard-${process.pid}`, {
    isOrdinary,
  });
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  for (const signal of stopping) process.once(signal, stop);
  let failed: Parameters<typeof tellFailed>[1] = { target: command.target ?? undefined, refused: [] };
  try {
    if (cell.limits.kind !== 'cgroup')
      phase('limits', paint('yellow', limitsText(cell.limits), process.stderr));
    const log = join(work, 'build.log');
    const input = { command, toolchain, log, stop: stopped.signal, configured: fetching.words };
    const given = command.target ?? undefined;
    await fetchCrates({ ...input, target: given ?? toolchain.host }, folder, fetching.environment);
    const selected = await openFetched(command, toolchain);
    const { project, build: wanted } = selected;
    const lockfile = sha256Of(readFileSync(project.lockfilePath));
    refuseSeveral(wanted.besides);
    const target = wanted.target;
    failed = { target, refused: [] };
    refuseForeign(output, target);
    if (target !== (given ?? toolchain.host))
      await fetchCrates({ ...input, target }, folder, fetching.environment);
    await fetching.close();
    const created = await createdAt(project.workspace.folder);
    const variables = variablesFrom(options.env, created);
    const wants = {
      project,
      folder,
      work,
      output,
      toolchain,
      target,
      bubblewrap,
      cell,
      surroundings,
      variables,
      readable: options.read ?? [],
      key: options.key,
    };
    const { room, manifest, root } = await makeRoom(wants);
    const sourceNow = () => sourceResource(root, output, { seesIgnored: true });
    const source = await sourceNow();
    if (source?.annotations?.dirty === true)
      phase('source', paint('yellow', 'files differ from the commit, or git ignores them', process.stderr));
    const archives = sealArchives(project.lockfile, cargoHomeFolder(), room.cargoHome);
    const counted = archives.count === 1 ? '1 archive' : `${archives.count} archives`;
    phase('fetch', `${counted}, ${sizeText(archives.bytes)}, as Cargo.lock names them`);
    await within(cell, unpackCrates(room, { ...input, target, manifest }, toolchain.host));
    const heard: Heard = countsUnstable(folder, toolchain)
      ? {
          asked: [],
          resolution: selected.resolution,
          unasked: ['cargo’s other lists count what [unstable] of its configuration names'],
          differences: [],
        }
      : await within(
          cell,
          askCargo(room, { ...input, target, manifest }, selected.resolution, wanted.isPlain === true),
        );
    const opened = { ...selected, resolution: heard.resolution };
    const { resolution } = opened;
    refuseDifferences(heard.differences);
    phase('agreed', agreedText(heard));
    phase('sandbox', sandboxText(bubblewrap));
    phase('record', recorderText(recorder));
    const compiling: Compiling = {
      opened,
      room,
      input: { ...input, target, manifest },
      work,
      recorder,
      settings: loadLayers(judged.policies).settings.build as BuildSettings,
      apart: [realpathSync(output), judged.place.policy, join(judged.place.folder, allowListPath)],
      cell,
      disk: options.maxDisk,
      tells: true,
    };
    const { messages, refused, egress } = await compileRecorded(compiling, (reports, isDone) => {
      failed = { target, refused: reports };
      if (!isDone) keepFailed(output, target, log, reports);
    });
    const units = messages.filter(({ kind }) => kind === 'artefact').length;
    phase('compile', `${units} units for ${target}, ${resolution.packages.length} packages`);
    refuseDifferences(differencesFrom(resolution, messages));
    const besides = new Map<string, Readonly<Record<string, boolean>>>();
    const keep = (file: string, value: unknown, annotations: Readonly<Record<string, boolean>>) => {
      writeFileSync(join(work, file), `${JSON.stringify(value, null, 2)}\n`);
      besides.set(file, annotations);
    };
    if (egress !== undefined) keep(egressLog, egress, {});
    const reproduced = options.reproduce ? await buildAgain(compiling, messages, wants) : undefined;
    if (reproduced !== undefined) {
      keep(reproducedFile, reproduced, { same: reproduced.same });
      tellReproduced(reproduced);
    }
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
        network: egress === undefined ? 'none' : 'named',
        limits: cell.limits,
        disk: options.maxDisk,
        source: sourceThroughout(source, await sourceNow()),
        lockfile,
        resolution,
        session: fetching.session,
        witnesses: [...heard.asked, 'cargo messages'],
        toolchain,
        builder: signing.builder,
        version: packageJson.version,
        started,
      },
      verdict: judged.verdict,
      signing,
    };
    const results = await writeResults({
      opened,
      messages,
      room,
      work,
      output,
      created,
      creator: options.creator,
      said,
      besides,
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
    phase(
      'write',
      `${results.folder}${signing.isSigned ? `, signed${options.signByServer ? ` by ${signing.builder}` : ''}` : ', unsigned'}`,
    );
    tellResults({ files: results.files, target, judged, refused, reproduced }, options.format);
  } catch (error) {
    if (!stopped.signal.aborted) {
      const why = fullDisk(options.outputDir, error);
      if (why instanceof BuildError || why instanceof CliError) tellFailed(why, failed, options.format);
      throw why;
    }
    throw new CliError('cli/refused', 'the build was stopped', { exit: exit.interrupted, cause: error });
  } finally {
    for (const signal of stopping) process.off(signal, stop);
    cell.close();
    own.remove();
  }
}

/** What a step before compiling gives; where it met a limit, that is why it failed. */
async function within<T>(cell: Cell, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    const over = error instanceof BuildError ? cell.met(error.message) : undefined;
    throw over === undefined
      ? error
      : overLimit(over, [
          'It was met before anything was compiled: that takes some 30 processes and threads, and 150 MiB.',
        ]);
  }
}

/** Builds once more, in other surroundings, and holds what is made against what was made first. Throws `BuildError`. */
async function buildAgain(
  compiling: Compiling,
  messages: readonly CargoMessage[],
  wants: Parameters<typeof makeRoom>[0],
): Promise<Reproduced> {
  const { project } = wants;
  const work = join(compiling.work, 'again');
  mkdirSync(work);
  const { command, ...input } = compiling.input;
  const { words, jobs } = otherJobs(command.words);
  try {
    const { room } = await makeRoom({
      ...wants,
      work,
      surroundings: otherSurroundings,
      // Beside what it may write so much of.
      copyTo: join(compiling.work, 'elsewhere'),
    });
    sealArchives(project.lockfile, cargoHomeFolder(), room.cargoHome);
    const again = { ...input, command: { ...command, words }, log: join(work, 'build.log') };
    await unpackCrates(room, again, wants.toolchain.host);
    const second = await compileRecorded({ ...compiling, room, input: again, work, tells: false }, () => {});
    return compareBuilds({ room: compiling.room, messages }, { room, messages: second.messages }, jobs);
  } catch (error) {
    throw secondFailed(error);
  }
}

function manifestOf({ project: { workspace } }: OpenBuild): string {
  return workspace.current?.file ?? workspace.root.file;
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

function refuseSeveral(besides: readonly string[] | undefined): void {
  if (besides === undefined || besides.length === 0) return;
  throw new BuildError('build/command', 'cargo is configured to build for several targets', {
    next: 'Name one: safeguard build -- cargo build --target …',
  });
}

/** The documents name what was resolved, so nothing else may be compiled, by whatever cargo says of it. */
function refuseDifferences(differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new BuildError(
    'build/not-as-resolved',
    `cargo has another build than was resolved:\n${differences.slice(0, 20).join('\n')}`,
    {
      next: 'This is a fault of Safeguard’s own: please report it with the project’s Cargo.toml and Cargo.lock.',
    },
  );
}

/** Whether a run with what is unstable would be another build: a stable cargo passes over `[unstable]` of its configuration. */
function countsUnstable(folder: string, { release }: Toolchain): boolean {
  const files = configFiles(diskFiles, folder, cargoHomeFolder());
  return !/nightly|dev/.test(release) && files.some(({ values }) => values.unstable !== undefined);
}

function variablesFrom(
  also: readonly string[] | undefined,
  created: Created,
): Readonly<Record<string, string>> {
  const epoch = created.stable ? { SOURCE_DATE_EPOCH: String(Date.parse(created.at) / 1000) } : {};
  return { ...epoch, ...passedVariables(process.env, also) };
}
