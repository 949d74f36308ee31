import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GateError } from '../error.ts';
import { type GitPlace, git } from '../project/git.ts';

/** A commit of a repository that is not on this machine yet. */
export interface WantedCommit {
  readonly url: string;
  /** Its full id. */
  readonly commit: string;
}

/** The repository below this user's cache folder that keeps what was fetched from an address. */
export function keptRepository(cache: string, url: string): string {
  return join(cache, 'git', createHash('sha256').update(url).digest('hex').slice(0, 32));
}

/** Whether a repository has a commit. */
export async function hasCommit(place: GitPlace, commit: string): Promise<boolean> {
  try {
    return (await git(place, ['cat-file', '-e', `${commit}^{commit}`])).code === 0;
  } catch (error) {
    if (error instanceof GateError) return false;
    throw error;
  }
}

/**
 * Fetches one commit into a bare repository of our own. Nothing of it is run or checked out: no hook, no filter, no
 * submodule, and no helper program but what speaks the protocol. Gives a clause that says why it could not be fetched,
 * `undefined` where it was. Never throws for what git or the other side does.
 */
export async function fetchCommit(cache: string, { url, commit }: WantedCommit): Promise<string | undefined> {
  const gitDir = keptRepository(cache, url);
  try {
    await mkdir(gitDir, { recursive: true, mode: 0o700 });
    const made = await git({ gitDir }, ['init', '--quiet', '--bare', '--template=', gitDir]);
    if (made.code !== 0) return `git made no repository for it: ${first(made.said)}`;
    const fetched = await git({ gitDir }, [...allowed, ...fetch, '--end-of-options', url, commit], {
      patience,
    });
    if (await hasCommit({ gitDir }, commit)) return undefined;
    return `git could not fetch it: ${first(fetched.said)}`;
  } catch (error) {
    const { message } = error as Error;
    return `it could not be fetched: ${message.replace(/\.$/, '')}`;
  }
}

/** The protocols that cargo takes, too; what runs a program of the address's choice (`ext::`) is not among them. */
const allowed = ['https', 'http', 'ssh', 'git', 'file'].flatMap((protocol) => [
  '-c',
  `protocol.${protocol}.allow=always`,
]);
const fetch = [
  '-c',
  'core.askPass=',
  '-c',
  'gc.auto=0',
  '-c',
  'maintenance.auto=false',
  'fetch',
  '--quiet',
  '--depth=1',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-write-fetch-head',
];
/** Milliseconds. */
const patience = 5 * 60_000;

function first(said: string): string {
  const lines = said.split('\n').map((line) => line.replace(/^(fatal|error|remote): /, '').trim());
  return lines.find((line) => line !== '')?.replace(/\.$/, '') ?? 'it gave no reason';
}
