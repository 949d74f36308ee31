import { CargoError, quoted } from './error.ts';
import { comparePre, parseIdentifiers, parseU64, type Version } from './version.ts';

/** A version requirement as the `semver` crate reads it. No comparators at all is `*`. */
export interface Requirement {
  /** All must hold. */
  readonly comparators: readonly Comparator[];
  readonly text: string;
}

/** One bound. A part left out of the text (`1.2`, `1.*`) is `undefined`. */
export interface Comparator {
  readonly op: Op;
  readonly major: bigint;
  readonly minor: bigint | undefined;
  readonly patch: bigint | undefined;
  readonly pre: readonly string[];
}

/** As written, but for `*`: a bound without operator whose minor or patch is `*`, `x` or `X`. */
export type Op = '=' | '>' | '>=' | '<' | '<=' | '~' | '^' | '*';

/**
 * Reads a requirement: `1.2`, `^0.3`, `~1`, `>=1, <2`, `1.*`, `*`.
 * Throws `CargoError('cargo/requirement')` on anything the `semver` crate 1.x refuses (semver: src/parse.rs).
 */
export function parseRequirement(text: string): Requirement {
  if (star.test(text)) return { comparators: [], text };
  const comparators: Comparator[] = [];
  let at = skipSpaces(text, 0);
  for (;;) {
    comparator.lastIndex = at;
    const match = comparator.exec(text);
    const parsed = match === null ? undefined : readComparator(match);
    if (match === null || parsed === undefined) throw refused(text);
    comparators.push(parsed);
    at = skipSpaces(text, at + match[0].length);
    if (at === text.length) return { comparators, text };
    if (text[at] !== ',' || comparators.length === maxComparators) throw refused(text);
    at = skipSpaces(text, at + 1);
  }
}

/** Reads a requirement; `undefined` where `parseRequirement` would throw. */
export function tryParseRequirement(text: string): Requirement | undefined {
  try {
    return parseRequirement(text);
  } catch (error) {
    if (error instanceof CargoError) return undefined;
    throw error;
  }
}

/**
 * Whether a version satisfies a requirement (semver: src/eval.rs). A pre-release satisfies it only if one of
 * the bounds names a pre-release of the same major.minor.patch; so `*` takes no pre-release.
 */
export function matches(requirement: Requirement, version: Version): boolean {
  const { comparators } = requirement;
  if (!comparators.every((bound) => holds(bound, version))) return false;
  return version.pre.length === 0 || comparators.some((bound) => namesPrereleaseOf(bound, version));
}

/** The caret requirement of a version: what Cargo takes `name = "1.2.3"` to mean. */
export function compatibleWith(version: Version): Requirement {
  const { major, minor, patch, pre } = version;
  const comparators: Comparator[] = [{ op: '^', major, minor, patch, pre }];
  return { comparators, text: requirementText({ comparators }) };
}

/** The requirement in the crate's printed form: every operator shown, `, ` between bounds. */
export function requirementText({ comparators }: Pick<Requirement, 'comparators'>): string {
  return comparators.length === 0 ? '*' : comparators.map(comparatorText).join(', ');
}

/** The crate's own limit (semver: src/parse.rs, `MAX_COMPARATORS`). */
const maxComparators = 32;
const star = /^ *[*xX] *$/;
/** Operator, major, then optional minor, patch, pre-release and build metadata; checked by `readComparator`. */
const comparator =
  /(>=|<=|[=><~^])? *([0-9]+)(?:\.([0-9]+|[*xX])(?:\.([0-9]+|[*xX])(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?)?)?/y;

function refused(text: string): CargoError {
  return new CargoError('cargo/requirement', `${quoted(text)} is not a version requirement`);
}

/** Only U+0020 counts as a space here. */
function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
}

