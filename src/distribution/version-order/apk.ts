import { compareNumerals, compareTexts, type VersionOrder } from './order.ts';

/**
 * The order of Alpine and its kin (apk-tools 3: src/version.c, `apk_version_compare`):
 * `DIGITS{.DIGITS}{LETTER}{_SUFFIX{DIGITS}}{~HASH}{-rDIGITS}`, compared part by part.
 */
export const apkOrder: VersionOrder = {
  isVersion: (text) => shape.test(text),
  compare(a, b) {
    const [x, y] = [tokensOf(a), tokensOf(b)];
    for (let i = 0; ; i += 1) {
      const [one, other] = [x[i] ?? end, y[i] ?? end];
      const order = rank(one) - rank(other);
      if (order !== 0) return order;
      if (one.kind === 'end') return 0;
      const values = compareValues(one, other);
      if (values !== 0) return values;
    }
  },
};

type Kind = 'initial' | 'digits' | 'letter' | 'suffix' | 'suffix-number' | 'hash' | 'revision' | 'end';

interface Token {
  readonly kind: Kind;
  readonly text: string;
}

const end: Token = { kind: 'end', text: '' };

/** In their order: what comes before the release itself, and what comes after it. */
const before = ['alpha', 'beta', 'pre', 'rc'];
const after = ['cvs', 'svn', 'git', 'hg', 'p'];
const suffixes = [...before, ...after];

const shape = new RegExp(
  `^\\d+(?:\\.\\d+)*[a-z]?(?:_(?:${suffixes.join('|')})\\d*)*(?:~[\\da-fA-F]+)?(?:-r\\d+)?$`,
);

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [part] of text.matchAll(/_[a-z]+|~[\da-fA-F]+|-r\d+|\.?\d+|[a-z]/g)) {
    const last = tokens.at(-1)?.kind;
    if (part.startsWith('_')) tokens.push({ kind: 'suffix', text: part.slice(1) });
    else if (part.startsWith('~')) tokens.push({ kind: 'hash', text: part.slice(1) });
    else if (part.startsWith('-r')) tokens.push({ kind: 'revision', text: part.slice(2) });
    else if (last === undefined) tokens.push({ kind: 'initial', text: part });
    else if (last === 'suffix') tokens.push({ kind: 'suffix-number', text: part });
    else if (part.startsWith('.')) tokens.push({ kind: 'digits', text: part.slice(1) });
    else tokens.push({ kind: 'letter', text: part });
  }
  return tokens;
}

const ranks: Readonly<Record<Kind, number>> = {
  end: 1,
  revision: 2,
  hash: 3,
  'suffix-number': 4,
  suffix: 5,
  letter: 6,
  digits: 7,
  initial: 8,
};

/** Which of two versions goes on with the greater part: only a suffix of before the release comes before the end. */
function rank({ kind, text }: Token): number {
  return kind === 'suffix' && before.includes(text) ? 0 : ranks[kind];
}

/** Numbers, but after a dot one with a zero in front is text. */
function compareValues(a: Token, b: Token): number {
  switch (a.kind) {
    case 'suffix':
      return suffixes.indexOf(a.text) - suffixes.indexOf(b.text);
    case 'letter':
    case 'hash':
      return compareTexts(a.text, b.text);
    case 'digits':
      if (a.text.startsWith('0') || b.text.startsWith('0')) return compareTexts(a.text, b.text);
      return compareNumerals(a.text, b.text);
    default:
      return compareNumerals(a.text, b.text);
  }
}
