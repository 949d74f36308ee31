/**
 * A licence text as words, so that layout, punctuation, titles and copyright lines make no difference. It is what
 * askalono does and cargo-deny uses (crate `spdx`: detection/preproc.rs), step by step: the texts that it is compared
 * with were made that way, oddities included.
 */
export function normaliseLicense(text: string): string {
  return aggressively(text.split('\n').map(normaliseLine).join('\n'));
}

/** Rust's regex classes `\w` and `\s`, which are Unicode's. */
const word = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}`;
const space = String.raw`\p{White_Space}`;

const junk = new RegExp(`[^${word}${space}\\p{P}]+`, 'gu');
const url = new RegExp(`https?://[^${space}]+`, 'gu');
/** The `4` is there because the original writes U+2044, the fraction slash, as `\x2044`: a space and "44". */
const blanks = /[ \t\p{Zs}\\/|4]+/gu;
const punctuation = new RegExp(`[^${word}${space}]+`, 'gu');
const anySpace = new RegExp(`${space}+`, 'gu');

function normaliseLine(line: string): string {
  return trim(
    line
      .normalize('NFC')
      .replace(junk, '')
      .replace(url, 'http://blackboxed/url')
      .replace(blanks, ' ')
      .replace(/["'\p{Pi}\p{Pf}]+/gu, "'")
      .replace(/\p{Pd}+/gu, '-')
      .replace(/\p{Ps}+/gu, '(')
      .replace(/\p{Pe}+/gu, ')')
      .replace(/\p{Pc}+/gu, '_')
      .replace(/[©Ⓒⓒ]/gu, '(c)'),
  );
}

function aggressively(text: string): string {
  const plain = withoutCommonPrefix(text)
    .replace(/[\r\n\v\f]/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(punctuation, '')
    .toLowerCase();
  return trim(withoutTitle(plain).replace(copyright, '\n\n').replace(anySpace, ' '));
}

/** A paragraph of one copyright line; a first line that has the word; a line that is a copyright statement. */
const copyright = new RegExp(
  [
    String.raw`(?:\n\n|(?<![\s\S])\n*)^ *copyright[^\n]*\n\n`,
    String.raw`(?<![\s\S])[^\n]*copyright[^\n]*$`,
    `^copyright(?:${space}+(?:c|\\p{Nd}+))+[^\\n]*`,
  ].join('|'),
  'gmu',
);

/** Drops a first line `… license( version X)?( copyright …)?` that stands alone. By hand: a pattern would be quadratic. */
function withoutTitle(text: string): string {
  const end = text.indexOf('\n\n');
  if (end === -1 || text.indexOf('\n') < end) return text;
  const line = text.slice(0, end);
  for (let at = line.indexOf('license'); at !== -1; at = line.indexOf('license', at + 1)) {
    let after = at + 'license'.length;
    if (endsTitle(line, after)) return text.slice(end + 2);
    if (!line.startsWith(' version ', after)) continue;
    after += ' version '.length;
    const versionEnd = line.indexOf(' ', after);
    if (versionEnd !== after && (versionEnd === -1 ? after < line.length : endsTitle(line, versionEnd)))
      return text.slice(end + 2);
  }
  return text;
}

function endsTitle(line: string, at: number): boolean {
  return at === line.length || line.startsWith(' copyright', at);
}

/** Removes what most lines begin with, such as `//` or `%%Copyright:`. */
function withoutCommonPrefix(text: string): string {
  const lines = text.split('\n');
  const counts = new Map<string, number>();
  for (let i = 1; i < lines.length; i++) {
    const prefix = commonPrefix(lines[i - 1] ?? '', lines[i] ?? '');
    if (Buffer.byteLength(prefix) > 3) counts.set(prefix, (counts.get(prefix) ?? 1) + 1);
  }
  const [most] = [...counts].sort(([a, m], [b, n]) => n - m || b.length - a.length || (a < b ? -1 : 1));
  if (most === undefined) return text;
  const [prefix] = most;
  const having = [...counts].reduce(
    (sum, [other, count]) => (other.startsWith(prefix) ? sum + count : sum),
    0,
  );
  if (having < Math.trunc(Math.fround(Math.fround(0.8) * lines.length))) return text;
  return lines.map((line) => trim(line.startsWith(prefix) ? line.slice(prefix.length) : line)).join('\n');
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  // Never half of a surrogate pair.
  if (length > 0 && length < a.length && /[\uD800-\uDBFF]/.test(a.charAt(length - 1))) length--;
  return trim(a.slice(0, length));
}

const spaceCharacter = new RegExp(space, 'u');

/** Rust's `trim`; JavaScript's also takes the byte order mark and leaves U+0085. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && spaceCharacter.test(text.charAt(start))) start++;
  while (end > start && spaceCharacter.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
