import { GateError } from '../error.ts';
import { type GitPlace, git } from '../project/git.ts';
import { type ListedCommit, listCommit, type TreePart } from '../project/git-tree.ts';
import type { WantedCommit } from './fetch.ts';

/** A commit of another repository that belongs into a folder of a commit. */
export interface Submodule extends WantedCommit {
  /** Its folder in the outermost repository. */
  readonly at: string;
}

/** What a commit is made of with its submodules, and theirs. */
export interface Parts {
  readonly parts: readonly TreePart[];
  /** Those that are not at hand. */
  readonly missing: readonly Submodule[];
}

/** Why not all of what cargo would check out can be read; `undefined` where it can. */
export function missingIn({ missing }: Pick<Parts, 'missing'>): string | undefined {
  const [first] = missing;
  if (first === undefined) return undefined;
  const where = first.url === '' ? ' (its repository does not say from where)' : ` (${first.url})`;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  return `the submodule ${first.at}${where}${more} of its repository is not on this machine`;
}

/** More than any repository has; what lies deeper, or beyond that many, counts as not at hand. */
const maxParts = 500;

/**
 * Finds what cargo would check out with a commit: each submodule at the commit that is stated, and theirs, but those that are set
 * to `update = none` (cargo: src/sources/git/utils.rs, `update_submodules`). `find` says where a repository has the commit.
 * Throws `GateError('gate/git')` where the outermost cannot be listed.
 */
export async function withSubmodules(
  { url, commit, place }: WantedCommit & { readonly place: GitPlace },
  find: (wanted: Submodule) => Promise<GitPlace | undefined>,
): Promise<Parts> {
  const parts: TreePart[] = [{ at: '', listed: await listCommit(place, commit) }];
  const missing: Submodule[] = [];
  const waiting = [{ url, part: parts[0] as TreePart }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    for (const wanted of await submodulesOf(next.url, next.part)) {
      const there = wanted.url === '' || parts.length > maxParts ? undefined : await find(wanted);
      const listed = there === undefined ? undefined : await listIfThere(there, wanted.commit);
      if (listed === undefined) {
        missing.push(wanted);
        continue;
      }
      const part = { at: wanted.at, listed };
      parts.push(part);
      waiting.push({ url: wanted.url, part });
    }
  }
  return { parts, missing };
}

async function listIfThere(place: GitPlace, commit: string): Promise<ListedCommit | undefined> {
  try {
    return await listCommit(place, commit);
  } catch (error) {
    if (error instanceof GateError) return undefined;
    throw error;
  }
}

/** Those of one repository; one that its list does not name has no address. */
async function submodulesOf(url: string, { at, listed }: TreePart): Promise<readonly Submodule[]> {
  if (listed.gitlinks.size === 0) return [];
  const named = await namedIn(listed);
  return [...listed.gitlinks].flatMap(([path, commit]): Submodule[] => {
    const { url: stated, update } = named.get(path) ?? {};
    if (update === 'none') return [];
    const inner = at === '' ? path : `${at}/${path}`;
    return [{ at: inner, commit, url: stated === undefined ? '' : addressOf(url, stated) }];
  });
}

/** The entries of `.gitmodules` by their folder, as git itself reads the file; of one key the last counts. */
async function namedIn({
  place,
  commit,
}: ListedCommit): Promise<ReadonlyMap<string, Record<string, string>>> {
  const asked = await git(place, ['config', `--blob=${commit}:.gitmodules`, '--null', '--list']);
  const byName = new Map<string, Record<string, string>>();
  for (const entry of asked.code === 0 ? asked.text.split('\0') : []) {
    const [, name, key, value] = /^submodule\.(.*)\.(path|url|update)\n(.*)$/s.exec(entry) ?? [];
    if (name === undefined || key === undefined || value === undefined) continue;
    byName.set(name, { ...byName.get(name), [key]: value });
  }
  return new Map(
    [...byName.values()].flatMap((fields) => (fields.path === undefined ? [] : [[fields.path, fields]])),
  );
}

/** An address that begins with a dot counts from the repository's own (cargo: `absolute_submodule_url`). */
function addressOf(parent: string, stated: string): string {
  if (!/^\.\.?\//.test(stated)) return stated;
  return URL.parse(stated, parent.endsWith('/') ? parent : `${parent}/`)?.href ?? '';
}
