import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { most } from './bounds.ts';
import { isCopiedWhenWritten, isCovered } from './covered.ts';
import type { FileIdentities, FileIdentity } from './file-identity.ts';
import { classOf, type ObjectClass } from './object-class.ts';
import { type Owned, ownedByNote, PackageMemory } from './packages/known.ts';
import { type HeldRoot, type Place, type Placed, placed } from './place.ts';
import { type MappedFile, stateOf, unmarked } from './proc-text.ts';
import type { FileState, LoadedObject } from './report.ts';
import { isAbsent } from './root.ts';
import { shortPath } from './short-path.ts';

/** A file that is mapped, before it is known whose it is. */
export interface FoundObject {
  readonly path: string;
  readonly state: FileState;
  readonly class: ObjectClass;
  readonly identity: FileIdentity | undefined;
  /** Whose databases to ask; `undefined`: it is in no root that can be read. */
  readonly root: HeldRoot | undefined;
}

/** A file that a process has mapped. */
export interface Mapping {
  readonly found: FoundObject;
  /** The process and the mapped file in it, which nothing else is while it is mapped. */
  readonly key: string;
}

/** Builds whose packages are remembered, so that an old file is known by its build after it is gone. */
const maxBuilds = 50_000;

/** Tells of each file that is mapped whose it is: first all files of a look are found, then the databases are asked once. */
export class ObjectReader {
  readonly #files: FileIdentities;
  readonly packages = new PackageMemory();
  /** Packages of builds, by build id or else digest. */
  readonly #builds: Map<string, string>;
  /** What a process's mapping was while its file was there. */
  #mappings = new Map<string, LoadedObject>();
  #nextMappings = new Map<string, LoadedObject>();
  /** The same object is the same value, so that looks are compared quickly. */
  #interned = new Map<string, LoadedObject>();
  #nextInterned = new Map<string, LoadedObject>();
  readonly #told = new WeakMap<FoundObject, LoadedObject>();
  /** Files that are there, of this look. */
  readonly #present = new Map<string, { readonly found: FoundObject; readonly isCovered: boolean }>();

  /** `builds`: as `builds` of an earlier reader had it. */
  constructor(files: FileIdentities, builds: Iterable<readonly [string, string]> = []) {
    this.#files = files;
    this.#builds = new Map(builds);
  }

  /** Packages of builds that were seen, to be kept for the next run. */
  get builds(): ReadonlyMap<string, string> {
    return this.#builds;
  }

  /** Finds what is mapped. Throws what the system says of `/proc`. */
  find(folder: string, process: string, place: Place, mapped: MappedFile, isProgram: boolean): Mapping {
    const bare = unmarked(mapped.path);
    const at = placed(place, mapped.path);
    const mapping = `${process} ${mapped.file} ${bare.path}`;
    const isDeleted = bare.isMarked && (at === undefined || !isThere(at.root, at.path));
    let isGone = isDeleted;
    if (!isDeleted && at !== undefined) {
      const key = `${at.root.key} ${mapped.file} ${at.path} ${isProgram}`;
      const known = this.#present.get(key) ?? this.#readAt(at, isProgram, folder, mapped);
      if (known !== undefined) {
        this.#present.set(key, known);
        if (!known.isCovered) return { found: known.found, key: mapping };
        isGone = true;
      }
    }
    const where = placed(place, bare.path);
    const path = where?.path ?? bare.path;
    const found: FoundObject = {
      path,
      state: isGone ? stateOf(path, where !== undefined && isThere(where.root, where.path)) : 'present',
      class: isProgram ? 'program' : classOf(path),
      identity: this.#readMapped(join(folder, 'map_files', mapped.range), isProgram),
      root: isGone ? undefined : where?.root,
    };
    return { found, key: mapping };
  }

  /** What is mapped by a process whose root cannot be read: nobody knows whose it is. */
  outside(process: string, { file, path: text }: MappedFile, isProgram: boolean): Mapping {
    const { path, isMarked } = unmarked(text);
    const state = isMarked ? stateOf(path, false) : 'present';
    const name = isProgram ? 'program' : classOf(path);
    const found: FoundObject = { path, state, class: name, identity: undefined, root: undefined };
    return { found, key: `${process} ${file} ${path}` };
  }

  /** A library that a program can open. */
  possible(root: HeldRoot, path: string): FoundObject {
    return { path, state: 'present', class: classOf(path), identity: undefined, root };
  }

  /** A library that nothing has mapped now. */
  library(root: HeldRoot, path: string): FoundObject | undefined {
    return this.#readPresent(root, path, false);
  }

  /** A program that is not running. */
  program(root: HeldRoot, path: string): FoundObject | undefined {
    return this.#readPresent(root, path, true);
  }

  /** Asks whose the files of a look are. */
  learn(found: Iterable<FoundObject>): void {
    const byRoot = new Map<HeldRoot, Set<string>>();
    for (const { root, path, state } of found) {
      if (root === undefined || state !== 'present') continue;
      const paths = byRoot.get(root);
      if (paths === undefined) byRoot.set(root, new Set([path]));
      else paths.add(path);
    }
    for (const [root, paths] of byRoot) this.packages.learn(root, paths);
  }

  /** What is told of a file that is mapped. */
  toldOf({ found, key }: Mapping): LoadedObject {
    const earlier = this.#mappings.get(key);
    const object =
      found.state !== 'present'
        ? this.#toldGone(found, earlier)
        : isOtherThan(earlier, found) && isInOverlay(found)
          ? this.#toldGone({ ...found, state: 'replaced', identity: undefined, root: undefined }, earlier)
          : this.told(found);
    this.#nextMappings.set(key, object);
    return object;
  }

