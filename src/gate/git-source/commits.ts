import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import type { SourceId } from '../../cargo/source-id.ts';
import { GateError } from '../error.ts';
import { commitFiles } from '../graphs/commit-files.ts';
import type { CargoHome } from '../project/cargo-home.ts';
import type { ProjectFiles } from '../project/files.ts';
import type { GitPlace } from '../project/git.ts';
import { type CommitTree, commitTree } from '../project/git-tree.ts';
import type { LocalPackage } from '../project/workspace.ts';
import { diskTree } from '../surroundings/disk-tree.ts';
import type { ProjectTree } from '../surroundings/read-side.ts';
import { fetchCommit, hasCommit, keptRepository, type WantedCommit } from './fetch.ts';
import { findPackage } from './find-package.ts';

/** A package of a git repository at the commit that is locked, with the files of that commit. */
export interface GitPackage {
  /** Its folder is `root`, or below it. */
  readonly local: LocalPackage;
  readonly commit: SourceCommit;
}

/** A commit whose files can be read. */
export interface SourceCommit {
  readonly tree: ProjectTree & Pick<CommitTree, 'isExecutable'>;
  /** The same, for reading manifests: `root` is the folder of the repository. */
  readonly files: ProjectFiles;
  readonly root: string;
}

/** A package, or a clause that says why it is not at hand. */
export type FoundPackage =
  | ({ readonly kind: 'found' } & GitPackage)
  | { readonly kind: 'absent'; readonly reason: string };

/** Where repositories are looked for. */
export interface GitPlaces {
  readonly cargoHome: CargoHome;
  /** This user's cache folder, where what is fetched is kept; absent: nothing is fetched. */
  readonly cache: string | undefined;
  /** Index URLs of the registries that cargo's configuration names. */
  readonly registries?: ReadonlyMap<string, string>;
}

type GitSource = Extract<SourceId, { kind: 'git' }>;

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

  /** Finds a locked package. Nothing is fetched unless `mayFetch`. */
  async package(locked: LockedPackage, mayFetch: boolean): Promise<FoundPackage> {
    const { source } = locked;
    if (source?.kind !== 'git') return { kind: 'absent', reason: 'it comes from no git repository' };
    const { commit } = source.reference;
    if (commit === undefined || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
      return { kind: 'absent', reason: 'the lockfile names no commit of its repository' };
    let isHere = false;
    const find = (each: SourceCommit): FoundPackage | undefined => {
      isHere = true;
      const local = findPackage(locked, each, this.#places.registries ?? new Map());
      return local === undefined ? undefined : { kind: 'found', local, commit: each };
    };
    const objects = await this.#once(`${source.url}#${commit}`, () => this.#objects(source, commit));
    const found = objects === undefined ? undefined : find(objects);
    if (found !== undefined) return found;
    // What the objects do not have, such as a submodule's files, cargo has checked out.
    for (const folder of this.#places.cargoHome.checkouts(commit)) {
      const onDisk = await this.#once(folder, () => checkedOut(folder));
      const there = onDisk === undefined ? undefined : find(onDisk);
      if (there !== undefined) return there;
    }
    const short = commit.slice(0, 12);
    const missing = `commit ${short} of its repository has no such package, unless in a submodule`;
    if (isHere) return { kind: 'absent', reason: missing };
    const { cache } = this.#places;
    if (!mayFetch || cache === undefined)
      return { kind: 'absent', reason: `commit ${short} of its repository is not on this machine` };
    const reason = await this.#fetched(cache, { url: source.url, commit });
    if (reason !== undefined) return { kind: 'absent', reason };
    const fetched = await this.#once(`fetched ${source.url}#${commit}`, () => this.#objects(source, commit));
    return (fetched === undefined ? undefined : find(fetched)) ?? { kind: 'absent', reason: missing };
  }

  close(): void {
    for (const tree of this.#trees) tree.close();
  }

  #once(key: string, open: () => Promise<SourceCommit | undefined>): Promise<SourceCommit | undefined> {
    const opened = this.#opened.get(key) ?? open();
    this.#opened.set(key, opened);
    return opened;
  }

  /** The commit in the first repository that has it. */
  async #objects({ url }: GitSource, commit: string): Promise<SourceCommit | undefined> {
    const { cargoHome, cache } = this.#places;
    const repositories = [
      ...cargoHome.databases(nameOf(url)),
      ...(cache === undefined ? [] : [keptRepository(cache, url)]),
      ...cargoHome.checkouts(commit).map((folder) => join(folder, '.git')),
    ];
    for (const gitDir of repositories) {
      if (!existsSync(gitDir) || !(await hasCommit({ gitDir }, commit))) continue;
      const opened = await this.#open({ gitDir }, commit);
      if (opened !== undefined) return opened;
    }
    return undefined;
  }

  /** Why it could not be fetched; `undefined` where it was. Asked once for each commit. */
  #fetched(cache: string, wanted: WantedCommit): Promise<string | undefined> {
    const key = `${wanted.url}#${wanted.commit}`;
    const asked = this.#asked.get(key) ?? fetchCommit(cache, wanted);
    this.#asked.set(key, asked);
    return asked;
  }

  async #open(place: GitPlace, commit: string): Promise<SourceCommit | undefined> {
    try {
      const tree = await commitTree(place, commit);
      this.#trees.push(tree);
      return await sourceCommit(tree, `/${commit}`);
    } catch (error) {
      if (error instanceof GateError) return undefined;
      throw error;
    }
  }
}

async function sourceCommit(tree: SourceCommit['tree'], root: string): Promise<SourceCommit> {
  return { tree, root, files: await commitFiles(tree, root, nowhere) };
}

/** The files of a checkout as they lie there. */
function checkedOut(folder: string): Promise<SourceCommit> {
  const isExecutable = (path: string) => {
    try {
      accessSync(join(folder, path), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return sourceCommit({ ...diskTree(folder), isExecutable }, folder);
}

const nowhere: ProjectFiles = { read: () => undefined, list: () => [] };

/** How cargo's folders for a repository begin: the last part of its address (cargo: src/sources/git/source.rs, `ident`). */
function nameOf(url: string): string {
  const path = URL.parse(url)?.pathname ?? '';
  const last = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return last.replace(/\.git$/, '') || '_empty';
}
