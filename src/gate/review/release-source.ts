import { createHash } from 'node:crypto';
import { archiveTexts, type CrateArchive, readCrateArchive } from '../../cargo/crate-archive.ts';
import { CargoError } from '../../cargo/error.ts';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import { archiveFiles } from '../../rust/inputs/package-files.ts';
import { type PackageSource, packageSource } from '../../rust/package-source.ts';
import { GateError } from '../error.ts';
import type { GitCommits } from '../git-source/commits.ts';
import { packageFiles } from '../git-source/package-files.ts';
import type { CargoHome } from '../project/cargo-home.ts';
import type { Release, RemoteCrates } from '../project/crate-facts.ts';
import type { ProjectFiles } from '../project/files.ts';
import { folderFiles } from '../project/folder-files.ts';

/** Where archives are looked for. */
export interface ArchivePlaces {
  readonly cargoHome: CargoHome;
  /** Absent: only this machine. */
  readonly remote: RemoteCrates | undefined;
}

/**
 * The code of a release, from the archive that has its checksum: cargo's own copy, else the remote's. Throws `GateError` where
 * there is none, or where it cannot be read.
 */
export async function releaseSource(
  release: Release,
  { cargoHome, remote }: ArchivePlaces,
): Promise<PackageSource> {
  const { name, version, checksum } = release;
  const isRight = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') === checksum;
  const bytes = cargoHome.archives(name, version).find(isRight) ?? (await fetched(release, remote));
  if (!isRight(bytes))
    throw new GateError(
      'gate/file',
      `the archive of ${name} ${version} that came is another than its checksum says.`,
      {
        next: 'Ask again; if it stays so, do not build with this release.',
      },
    );
  return sourceOfBytes(bytes, release);
}

/** The code in the bytes of a release's archive. Throws `GateError` where it cannot be read. */
export function sourceOfBytes(bytes: Uint8Array, release: Pick<Release, 'name' | 'version'>): PackageSource {
  const archive = readArchive(bytes, release);
  const source = sourceFrom(archiveTexts(archive), `${release.name}-${release.version}.crate`);
  return { ...source, all: archiveFiles(archive.files) };
}

/** The code of a package of a git repository, at the commit that is locked. Throws `GateError` where it is not on this machine. */
export async function gitSource(locked: LockedPackage, commits: GitCommits): Promise<PackageSource> {
  // Whoever shows it has looked into it before, and fetched what may be fetched.
  const found = await commits.wholePackage(locked, false);
  if (found.kind === 'absent')
    throw new GateError(
      'gate/file',
      `the code of ${locked.name} ${locked.version} is not here: ${found.reason}.`,
      {
        next: 'Fetch it with `cargo fetch --locked`.',
      },
    );
  const { files } = await packageFiles(found);
  return { ...sourceFrom(archiveTexts({ files }), found.local.file), all: archiveFiles(files) };
}

/** The code of an unpacked crate, or of a package that is not published. */
export function folderSource(folder: string, files: ProjectFiles): PackageSource {
  const source = sourceFrom((path) => {
    // What leads out of the folder is no part of the package.
    if (path.startsWith('/') || path.split('/').includes('..')) return undefined;
    try {
      return files.read(`${folder}/${path}`);
    } catch (error) {
      if (error instanceof GateError) return '"';
      throw error;
    }
  }, folder);
  return { ...source, all: folderFiles(folder) };
}

async function fetched(
  { name, version, checksum }: Release,
  remote: RemoteCrates | undefined,
): Promise<Uint8Array> {
  const missing = (reason: string, cause?: unknown) =>
    new GateError('gate/file', `the archive of ${name} ${version} ${reason}.`, {
      next: 'Fetch it with `cargo fetch`, or ask without --offline.',
      cause,
    });
  if (remote === undefined) throw missing('is not on this machine');
  try {
    return await remote.archive({ name, version, checksum });
  } catch (error) {
    throw missing(`could not be fetched: ${(error as Error).message}`, error);
  }
}

function readArchive(bytes: Uint8Array, { name, version }: Pick<Release, 'name' | 'version'>): CrateArchive {
  try {
    return readCrateArchive(bytes);
  } catch (error) {
    if (!(error instanceof CargoError)) throw error;
    throw new GateError('gate/file', `the archive of ${name} ${version} does not read: ${error.message}.`, {
      next: 'Do not build with this release.',
      cause: error,
    });
  }
}

function sourceFrom(files: (path: string) => string | undefined, name: string): PackageSource {
  const manifest = files('Cargo.toml');
  if (manifest === undefined)
    throw new GateError('gate/manifest', `${name} has no Cargo.toml.`, {
      next: 'Name the folder of a package.',
    });
  try {
    return packageSource(manifest, files);
  } catch (error) {
    if (!(error instanceof CargoError)) throw error;
    const { line, column } = error;
    throw new GateError('gate/manifest', `${error.message}.`, {
      at: { file: `${name}/Cargo.toml`, line, column },
      next: 'Cargo would refuse it, too.',
      cause: error,
    });
  }
}