  /** What is told of a file. */
  told(found: FoundObject): LoadedObject {
    const known = this.#told.get(found);
    if (known !== undefined) return known;
    const object = this.#intern({ ...this.#factsOf(found), ...this.#packageOf(found) });
    this.#told.set(found, object);
    const build = object.buildId ?? object.sha256;
    if (object.by === 'database' && object.package !== undefined && build !== undefined)
      this.#remember(build, object.package);
    return object;
  }

  /** Of one that is not on disk any more: as it was while it was. */
  #toldGone(found: FoundObject, earlier: LoadedObject | undefined): LoadedObject {
    const facts = { ...(earlier === undefined ? {} : identityIn(earlier)), ...this.#factsOf(found) };
    return this.#intern({ ...facts, ...this.#packageOf(found, earlier) });
  }

  #factsOf({ path, state, class: kind, identity }: FoundObject): LoadedObject {
    const known = identity === undefined ? {} : identityIn(identity);
    return { path: shortPath(path), ...known, state, class: kind };
  }

  /** Forgets what nobody asked for since this was last called. */
  forgetUnused(): void {
    this.packages.forgetUnused();
    this.#present.clear();
    this.#mappings = this.#nextMappings;
    this.#nextMappings = new Map();
    this.#interned = this.#nextInterned;
    this.#nextInterned = new Map();
  }

  #packageOf(found: FoundObject, old?: LoadedObject): Pick<LoadedObject, 'package' | 'by' | 'why'> {
    const said = this.#saidOf(found, old);
    // A root may be anybody's, and its databases say what they put there.
    if (said.package !== undefined && said.package.length > most.package)
      return { why: 'its package has a longer name than any has' };
    return said.why === undefined ? said : { why: said.why.slice(0, most.why).toWellFormed() };
  }

  #saidOf(found: FoundObject, old?: LoadedObject): Pick<LoadedObject, 'package' | 'by' | 'why'> {
    const { root, path, state, identity } = found;
    const owned: Owned =
      state === 'present' && root !== undefined
        ? this.packages.of(root, path)
        : {
            why:
              state === 'present'
                ? 'it lies outside of every root that can be read'
                : 'it is not on disk any more, and was not seen before',
          };
    if ('purl' in owned) return { package: owned.purl, by: 'database' };
    if (state === 'unpackaged') return { why: 'the program unpacked it itself' };
    if (state !== 'present') {
      if (old?.package !== undefined) return { package: old.package, by: 'earlier' };
      const build = identity?.buildId ?? identity?.sha256;
      const known = build === undefined ? undefined : this.#builds.get(build);
      if (known !== undefined) return { package: known, by: 'earlier' };
    }
    const noted = identity?.note === undefined ? undefined : ownedByNote(identity.note);
    if (noted !== undefined && 'purl' in noted) return { package: noted.purl, by: 'note' };
    return { why: owned.why };
  }

  #remember(build: string, purl: string): void {
    if (this.#builds.get(build) === purl) return;
    this.#builds.set(build, purl);
    if (this.#builds.size > maxBuilds) this.#builds.delete(this.#builds.keys().next().value ?? '');
  }

  #intern(object: LoadedObject): LoadedObject {
    const key = JSON.stringify(object);
    const known = this.#interned.get(key) ?? this.#nextInterned.get(key) ?? object;
    this.#nextInterned.set(key, known);
    return known;
  }

  /** What is at a path, and whether it covers what is mapped. */
  #readAt({ root, path }: Placed, isProgram: boolean, folder: string, mapped: MappedFile) {
    let covers = false;
    const found = this.#readPresent(root, path, isProgram, (at) => {
      covers = isCovered(folder, mapped, at);
    });
    return found === undefined ? undefined : { found, isCovered: covers };
  }

  /** `undefined`: nothing is there that is a file. `seen` is told its device and inode. */
  #readPresent(
    root: HeldRoot,
    path: string,
    isProgram: boolean,
    seen?: (at: string) => void,
  ): FoundObject | undefined {
    try {
      const file = root.root.open(path);
      if (file === undefined) return undefined;
      try {
        seen?.(file.key.split(':', 2).join(':'));
        const identity = this.#files.ofFile(file, { isProgram });
        const name = isProgram ? 'program' : classOf(path);
        return { path: file.real, state: 'present', class: name, identity, root };
      } finally {
        closeSync(file.descriptor);
      }
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** By the kernel's own link to what is mapped, which only the privileged may follow. */
  #readMapped(link: string, isProgram: boolean): FileIdentity | undefined {
    try {
      const descriptor = openSync(link, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const { dev, ino, ctimeNs, size, ...stats } = fstatSync(descriptor, { bigint: true });
        if ((Number(stats.mode) & constants.S_IFMT) !== constants.S_IFREG) return undefined;
        const key = `${dev}:${ino}:${ctimeNs}:${size}`;
        return this.#files.ofFile({ descriptor, size: Number(size), key }, { isProgram });
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }
}

function isThere({ root }: HeldRoot, path: string): boolean {
  try {
    return root.realOf(path) !== undefined;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function isInOverlay({ root, path }: FoundObject): boolean {
  return root !== undefined && isCopiedWhenWritten(root.root.at(path));
}

/** Whether other bytes are at the path than were at first, as far as both were read. */
function isOtherThan(earlier: LoadedObject | undefined, { identity }: FoundObject): boolean {
  return earlier?.sha256 !== undefined && identity !== undefined && earlier.sha256 !== identity.sha256;
}

function identityIn({ sha256, buildId }: Pick<LoadedObject, 'sha256' | 'buildId'>) {
  return { ...(sha256 === undefined ? {} : { sha256 }), ...(buildId === undefined ? {} : { buildId }) };
}
