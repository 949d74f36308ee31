import { CargoError, quoted } from './error.ts';
import { parseVersion } from './version.ts';

/** One release as a download URL names it. */
export interface DownloadOf {
  /** Name as its index line spells it: some registries tell cases apart. */
  readonly crate: string;
  /** Full version, build metadata included. */
  readonly version: string;
  /** Lower-case hex SHA-256. */
  readonly checksum: string;
}

/**
 * Whether a name can stand in an index: ASCII letters, digits, `-` and `_`, at most 64, and no digit or `-`
 * in front. A leading `_` is cargo's own allowance (cargo: cargo-util-schemas/src/restricted_names.rs).
 */
export function isCrateName(name: string): boolean {
  return crateName.test(name);
}

/** The key under which names that differ in case only are one crate. `-` and `_` stay apart, as in an index. */
export function crateKey(name: string): string {
  return ascii.test(name) ? name.toLowerCase() : name;
}

/** A name as crates.io compares names: case, `-` and `_` make no difference. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/**
 * The index file of a crate: `1/a`, `2/ab`, `3/a/abc`, `ab/cd/abcd`; lower case.
 * Throws `CargoError('cargo/crate-name')` for a name that could not be a crate's.
 */
export function indexPath(name: string): string {
  const key = crateKey(checkedName(name));
  return `${pathPrefix(key)}/${key}`;
}

/** The crate of an index file, in lower case; `undefined` when the path is not exactly where its name belongs. */
export function crateOfIndexPath(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return isCrateName(name) && indexPath(name) === path ? name : undefined;
}

/**
 * The URL of a `.crate`, from `dl` of the index's `config.json` (cargo: cargo-util/src/registry.rs, `crate_url`).
 * Nothing is percent-encoded, because cargo encodes nothing: `+` is sent as it is. Name, version and checksum
 * are therefore checked to hold nothing that means something in a URL; throws `CargoError` where they do.
 */
export function downloadUrl(dl: string, release: DownloadOf): string {
  const crate = checkedName(release.crate);
  const version = parseVersion(release.version).text;
  if (!isChecksum(release.checksum)) {
    throw new CargoError(
      'cargo/download-url',
      `${quoted(release.checksum)} is not a SHA-256 in lower-case hex`,
    );
  }
  const prefix = pathPrefix(crate);
  const values = new Map([
    ['{crate}', crate],
    ['{version}', version],
    ['{prefix}', prefix],
    ['{lowerprefix}', prefix.toLowerCase()],
    ['{sha256-checksum}', release.checksum],
  ]);
  if (!values.keys().some((marker) => dl.includes(marker))) return `${dl}/${crate}/${version}/download`;
  return dl.replace(/\{[a-z0-9-]+\}/g, (marker) => values.get(marker) ?? marker);
}

/** Whether a text is a SHA-256 as index lines and lockfiles write it: 64 lower-case hex digits. */
export function isChecksum(text: string): boolean {
  return checksum.test(text);
}

/** Some letters beyond ASCII have an ASCII lower case: they must not become another crate's key. */
const ascii = /^[\0-\x7f]*$/;
const crateName = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const checksum = /^[0-9a-f]{64}$/;

function checkedName(name: string): string {
  if (!isCrateName(name)) throw new CargoError('cargo/crate-name', `${quoted(name)} is not a crate name`);
  return name;
}

/** Cargo's `make_dep_path`, prefix only; the name is ASCII. */
function pathPrefix(name: string): string {
  if (name.length < 3) return String(name.length);
  return name.length === 3 ? `3/${name.slice(0, 1)}` : `${name.slice(0, 2)}/${name.slice(2, 4)}`;
}
