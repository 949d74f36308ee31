/** One `"key": value` of a JSON object, by its place in the text. */
export interface Member {
  /** With escapes undone. */
  readonly key: string;
  /** Offsets of the value in the text, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** An object's members in the order written, duplicates included. */
export interface ScannedObject {
  readonly members: readonly Member[];
  /** Offset of the closing brace. */
  readonly close: number;
}

/**
 * Lists the members of the object that starts at `from`. `JSON.parse` keeps the last of two equal keys and
 * hides where a value stands; this shows both. Precondition: `JSON.parse` accepts the text. Linear time.
 */
export function scanObject(json: string, from: number): ScannedObject {
  const members: Member[] = [];
  let at = skipBlank(json, skipBlank(json, from) + 1);
  while (json.charCodeAt(at) !== closeBrace) {
    if (json.charCodeAt(at) === comma) at = skipBlank(json, at + 1);
    const keyEnd = skipString(json, at);
    const raw = json.slice(at, keyEnd);
    const key: string = raw.includes('\\') ? JSON.parse(raw) : raw.slice(1, -1);
    const start = skipBlank(json, skipBlank(json, keyEnd) + 1);
    const end = skipValue(json, start);
    members.push({ key, start, end });
    at = skipBlank(json, end);
  }
  return { members, close: at };
}

/**
 * Parses a text whose objects have no key twice and whose nesting is no deeper than serde_json reads.
 * Throws `SyntaxError` for no JSON, `RangeError` for the others. `JSON.parse` drops the first of two equal keys,
 * so what it returns then has fewer keys than the text has colons outside strings: quick to count.
 */
export function parseWithoutDuplicates(json: string): unknown {
  const value: unknown = JSON.parse(json);
  if (hasKeyTwice(json, countKeys(value))) throw new RangeError('it has a key twice');
  return value;
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
/** serde_json's recursion limit. */
const maxDepth = 127;

/** `keys` is how many the parsed text has left. Precondition: `JSON.parse` accepts the text. */
function hasKeyTwice(json: string, keys: number): boolean {
  // Where no quote is escaped and every colon follows its key at once, each colon outside strings is one after a quote:
  // quicker to count.
  const isPlain = !['\\', ' :', '\t:', '\n:', '\r:'].some((other) => json.includes(other));
  return !(isPlain && json.split('":').length - 1 === keys) && countColons(json) !== keys;
}

function countColons(json: string): number {
  let colons = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === quote) at = skipString(json, at) - 1;
    else if (code === colon) colons++;
  }
  return colons;
}

function countKeys(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= maxDepth) throw new RangeError('it is nested too deeply');
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += countKeys(item, depth + 1);
  } else {
    for (const item of Object.values(value)) keys += 1 + countKeys(item, depth + 1);
  }
  return keys;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

function skipBlank(json: string, from: number): number {
  let at = from;
  while (isBlank(json.charCodeAt(at))) at++;
  return at;
}

/** The offset after the string that starts at `from`. */
function skipString(json: string, from: number): number {
  let at = from + 1;
  for (let code = json.charCodeAt(at); code !== quote; code = json.charCodeAt(at))
    at += code === backslash ? 2 : 1;
  return at + 1;
}

/** The offset after the value that starts at `from`. Nesting is counted, not recursed into. */
function skipValue(json: string, from: number): number {
  let at = from;
  let depth = 0;
  do {
    const code = json.charCodeAt(at);
    if (code === quote) {
      at = skipString(json, at);
    } else if (code === openBrace || code === openBracket) {
      depth++;
      at++;
    } else if (code === closeBrace || code === closeBracket) {
      depth--;
      at++;
    } else if (depth === 0) {
      while (!isScalarEnd(json.charCodeAt(at))) at++;
    } else {
      at++;
    }
  } while (depth > 0);
  return at;
}

function isScalarEnd(code: number): boolean {
  return (
    Number.isNaN(code) || code === comma || code === closeBrace || code === closeBracket || isBlank(code)
  );
}
