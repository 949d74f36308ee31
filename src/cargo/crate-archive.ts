import { parse } from 'smol-toml';
import { foldedPath, type PathLimits, pathProblem } from './archive-path.ts';
import { CargoError, quoted } from './error.ts';
import { gunzipFirstMember } from './gzip.ts';
import { isCrateName } from './index-path.ts';
import { type TarEntry, tarEntries } from './tar.ts';
import { tryParseVersion } from './version.ts';

/** A `.crate` unpacked in memory. Only one without problems may be used for anything but a message. */
export interface CrateArchive {
  /** The one top folder, `{name}-{version}`; empty when there is none. */
  readonly root: string;
  /** In the archive's order. */
  readonly files: readonly ArchiveFile[];
  /** Bytes of all files together. */
  readonly unpackedSize: number;
  /** Why the archive is refused, one sentence each; empty for a sound one. */
  readonly problems: readonly string[];
}

export interface ArchiveFile {
  /** Below the top folder: `Cargo.toml`, `src/lib.rs`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Permission bits, without set-user-id and the like. */
  readonly mode: number;
  /** A view into the unpacked archive. */
  readonly bytes: Uint8Array;
}

export interface ArchiveLimits extends PathLimits {
  /** Bytes of the tar stream. Cargo's own limit is 512 MiB (cargo: sources/registry/mod.rs, `max_unpack_size`). */
  readonly maxUnpackedSize: number;
  /** Files and folders. */
  readonly maxFiles: number;
  /** Unpacked by compressed size, looked at above `ratioFloor` only: small archives of zeros are common. */
  readonly maxRatio: number;
  /** Bytes. */
  readonly ratioFloor: number;
}

/** What a release says of itself in its Cargo.toml. */
export interface CrateManifest {
  readonly name: string;
  readonly version: string;
  readonly links: string | undefined;
  /** The whole file, as parsed. */
  readonly toml: Readonly<Record<string, unknown>>;
}

export const defaultArchiveLimits: ArchiveLimits = {
  maxUnpackedSize: 512 * 1024 * 1024,
  maxFiles: 100_000,
  maxRatio: 200,
  ratioFloor: 64 * 1024 * 1024,
  maxPathBytes: 1024,
  maxDepth: 64,
};

/**
 * Unpacks a `.crate` in memory under limits, and lists everything cargo refuses (cargo: sources/registry/mod.rs,
 * `unpack`) or another unpacker might see differently. Throws `CargoError('cargo/archive')` when it cannot be
 * read at all.
 */
export function readCrateArchive(bytes: Uint8Array, limits: Partial<ArchiveLimits> = {}): CrateArchive {
  const bounds: ArchiveLimits = { ...defaultArchiveLimits, ...limits };
  const problems = new Problems();
  const { bytes: tar, trailing } = gunzipFirstMember(bytes, bounds.maxUnpackedSize);
  if (trailing > 0) problems.add(`it has ${trailing} bytes after its gzip data.`);
  if (tar.length > bounds.ratioFloor && tar.length > bytes.length * bounds.maxRatio) {
    problems.add(`it unpacks to more than ${bounds.maxRatio} times its size.`);
  }
  const { root, files } = readFiles(tar, bounds, problems);
  const archive: CrateArchive = {
    root,
    files,
    unpackedSize: files.reduce((total, file) => total + file.size, 0),
    problems: [],
  };
  checkRoot(archive, problems);
  return { ...archive, problems: problems.list() };
}

/**
 * Gives the memory of an unpacked archive back at once; the collector may take it much later, and the largest has 240
 * MB. Its files have no bytes afterwards. They share the one buffer that was unpacked into, which nothing else has.
 */
export function freeArchive({ files }: Pick<CrateArchive, 'files'>): void {
  const buffer = files[0]?.bytes.buffer;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** The texts of an archive's files, by path; what is no UTF-8 comes with replacement characters. `undefined` where no file is. */
export function archiveTexts({ files }: Pick<CrateArchive, 'files'>): (path: string) => string | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return (path) => {
    const file = byPath.get(path);
    return file === undefined ? undefined : utf8.decode(file.bytes);
  };
}

const utf8 = new TextDecoder();

/** The manifest's name and version; `undefined` when there is no Cargo.toml that says them. */
export function manifestOf(archive: Pick<CrateArchive, 'files'>): CrateManifest | undefined {
  const file = archive.files.find(({ path }) => path === 'Cargo.toml');
  if (file === undefined || file.size > maxManifestBytes) return undefined;
  try {
    const toml: Record<string, unknown> = parse(new TextDecoder('utf-8', { fatal: true }).decode(file.bytes));
    // `[project]` is the name that `[package]` had before 1.0; cargo still reads it.
    const fields = toml.package ?? toml.project;
    if (typeof fields !== 'object' || fields === null) return undefined;
    const { name, version, links } = fields as Readonly<Record<string, unknown>>;
    if (typeof name !== 'string' || typeof version !== 'string') return undefined;
    return { name, version: version.trim(), links: typeof links === 'string' ? links : undefined, toml };
  } catch {
    return undefined;
  }
}

