import type { LockedPackage } from '../../cargo/lockfile.ts';
import { readCargoConfig } from '../../gate/project/cargo-config.ts';
import { CargoHome, cargoHomeFolder } from '../../gate/project/cargo-home.ts';
import type { RemoteCrates } from '../../gate/project/crate-facts.ts';
import { diskFiles } from '../../gate/project/files.ts';
import { gitSource, releaseSource } from '../../gate/review/release-source.ts';
import type { ReviewedVersion } from '../../gate/review/review.ts';
import type { AllowFile } from '../allow/file.ts';
import { type FactsOptions, gitCommits, vendoringOf, withFacts } from '../check/facts.ts';
import { lazyRemote } from '../shared/remote.ts';
import { checksumOf } from './known.ts';

/** Opens archives of releases. The caller closes it. */
export interface Sources {
  /** Throws `GateError` where the archive cannot be had, or is another. */
  readonly open: (crate: string, version: string, checksum: string) => Promise<ReviewedVersion>;
  /** The same of a locked package, wherever it comes from. */
  readonly openLocked: (locked: LockedPackage) => Promise<ReviewedVersion>;
  /** The same of a version that may be gone. */
  readonly openIfThere: (
    crate: string,
    version: string,
    list: AllowFile,
  ) => Promise<ReviewedVersion | undefined>;
  readonly close: () => Promise<void>;
}

/**
 * Archives are cargo's own copies, those of local registries that a project's folder is configured with, else fetched. Throws
 * `GateError` where cargo refuses that configuration.
 */
export function openSources(options: FactsOptions, { folder, packages }: AllowFile): Sources {
  const remotes = options.offline ? [] : remotesOf(options);
  const remote = remotes.length === 0 ? undefined : firstOf(remotes);
  const home = cargoHomeFolder();
  const { localRegistries } = readCargoConfig(diskFiles, folder, home, process.env);
  const places = { cargoHome: new CargoHome(home, localRegistries), remote };
  const open: Sources['open'] = async (crate, version, checksum) => ({
    crate,
    version,
    source: await releaseSource({ name: crate, version, checksum }, places),
  });
  const commits = gitCommits([vendoringOf(folder, packages)]);
  return {
    open,
    openLocked: async (locked) => {
      const { name: crate, version, checksum = '' } = locked;
      if (locked.source?.kind !== 'git') return await open(crate, version, checksum);
      return { crate, version, source: await gitSource(locked, commits) };
    },
    openIfThere: async (crate, version, list) => {
      try {
        const checksum = await withFacts(options, list.policy, (port) =>
          checksumOf(port, list, crate, version),
        );
        return await open(crate, version, checksum);
      } catch {
        // What was approved may be gone from the registry; that is no reason to show nothing of what is there.
        return undefined;
      }
    },
    close: async () => {
      commits.close();
      for (const each of remotes) await each.close();
    },
  };
}

type Remote = ReturnType<typeof lazyRemote>;

/** A mirror hands out nothing that it holds, and what it holds is what most needs a review: then the registry is asked. */
function remotesOf({
  server = process.env.SAFEGUARD_SERVER || undefined,
  upstream,
}: FactsOptions): readonly Remote[] {
  const registry = lazyRemote({ upstream });
  return server === undefined ? [registry] : [lazyRemote({ server, upstream }), registry];
}

function firstOf(remotes: readonly Remote[]): RemoteCrates {
  const first = async <T>(ask: (remote: Remote) => Promise<T>): Promise<T> => {
    let failure: unknown;
    for (const remote of remotes) {
      try {
        return await ask(remote);
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  };
  return {
    line: (release) => first((remote) => remote.line(release)),
    archive: (release) => first((remote) => remote.archive(release)),
  };
}
