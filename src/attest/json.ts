import { AttestError, type AttestErrorCode } from './error.ts';

/**
 * What a text of JSON says. One that names something twice in one object is refused: which of both counts, each reader
 * has its own way (RFC 8259, section 4). `what` begins the sentence. Throws `AttestError(code)`.
 */
export function jsonIn(text: string, code: AttestErrorCode, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AttestError(code, `${what} is no JSON`, cause);
  }
  if (namesIn(text) === memberCount(value)) return value;
  throw new AttestError(
    code,
    `${what} names something twice, and which of both counts each reader has its own way`,
  );
}

/** Members of objects as a text of JSON has them: each has a colon outside of texts. */
function namesIn(json: string): number {
  let count = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === 0x3a) count++;
    else if (code === 0x22) i = endOfText(json, i);
  }
  return count;
}

/** Where the quote is that ends the text which one at `start` begins. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let before = end - 1;
    while (json[before] === '\\') before--;
    if ((end - before) % 2 === 1) return end;
  }
}

/** The same as they were read. */
function memberCount(value: unknown): number {
  let count = 0;
  const left = [value];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    const members = Object.values(one);
    if (!Array.isArray(one)) count += members.length;
    for (const member of members) left.push(member);
  }
  return count;
}

export interface JsonDocument {
  readonly text: string;
  readonly value: unknown;
}

/** One document, or one a line, as `gh attestation` prints them; `undefined` where one of them is no JSON. */
export function documentsIn(text: string): readonly JsonDocument[] | undefined {
  const whole = documentOf(text);
  if (whole !== undefined) return [whole];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const documents = lines.flatMap((line) => documentOf(line) ?? []);
  return documents.length === lines.length ? documents : undefined;
}

function documentOf(text: string): JsonDocument | undefined {
  try {
    return { text, value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
