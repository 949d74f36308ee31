import { createHash } from 'node:crypto';
import { CargoError } from './error.ts';
import { isChecksum, isCrateName } from './index-path.ts';
import { parseWithoutDuplicates, scanObject } from './json-scan.ts';
import { tryParseVersion } from './version.ts';

export { maxLineBytes, splitIndexFile } from './index-file.ts';

/** One line of an index file: one release (cargo: cargo-util-schemas/src/index.rs, `IndexPackage`). */
export interface IndexEntry {
  readonly name: string;
  /** A valid version, as written. */
  readonly vers: string;
  readonly deps: readonly IndexDependency[];
  /** Lower-case hex SHA-256 of the `.crate`. */
  readonly cksum: string;
  /** Features in the syntax every cargo reads; see `allFeatures`. */
  readonly features: Features;
  /** Features with `dep:` or `?/` in them, kept apart for old cargos. */
  readonly features2: Features | undefined;
  /** `null` and absent mean no. */
  readonly yanked: boolean;
  readonly links: string | undefined;
  /** Schema version of the line; cargo skips a line whose `v` it does not know. Absent means 1. */
  readonly v: number;
  readonly rustVersion: string | undefined;
  /** As written; an RFC 3339 time where it is well formed. */
  readonly pubtime: string | undefined;
  /** What the line has beyond this, as parsed. */
  readonly rest: ReadonlyMap<string, unknown>;
}

/** Feature name → what it enables. A map, because a feature may be called `constructor`. */
export type Features = ReadonlyMap<string, readonly string[]>;

/** A dependency of an index line (`RegistryDependency`). */
export interface IndexDependency {
  /** The name in the depending crate; the crate's own unless `package` is there. */
  readonly name: string;
  /** The crate's own name when `name` renames it. */
  readonly package: string | undefined;
  /** As written; read it with `parseRequirement`, which may refuse it. */
  readonly req: string;
  /** Empty names, which old index lines have, are left out, as cargo does. */
  readonly features: readonly string[];
  readonly optional: boolean;
  readonly defaultFeatures: boolean;
  /** A target triple or `cfg(…)`; absent: every target. */
  readonly target: string | undefined;
  /** Anything else than `dev` and `build` is `normal` to cargo. */
  readonly kind: 'normal' | 'dev' | 'build';
  /** Index URL of the registry it comes from; absent: the same. */
  readonly registry: string | undefined;
  /** Unstable artifact dependencies (schema version 3). */
  readonly artifact: readonly string[] | undefined;
  readonly bindepTarget: string | undefined;
  readonly lib: boolean;
  readonly public: boolean;
}

/**
 * Reads one index line as cargo does, and strictly where it decides what is installed: no key twice, a crate name, a
 * valid version, a SHA-256. Unknown fields are kept in `rest`; `null` is absent where cargo allows it. Throws
 * `CargoError('cargo/index-line')`: cargo itself ignores such a line.
 */
export function parseIndexLine(line: string): IndexEntry {
  const fields = parsedObject(line);
  const name = text(fields.name, 'name');
  if (!isCrateName(name)) throw refused('its name is not a crate name');
  const vers = text(fields.vers, 'vers');
  if (tryParseVersion(vers) === undefined) throw refused('its vers is not a version');
  const cksum = text(fields.cksum, 'cksum');
  if (!isChecksum(cksum)) throw refused('its cksum is not a SHA-256 in lower-case hex');
  return {
    name,
    vers,
    deps: list(fields.deps, 'deps').map(dependency),
    cksum,
    features: features(fields.features, 'features') ?? noFeatures,
    features2: fields.features2 === null ? undefined : features(fields.features2, 'features2'),
    yanked: boolean(fields.yanked ?? undefined, 'yanked', false),
    links: optionalText(fields.links, 'links'),
    v: schemaVersion(fields.v),
    rustVersion: optionalText(fields.rust_version, 'rust_version'),
    pubtime: optionalText(fields.pubtime, 'pubtime'),
    rest: new Map(Object.entries(fields).filter(([key]) => !known.has(key))),
  };
}

/** As `parseIndexLine`, for who looks into the lines of one lockfile, which others look into too: each is parsed once. */
export function rememberedIndexLine(line: string): IndexEntry {
  const known = remembered.get(line);
  if (known !== undefined) return known;
  const entry = parseIndexLine(line);
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(line, entry);
  return entry;
}

const remembered = new Map<string, IndexEntry>();
/** Packages of a large lockfile, with what they replace. */
const mostRemembered = 1_024;

/** `features` and `features2` as one, the way cargo merges them (`index_package_to_summary`). */
export function allFeatures(entry: Pick<IndexEntry, 'features' | 'features2'>): Features {
  if (entry.features2 === undefined) return entry.features;
  const merged = new Map(entry.features);
  for (const [name, values] of entry.features2) merged.set(name, [...(merged.get(name) ?? []), ...values]);
  return merged;
}

