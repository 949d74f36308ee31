/** The name without its separators. */
export function squash(canonical: string): string {
  return canonical.replaceAll('-', '');
}

/** The words between separators. */
export function wordsOf(canonical: string): readonly string[] {
  return canonical.split('-').filter((word) => word !== '');
}

/** Words that people shorten: two names with the same words in either form say the same. */
const shortForms: Readonly<Record<string, string>> = {
  async: 'async',
  asynchronous: 'async',
  config: 'cfg',
  configuration: 'cfg',
  crypto: 'crypt',
  db: 'db',
  database: 'db',
  library: 'lib',
  macros: 'macro',
  procedural: 'proc',
  protobuf: 'proto',
  python: 'py',
  rust: 'rs',
  rst: 'rs',
  utilities: 'util',
  utils: 'util',
  utility: 'util',
  windows: 'win',
};

/** One key for all orders and the common short forms of a name's words; `undefined` for a single word. */
export function wordsKey(canonical: string): string | undefined {
  const words = wordsOf(canonical);
  if (words.length < 2) return undefined;
  return words
    .map((word) => (Object.hasOwn(shortForms, word) ? (shortForms[word] ?? word) : word))
    .sort()
    .join('-');
}

/** The name without a version at its end: `proc-macro2` → `proc-macro`, `foo-v3` → `foo`. */
export function versionBase(canonical: string): string {
  return canonical.replace(/-?v?\d+(-\d+)*$/, '');
}

/** Letters and digits that look like another; two letters that look like one first. */
const pairs: readonly (readonly [string, string])[] = [
  ['rn', 'm'],
  ['vv', 'w'],
  ['cl', 'd'],
];
const twins: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  i: 'l',
  '5': 's',
  '3': 'e',
  '4': 'a',
  '8': 'b',
};

/** What is left of a name when look-alike letters and digits count as one: `c1ap` and `clap` are both `dap`. */
export function skeleton(squashed: string): string {
  const text = pairs.reduce(
    (rest, [pair, one]) => (rest.includes(pair) ? rest.replaceAll(pair, one) : rest),
    squashed,
  );
  let plain = '';
  for (const letter of text) plain += twins[letter] ?? letter;
  // `c1` becomes `cl` only now.
  return plain.includes('cl') ? plain.replaceAll('cl', 'd') : plain;
}
