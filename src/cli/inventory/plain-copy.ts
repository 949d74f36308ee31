import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { decoderOf, decodingOf, type Packing, packingOf } from '../shared/encoding.ts';
import { CliError } from '../shared/error.ts';
import { printable } from '../shared/terminal.ts';

/** Bytes of a copy: what is larger is no document, or a bomb. */
const mostCopied = 4 * 1024 * 1024 * 1024;

/**
 * The beginning of a document in plain UTF-8, as far as that of the file tells it; nothing where it is broken. Any
 * encoding may be in gzip.
 */
export function plainHead(head: Buffer): string {
  const once = unpackedHead(head);
  const isPacked = packingOf(head) === 'gzip' && packingOf(once) !== 'gzip';
  return (isPacked ? unpackedHead(once) : once).toString('utf8');
}

function unpackedHead(head: Buffer): Buffer {
  const packing = packingOf(head);
  if (packing === undefined) return head;
  if (packing !== 'gzip') return headIn(head, packing);
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}

/** As far as it is written in an encoding; of one that is not read, what of it is ASCII. */
function headIn(head: Buffer, encoding: string): Buffer {
  if (/^utf-32/.test(encoding)) return head.filter((byte) => byte !== 0 && byte < 0x80) as Buffer;
  const decoder = decoderOf(encoding);
  if (decoder === undefined) return head;
  return Buffer.from(new TextDecoder(encoding).decode(head.subarray(0, head.length & ~1)));
}

/** Gives a copy of a file in plain UTF-8 to whoever reads it, and takes it away again. Throws `CliError`. */
export async function withUnpacked<T>(
  { path, said }: { readonly path: string; readonly said: string },
  packing: Packing,
  read: (copy: string) => Promise<T>,
): Promise<T> {
  const unpack = packing === 'gzip' ? createGunzip() : decoding(packing, said);
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

function decoding(encoding: string, said: string): Transform {
  const decode = decodingOf(encoding, said);
  const decoded = (done: TransformCallback, chunk?: Buffer) => {
    try {
      done(null, decode(chunk));
    } catch (error) {
      done(error as CliError);
    }
  };
  return new Transform({
    transform: (chunk: Buffer, _, done) => decoded(done, chunk),
    flush: (done) => decoded(done),
  });
}