/** The crate that a dependency is on, whatever it is renamed to. */
export function crateOfDependency(dependency: Pick<IndexDependency, 'name' | 'package'>): string {
  return dependency.package ?? dependency.name;
}

/**
 * The line with its top-level `yanked` set, every other byte as it was; the very line when it says so already.
 * An absent key is added before the final brace. Throws `CargoError('cargo/index-line')` for what is no JSON
 * object, or has a key twice.
 */
export function withYanked(line: string, yanked: boolean): string {
  const fields = parsedObject(line);
  if (boolean(fields.yanked ?? undefined, 'yanked', false) === yanked) return line;
  const { members, close } = scanObject(line, 0);
  const member = members.find(({ key }) => key === 'yanked');
  if (member !== undefined) return line.slice(0, member.start) + yanked + line.slice(member.end);
  return `${line.slice(0, close)}${members.length > 0 ? ',' : ''}"yanked":${yanked}${line.slice(close)}`;
}

/**
 * SHA-256 (hex) over what of an index line decides a resolve: dependencies and features, in canonical order.
 * Equal for lines that differ in field order, spacing, `null` or absent, `features` or `features2`, or in
 * anything else (`yanked`, `pubtime`, `rust_version`, `links`, unknown fields). Requirements count as written.
 */
export function dependenciesDigest(entry: Pick<IndexEntry, 'deps' | 'features' | 'features2'>): string {
  const deps = entry.deps.map(canonicalDependency).sort();
  const features = [...allFeatures(entry)]
    .map(([name, values]) => JSON.stringify([name, canonicalSet(values)]))
    .sort();
  return createHash('sha256')
    .update(JSON.stringify([deps, features]))
    .digest('hex');
}

const noFeatures: Features = new Map();
const known: ReadonlySet<string> = new Set(
  'name vers deps cksum features features2 yanked links v rust_version pubtime'.split(' '),
);

type Fields = Readonly<Record<string, unknown>>;

function refused(reason: string, cause?: unknown): CargoError {
  return new CargoError('cargo/index-line', `an index line was not understood: ${reason}`, undefined, cause);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A known key twice is an error to cargo; here any key, at any depth, because a reader would see one of two. */
function parsedObject(line: string): Fields {
  let value: unknown;
  try {
    value = parseWithoutDuplicates(line);
  } catch (cause) {
    if (cause instanceof RangeError) throw refused(cause.message);
    throw refused('it is not JSON', cause);
  }
  if (!isObject(value)) throw refused('it is not a JSON object');
  return value;
}

function dependency(value: unknown): IndexDependency {
  if (!isObject(value)) throw refused('a dependency is not a JSON object');
  const kind = optionalText(value.kind, 'kind');
  return {
    name: text(value.name, 'name of a dependency'),
    package: optionalText(value.package, 'package'),
    req: text(value.req, 'req'),
    features:
      value.features === undefined
        ? []
        : texts(value.features, 'features of a dependency').filter((feature) => feature !== ''),
    optional: boolean(value.optional, 'optional', false),
    defaultFeatures: boolean(value.default_features, 'default_features', true),
    target: optionalText(value.target, 'target'),
    kind: kind === 'dev' || kind === 'build' ? kind : 'normal',
    registry: optionalText(value.registry, 'registry'),
    artifact: value.artifact == null ? undefined : texts(value.artifact, 'artifact'),
    bindepTarget: optionalText(value.bindep_target, 'bindep_target'),
    lib: boolean(value.lib, 'lib', false),
    public: boolean(value.public ?? undefined, 'public', false),
  };
}

function features(value: unknown, field: string): Features | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) throw refused(`${field} is not an object`);
  return new Map(Object.entries(value).map(([name, values]) => [text(name, field), texts(values, field)]));
}

function list(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw refused(`${field} is not an array`);
  return value;
}

function texts(value: unknown, field: string): readonly string[] {
  return list(value, field).map((item) => text(item, field));
}

/** A lone surrogate, which JSON.parse lets through, is no text to cargo. */
function text(value: unknown, field: string): string {
  if (typeof value !== 'string' || !value.isWellFormed()) throw refused(`${field} is not a string`);
  return value;
}

function optionalText(value: unknown, field: string): string | undefined {
  return value === undefined || value === null ? undefined : text(value, field);
}

function boolean(value: unknown, field: string, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') throw refused(`${field} is not true or false`);
  return value;
}

function schemaVersion(value: unknown): number {
  if (value === undefined || value === null) return 1;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw refused('v is not a number');
  }
  return value;
}

function canonicalDependency(dependency: IndexDependency): string {
  return JSON.stringify([
    dependency.name,
    dependency.package ?? null,
    dependency.req,
    canonicalSet(dependency.features),
    dependency.optional,
    dependency.defaultFeatures,
    dependency.target ?? null,
    dependency.kind,
    dependency.registry ?? null,
    dependency.artifact === undefined ? null : canonicalSet(dependency.artifact),
    dependency.bindepTarget ?? null,
    dependency.lib,
  ]);
}

/** Sorted by UTF-16 code unit, which no locale changes. */
function canonicalSet(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
