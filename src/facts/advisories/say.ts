import { type Comparator, tryParseRequirement } from '../../cargo/requirement.ts';

/**
 * Requirements as people say them, joined with "or": `>= 1.2.3` is "1.2.3 or later", `>= 1.2.3, < 1.3.0` is "1.2.3 or
 * later before 1.3.0", `^0.2.4` is "0.2.4 or a later 0.2". What cannot be read is shown as it is written.
 */
export function sayVersions(requirements: readonly string[]): string {
  const said = requirements.map(sayRequirement);
  const last = said.at(-1) ?? '';
  return said.length < 2 ? last : `${said.slice(0, -1).join(', ')}, or ${last}`;
}

function sayRequirement(text: string): string {
  const comparators = tryParseRequirement(text)?.comparators;
  if (comparators === undefined) return text;
  if (comparators.length === 0) return 'any release';
  const inOrder = [...comparators].sort((a, b) => Number(isUpper(a)) - Number(isUpper(b)));
  return inOrder.map(sayComparator).join(' ');
}

function isUpper({ op }: Comparator): boolean {
  return op === '<' || op === '<=';
}

function sayComparator(bound: Comparator): string {
  const version = versionText(bound);
  switch (bound.op) {
    case '=':
      return version;
    case '>=':
      return `${version} or later`;
    case '>':
      return `later than ${version}`;
    case '<':
      return `before ${version}`;
    case '<=':
      return `up to ${version}`;
    case '~':
    case '^':
      return seriesOf(bound) === version ? version : `${version} or a later ${seriesOf(bound)}`;
    case '*':
      return `any ${bound.major}${bound.minor === undefined ? '' : `.${bound.minor}`}`;
  }
}

/** The part that such a requirement keeps. */
function seriesOf({ op, major, minor, patch }: Comparator): string {
  if (op === '~') return minor === undefined ? `${major}` : `${major}.${minor}`;
  if (major > 0n || minor === undefined) return `${major}`;
  return minor > 0n || patch === undefined ? `0.${minor}` : `0.0.${patch}`;
}

function versionText({ major, minor, patch, pre }: Comparator): string {
  return `${major}.${minor ?? 0n}.${patch ?? 0n}${pre.length === 0 ? '' : `-${pre.join('.')}`}`;
}
