import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import { GateError } from '../error.ts';
import { commitFiles } from '../graphs/commit-files.ts';
import type { CargoHome } from '../project/cargo-home.ts';
import type { ProjectFiles } from '../project/files.ts';
import { type GitPlace, isId } from '../project/git.ts';
import { type CommitTree, followedTree } from '../project/git-tree.ts';
import { diskTree } from '../surroundings/disk-tree.ts';
import { fetchCommit, hasCommit, keptRepository, type WantedCommit } from './fetch.ts';
import { findPackage } from './find-package.ts';
import type { GitPackage, SourceCommit } from './source-commit.ts';
import { missingIn, type Submodule, withSubmodules } from './submodules.ts';
import { type VendoringProject, vendoredPackage } from './vendored.ts';

/** A package, or a clause that says why it is not at hand. */
export type FoundPackage =
  | ({ readonly kind: 'found' } & GitPackage)
  | { readonly kind: 'absent'; readonly reason: string };

/** Where repositories are looked for. */
export interface GitPlaces {
  readonly cargoHome: CargoHome;
  /** This user's cache folder, where what is fetched is kept; absent: nothing is fetched. */
  readonly cache: string | undefined;
  /** The project, now and before, whose configuration may have folders in place of repositories. */
  readonly vendoring?: readonly VendoringProject[];
  /** Index URLs of the registries that cargo's configuration names. */
  readonly registries?: ReadonlyMap<string, string>;
}

/**
 * The commits that lockfiles name, each opened once: in the databases that cargo keeps under its home, in its checkouts, in
 * what was fetched before, else fetched. Objects are named by what they hold, so that whoever has the commit has its files;
 * a checkout's own files count only where its repository does not answer. The caller closes it.
 */
export class GitCommits {
  readonly #places: GitPlaces;
  readonly #opened = new Map<string, Promise<SourceCommit | undefined>>();
  readonly #asked = new Map<string, Promise<string | undefined>>();
  readonly #trees: CommitTree[] = [];

  constructor(places: GitPlaces) {
    this.#places = places;
  }

  /** Finds a locked package. Nothing is fetched unless `mayFetch`; a submodule that is not at hand is `missing` of its commit. */
  async package(locked: LockedPackage, mayFetch: boolean): Promise<FoundPackage> {
    const { source } = locked;
    if (source?.kind !== 'git') return { kind: 'absent', reason: 'it comes from no git repository' };
    const { commit } = source.reference;
    if (commit === undefined || !isId(commit))
      return { kind: 'absent', reason: 'the lockfile names no commit of its repository' };
    for (const project of this.#places.vendoring ?? []) {
      const vendored = vendoredPackage(project, locked);
      if (vendored === undefined) continue;
      return 'folder' in vendored
        ? { kind: 'absent', reason: `${vendored.folder} stands in for its repository, and does not have it` }
        : { kind: 'found', ...vendored };
    }
    const isFetching = mayFetch && this.#places.cache !== undefined;
    const short = commit.slice(0, 12);
    let missing: string | undefined;
    let isHere = false;
    let partly: FoundPackage | undefined;
    for await (const each of this.#ways({ url: source.url, commit }, isFetching)) {
      if (typeof each === 'string') return { kind: 'absent', reason: each };
      isHere = true;
      missing = missingIn(each);
      const local = findPackage(locked, each, this.#places.registries ?? new Map());
      if (local === undefined) continue;
      const found: FoundPackage = { kind: 'found', local, commit: each };
      if (each.missing.length === 0) return found;
      partly ??= found;
    }
    if (partly !== undefined) return partly;
    const reason = isHere
      ? (missing ?? `commit ${short} of its repository has no such package`)
      : `commit ${short} of its repository is not on this machine`;
    return { kind: 'absent', reason };
  }

  /** The same, where what is missing of its commit makes it absent. */
  async wholePackage(locked: LockedPackage, mayFetch: boolean): Promise<FoundPackage> {
    const found = await this.package(locked, mayFetch);
    const reason = found.kind === 'absent' ? undefined : missingIn(found.commit);
    return reason === undefined ? found : { kind: 'absent', reason };
  }

  /** A commit as it can be had, the best way first; a text says why it cannot be fetched. */
  async *#ways(wanted: WantedCommit, isFetching: boolean): AsyncGenerator<SourceCommit | string> {
    const { url, commit } = wanted;
    const objects = await this.#once(`${url}#${commit}`, () => this.#objects(wanted, undefined));
    if (objects !== undefined) yield objects;
    // What the objects do not have, such as a submodule's files, cargo has checked out.
    for (const folder of this.#places.cargoHome.checkouts(commit)) {
      const onDisk = await this.#once(folder, () => checkedOut(folder, objects?.missing ?? []));
      if (onDisk !== undefined) yield onDisk;
    }
    const { cache } = this.#places;
    if (!isFetching || cache === undefined || objects?.missing.length === 0) return;
    const reason = objects === undefined ? await this.#fetched(cache, wanted) : undefined;
    if (reason !== undefined) yield reason;
    const fetched = await this.#once(`fetched ${url}#${commit}`, () => this.#objects(wanted, cache));
    if (fetched !== undefined) yield fetched;
  }