function readComparator(match: RegExpExecArray): Comparator | undefined {
  const [, op, majorText, minorText, patchText, preText, buildText] = match;
  const major = parseU64(majorText);
  const [minorWild, patchWild] = [isWild(minorText), isWild(patchText)];
  const minor = minorWild ? undefined : parseU64(minorText);
  const patch = patchWild ? undefined : parseU64(patchText);
  const pre = parseIdentifiers(preText, 'pre');
  const build = parseIdentifiers(buildText, 'build');
  if (major === undefined || pre === undefined || build === undefined) return undefined;
  if (minorText !== undefined && !minorWild && minor === undefined) return undefined;
  if (patchText !== undefined && !patchWild && patch === undefined) return undefined;
  if (minorWild && patch !== undefined) return undefined;
  if (patch === undefined && (preText !== undefined || buildText !== undefined)) return undefined;
  return { op: (op as Op | undefined) ?? (minorWild || patchWild ? '*' : '^'), major, minor, patch, pre };
}

function isWild(part: string | undefined): boolean {
  return part === '*' || part === 'x' || part === 'X';
}

function holds(bound: Comparator, version: Version): boolean {
  switch (bound.op) {
    case '=':
    case '*':
      return equal(bound, version);
    case '>':
      return order(bound, version) > 0;
    case '>=':
      return equal(bound, version) || order(bound, version) > 0;
    case '<':
      return order(bound, version) < 0;
    case '<=':
      return equal(bound, version) || order(bound, version) < 0;
    case '~':
      return tilde(bound, version);
    case '^':
      return caret(bound, version);
  }
}

function equal(bound: Comparator, version: Version): boolean {
  return (
    version.major === bound.major &&
    (bound.minor === undefined || version.minor === bound.minor) &&
    (bound.patch === undefined || version.patch === bound.patch) &&
    comparePre(version.pre, bound.pre) === 0
  );
}

/** Where the version stands to the bound: 0 also when the bound leaves out the part that would decide. */
function order(bound: Comparator, version: Version): number {
  if (version.major !== bound.major) return version.major > bound.major ? 1 : -1;
  if (bound.minor === undefined) return 0;
  if (version.minor !== bound.minor) return version.minor > bound.minor ? 1 : -1;
  if (bound.patch === undefined) return 0;
  if (version.patch !== bound.patch) return version.patch > bound.patch ? 1 : -1;
  return comparePre(version.pre, bound.pre);
}

function tilde(bound: Comparator, version: Version): boolean {
  if (version.major !== bound.major) return false;
  if (bound.minor !== undefined && version.minor !== bound.minor) return false;
  if (bound.patch !== undefined && version.patch !== bound.patch) return version.patch > bound.patch;
  return comparePre(version.pre, bound.pre) >= 0;
}

/** The leftmost part that is not zero must stay: 1.2.3 → <2, 0.2.3 → <0.3, 0.0.3 → <0.0.4. */
function caret(bound: Comparator, version: Version): boolean {
  const { major, minor, patch } = bound;
  if (version.major !== major) return false;
  if (minor === undefined) return true;
  if (patch === undefined) return major > 0n ? version.minor >= minor : version.minor === minor;
  if (major > 0n) {
    if (version.minor !== minor) return version.minor > minor;
    if (version.patch !== patch) return version.patch > patch;
  } else if (minor > 0n) {
    if (version.minor !== minor) return false;
    if (version.patch !== patch) return version.patch > patch;
  } else if (version.minor !== minor || version.patch !== patch) {
    return false;
  }
  return comparePre(version.pre, bound.pre) >= 0;
}

function namesPrereleaseOf(bound: Comparator, version: Version): boolean {
  return (
    bound.pre.length > 0 &&
    bound.major === version.major &&
    bound.minor === version.minor &&
    bound.patch === version.patch
  );
}

function comparatorText({ op, major, minor, patch, pre }: Comparator): string {
  let text = `${op === '*' ? '' : op}${major}`;
  if (minor !== undefined) text += `.${minor}`;
  if (patch !== undefined) text += `.${patch}`;
  if (pre.length > 0) text += `-${pre.join('.')}`;
  return op === '*' ? `${text}.*` : text;
}
