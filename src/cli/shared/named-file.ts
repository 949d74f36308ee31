import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { plainText } from './encoding.ts';
import { CliError } from './error.ts';
import { printable } from './terminal.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not open it',
  EPERM: 'this user may not open it',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EROFS: 'its disk is read-only',
  EEXIST: 'a file is in its place',
  ENOSPC: 'the disk is full',
  // Of Node: no more can be held at once.
  ERR_FS_FILE_TOO_LARGE: 'it is too large to be read',
  ERR_STRING_TOO_LONG: 'it is too large to be read',
};

/** Why a file could not be opened, as a clause; `undefined` for an error that is of no file. */
export function fileReason(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') return undefined;
  return reasons[code] ?? (/^E[A-Z0-9]+$/.test(code) ? message : undefined);
}

/** What a file that was named is known by, in hex, however large it is. Throws `CliError('cli/file')`. */
export function digestsOfFile(file: string): { readonly sha256: string; readonly sha512: string } {
  const hashes = { sha256: createHash('sha256'), sha512: createHash('sha512') };
  const piece = Buffer.allocUnsafe(1 << 20);
  reading(file, () => {
    const descriptor = openSync(file, 'r');
    try {
      for (let count = readSync(descriptor, piece); count > 0; count = readSync(descriptor, piece))
        for (const hash of Object.values(hashes)) hash.update(piece.subarray(0, count));
    } finally {
      closeSync(descriptor);
    }
  });
  return { sha256: hashes.sha256.digest('hex'), sha512: hashes.sha512.digest('hex') };
}

/**
 * The text of a file that was named, in the encoding that it declares and without a byte order mark, also where it is
 * packed with gzip. Throws `CliError('cli/file')`.
 */
export function textOf(file: string): string {
  return reading(file, () => plainText(readFileSync(file), file));
}

/** The same; `-` is standard input. */
export function textOrInput(file: string): string {
  return file === '-' ? reading(file, () => plainText(readFileSync(0), 'standard input')) : textOf(file);
}

function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof CliError ? undefined : fileReason(cause);
    if (reason === undefined) throw cause;
    throw new CliError('cli/file', `${printable(file)}: ${printable(reason)}.`, { cause });
  }
}
