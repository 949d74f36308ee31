import type { Unread } from './records.ts';
import { isVerdict } from './verdict-shape.ts';

/** What either database holds in a field. */
export type SqlValue = string | number | null;

/** How one field is kept: checked on the way in, so that no row is written that would not be read, and on the way out. */
export interface Column<T> {
  readonly type: 'text' | 'integer';
  /** What it should be, to finish the sentence "expected …". */
  readonly expected: string;
  readonly encode: (value: T) => SqlValue;
  readonly decode: (raw: unknown) => T;
}

/** A value that is not what its column holds; the table and key are added by the caller. */
export class BadValue extends Error {}

/** Any text that comes back as it was given: PostgreSQL refuses NUL, both would replace lone surrogates. */
export const text: Column<string> = textColumn('text', (value): value is string => isStorable(value));

/** A SHA-256 in lower-case hex. */
export const sha256: Column<string> = textColumn('64 lower-case hex digits', (value): value is string =>
  /^[0-9a-f]{64}$/.test(value),
);

/** One of a few words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Column<Word> {
  return textColumn(`one of ${words.join(', ')}`, (value): value is Word =>
    (words as readonly string[]).includes(value),
  );
}

/** One of a few words, or one that a later version knows: other replicas of the same database may be newer. */
export function oneOfOrLater<const Word extends string>(...words: readonly Word[]): Column<Word | LaterWord> {
  return textColumn(`a word, such as ${words.join(', ')}`, (value): value is Word | LaterWord =>
    /^[a-z-]{1,100}$/.test(value),
  );
}

/** A word that is not known here; it is kept as it is. */
export type LaterWord = string & { readonly isLater?: never };

/** A word, or `unknown` for one that a later version knows. */
export function knownWord<const Word extends string>(
  words: readonly Word[],
  word: Word | LaterWord,
): Word | 'unknown' {
  return words.find((one) => one === word) ?? 'unknown';
}

/** A whole number that JavaScript holds exactly. */
export const integer: Column<number> = numberColumn('a whole number', Number.isSafeInteger);

/** A whole number from 0. */
export const count: Column<number> = numberColumn(
  'a whole number from 0',
  (value) => Number.isSafeInteger(value) && value >= 0,
);

/** A boolean; 0 or 1, because SQLite has no other. */
export const flag: Column<boolean> = {
  type: 'integer',
  expected: '0 or 1',
  encode: (value) => (value ? 1 : 0),
  decode: (raw) => {
    if (raw !== 0 && raw !== 1) throw new BadValue();
    return raw === 1;
  },
};

/** A value kept as JSON text. It is given back as it was parsed, so that equal values stay equal byte for byte. */
export function json<T>(expected: string, isValid: (value: unknown) => value is T): Column<T> {
  return {
    type: 'text',
    expected,
    encode: (value) => {
      const encoded = JSON.stringify(value);
      if (encoded === undefined) throw new BadValue();
      return encoded;
    },
    decode: (raw) => {
      const value = parse(raw);
      if (!isValid(value)) throw new BadValue();
      return value;
    },
  };
}

/** Text that must be a JSON object, and stays text. */
export const jsonText: Column<string> = textColumn('a JSON object', (value): value is string =>
  isObject(parsedText(value)),
);

/**
 * What a `jsonText` holds. It was parsed when it was read, and whoever has it looks into it soon after: the last ones
 * are remembered. Throws `BadValue` for what is no JSON.
 */
export function parsedText(text: string): unknown {
  const known = lastParsed.get(text);
  if (known !== undefined) return known;
  const value = parse(text);
  if (parsedSize + text.length > mostParsed) {
    lastParsed.clear();
    parsedSize = 0;
  }
  parsedSize += text.length;
  lastParsed.set(text, value);
  return value;
}

const lastParsed = new Map<string, unknown>();
let parsedSize = 0;
/** In UTF-16 units, all together: what was read of the archives of a large lockfile. */
const mostParsed = 4 * 1024 * 1024;

export const verdict = json('a verdict', isVerdict);

/** Why bytes were asked for in vain. */
export const unread = json(
  'a reason, a time and a count',
  (value): value is Unread =>
    isObject(value) &&
    typeof value.reason === 'string' &&
    Number.isSafeInteger(value.at) &&
    Number.isSafeInteger(value.tries),
);

/** Digests, in order. */
export const digests = json(
  'a list of texts',
  (value): value is readonly string[] =>
    Array.isArray(value) && value.every((one) => typeof one === 'string'),
);

export const details = json('a JSON object', isObject);

/** A column that may be null. */
export function optional<T>(column: Column<T>): Column<T | null> {
  return {
    type: column.type,
    expected: `${column.expected}, or null`,
    encode: (value) => (value === null ? null : column.encode(value)),
    decode: (raw) => (raw === null ? null : column.decode(raw)),
  };
}

function textColumn<T extends string>(expected: string, isValid: (value: string) => value is T): Column<T> {
  const check = (value: unknown): T => {
    if (typeof value !== 'string' || !isValid(value)) throw new BadValue();
    return value;
  };
  return { type: 'text', expected, encode: check, decode: check };
}

function numberColumn(expected: string, isValid: (value: number) => boolean): Column<number> {
  const check = (value: unknown): number => {
    if (typeof value !== 'number' || !isValid(value)) throw new BadValue();
    return value;
  };
  return { type: 'integer', expected, encode: check, decode: check };
}

function isStorable(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

function parse(raw: unknown): unknown {
  if (typeof raw !== 'string') throw new BadValue();
  try {
    return JSON.parse(raw);
  } catch {
    throw new BadValue();
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
