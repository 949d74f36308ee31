import { relative } from 'node:path';
import type { Resource } from '../../attest/statement.ts';
import { type GitPlace, git } from '../../gate/project/git.ts';

/** The source of a build as a statement names it; `dirty` where files differ from the commit. `undefined` outside of a repository. */
export async function sourceResource(folder: string, output: string): Promise<Resource | undefined> {
  const ask = async (args: readonly string[]) => {
    const answer = await git(folder as GitPlace, args).catch(() => undefined);
    return answer?.code === 0 ? answer.text.trim() : undefined;
  };
  const commit = await ask(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (commit === undefined) return undefined;
  const top = (await ask(['rev-parse', '--show-toplevel'])) ?? folder;
  const own = relative(top, output);
  const besides = own === '' || own.startsWith('..') ? [] : [`:(exclude,top)${own}`];
  const status = await ask(['-c', 'core.quotePath=true', 'status', '--porcelain', '--', top, ...besides]);
  const remote = remoteAddress(await ask(['config', '--get', 'remote.origin.url']));
  return {
    name: 'source',
    ...(remote === undefined ? {} : { uri: `git+${remote}` }),
    digest: { gitCommit: commit },
    ...(status === '' ? {} : { annotations: { dirty: true } }),
  };
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
