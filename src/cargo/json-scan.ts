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

/** Offsets at which the elements of the array at `from` start. Same precondition. */
export function scanArray(json: string, from: number): readonly number[] {
  const starts: number[] = [];
  let at = skipBlank(json, skipBlank(json, from) + 1);
  while (json.charCodeAt(at) !== closeBracket) {
    if (json.charCodeAt(at) === comma) at = skipBlank(json, at + 1);
    starts.push(at);
    at = skipBlank(json, skipValue(json, at));
  }
  return starts;
}

/** The first key that an object has twice. */
export function duplicateKey({ members }: ScannedObject): string | undefined {
  const seen = new Set<string>();
  for (const { key } of members) {
    if (seen.has(key)) return key;
    seen.add(key);
  }
  return undefined;
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

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
  for (let at = json.indexOf('"', from + 1); at !== -1; at = json.indexOf('"', at + 1)) {
    let slashes = 0;
    while (json.charCodeAt(at - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  throw new RangeError('an unterminated JSON string');
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
