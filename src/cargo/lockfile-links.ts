import { CargoError, type Position, quoted } from './error.ts';
import { isChecksum } from './index-path.ts';
import type { LockedPackage, RawPackage } from './locked-package.ts';
import { parseSourceId, sourceKey } from './source-id.ts';

/** Packages with their dependencies as indexes, and what only linking can tell. */
export interface LinkedPackages {
  readonly packages: readonly LockedPackage[];
  /** `[metadata]` without checksums. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The older format this is, as far as its packages show it. */
  readonly looksLike: 1 | 2;
}

/**
 * Turns the names in `dependencies`, `replace` and `[metadata]` into packages (cargo: src/resolver/encode.rs,
 * `into_resolve`). A name stands alone when one package has it, with its version when several have, and with
 * its source when that is not enough either; format 1 always writes all three. `format` is the stated one, or 1.
 */
export function linkPackages(
  raw: readonly RawPackage[],
  metadata: ReadonlyMap<string, string>,
  format: number,
): LinkedPackages {
  const names = new Names(raw);
  const linked = raw.map((pkg) => ({
    ...pkg,
    dependencies: pkg.dependencies.map((reference) => names.find(reference, pkg)),
    replace: pkg.replace === undefined ? undefined : names.find(pkg.replace, pkg),
  }));
  const looksLike = names.abbreviated || raw.some(({ checksum }) => checksum !== undefined) ? 2 : 1;
  const { checksums, rest } = splitMetadata(metadata, names);
  // Cargo drops all checksums of such a file, so that it would build what nobody checked.
  if (checksums.size > 0 && Math.max(format, looksLike) > 1) {
    throw new CargoError(
      'cargo/lockfile',
      'the lockfile mixes [metadata] checksums with a newer format',
      top,
    );
  }
  const packages = linked.map((pkg, i) => ({ ...pkg, checksum: pkg.checksum ?? checksums.get(i) }));
  return { packages, metadata: rest, looksLike };
}

const top: Position = { line: 1, column: 1 };
const checksumKey = 'checksum ';

interface Candidate {
  readonly index: number;
  /** Empty for a path. */
  readonly source: string;
}

/** Finds packages by the references of a lockfile. */
class Names {
  /** Whether a reference left out what format 1 would have written. */
  abbreviated = false;
  readonly #byName = new Map<string, Map<string, Candidate[]>>();

  constructor(packages: readonly RawPackage[]) {
    const sources = new Map<string, string>();
    for (const [index, pkg] of packages.entries()) {
      const text = pkg.source?.text ?? '';
      const source = sources.get(text) ?? (pkg.source === undefined ? '' : sourceKey(pkg.source));
      sources.set(text, source);
      const candidates = this.#candidates(pkg);
      if (candidates.some((other) => other.source === source)) {
        throw new CargoError('cargo/lockfile', `package ${quoted(pkg.name)} is in the lockfile twice`, pkg);
      }
      candidates.push({ index, source });
    }
  }

  /** The package that a reference means; throws when there is not one. */
  find(reference: string, at: Position): number {
    const found = this.tryFind(reference, at);
    if (found !== undefined) return found;
    throw new CargoError(
      'cargo/lockfile',
      `${quoted(reference)} names no single package of the lockfile`,
      at,
    );
  }

  tryFind(reference: string, at: Position): number | undefined {
    const [, name = '', version, source] = shape.exec(reference) ?? [];
    const versions = this.#byName.get(name);
    const candidates = version === undefined ? this.#onlyVersion(versions) : versions?.get(version);
    if (source === undefined) return this.#onlySource(candidates)?.index;
    const key = keyOf(source, at);
    return candidates?.find((candidate) => candidate.source === key)?.index;
  }

  #candidates({ name, version }: RawPackage): Candidate[] {
    const versions = this.#byName.get(name) ?? new Map<string, Candidate[]>();
    const candidates = versions.get(version) ?? [];
    this.#byName.set(name, versions.set(version, candidates));
    return candidates;
  }

  #onlyVersion(versions: ReadonlyMap<string, Candidate[]> | undefined): Candidate[] | undefined {
    this.abbreviated = true;
    return versions?.size === 1 ? versions.values().next().value : undefined;
  }

  /** A path cannot be written, so no source means it where there is one. */
  #onlySource(candidates: readonly Candidate[] | undefined): Candidate | undefined {
    const path = candidates?.find(({ source }) => source === '');
    if (path !== undefined) return path;
    this.abbreviated = true;
    return candidates?.length === 1 ? candidates[0] : undefined;
  }
}

/** Name, version, source: the parentheses hold the rest. */
const shape = /^([^ ]+)(?: ([^ ]+)(?: \((.+)\))?)?$/;

function keyOf(source: string, at: Position): string {
  try {
    return sourceKey(parseSourceId(source));
  } catch (cause) {
    if (!(cause instanceof CargoError)) throw cause;
    throw new CargoError('cargo/lockfile', cause.message, at, cause);
  }
}

/**
 * A checksum of a package that is gone is passed over. Format 1 has `"checksum name version (source)" = "…"`; `<none>`
 * where a source has no checksums.
 */
function splitMetadata(
  metadata: ReadonlyMap<string, string>,
  names: Names,
): { readonly checksums: ReadonlyMap<number, string>; readonly rest: ReadonlyMap<string, string> } {
  const checksums = new Map<number, string>();
  const rest = new Map<string, string>();
  for (const [key, value] of metadata) {
    if (!key.startsWith(checksumKey)) {
      rest.set(key, value);
    } else if (value !== '<none>') {
      if (!isChecksum(value))
        throw new CargoError('cargo/lockfile', `${quoted(key)} is not a SHA-256 in hex`, top);
      const index = names.tryFind(key.slice(checksumKey.length), top);
      if (index !== undefined) checksums.set(index, value);
    }
  }
  return { checksums, rest };
}
