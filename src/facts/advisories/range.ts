import { type Comparator, parseRequirement } from '../../cargo/requirement.ts';
import { comparePrecedence, parseVersion, type Version } from '../../cargo/version.ts';
import type { AffectedRange } from './advisory.ts';

/**
 * Versions from `from` on and below `to`, by precedence (SemVer 2.0.0, section 11). `undefined` does not limit.
 * Half-open is enough for every bound there is: just above a version stands its successor.
 */
export interface Range {
  readonly from: Version | undefined;
  readonly to: Version | undefined;
}

/**
 * What is left when the requirements are taken away: an advisory's affected versions, given its patched and its
 * unaffected ones. Requirements count as ranges, pre-releases within them included, and not by Cargo's matching:
 * `>= 1.2.0` holds 1.3.0-rc.1, and `^1.2` ends below every pre-release of 2.0.0 (rustsec: osv/ranges_for_advisory.rs,
 * osv/unaffected_range.rs). None at all leave every version. Throws `CargoError` for what is no requirement.
 */
export function complementOf(requirements: readonly string[]): readonly Range[] {
  const left: Range[] = [];
  let from: Version | undefined;
  for (const taken of unionOf(requirements.map(rangeOf))) {
    if (taken.from !== undefined) left.push({ from, to: taken.from });
    if (taken.to === undefined) return left;
    from = taken.to;
  }
  return [...left, { from, to: undefined }];
}

/** The same versions as ascending ranges that stay apart from one another. Empty ranges vanish. */
export function unionOf(ranges: readonly Range[]): readonly Range[] {
  const sorted = ranges.filter((range) => !isEmpty(range)).sort((a, b) => compareStarts(a.from, b.from));
  const union: Range[] = [];
  for (const range of sorted) {
    const last = union.at(-1);
    if (last === undefined || (last.to !== undefined && compareStarts(last.to, range.from) < 0)) {
      union.push(range);
    } else {
      union[union.length - 1] = { from: last.from, to: laterEnd(last.to, range.to) };
    }
  }
  return union;
}

/** The versions of one requirement: what all of its comparators hold. Throws `CargoError` for what is none. */
export function rangeOf(requirement: string): Range {
  return parseRequirement(requirement).comparators.map(comparatorRange).reduce(intersection, everything);
}

export function isAffected(ranges: readonly Range[], version: Version): boolean {
  return ranges.some((range) => contains(range, version));
}

export function contains({ from, to }: Range, version: Version): boolean {
  return (
    (from === undefined || comparePrecedence(from, version) <= 0) &&
    (to === undefined || comparePrecedence(version, to) < 0)
  );
}

/** The lowest version of higher precedence: 1.2.3 → 1.2.4-0, 1.2.3-rc.1 → 1.2.3-rc.1.0. */
export function successor({ major, minor, patch, pre }: Version): Version {
  return pre.length === 0 ? make(major, minor, patch + 1n, ['0']) : make(major, minor, patch, [...pre, '0']);
}

/** A range as plain JSON. */
export function rangeText({ from, to }: Range): AffectedRange {
  return {
    ...(from === undefined ? {} : { introduced: from.text }),
    ...(to === undefined ? {} : { fixed: to.text }),
  };
}

/** The range that `rangeText` wrote. */
export function parseRange({ introduced, fixed }: AffectedRange): Range {
  return {
    from: introduced === undefined ? undefined : parseVersion(introduced),
    to: fixed === undefined ? undefined : parseVersion(fixed),
  };
}

const everything: Range = { from: undefined, to: undefined };

/** A part that is left out is 0, where Cargo would take it for "any": `> 1.2` holds 1.2.1, `= 1` is 1.0.0 alone. */
function comparatorRange({ op, major, minor, patch, pre }: Comparator): Range {
  const at = make(major, minor ?? 0n, patch ?? 0n, pre);
  switch (op) {
    case '=':
      return { from: at, to: successor(at) };
    case '>':
      return { from: successor(at), to: undefined };
    case '>=':
      return { from: at, to: undefined };
    case '<':
      return { from: undefined, to: at };
    case '<=':
      return { from: undefined, to: successor(at) };
    case '~':
      return { from: at, to: minor === undefined ? floor(major + 1n) : floor(major, minor + 1n) };
    case '^':
      return { from: at, to: caretEnd(major, minor, patch) };
    case '*':
      return {
        from: floor(major, minor),
        to: minor === undefined ? floor(major + 1n) : floor(major, minor + 1n),
      };
  }
}

/** Below the next version that may break: the leftmost part that is not zero stays. */
function caretEnd(major: bigint, minor: bigint | undefined, patch: bigint | undefined): Version {
  if (major > 0n || minor === undefined) return floor(major + 1n);
  if (minor > 0n || patch === undefined) return floor(0n, minor + 1n);
  return floor(0n, 0n, patch + 1n);
}

/** The lowest pre-release of a version: nothing of that version is below it. */
function floor(major: bigint, minor = 0n, patch = 0n): Version {
  return make(major, minor, patch, ['0']);
}

function make(major: bigint, minor: bigint, patch: bigint, pre: readonly string[]): Version {
  const text = `${major}.${minor}.${patch}${pre.length === 0 ? '' : `-${pre.join('.')}`}`;
  return { major, minor, patch, pre, build: [], text };
}

function isEmpty({ from, to }: Range): boolean {
  return from !== undefined && to !== undefined && comparePrecedence(from, to) >= 0;
}

function intersection(a: Range, b: Range): Range {
  return { from: compareStarts(a.from, b.from) < 0 ? b.from : a.from, to: earlierEnd(a.to, b.to) };
}

/** No start is before every version. */
function compareStarts(a: Version | undefined, b: Version | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return comparePrecedence(a, b);
}

/** No end is after every version. */
function earlierEnd(a: Version | undefined, b: Version | undefined): Version | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return comparePrecedence(a, b) <= 0 ? a : b;
}

function laterEnd(a: Version | undefined, b: Version | undefined): Version | undefined {
  if (a === undefined || b === undefined) return undefined;
  return comparePrecedence(a, b) >= 0 ? a : b;
}