const maxManifestBytes = 4 * 1024 * 1024;
const maxProblems = 50;

/** Collects problems; a hostile archive can have a hundred thousand. */
class Problems {
  readonly #reasons: string[] = [];
  #more = 0;

  add(reason: string): void {
    if (this.#reasons.length < maxProblems) this.#reasons.push(reason);
    else this.#more++;
  }

  list(): readonly string[] {
    return this.#more === 0 ? this.#reasons : [...this.#reasons, `it has ${this.#more} more problems.`];
  }
}

function readFiles(
  tar: Uint8Array,
  limits: ArchiveLimits,
  problems: Problems,
): Pick<CrateArchive, 'root' | 'files'> {
  const files: ArchiveFile[] = [];
  const seen = new Seen(problems);
  let root: string | undefined;
  let entries = 0;
  for (const entry of tarEntries(tar, (problem) => problems.add(problem))) {
    if (++entries > limits.maxFiles) {
      throw new CargoError('cargo/archive', `it has more than ${limits.maxFiles} files and folders.`);
    }
    const path = checkedPath(entry, limits, problems);
    if (path === undefined) continue;
    const slash = path.indexOf('/');
    const top = slash === -1 ? path : path.slice(0, slash);
    root ??= top;
    if (top !== root) {
      problems.add(`its entry ${quoted(path)} is not under ${quoted(root)}.`);
    } else if (entry.kind === 'directory') {
      seen.addFolder(path);
    } else if (slash === -1) {
      problems.add(`its entry ${quoted(path)} is a file where the top folder belongs.`);
    } else if (seen.addFile(path)) {
      files.push({
        path: path.slice(slash + 1),
        size: entry.bytes.length,
        mode: entry.mode,
        bytes: entry.bytes,
      });
    }
  }
  seen.checkFolders();
  return { root: root ?? '', files };
}

/** The entry's path without a folder's final slash; `undefined`, with the problem told, when it is refused. */
function checkedPath(entry: TarEntry, limits: ArchiveLimits, problems: Problems): string | undefined {
  if (entry.kind === 'other') {
    problems.add(`its entry ${quoted(entry.path)} is ${entry.what}.`);
    return undefined;
  }
  if (entry.kind === 'file' && entry.path.endsWith('/')) {
    problems.add(`its entry ${quoted(entry.path)} is a file with a folder's name.`);
    return undefined;
  }
  const path = entry.kind === 'directory' && entry.path.endsWith('/') ? entry.path.slice(0, -1) : entry.path;
  const problem = pathProblem(path, limits);
  if (problem !== undefined) problems.add(`its entry ${quoted(entry.path)} ${problem}.`);
  return problem === undefined ? path : undefined;
}

/** Which paths were there, to find two files in one place on whatever file system. */
class Seen {
  readonly #files = new Map<string, string>();
  readonly #folders = new Set<string>();
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  addFolder(path: string): void {
    this.#folders.add(foldedPath(path));
  }

  /** Whether the path is new. */
  addFile(path: string): boolean {
    const key = foldedPath(path);
    const earlier = this.#files.get(key);
    if (earlier === path) this.#problems.add(`its entry ${quoted(path)} is there twice.`);
    else if (earlier !== undefined) {
      this.#problems.add(
        `its entries ${quoted(earlier)} and ${quoted(path)} are one file on some file systems.`,
      );
    }
    if (earlier === undefined) this.#files.set(key, path);
    for (let slash = key.lastIndexOf('/'); slash > 0; slash = key.lastIndexOf('/', slash - 1)) {
      const folder = key.slice(0, slash);
      if (this.#folders.has(folder)) break;
      this.#folders.add(folder);
    }
    return earlier !== path;
  }

  /** A path that is a file here and a folder there. */
  checkFolders(): void {
    for (const folder of this.#folders) {
      const file = this.#files.get(folder);
      if (file !== undefined) this.#problems.add(`its entry ${quoted(file)} is both a file and a folder.`);
    }
  }
}

/** Cargo unpacks `{name}-{version}/` only, and takes name and version from the manifest within. */
function checkRoot(archive: CrateArchive, problems: Problems): void {
  const { root } = archive;
  const manifest = manifestOf(archive);
  if (root === '') {
    problems.add('it has no files.');
  } else if (!isReleaseFolder(root)) {
    problems.add(`its top folder ${quoted(root)} is not named after a release.`);
  } else if (manifest !== undefined && `${manifest.name}-${manifest.version}` !== root) {
    const release = quoted(`${manifest.name} ${manifest.version}`);
    problems.add(`its top folder is ${quoted(root)}, its manifest says ${release}.`);
  }
}

/** Both halves may have dashes: `a-1-1.0.0-rc.1`. */
function isReleaseFolder(folder: string): boolean {
  const dashes = [...folder.matchAll(/-/g)].map(({ index }) => index);
  return dashes.some(
    (at) => isCrateName(folder.slice(0, at)) && tryParseVersion(folder.slice(at + 1)) !== undefined,
  );
}
