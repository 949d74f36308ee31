import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { CliError } from '../shared/error.ts';
import { printable } from '../shared/terminal.ts';

/** Bytes of a copy: what is larger is no document, or a bomb. */
const mostCopied = 4 * 1024 * 1024 * 1024;

/** How the bytes of a file are written that are no plain UTF-8. */
export type Packing = 'gzip' | 'utf-16le' | 'utf-16be';

/** By the beginning of a file; without a byte order mark, a document begins with one letter of ASCII (RFC 4627, 3). */
export function packingOf(head: Buffer): Packing | undefined {
  const [first, second] = head;
  if (first === 0x1f && second === 0x8b) return 'gzip';
  const isOpening = (byte: number | undefined) => byte === 0x7b || byte === 0x3c;
  if ((first === 0xff && second === 0xfe) || (isOpening(first) && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && isOpening(second))) return 'utf-16be';
  return undefined;
}

/**
 * The beginning of a document in plain UTF-8, as far as that of the file tells it; nothing where it is broken. UTF-16
 * may be in gzip.
 */
export function plainHead(head: Buffer): string {
  const once = unpackedHead(head);
  return (packingOf(once) === 'gzip' ? once : unpackedHead(once)).toString('utf8');
}

function unpackedHead(head: Buffer): Buffer {
  const packing = packingOf(head);
  if (packing === undefined) return head;
  if (packing !== 'gzip')
    return Buffer.from(new TextDecoder(packing).decode(head.subarray(0, head.length & ~1)));
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}

/** Gives a copy of a file in plain UTF-8 to whoever reads it, and takes it away again. Throws `CliError`. */
export async function withUnpacked<T>(
  { path, said }: { readonly path: string; readonly said: string },
  packing: Packing,
  read: (copy: string) => Promise<T>,
): Promise<T> {
  const unpack = packing === 'gzip' ? createGunzip() : decoding(packing);
  return await withCopy(createReadStream(path), { said, name: 'unpacked', unpack }, read);
}

/** Gives what comes by the standard input as a file to whoever reads it, and takes it away again. Throws `CliError`. */
export async function withInput<T>(input: Readable, read: (copy: string) => Promise<T>): Promise<T> {
  return await withCopy(input, { said: 'stdin', name: 'stdin' }, read);
}

async function withCopy<T>(
  from: Readable,
  { said, name, unpack }: { readonly said: string; readonly name: string; readonly unpack?: Transform },
  read: (copy: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'safeguard-'));
  const copy = join(folder, name);
  try {
    const to = createWriteStream(copy, { mode: 0o600 });
    try {
      await pipeline([from, ...(unpack === undefined ? [] : [unpack]), bounded(said), to]);
    } catch (error) {
      if (error instanceof CliError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      throw new CliError('cli/file', `${printable(said)}: ${printable(message)}`, {
        ...(code === 'ENOSPC' ? { next: 'Set TMPDIR to a folder with more space.' } : {}),
        cause: error,
      });
    }
    return await read(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bounded(said: string): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      if (size <= mostCopied) done(null, chunk);
      else done(new CliError('cli/file', `${printable(said)} holds more than ${mostCopied} bytes`));
    },
  });
}

function decoding(packing: string): Transform {
  const decoder = new TextDecoder(packing);
  return new Transform({
    transform(chunk: Buffer, _, done) {
      done(null, decoder.decode(chunk, { stream: true }));
    },
    flush(done) {
      done(null, decoder.decode());
    },
  });
}
