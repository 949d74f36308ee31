import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../attest/statement.ts';
import { type GitPlace, git } from '../../gate/project/git.ts';

/**
 * The source of a build as a statement names it; `dirty` where files differ from the commit, whatever git's
 * configuration says of untracked files and submodules. With `seesIgnored` those that git ignores count as well, but
 * for cargo's target folders: a build reads them like any other. `undefined` outside of a repository.
 */
export async function sourceResource(
  folder: string,
  output: string,
  { seesIgnored = false }: { readonly seesIgnored?: boolean } = {},
): Promise<Resource | undefined> {
  const ask = async (...args: readonly string[]) => {
    const answer = await git(folder as GitPlace, args, { maxBytes: maxList }).catch(() => undefined);
    return answer?.code === 0 ? answer.text : undefined;
  };
  const commit = (await ask('rev-parse', '--verify', '--quiet', 'HEAD^{commit}'))?.trim();
  if (commit === undefined) return undefined;
  const top = (await ask('rev-parse', '--show-toplevel'))?.trim() ?? folder;
  const ignored = seesIgnored ? ['--ignored=matching'] : [];
  const all = ['--porcelain', '-z', '--untracked-files=all', '--ignore-submodules=none', ...ignored];
  const status = await ask('status', ...all, '--', top);
  const listed = await ask('ls-files', '-v', '-z', '--full-name', '--', top);
  const own = `${relative(top, output)}/`;
  const differing = status?.split('\0').filter((line) => line !== '' && !isMade(top, own, line));
  const flagged = listed?.split('\0').filter((line) => isUnseen(top, line));
  const remote = remoteAddress((await ask('config', '--get', 'remote.origin.url'))?.trim());
  return {
    name: 'source',
    ...(remote === undefined ? {} : { uri: `git+${remote}` }),
    digest: { gitCommit: commit },
    ...(differing?.length === 0 && flagged?.length === 0 ? {} : { annotations: { dirty: true } }),
  };
}

/** Bytes of git's answers. */
const maxList = 256 * 1024 * 1024;

/**
 * Whether a line of `git status` is of what builds make: ours below `own`, and ignored folders that cargo marks (cargo:
 * `write_cachedir_tag`).
 */
function isMade(top: string, own: string, line: string): boolean {
  const path = line.slice(3);
  if (`${path}/`.startsWith(own)) return true;
  return line.startsWith('!! ') && path.endsWith('/') && existsSync(join(top, path, 'CACHEDIR.TAG'));
}

/**
 * Whether a line of `git ls-files -v` is of a file that git does not look at: a small letter; `S` where it is there
 * nevertheless.
 */
function isUnseen(top: string, line: string): boolean {
  return /^[a-z] /.test(line) || (line.startsWith('S ') && existsSync(join(top, line.slice(2))));
}

/** The source of a build that began with one and ended with another: what it read of which nobody knows. */
export function sourceThroughout(
  before: Resource | undefined,
  after: Resource | undefined,
): Resource | undefined {
  return before === undefined || isDeepStrictEqual(before, after)
    ? before
    : { ...before, annotations: { ...before.annotations, dirty: true } };
}

/** Where a repository is for others: no path of this machine, and no user or token. */
export function remoteAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, host, path] = /^[\w.-]+@([\w.-]+):(?!\/\/)(.+)$/.exec(text) ?? [];
  const url = host === undefined ? text : `ssh://${host}/${path}`;
  if (!URL.canParse(url)) return undefined;
  const { protocol, host: place, pathname } = new URL(url);
  if (!/^(?:https?|ssh|git):$/.test(protocol) || place === '') return undefined;
  return `${protocol}//${place}${pathname}`;
}
