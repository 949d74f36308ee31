import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { GateError } from '../error.ts';

/** A commit that a change is compared with. */
export interface BaseCommit {
  /** Its full id. */
  readonly id: string;
  /** Where the branch left the revision that was asked for; otherwise that revision itself. */
  readonly isMergeBase: boolean;
  /** Whether nobody knows where the branch left it, since the clone is shallow. */
  readonly isCut: boolean;
}

/** Objects of one git repository. Nothing is run but git's own plumbing: no hook, no filter, no fetch, no work tree. */
export interface GitObjects {
  /** The folder of its work tree. */
  readonly root: string;
  /** `undefined` where git knows no such revision. */
  readonly commit: (revision: string) => Promise<BaseCommit | undefined>;
  /** A file of a commit; `undefined` where the commit has none there. `path` is as on this machine. */
  readonly file: (commit: string, path: string, maxBytes: number) => Promise<Buffer | undefined>;
  /** The error for a revision that is not there, with what to do. */
  readonly noSuchRevision: (revision: string) => Promise<GateError>;
}

/** Opens the repository that a folder is part of. Throws `GateError('gate/git')` where there is none, or no git. */
export async function openGit(folder: string): Promise<GitObjects> {
  const here = await realpath(folder);
  const inside = await git(here, ['rev-parse', '--is-bare-repository', '--show-toplevel']);
  if (inside.code !== 0) throw await notOpened(here, inside);
  const [bare, root = ''] = inside.text.split('\n');
  if (bare === 'true') throw bareRepository(here);
  return {
    root,
    commit: async (revision) => {
      const asked = await git(here, [
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${revision}^{commit}`,
      ]);
      const id = asked.text.trim();
      if (asked.code !== 0 || !isId(id)) return undefined;
      const base = await git(here, ['merge-base', id, 'HEAD']);
      const shared = base.text.trim();
      if (base.code === 0 && isId(shared)) return { id: shared, isMergeBase: shared !== id, isCut: false };
      return { id, isMergeBase: false, isCut: await isShallow(here) };
    },
    file: (commit, path, maxBytes) => blobAt(here, root, commit, path, maxBytes),
    noSuchRevision: async (revision) => {
      const shallow = await isShallow(here);
      return new GateError('gate/base', `git knows no revision ${JSON.stringify(revision)} in ${here}.`, {
        next: shallow
          ? `This clone is shallow: fetch the revision first, with \`${fetchLine(revision)}\` or a whole history (fetch-depth: 0).`
          : 'Name a branch, tag or commit that `git rev-parse` knows, or a Cargo.lock to compare with.',
      });
    },
  };
}

/** What brings a revision to a shallow clone so that it has its name there: a fetch alone leaves it without one. */
function fetchLine(revision: string): string {
  const depth = 'git fetch --depth=1';
  if (isId(revision)) return `${depth} origin ${revision}`;
  if (/[~^@{]/.test(revision)) return 'git fetch --deepen=1000 origin';
  const { remote, branch } = remoteBranch(revision);
  if (remote !== undefined) {
    return `${depth} ${shellWord(remote)} ${shellWord(`${branch}:refs/remotes/${remote}/${branch}`)}`;
  }
  return /^v?\d/.test(branch)
    ? `${depth} origin tag ${shellWord(branch)}`
    : `${depth} origin ${shellWord(`${branch}:${branch}`)}`;
}

/** What fetches more of the history of a revision that is there. */
export function deepenLine(revision: string): string {
  const { remote = 'origin', branch } = remoteBranch(revision);
  // What is counted back from another has no name where it comes from.
  const name = /[~^@{]|^HEAD$/.test(branch) ? '' : ` ${shellWord(branch)}`;
  return `git fetch --deepen=1000 ${shellWord(remote)}${name}`;
}

/** `origin/main` is the branch `main` of `origin`; without a slash, it is a name of its own. */
function remoteBranch(revision: string): { readonly remote: string | undefined; readonly branch: string } {
  const [, remote, branch = revision] = /^(?:refs\/remotes\/)?([^/]+)\/(.+)$/.exec(revision) ?? [];
  // `refs/heads/main` is not of a remote called `refs`.
  return remote === 'refs'
    ? { remote: undefined, branch: revision.replace(/^refs\/\w+\//, '') }
    : { remote, branch };
}

function shellWord(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

async function isShallow(here: string): Promise<boolean> {
  return (await git(here, ['rev-parse', '--is-shallow-repository'])).text.trim() === 'true';
}

/** What git is never to do, whatever the repository's own settings say. */
const settings = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'protocol.allow=never',
];
const never = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  LC_ALL: 'C',
};

interface Output {
  readonly code: number;
  readonly bytes: Buffer;
  readonly text: string;
  readonly said: string;
}

/** Where git works: a folder of a work tree, or the folder that is the repository itself. */
export type GitPlace = string | { readonly gitDir: string };

/** Starts git so that it does nothing but read objects. */
export function startGit(place: GitPlace, args: readonly string[]): ChildProcessWithoutNullStreams {
  // In a hook these name the repository that the hook is of; here the folder says which one is meant.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|NAMESPACE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|ASKPASS)|SSH_ASKPASS)$/.test(
          name,
        ),
    ),
  );
  const where = typeof place === 'string' ? [] : [`--git-dir=${place.gitDir}`];
  const cwd = typeof place === 'string' ? place : place.gitDir;
  return spawn('git', ['--no-pager', ...where, ...settings, ...args], { cwd, env: { ...env, ...never } });
}

