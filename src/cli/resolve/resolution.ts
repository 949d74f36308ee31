import type { BuiltPackage } from '../../cargo/resolve/resolve.ts';
import { cacheFolder } from '../../gate/project/cache-folder.ts';
import { cargoHomeFolder, stampOf } from '../../gate/project/cargo-home.ts';
import { diskFiles } from '../../gate/project/files.ts';
import { thisMachine } from '../../gate/project/this-machine.ts';
import { type FileTrace, isAsTraced, tracedFiles } from '../../gate/project/traced-files.ts';
import type { BuildOptions } from '../shared/build-options.ts';
import { keptFile, type MakingCode } from '../shared/kept-file.ts';
import { manifestPath } from '../shared/manifest-path.ts';

/** Code that projects are resolved by. A test holds that there is no other. */
export const resolvingCode: MakingCode = {
  folders: [
    ...['cargo', 'cargo/cfg', 'cargo/manifest', 'cargo/resolve', 'cli/resolve', 'cli/shared', 'rust'],
    ...['gate', 'gate/git-source', 'gate/graphs', 'gate/project', 'gate/surroundings'],
  ],
  packages: ['smol-toml'],
};

/** A resolution, as far as it is shown. */
export interface ShownResolution {
  readonly packages: readonly Omit<BuiltPackage, 'declares'>[];
  readonly roots: readonly number[];
}

/** An answer, with all that it followed from beside what is known by a checksum. */
interface KeptResolution {
  readonly question: string;
  readonly files: FileTrace;
  /** Index files that releases were read of, with their stamps. */
  readonly indexes: ReadonlyMap<string, string>;
  readonly resolution: ShownResolution;
}

/**
 * Resolves a project on this machine. The last answer for it is kept: where the same is asked, each file that was
 * looked at says the same, and no index file was written since, it is the answer again. Throws `CliError`.
 */
export async function resolutionOf(options: BuildOptions): Promise<ShownResolution> {
  const manifest = manifestPath(options);
  const question = questionOf(options, manifest);
  const kept = keptFile<KeptResolution>('resolutions', manifest, resolvingCode, cacheFolder());
  if (kept.value !== undefined && kept.value.question === question && isStill(kept.value))
    return kept.value.resolution;
  const { openBuild } = await import('../shared/open-build.ts');
  const { files, trace } = tracedFiles(diskFiles);
  const indexes = new Map<string, string>();
  let isWhole = true;
  const { project, resolution } = await openBuild(options, {
    files,
    onKept: (index) => {
      if (index !== undefined) indexes.set(index.path, index.stamp);
    },
    onRead: () => {
      isWhole = false;
    },
  });
  const packages = resolution.packages.map(({ declares: _, ...pkg }) => pkg);
  const shown = { packages, roots: resolution.roots };
  // What lies in repositories, and what is not known, is looked for each time.
  if (
    isWhole &&
    !project.hasOpaque &&
    project.lockfile.packages.every(({ source }) => source?.kind !== 'git')
  )
    kept.keep({ question, files: trace, indexes, resolution: shown });
  return shown;
}

/** All that is asked, by options and by the environment. */
function questionOf({ manifestPath: _, ...options }: BuildOptions, manifest: string): string {
  const variables = Object.entries(process.env).filter(([name]) => /^(CARGO|RUST)/.test(name));
  return JSON.stringify([manifest, options, thisMachine(), cargoHomeFolder(), variables.sort()]);
}

function isStill({ files, indexes }: KeptResolution): boolean {
  for (const [path, stamp] of indexes) {
    const now = stampOf(path);
    if (now !== undefined && now !== stamp) return false;
  }
  return isAsTraced(files, diskFiles);
}
