import { CargoError, quoted } from './error.ts';

/** A version as the `semver` crate reads it (SemVer 2.0.0, strict). */
export interface Version {
  /** Each an unsigned 64-bit number, exact. */
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Dot-separated pre-release identifiers; empty for a release proper. */
  readonly pre: readonly string[];
  /** Dot-separated build-metadata identifiers; empty when there is none. */
  readonly build: readonly string[];
  /** As it was written: parsing admits one spelling only, so this is also the printed form. */
  readonly text: string;
}

/** Reads a version. Throws `CargoError('cargo/version')` on anything the `semver` crate 1.x refuses. */
export function parseVersion(text: string): Version {
  const version = tryParseVersion(text);
  if (version === undefined) throw new CargoError('cargo/version', `${quoted(text)} is not a version`);
  return version;
}

/** Reads a version; `undefined` on anything the `semver` crate 1.x refuses. */
export function tryParseVersion(text: string): Version | undefined {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const version = parse(text);
  if (version === undefined || text.length > longest) return version;
  if (parsed.size >= most) parsed.clear();
  parsed.set(text, version);
  return version;
}

/** Versions that were parsed: crates have thousands of releases, and most of them the versions of others. */
const parsed = new Map<string, Version>();
const most = 10_000;
const longest = 40;

function parse(text: string): Version | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [major, minor, patch] = [parseU64(match[1]), parseU64(match[2]), parseU64(match[3])];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  const pre = parseIdentifiers(match[4], 'pre');
  const build = parseIdentifiers(match[5], 'build');
  if (pre === undefined || build === undefined) return undefined;
  return { major, minor, patch, pre, build, text };
}

/** The total order of `semver::Version`: precedence, then build metadata (semver: src/impls.rs). */
export function compareVersions(a: Version, b: Version): number {
  return comparePrecedence(a, b) || compareBuild(a.build, b.build);
}

/** The order of SemVer 2.0.0 section 11: build metadata is ignored. */
export function comparePrecedence(a: Version, b: Version): number {
  return (
    compareNumbers(a.major, b.major) ||
    compareNumbers(a.minor, b.minor) ||
    compareNumbers(a.patch, b.patch) ||
    comparePre(a.pre, b.pre)
  );
}

/** Whether two versions are the same but for build metadata: two such releases are one to Cargo's resolver. */
export function sameIgnoringBuild(a: Version, b: Version): boolean {
  return comparePrecedence(a, b) === 0;
}

export function isPrerelease(version: Version): boolean {
  return version.pre.length > 0;
}

/** The order of pre-releases. None at all is the greatest; numbers sort before words. */
export function comparePre(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return compareNumbers(b.length, a.length);
  return compareIdentifiers(a, b, comparePlainNumerals);
}

/** Numbers in the `semver` crate are `u64`. `undefined` when larger, or no plain decimal numeral. */
export function parseU64(digits: string | undefined): bigint | undefined {
  // 2^64-1 has 20 digits; checking first keeps a hostile million-digit number from being converted.
  if (digits === undefined || digits.length > 20 || !numeral.test(digits)) return undefined;
  const value = BigInt(digits);
  return value <= maxU64 ? value : undefined;
}

/**
 * Splits the part after `-` or `+`. Absent is `[]`; `undefined` when a segment is empty or, in a pre-release,
 * a number has a leading zero (semver: src/parse.rs, `identifier`).
 */
export function parseIdentifiers(
  text: string | undefined,
  part: 'pre' | 'build',
): readonly string[] | undefined {
  if (text === undefined) return none;
  const identifiers = text.split('.');
  for (const identifier of identifiers) {
    if (!identifierShape.test(identifier)) return undefined;
    if (part === 'pre' && leadingZero.test(identifier)) return undefined;
  }
  return identifiers;
}

const none: readonly string[] = [];
const maxU64 = 2n ** 64n - 1n;
const numeral = /^(?:0|[1-9][0-9]*)$/;
const identifierShape = /^[0-9A-Za-z-]+$/;
const leadingZero = /^0[0-9]+$/;
const digitsOnly = /^[0-9]+$/;
const shape = /^([0-9]+)\.([0-9]+)\.([0-9]+)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;

function compareNumbers<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Build metadata has no precedence in SemVer; the crate orders it so that `Ord` is total. None is the least. */
function compareBuild(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return compareNumbers(a.length, b.length);
  return compareIdentifiers(a, b, comparePaddedNumerals);
}

function compareIdentifiers(
  a: readonly string[],
  b: readonly string[],
  compareNumerals: (a: string, b: string) => number,
): number {
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (right === undefined) return 1;
    const [leftNumeric, rightNumeric] = [digitsOnly.test(left), digitsOnly.test(right)];
    if (leftNumeric !== rightNumeric) return leftNumeric ? -1 : 1;
    const order = leftNumeric ? compareNumerals(left, right) : compareNumbers(left, right);
    if (order !== 0) return order;
  }
  return a.length < b.length ? -1 : 0;
}

/** Numerals without leading zeros, of any length: the longer is the larger. */
function comparePlainNumerals(a: string, b: string): number {
  return compareNumbers(a.length, b.length) || compareNumbers(a, b);
}

/** Build metadata allows leading zeros: 0 < 00 < 1 < 01 < 001 < 2. */
function comparePaddedNumerals(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return comparePlainNumerals(left, right) || compareNumbers(a.length, b.length);
}
