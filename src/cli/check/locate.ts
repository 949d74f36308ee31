import { existsSync, lstatSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readCargoConfig } from '../../gate/project/cargo-config.ts';
import { cargoHomeFolder } from '../../gate/project/cargo-home.ts';
import { diskFiles } from '../../gate/project/files.ts';
import { CliError } from '../shared/error.ts';

/** The files of a project that a check reads. */
export interface ProjectPlace {
  readonly lockfile: string;
  /** The lockfile as findings name it. */
  readonly name: string;
  /** The manifest that the lockfile belongs to, which is the workspace's root; nearly always beside it. */
  readonly manifest: string;
  /** The folder of that. */
  readonly folder: string;
  /** Where the project's policy usually is. */
  readonly policy: string;
  /** The policy as findings name it. */
  readonly policyName: string;
  /** A file as findings name it: below the folder of the repository, else below the current one; with `/` between parts. */
  readonly nameOf: (path: string) => string;
}

/** Finds them. As cargo does, the lockfile of a member is looked for in the folders above. Throws `CliError`. */
export async function locate(options: {
  readonly lockfile?: string;
  readonly manifestPath: string;
}): Promise<ProjectPlace> {
  if (options.lockfile !== undefined) {
    const lockfile = resolve(options.lockfile);
    return placeOf({ lockfile, folder: dirname(lockfile) });
  }
  const first = folderOf(options.manifestPath);
  const usual = findLockfile(first) ?? configuredLockfile(first);
  if (usual !== undefined) return placeOf(usual);
  throw new CliError('cli/usage', `there is no Cargo.lock in ${first} nor above it`, {
    next: 'Make it with `cargo generate-lockfile` and commit it, or name it with --lockfile.',
  });
}

/** A lockfile in the folder of its manifest, or with the manifest that it belongs to. */
export function placeOf({
  lockfile,
  folder,
}: {
  readonly lockfile: string;
  readonly folder: string;
}): ProjectPlace {
  const nameOf = namesFrom(repositoryOf(folder) ?? process.cwd());
  const policy = join(folder, 'safeguard.toml');
  return {
    lockfile,
    name: nameOf(lockfile),
    manifest: join(folder, 'Cargo.toml'),
    folder,
    policy,
    policyName: nameOf(policy),
    nameOf,
  };
}

function namesFrom(root: string): (path: string) => string {
  return (path) => {
    const below = relative(root, path);
    return (below.startsWith('..') ? path : below).split(sep).join('/');
  };
}

/** The folder of the git repository that a folder is in: what code hosts count paths from. */
function repositoryOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

function folderOf(manifestPath: string): string {
  const path = resolve(manifestPath);
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : dirname(path);
}

interface Found {
  readonly lockfile: string;
  /** Of the manifest. */
  readonly folder: string;
}

function findLockfile(first: string): Found | undefined {
  for (let folder = first; ; folder = dirname(folder)) {
    const lockfile = join(folder, 'Cargo.lock');
    // A link that leads nowhere is this project's lockfile all the same, and none of a folder above.
    if (lstatSync(lockfile, { throwIfNoEntry: false }) !== undefined) return { lockfile, folder };
    if (dirname(folder) === folder) return undefined;
  }
}

/** The one that cargo's configuration points at, where there is none beside the manifest. Throws `GateError`. */
function configuredLockfile(folder: string): Found | undefined {
  const { lockfile } = readCargoConfig(diskFiles, folder, cargoHomeFolder(), process.env);
  return lockfile === undefined || !existsSync(lockfile.path)
    ? undefined
    : { lockfile: lockfile.path, folder };
}
