import { AttestError } from '../error.ts';

/** One value of DER (ITU-T X.690): its identifier octet, its contents, and all of its bytes. */
export interface Der {
  readonly tag: number;
  readonly value: Buffer;
  readonly raw: Buffer;
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
  generalizedTime: 0x18,
} as const;

/** The values that stand one after the other in some bytes, each of them whole. Throws `AttestError('attest/timestamp')`. */
export function readAll(bytes: Buffer): readonly Der[] {
  const found: Der[] = [];
  for (let at = 0; at < bytes.length; ) {
    const one = readAt(bytes, at);
    found.push(one);
    at += one.raw.length;
  }
  return found;
}

/** The one value that some bytes are. Throws `AttestError('attest/timestamp')`. */
export function readOne(bytes: Buffer): Der {
  const one = readAt(bytes, 0);
  if (one.raw.length !== bytes.length) throw malformed('something follows its end');
  return one;
}

/** What is in a value that is made of others, which has to have that tag. */
export function partsOf(der: Der | undefined, tag: number): readonly Der[] {
  return readAll(expect(der, tag).value);
}

/** A value that has to be there, with that tag. */
export function expect(der: Der | undefined, tag: number): Der {
  if (der?.tag !== tag) throw malformed('a part of it is missing, or another than it should be');
  return der;
}

/** An object identifier in dots (X.690, 8.19). */
export function oidOf(der: Der | undefined): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of expect(der, tags.oid).value) {
    number = number * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(number)) throw malformed('an identifier in it is too long');
    if (byte < 0x80) {
      numbers.push(number);
      number = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}

/** A value of DER with its length in the fewest octets. */
export function write(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(contents);
  const size = value.length < 0x80 ? '' : value.length.toString(16).padStart(2, '0');
  const octets = Buffer.from(size.length % 2 === 0 ? size : `0${size}`, 'hex');
  const length =
    octets.length === 0 ? Buffer.of(value.length) : Buffer.concat([Buffer.of(0x80 | octets.length), octets]);
  return Buffer.concat([Buffer.of(tag), length, value]);
}

/** A whole number of any size, of its bytes, the most significant first. */
export function writeInteger(bytes: Uint8Array): Buffer {
  const from = bytes.findIndex((byte) => byte !== 0);
  const least = from === -1 ? Buffer.of(0) : Buffer.from(bytes.subarray(from));
  return write(tags.integer, (least[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), least]) : least);
}

export function malformed(what: string): AttestError {
  return new AttestError('attest/timestamp', `it is no timestamp: ${what}`);
}

/** Tags of one octet, lengths of at most four: nothing in a timestamp is longer. */
function readAt(bytes: Buffer, at: number): Der {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw malformed('it ends early');
  if ((tag & 0x1f) === 0x1f) throw malformed('it has a tag of several octets');
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || count > 4 || at + 2 + count > bytes.length) throw malformed('a length in it is none');
  const length = count === 0 ? first : bytes.readUIntBE(at + 2, count);
  const start = at + 2 + count;
  if (start + length > bytes.length) throw malformed('it ends early');
  return { tag, value: bytes.subarray(start, start + length), raw: bytes.subarray(at, start + length) };
}
