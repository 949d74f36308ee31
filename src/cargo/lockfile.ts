import { parse, TomlError } from 'smol-toml';
import { CargoError, type Position, quoted } from './error.ts';
import { isChecksum } from './index-path.ts';
import type { LockedPackage, RawPackage } from './locked-package.ts';
import { linkPackages } from './lockfile-links.ts';
import { scanLockfile } from './lockfile-scan.ts';
import { conflictMarker, type LockfileSpans, lockfileSpans, spanOf, versionSpan } from './lockfile-spans.ts';
import { parseSourceId, type SourceId } from './source-id.ts';
import { tryParseVersion } from './version.ts';

/** A `Cargo.lock` (cargo: cargo-util-schemas/src/lockfile.rs and src/resolver/encode.rs). */
export interface Lockfile {
  /** Format; 1 and 2 are not written in the file and told apart by what it holds. */
  readonly version: 1 | 2 | 3 | 4;
  /** In the file's order; a `[root]` of the first format comes first. */
  readonly packages: readonly LockedPackage[];
  /** Index of the package of `[root]`, which only the first format has. */
  readonly root: number | undefined;
  /** `[[patch.unused]]`: patches that no package uses. */
  readonly unusedPatches: readonly UnusedPatch[];
  /** `[metadata]`, without the checksums that the first format kept there. */
  readonly metadata: ReadonlyMap<string, string>;
}

export type { LockedPackage } from './locked-package.ts';

export type UnusedPatch = Pick<LockedPackage, 'name' | 'version' | 'source' | 'line' | 'column'>;

/**
 * Reads a lockfile of any format cargo reads (1–4). Throws `CargoError('cargo/lockfile')` with the line for what
 * is no TOML (merge conflicts, truncation), a newer format, a package twice, or a dependency that the file does
 * not have: cargo passes over the last and resolves anew, but here it would hide a package.
 */
export function parseLockfile(text: string): Lockfile {
  return scannedLockfile(text) ?? tomlLockfile(text);
}

/** The slow and full way: what `parseLockfile` gives for any layout. */
export function tomlLockfile(text: string): Lockfile {
  const toml = parsedToml(text);
  const stated = statedVersion(toml.version, text);
  const spans = lockfileSpans(text);
  const roots = toml.root === undefined ? [] : rawPackages([toml.root], 'root', spans);
  const raw = [...roots, ...rawPackages(list(toml.package, 'package', top), 'package', spans)];
  const { packages, metadata, looksLike } = linkPackages(
    raw,
    strings(toml.metadata, 'metadata'),
    stated ?? 1,
  );
  const unstated = looksLike === 1 && isFreshSecondFormat(text, packages.length) ? 2 : looksLike;
  const patch = toml.patch === undefined ? {} : asTable(toml.patch, 'patch', top);
  return {
    version: stated ?? unstated,
    packages,
    root: roots.length > 0 ? 0 : undefined,
    unusedPatches: rawPackages(list(patch.unused, 'patch.unused', top), 'patch.unused', spans),
    metadata,
  };
}

/** The fast way, for what cargo itself wrote in a format of today. */
function scannedLockfile(text: string): Lockfile | undefined {
  const scanned = scanLockfile(text);
  if (scanned === undefined || (scanned.version !== '3' && scanned.version !== '4')) return undefined;
  const version = scanned.version === '3' ? 3 : 4;
  const raw = scanned.packages.map(({ table, at }) => rawPackage(table, at));
  const { packages, metadata } = linkPackages(raw, new Map(), version);
  return { version, packages, root: undefined, unusedPatches: [], metadata };
}

type Table = Readonly<Record<string, unknown>>;

const top: Position = { line: 1, column: 1 };

/** A lone package without dependencies looks alike in formats 1 and 2, but for the blank line at the end. */
function isFreshSecondFormat(text: string, packages: number): boolean {
  return packages === 1 && text.endsWith('\n') && !text.endsWith('\n\n');
}

function parsedToml(text: string): Table {
  try {
    return parse(text, { integersAsBigInt: true });
  } catch (cause) {
    const marker = conflictMarker(text);
    if (marker !== undefined) {
      throw new CargoError('cargo/lockfile', 'the lockfile has a merge conflict', marker, cause);
    }
    const at = cause instanceof TomlError ? { line: cause.line, column: cause.column } : top;
    const reason = cause instanceof TomlError ? (cause.message.split('\n')[0] ?? '') : 'it is not TOML';
    throw new CargoError('cargo/lockfile', `the lockfile was not understood: ${reason}`, at, cause);
  }
}

/** Only formats 3 and 4 state their number; cargo refuses a stated 1 or 2 as well. */
function statedVersion(value: unknown, text: string): 3 | 4 | undefined {
  if (value === undefined) return undefined;
  if (value === 3n) return 3;
  if (value === 4n) return 4;
  const shown =
    typeof value === 'bigint' || typeof value === 'string' ? quoted(String(value)) : 'of another kind';
  throw new CargoError(
    'cargo/lockfile',
    `the lockfile has version ${shown}, not 3 or 4`,
    versionSpan(text) ?? top,
  );
}

function rawPackages(
  values: readonly unknown[],
  section: string,
  spans: LockfileSpans,
): readonly RawPackage[] {
  return values.map((value, i) => {
    const table = asTable(value, section, top);
    return rawPackage(table, spanOf(spans, section, i, values.length, table.name));
  });
}

function rawPackage(table: Table, at: Position): RawPackage {
  const name = string(table.name, 'name', at);
  if (name === '') throw new CargoError('cargo/lockfile', 'a package has no name', at);
  const version = string(table.version, 'version', at);
  if (tryParseVersion(version) === undefined) {
    throw new CargoError(
      'cargo/lockfile',
      `${quoted(version)} of package ${quoted(name)} is not a version`,
      at,
    );
  }
  const checksum = optionalString(table.checksum, 'checksum', at);
  if (checksum !== undefined && !isChecksum(checksum)) {
    throw new CargoError(
      'cargo/lockfile',
      `the checksum of package ${quoted(name)} is not a SHA-256 in hex`,
      at,
    );
  }
  return {
    name,
    version,
    source: source(optionalString(table.source, 'source', at), at),
    checksum,
    dependencies: list(table.dependencies, 'dependencies', at).map((item) =>
      string(item, 'dependencies', at),
    ),
    replace: optionalString(table.replace, 'replace', at),
    line: at.line,
    column: at.column,
  };
}

function source(text: string | undefined, at: Position): SourceId | undefined {
  if (text === undefined) return undefined;
  try {
    return parseSourceId(text);
  } catch (cause) {
    if (!(cause instanceof CargoError)) throw cause;
    throw new CargoError('cargo/lockfile', cause.message, at, cause);
  }
}

function asTable(value: unknown, what: string, at: Position): Table {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CargoError('cargo/lockfile', `${what} is not a table`, at);
  }
  return value as Table;
}

function strings(value: unknown, what: string): ReadonlyMap<string, string> {
  const entries = value === undefined ? [] : Object.entries(asTable(value, what, top));
  return new Map(entries.map(([key, item]) => [key, string(item, what, top)]));
}

function list(value: unknown, what: string, at: Position): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new CargoError('cargo/lockfile', `${what} is not an array`, at);
  return value;
}

function optionalString(value: unknown, what: string, at: Position): string | undefined {
  return value === undefined ? undefined : string(value, what, at);
}

function string(value: unknown, what: string, at: Position): string {
  if (typeof value !== 'string') throw new CargoError('cargo/lockfile', `${what} is not a string`, at);
  return value;
}
