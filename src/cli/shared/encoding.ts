import { constants } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { CliError } from './error.ts';
import { printable } from './terminal.ts';

/** How the bytes of a file are written that are no plain UTF-8: packed, or in an encoding that `TextDecoder` may know. */
export type Packing = 'gzip' | (string & {});

/**
 * By the beginning of a file: its byte order mark, what ASCII it begins with (JSON and XML do: RFC 4627, 3; XML 1.0,
 * appendix F), and the encoding that an XML declaration names. `undefined`: it is in plain UTF-8, or says nothing.
 */
export function packingOf(head: Buffer): Packing | undefined {
  const [first, second, third, fourth] = head;
  if (first === 0x1f && second === 0x8b) return 'gzip';
  const isOpening = (byte: number | undefined) => byte === 0x7b || byte === 0x3c;
  const isNone = (...bytes: readonly (number | undefined)[]) => bytes.every((byte) => byte === 0);
  if ((first === 0xff && second === 0xfe) || (isOpening(first) && isNone(second)))
    return isNone(third, fourth) ? 'utf-32le' : 'utf-16le';
  if (isNone(first, second) && ((third === 0xfe && fourth === 0xff) || (isNone(third) && isOpening(fourth))))
    return 'utf-32be';
  if ((first === 0xfe && second === 0xff) || (isNone(first) && isOpening(second))) return 'utf-16be';
  return declared(head);
}

/** The encoding of an XML declaration (XML 1.0, 2.8 and 4.3.3); a byte order mark is right in any case. */
function declared(head: Buffer): string | undefined {
  const [, , named] =
    /^\s*<\?xml\s[^>]*?encoding\s*=\s*(["'])([A-Za-z][\w.:-]*)\1[^>]*\?>/.exec(head.toString('latin1')) ?? [];
  const name = named?.toLowerCase();
  if (name === undefined || ['utf-8', 'utf8', 'us-ascii', 'ascii'].includes(name)) return undefined;
  // Programs declare how they hold a text in memory, and write it as UTF-8: what is read as ASCII is no UTF-16.
  return /^(utf-?16|ucs-?2|iso-10646-ucs-2)/.test(name) ? undefined : name;
}

/** What reads an encoding; `undefined`: nothing here does. */
export function decoderOf(encoding: string): TextDecoder | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const asUtf8 = { next: 'Have it written in UTF-8.' };

/**
 * Reads an encoding piece by piece; without one it ends. Throws `CliError('cli/file')` for an encoding that is not read,
 * and later for bytes that are none of it.
 */
export function decodingOf(encoding: string, said: string): (chunk?: Buffer) => string {
  const decoder = decoderOf(encoding);
  if (decoder === undefined)
    throw new CliError(
      'cli/file',
      `${printable(said)} is in ${printable(encoding)}, which is not read`,
      asUtf8,
    );
  return (chunk) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      const message = `${printable(said)} is not in ${encoding}, as it says`;
      throw new CliError('cli/file', message, { ...asUtf8, cause });
    }
  };
}

/** Bytes of the head of a file that say what it is in. */
const headSize = 4096;

/**
 * The text of a document, without a byte order mark: in the encoding that it declares, also in gzip. Throws
 * `CliError('cli/file')`.
 */
export function plainText(bytes: Buffer, said: string): string {
  const once = packingIn(bytes) === 'gzip' ? unpacked(bytes, said) : bytes;
  const packing = packingIn(once);
  if (packing === 'gzip') throw new CliError('cli/file', `${printable(said)} is packed twice`);
  const decode = packing === undefined ? undefined : decodingOf(packing, said);
  const text = decode === undefined ? once.toString('utf8') : decode(once) + decode();
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function packingIn(bytes: Buffer): Packing | undefined {
  return packingOf(bytes.subarray(0, headSize));
}

function unpacked(bytes: Buffer, said: string): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: constants.MAX_STRING_LENGTH });
  } catch (cause) {
    const isLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const reason = isLarge ? 'it is too large to be read' : 'its gzip is broken';
    throw new CliError('cli/file', `${printable(said)}: ${reason}.`, { cause });
  }
}
