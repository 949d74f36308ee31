import type { Resolution } from '../../cargo/resolve/resolve.ts';
import { GateError } from '../../gate/error.ts';
import { cacheFolder } from '../../gate/project/cache-folder.ts';
import { cargoHomeFolder } from '../../gate/project/cargo-home.ts';
import type { CrateFactsOptions } from '../../gate/project/crate-facts.ts';
import { diskFiles, type ProjectFiles } from '../../gate/project/files.ts';
import { type Build, type OpenProject, openProject } from '../../gate/project/resolve.ts';
import { thisMachine } from '../../gate/project/this-machine.ts';
import type { BuildOptions } from './build-options.ts';
import { CliError } from './error.ts';
import { manifestPath } from './manifest-path.ts';
import { type Progress, progressOn } from './progress.ts';
import { lazyRemote } from './remote.ts';
import { note, paint, printable } from './terminal.ts';

/** A project on this machine, and what of it is built. */
export interface OpenBuild {
  readonly project: OpenProject;
  readonly build: Build;
  readonly resolution: Resolution;
}

/** Whoever wants to know what a build was made of. */
export interface BuildWatch extends Pick<CrateFactsOptions, 'onKept'> {
  /** The project's files; absent: those of this machine. */
  readonly files?: ProjectFiles;
  /** Called before each release that is not kept yet. */
  readonly onRead?: () => void;
}

/** Reads and resolves a project; what is not known of a package is told on stderr. Throws `CliError`. */
export async function openBuild(options: BuildOptions, watch: BuildWatch = {}): Promise<OpenBuild> {
  const remote = options.offline ? undefined : lazyRemote(options);
  let progress: Progress | undefined;
  try {
    const project = await openProject({
      files: watch.files ?? diskFiles,
      manifestPath: manifestPath(options),
      cargoHome: cargoHomeFolder(),
      environment: process.env,
      crates: {
        cache: cacheFolder(),
        remote,
        onKept: watch.onKept,
        onRead: (done, of) => {
          watch.onRead?.();
          progress ??= progressOn(process.stderr, of);
          progress.step(done, 'crates read');
        },
      },
    });
    const host = options.host ?? thisMachine();
    const [target = host, ...besides] = options.target === undefined ? project.targets : [options.target];
    const build = {
      target,
      besides,
      host,
      isPlain: options.target === undefined && project.targets.length === 0,
      selection: {
        packages: options.package ?? [],
        workspace: options.workspace === true,
        exclude: options.exclude ?? [],
        features: options.features ?? [],
        allFeatures: options.allFeatures === true,
        defaultFeatures: options.defaultFeatures,
        dev: options.allTargets === true,
      },
    };
    const resolution = project.resolve(build);
    progress?.end();
    tellUnread(resolution);
    return { project, build, resolution };
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    throw new CliError('cli/file', printable(error.message), {
      ...(error.next === undefined ? {} : { next: error.next }),
      cause: error,
    });
  } finally {
    progress?.end();
    await remote?.close();
  }
}

function tellUnread({ packages }: Resolution): void {
  for (const { name, version, opaque, unread } of packages) {
    const reason = opaque ?? unread;
    if (reason !== undefined)
      note(`${paint('yellow', 'unknown:', process.stderr)} ${name} ${version}: ${printable(reason)}.`);
  }
}
