import { createHash } from 'node:crypto';
import { readCrateArchive } from '../../cargo/crate-archive.ts';
import { CargoError } from '../../cargo/error.ts';
import type { LockedPackage, Lockfile } from '../../cargo/lockfile.ts';
import type { VendoredDifference, VendoredFact } from '../../facts/vendored.ts';
import { folderOf } from './side.ts';
import { asTable, parseTomlFile } from './toml-file.ts';

// Cargo compares a vendored file with `.cargo-checksum.json` beside it, and with nothing else. Here its bytes are
// compared with those of the archive that the lockfile names; that list counts for nothing.

/** Where the vendored files and the archives are. */
export interface VendoredPorts {
  /** Bytes of a file below the project's folder. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /** A release's archive; `undefined` where it is not to be had. What comes is checked against the checksum. */
  readonly archive: (release: VendoredRelease) => Promise<Uint8Array | undefined>;
}

export interface VendoredRelease {
  readonly crate: string;
  readonly version: string;
  /** SHA-256 (hex) as the lockfile has it; empty where it has none. */
  readonly checksum: string;
}

/** What was found about the copy of one release. */
export interface VendoredCopy extends VendoredRelease {
  readonly fact: VendoredFact;
}

/**
 * Compares a vendored folder with a lockfile: every copy that differs from its archive or cannot be compared, every
 * release without a copy, every copy that the lockfile does not know. One archive is in memory at a time.
 */
export async function checkVendored(
  folder: string,
  paths: Iterable<string>,
  lockfile: Lockfile,
  ports: VendoredPorts,
): Promise<readonly VendoredCopy[]> {
  const copies = await copiesIn(folder, paths, ports);
  const found: VendoredCopy[] = [];
  for (const locked of lockfile.packages) {
    if (locked.source === undefined || locked.source.kind === 'path') continue;
    const release = { crate: locked.name, version: locked.version, checksum: locked.checksum ?? '' };
    const id = `${locked.name} ${locked.version}`;
    const copy = copies.get(id);
    copies.delete(id);
    const fact =
      copy === undefined ? missing(folder, locked) : await compareCopy(copy, release, locked, ports);
    if (fact.unchecked !== undefined || fact.differences.length > 0) found.push({ ...release, fact });
  }
  for (const copy of copies.values()) {
    const { crate, version } = copy;
    const unchecked = 'the lockfile does not have this release';
    found.push({ crate, version, checksum: '', fact: { folder: copy.folder, differences: [], unchecked } });
  }
  return found;
}

/** The differences between an archive's files and those of its copy, both by their path in the crate. */
export function differencesOf(
  archive: ReadonlyMap<string, Uint8Array>,
  copy: ReadonlyMap<string, Uint8Array>,
  folder: string,
): readonly VendoredDifference[] {
  const differences: VendoredDifference[] = [];
  const listed = listedIn(copy.get(checksums));
  for (const path of [...new Set([...archive.keys(), ...copy.keys()])].sort()) {
    const [wanted, has] = [archive.get(path), copy.get(path)];
    const file = `${folder}/${path}`;
    if (wanted === undefined) {
      if (path !== checksums) differences.push({ how: 'added', file });
    } else if (has === undefined) {
      if (!isLeftOut(path) && (listed.has(path) || !wasLeftOut(path)))
        differences.push({ how: 'missing', file });
    } else if (Buffer.compare(wanted, has) !== 0) {
      differences.push({ how: 'changed', file, line: firstLine(wanted, has) });
    }
  }
  return differences;
}

interface Copy {
  readonly folder: string;
  readonly crate: string;
  readonly version: string;
  /** Below the project's folder. */
  readonly paths: readonly string[];
}

const checksums = '.cargo-checksum.json';

/**
 * What `cargo vendor` leaves out, at any depth: git's own files (cargo: src/ops/vendor.rs, `cp_sources`). Versions
 * before 1.84 left out the author's manifest and the note on its commit as well; none of them is built.
 */
function isLeftOut(path: string): boolean {
  const parts = path.split('/');
  if (parts.includes('.git') || path === 'Cargo.toml.orig' || path === '.cargo_vcs_info.json') return true;
  return ['.gitignore', '.gitattributes', '.cargo-ok'].includes(parts.at(-1) ?? '');
}

