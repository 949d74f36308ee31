import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Lockfile } from '../../cargo/lockfile.ts';
import { GateError } from '../error.ts';
import { type BaseCommit, deepenLine, type GitObjects, openGit } from './git.ts';
import { maxLockfileBytes, noLockfile, parseNamed, readLockfile } from './lockfile-reader.ts';

/** Why it is not known where a branch left what it is compared with, and what to do. */
export interface BranchPoint {
  /** A clause. */
  readonly reason: string;
  /** A command line. */
  readonly next: string;
}

/** The lockfile that a change is compared with. */
export interface Base {
  readonly lockfile: Lockfile;
  /** Absent where the commit has no lockfile. */
  readonly text?: string;
  /** What it is, for people. */
  readonly name: string;
  /** Another file of the same commit, with its text; `undefined` where it had none. Absent where the base is a file. */
  readonly read?: (path: string) => Promise<string | undefined>;
  /** Why it is not known where this branch left the commit, and what to do. */
  readonly branchPoint?: BranchPoint;
  /** The commit, where it is one, and the folder of the repository's work tree. */
  readonly commit?: { readonly id: string; readonly root: string };
}

/**
 * Reads the old lockfile: that of a revision of the repository that has `path`, at the commit where the current branch left
 * it, or a file. Where the commit has none, everything is new. Throws `GateError` for what is neither, or both.
 */
export async function readBase(asked: string, path: string, file: string): Promise<Base> {
  const isFile = existsSync(asked);
  const git = await openGit(dirname(path)).catch((error: unknown) => {
    if (isFile && error instanceof GateError) return undefined;
    throw error;
  });
  const isPath = /^\.{0,2}\//.test(asked);
  const commit = isPath ? undefined : await git?.commit(asked);
  if (commit !== undefined && isFile) {
    throw new GateError('gate/base', `${JSON.stringify(asked)} is a revision and a file.`, {
      next: `Write ./${asked} for the file, or the revision’s full name, such as refs/heads/${asked}.`,
    });
  }
  if (commit !== undefined && git !== undefined) return await readCommit(git, asked, commit, path, file);
  if (isFile) {
    const { lockfile, text } = await readLockfile(asked, asked);
    return { lockfile, text, name: asked };
  }
  throw (await git?.noSuchRevision(asked)) ?? new GateError('gate/base', `there is no file ${asked}.`);
}

async function readCommit(
  git: GitObjects,
  asked: string,
  { id, isMergeBase, isCut }: BaseCommit,
  path: string,
  file: string,
): Promise<Base> {
  const bytes = await git.file(id, path, maxLockfileBytes);
  const short = id.slice(0, 12);
  const read = async (other: string) => (await git.file(id, other, maxLockfileBytes))?.toString('utf8');
  const where = isMergeBase ? `${asked} (${short}, where this branch left it)` : `${asked} (${short})`;
  const commit = { id, root: git.root };
  const cut = isCut ? { branchPoint: branchPointCut(asked, id) } : {};
  if (bytes === undefined)
    return { lockfile: noLockfile, name: `${where}, which has no ${file}`, read, commit, ...cut };
  const { lockfile, text } = parseNamed(bytes, `${short}:${file}`);
  return { lockfile, text, name: where, read, commit, ...cut };
}

/** Without a common commit, what happened on the base since looks like what this branch takes back. */
function branchPointCut(asked: string, id: string): BranchPoint {
  return {
    reason: `this clone is shallow and has no commit that this branch and ${asked} (${id.slice(0, 12)}) share`,
    next: deepenLine(asked),
  };
}