  close(): void {
    for (const tree of this.#trees) tree.close();
  }

  #once(key: string, open: () => Promise<SourceCommit | undefined>): Promise<SourceCommit | undefined> {
    const opened = this.#opened.get(key) ?? open();
    this.#opened.set(key, opened);
    return opened;
  }

  /**
   * The commit in the first repository that has it, with its submodules; what of those is not at hand is fetched where
   * there is a cache.
   */
  async #objects(wanted: WantedCommit, cache: string | undefined): Promise<SourceCommit | undefined> {
    const place = await this.#repository(wanted, '', wanted.commit);
    if (place === undefined) return undefined;
    const find = async (inner: Submodule): Promise<GitPlace | undefined> => {
      const there = await this.#repository(inner, inner.at, wanted.commit);
      if (there !== undefined || cache === undefined || !mayLead(wanted.url, inner.url)) return there;
      return (await this.#fetched(cache, inner)) === undefined
        ? { gitDir: keptRepository(cache, inner.url) }
        : undefined;
    };
    try {
      const { parts, missing } = await withSubmodules({ ...wanted, place }, find);
      const { tree, linked } = await followedTree(parts);
      this.#trees.push(tree);
      return { ...(await sourceCommit(tree, `/${wanted.commit}`)), linked, missing };
    } catch (error) {
      if (error instanceof GateError) return undefined;
      throw error;
    }
  }

  /** The first repository that has a commit; `at` is its folder in a checkout of `outermost`. */
  async #repository(
    { url, commit }: WantedCommit,
    at: string,
    outermost: string,
  ): Promise<GitPlace | undefined> {
    const { cargoHome, cache } = this.#places;
    const repositories = [
      ...cargoHome.databases(nameOf(url)),
      ...(cache === undefined ? [] : [keptRepository(cache, url)]),
      ...(isBelow(at) ? cargoHome.checkouts(outermost).map((folder) => join(folder, at, '.git')) : []),
    ];
    for (const gitDir of repositories)
      if (existsSync(gitDir) && (await hasCommit({ gitDir }, commit))) return { gitDir };
    return undefined;
  }

  /** Why it could not be fetched; `undefined` where it was. Asked once for each commit. */
  #fetched(cache: string, wanted: WantedCommit): Promise<string | undefined> {
    const key = `${wanted.url}#${wanted.commit}`;
    const asked = this.#asked.get(key) ?? fetchCommit(cache, wanted);
    this.#asked.set(key, asked);
    return asked;
  }
}

/** A repository names others over the network; what lies on this machine is named only by what lies there itself. */
function mayLead(from: string, to: string): boolean {
  const isLocal = (url: string) => URL.parse(url)?.protocol === 'file:';
  return /^(?:https?|ssh|git|file):/.test(to) && (!isLocal(to) || isLocal(from));
}

/** A tree of git may call folders whatever it likes. */
function isBelow(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..');
}

async function sourceCommit(
  tree: SourceCommit['tree'],
  root: string,
): Promise<Omit<SourceCommit, 'linked' | 'missing'>> {
  return { tree, root, files: await commitFiles(tree, root, nowhere) };
}

/** The files of a folder as they lie there. */
export function folderTree(folder: string): SourceCommit['tree'] {
  const isExecutable = (path: string) => {
    try {
      accessSync(join(folder, path), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return { ...diskTree(folder), isExecutable };
}

/** The files of a checkout as they lie there; of the submodules that are looked for, those of which nothing does are missing. */
async function checkedOut(folder: string, looked: readonly Submodule[]): Promise<SourceCommit> {
  const missing = looked.filter(({ at }) => !isBelow(at) || isEmpty(join(folder, at)));
  const commit = await sourceCommit(folderTree(folder), folder);
  return { ...commit, linked: new Set(), missing };
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).every((name) => name === '.git' || name === '.cargo-ok');
  } catch {
    return true;
  }
}

const nowhere: ProjectFiles = { read: () => undefined, list: () => [] };

/** How cargo's folders for a repository begin: the last part of its address (cargo: src/sources/git/source.rs, `ident`). */
function nameOf(url: string): string {
  const path = URL.parse(url)?.pathname ?? url;
  const last = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return last.replace(/\.git$/, '') || '_empty';
}