export interface GitLimits {
  /** Of what it prints. */
  readonly maxBytes?: number;
  /** Milliseconds after which it is ended; absent: it works as long as it wants. */
  readonly patience?: number;
}

/** Runs it to its end. Throws `GateError('gate/git')` where there is no git. */
export function git(
  place: GitPlace,
  args: readonly string[],
  { maxBytes = 1024 * 1024, patience }: GitLimits = {},
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = startGit(place, args);
    const timer = patience === undefined ? undefined : setTimeout(() => child.kill(), patience);
    child.stdin.end();
    const out: Buffer[] = [];
    let said = '';
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) child.kill();
      else out.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 4096) said += text;
    });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const missing = cause.code === 'ENOENT';
      const message = missing ? 'git was not found.' : `git could not be started: ${cause.message}.`;
      const next = 'Install git, or give the old Cargo.lock as a file: --base OLD.lock.';
      reject(new GateError('gate/git', message, { next, cause }));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      const bytes = Buffer.concat(out);
      resolve({ code: size > maxBytes ? 255 : (code ?? 255), bytes, text: bytes.toString('utf8'), said });
    });
  });
}

/** A folder without symbolic links on the way to it; it need not be there any more. */
async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    return join(await realFolder(above), basename(folder));
  }
}

async function blobAt(
  here: string,
  root: string,
  commit: string,
  path: string,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const name = relative(root, join(await realFolder(dirname(path)), basename(path)))
    .split(sep)
    .join('/');
  if (name === '' || name.startsWith('../')) {
    throw new GateError('gate/base', `${path} is outside of the repository ${root}.`, {
      next: 'Run the command in the repository that has the lockfile, or give the old one as a file.',
    });
  }
  const listed = await git(here, ['ls-tree', '-z', '--full-tree', commit, '--', name]);
  if (listed.code !== 0) throw unreadable(listed.said, name, commit);
  const [, mode, kind, id = ''] = /^(\d+) (\w+) ([0-9a-f]+)\t/.exec(listed.text) ?? [];
  if (mode === undefined) return undefined;
  if (kind !== 'blob' || mode === '120000') {
    const what = mode === '120000' ? 'a symbolic link' : kind === 'commit' ? 'a submodule' : 'a folder';
    throw new GateError('gate/base', `${name} is ${what} in ${commit.slice(0, 12)}.`, {
      next: 'Give the old Cargo.lock as a file: --base OLD.lock.',
    });
  }
  // `cat-file blob` gives the bytes as they are stored: no filter, no conversion.
  const blob = await git(here, ['cat-file', 'blob', id], { maxBytes: maxBytes + 1 });
  if (blob.bytes.length > maxBytes || blob.code !== 0) throw unreadable(blob.said, name, commit, maxBytes);
  return blob.bytes;
}

function unreadable(said: string, name: string, commit: string, maxBytes?: number): GateError {
  const reason = said.trim().split('\n')[0] ?? '';
  const why =
    reason === ''
      ? maxBytes === undefined
        ? 'git gave no reason'
        : `it has more than ${maxBytes} bytes`
      : reason;
  return new GateError('gate/base', `${name} of ${commit.slice(0, 12)} could not be read: ${why}.`, {
    next: 'Where the clone leaves files out (--filter), fetch them first: `git fetch --refetch --no-filter`.',
  });
}

async function notOpened(here: string, { said, text }: Output): Promise<GateError> {
  if (text.startsWith('true')) return bareRepository(here);
  const reason = said.trim().split('\n')[0] ?? '';
  if (/dubious ownership/.test(said)) {
    return new GateError(
      'gate/git',
      `git does not trust the repository of ${here}: it belongs to another user.`,
      {
        next: `If it is yours: git config --global --add safe.directory ${JSON.stringify(here)}`,
      },
    );
  }
  return new GateError('gate/git', `${here} is in no git work tree: ${reason}.`, {
    next: 'Run the command in a clone, or give the old Cargo.lock as a file: --base OLD.lock.',
  });
}

function bareRepository(here: string): GateError {
  return new GateError('gate/git', `${here} is a bare repository: it has no Cargo.lock to judge.`, {
    next: 'Run the command in a clone, or in a work tree of it: `git worktree add FOLDER`.',
  });
}

/** Whether a text is the whole id of an object: SHA-1 or SHA-256. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text);
}
