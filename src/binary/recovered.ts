import { canonicalName } from '../cargo/index-path.ts';
import { byCodePoint } from '../cargo/resolve/features.ts';
import type { ByteSource } from './bytes.ts';
import { SymbolCrates } from './symbols.ts';

/**
 * A crate that a binary without a list gives away by the paths in its panics and debug information, and by the names of
 * its functions. What is found is there; what is not found may be there all the same: code that cannot panic leaves no
 * path, and a stripped file has no names.
 */
export interface RecoveredCrate {
  readonly name: string;
  /** Absent where nothing says it: vendored folders, checkouts of repositories, names of functions. */
  readonly version: string | undefined;
  readonly method: RecoveryMethod;
  /**
   * `high`: cargo's own folders. `low`: a folder that is named as cargo names those of crates, or a name in code, which
   * packages of the project have too.
   */
  readonly confidence: 'high' | 'low';
  /** One path, or the beginning of a symbol, that shows it. */
  readonly path: string;
}

export type RecoveryMethod =
  /** `cargo/registry/src/INDEX-HASH/NAME-VERSION/`, with or without what stands before the last two. */
  | 'registry'
  /** `cargo/registry/HASH/NAME-VERSION/`, `cargo/deps/NAME-VERSION/`: what cargo 1.99 makes of them with `trim-paths`. */
  | 'trimmed'
  /** `cargo/git/checkouts/NAME-HASH/COMMIT/`, `cargo/git/ID/REV/`. */
  | 'git'
  /** `vendor/NAME/`. */
  | 'vendored'
  /** `ANYTHING/NAME-VERSION/src/`: paths that somebody rewrote. */
  | 'folder'
  /** `rust/deps/NAME-VERSION/`: what the Rust project builds itself, the standard library's dependencies above all. */
  | 'rust'
  /** The name of a function, where no path says more of its crate. */
  | 'symbol';

/** Pieces of a file that are looked through at a time, and how much of the last is looked at again. In bytes. */
const piece = 4 * 1024 * 1024;
const overlap = 4096;
/** Paths of more crates than any program has are not kept. */
const maxCrates = 20_000;

/** Longer paths are cut at their beginning. In bytes. */
const maxPath = 512;

/** No more of a file is looked through; what is larger is mostly something else. In bytes. */
const maxScanned = 1024 * 1024 * 1024;

/** Every crate whose paths are in a file, by name and version. Looks through the first gibibyte, in pieces. */
export function recoveredCrates(source: ByteSource): readonly RecoveredCrate[] {
  const size = Math.min(source.size, maxScanned);
  const found = new Map<string, RecoveredCrate>();
  const symbols = new SymbolCrates();
  for (let at = 0; at < size; at += piece - overlap) {
    const read = source.read(at, Math.min(piece, size - at));
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
    for (const path of pathsIn(bytes)) {
      const crate = crateOfPath(path);
      if (crate !== undefined && found.size < maxCrates) keepBest(found, crate);
    }
    symbols.look(bytes);
    if (at + piece >= size) break;
  }
  const known = new Set([...found.values()].map(({ name }) => canonicalName(name)));
  for (const [name, path] of symbols.crates())
    if (!known.has(canonicalName(name)))
      found.set(name, { name, version: undefined, method: 'symbol', confidence: 'low', path });
  return [...found.values()].toSorted(
    (a, b) => byCodePoint(a.name, b.name) || byCodePoint(a.version ?? '', b.version ?? ''),
  );
}

/**
 * Texts that end in `.rs`, taken backwards from there: strings of a program stand one behind the other without an end, so a
 * text may begin with the end of another one, and never holds two paths.
 */
function* pathsIn(bytes: Buffer): Generator<string> {
  let after = 0;
  for (let dot = bytes.indexOf('.rs'); dot !== -1; dot = bytes.indexOf('.rs', after)) {
    const end = dot + 3;
    let start = dot;
    while (start > after && dot - start < maxPath && isPathByte(bytes[start - 1] ?? 0)) start--;
    after = end;
    if (dot - start > 3) yield bytes.toString('latin1', start, end).replaceAll('\\', '/');
  }
}

/** Letters, digits and what stands in paths, spaces too. */
function isPathByte(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x60;
}

/** The crate that a path belongs to; `undefined` for the project's own files and the standard library's. */
export function crateOfPath(path: string): RecoveredCrate | undefined {
  const parts = path.split('/');
  let folder: RecoveredCrate | undefined;
  // The file itself names no crate.
  for (let i = 0; i < parts.length - 1; i++) {
    const found = crateAt(parts, i);
    if (found === undefined) continue;
    const crate = { ...found, path: parts.slice(Math.max(0, i - 3)).join('/') };
    if (crate.confidence === 'high') return crate;
    folder ??= crate;
  }
  return folder;
}

/** What the folder `i` of a path is, by its own name and those before it. */
function crateAt(parts: readonly string[], i: number): Omit<RecoveredCrate, 'path'> | undefined {
  const part = parts[i] ?? '';
  const [one, two, three] = [parts[i - 1] ?? '', parts[i - 2] ?? '', parts[i - 3] ?? ''];
  const [name, version] = nameAndVersion(part);
  if (version !== undefined) {
    const method = methodOf(one, two, three);
    if (method !== undefined) return { name, version, method, confidence: 'high' };
    if (one === 'vendor' || parts[i + 1] === 'src')
      return { name, version, method: 'folder', confidence: 'low' };
    return undefined;
  }
  // A checkout is named for its repository, and holds a folder for each commit.
  const inGit = (one === 'checkouts' && two === 'git') || (one === 'git' && two.endsWith('cargo'));
  if (inGit && /^[0-9a-f]{7,40}$/.test(parts[i + 1] ?? '')) {
    return {
      name: part.replace(/-[0-9a-f]{16}$/, ''),
      version: undefined,
      method: 'git',
      confidence: 'high',
    };
  }
  if (one === 'vendor' && /^[A-Za-z][\w-]*$/.test(part))
    return { name: part, version: undefined, method: 'vendored', confidence: 'low' };
  return undefined;
}

/** Who names a folder NAME-VERSION, by the three folders that it is in. */
function methodOf(one: string, two: string, three: string): RecoveryMethod | undefined {
  if (one === 'deps' && two.endsWith('rust')) return 'rust';
  if (two === 'src' && three.endsWith('registry')) return 'registry';
  if ((one === 'deps' && two.endsWith('cargo')) || (two === 'registry' && three.endsWith('cargo')))
    return 'trimmed';
  // An index's folder ends in a hash of its address; `trim-paths` leaves it and what is in it.
  return /.-[0-9a-f]{16}$/.test(one) ? 'registry' : undefined;
}

/** Takes `NAME-VERSION` apart at the first dash that a version follows. */
function nameAndVersion(part: string): readonly [name: string, version: string | undefined] {
  if (part.length > 160 || !/^[A-Za-z][\w.+-]*$/.test(part)) return [part, undefined];
  for (let dash = part.indexOf('-'); dash !== -1; dash = part.indexOf('-', dash + 1)) {
    const version = part.slice(dash + 1);
    if (/^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(version)) return [part.slice(0, dash), version];
  }
  return [part, undefined];
}

function keepBest(found: Map<string, RecoveredCrate>, crate: RecoveredCrate): void {
  const key = `${crate.name} ${crate.version ?? ''}`;
  const known = found.get(key);
  if (known === undefined || (known.confidence === 'low' && crate.confidence === 'high'))
    found.set(key, crate);
}