/**
 * What older versions left out, and their list of checksums with it: hidden files, leftovers of patches, the lockfile of a
 * library (cargo 1.65: src/ops/vendor.rs, `cp_sources`, over src/sources/path.rs, `list_files_walk`).
 */
function wasLeftOut(path: string): boolean {
  return path === 'Cargo.lock' || /(?:^|\/)\.[^/]/.test(path) || /\.(?:orig|rej)$/.test(path);
}

/** The files that `.cargo-checksum.json` names. */
function listedIn(list: Uint8Array | undefined): ReadonlySet<string> {
  try {
    const { files } = JSON.parse(new TextDecoder().decode(list)) as { readonly files?: unknown };
    return new Set(typeof files === 'object' && files !== null ? Object.keys(files) : []);
  } catch {
    return new Set();
  }
}

/** The copies in a folder by name and version, as their manifests say: the folders' own names mean nothing. */
async function copiesIn(
  folder: string,
  paths: Iterable<string>,
  { read }: VendoredPorts,
): Promise<Map<string, Copy>> {
  const byFolder = new Map<string, string[]>();
  for (const path of paths) {
    if (!path.startsWith(`${folder}/`)) continue;
    const rest = path.slice(folder.length + 1);
    const slash = rest.indexOf('/');
    if (slash === -1) continue;
    const own = `${folder}/${rest.slice(0, slash)}`;
    const files = byFolder.get(own);
    if (files === undefined) byFolder.set(own, [path]);
    else files.push(path);
  }
  const copies = new Map<string, Copy>();
  for (const [own, files] of byFolder) {
    const { crate, version } = await nameOf(own, read);
    const id = `${crate} ${version}`;
    copies.set(copies.has(id) ? `${id} ${own}` : id, { folder: own, crate, version, paths: files });
  }
  return copies;
}

async function nameOf(
  folder: string,
  read: VendoredPorts['read'],
): Promise<{ crate: string; version: string }> {
  const bytes = await read(`${folder}/Cargo.toml`);
  const toml = parseTomlFile('Cargo.toml', new TextDecoder().decode(bytes));
  const { name, version } = toml.kind === 'read' ? asTable(toml.values.package ?? toml.values.project) : {};
  const crate = typeof name === 'string' ? name : folder.slice(folderOf(folder).length + 1);
  return { crate, version: typeof version === 'string' ? version.trim() : '' };
}

function missing(folder: string, { name }: LockedPackage): VendoredFact {
  return { folder, differences: [{ how: 'missing', file: `${folder}/${name}` }] };
}

async function compareCopy(
  copy: Copy,
  release: VendoredRelease,
  locked: LockedPackage,
  ports: VendoredPorts,
): Promise<VendoredFact> {
  const { folder } = copy;
  const unchecked = (reason: string): VendoredFact => ({ folder, differences: [], unchecked: reason });
  if (locked.source?.kind === 'git') return unchecked('it comes from git, and no checksum names its files');
  if (release.checksum === '') return unchecked('the lockfile has no checksum of it');
  const bytes = await ports.archive(release);
  if (bytes === undefined) return unchecked('its archive is not to be had');
  if (createHash('sha256').update(bytes).digest('hex') !== release.checksum) {
    return unchecked('the archive that came is not the one that the lockfile names');
  }
  const files = filesOf(bytes);
  if (typeof files === 'string') return unchecked(files);
  const own = new Map<string, Uint8Array>();
  for (const path of copy.paths) {
    own.set(path.slice(folder.length + 1), (await ports.read(path)) ?? new Uint8Array());
  }
  return { folder, differences: differencesOf(files, own, folder) };
}

/** The archive's files, or why they cannot be told. */
function filesOf(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> | string {
  try {
    const { files, problems } = readCrateArchive(bytes);
    const [problem] = problems;
    if (problem !== undefined) return `of its archive, ${problem.replace(/\.$/, '')}`;
    return new Map(files.map((file) => [file.path, file.bytes]));
  } catch (error) {
    if (!(error instanceof CargoError)) throw error;
    return `of its archive, ${error.message.replace(/\.$/, '')}`;
  }
}

/** Where two texts part, 1-based. */
function firstLine(a: Uint8Array, b: Uint8Array): number {
  let line = 1;
  for (let i = 0; i < a.length && a[i] === b[i]; i++) if (a[i] === 0x0a) line++;
  return line;
}
