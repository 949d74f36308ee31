import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { CliError } from '../shared/error.ts';

/** The files of a project that a check reads. */
export interface ProjectPlace {
  readonly lockfile: string;
  /** The lockfile as findings name it. */
  readonly name: string;
  /** The manifest beside the lockfile, which is the workspace's root. */
  readonly manifest: string;
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
  const lockfile =
    options.lockfile === undefined ? findLockfile(options.manifestPath) : resolve(options.lockfile);
  const folder = dirname(lockfile);
  const nameOf = namesFrom(repositoryOf(folder) ?? process.cwd());
  const policy = join(folder, 'safeguard.toml');
  return {
    lockfile,
    name: nameOf(lockfile),
    manifest: join(folder, 'Cargo.toml'),
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

function findLockfile(manifestPath: string): string {
  const path = resolve(manifestPath);
  const first = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : dirname(path);
  for (let folder = first; ; folder = dirname(folder)) {
    const lockfile = join(folder, 'Cargo.lock');
    if (existsSync(lockfile)) return lockfile;
    if (dirname(folder) === folder) break;
  }
  throw new CliError('cli/usage', `there is no Cargo.lock in ${first} nor above it`, {
    next: 'Make it with `cargo generate-lockfile` and commit it, or name it with --lockfile.',
  });
}
