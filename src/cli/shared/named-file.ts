import { readFileSync } from 'node:fs';
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
  ENOSPC: 'the disk is full',
};

/** Why a file could not be opened, as a clause; `undefined` for an error that is of no file. */
export function fileReason(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? (reasons[code] ?? message) : undefined;
}

/** Reads a file that was named. Throws `CliError('cli/file')`. */
export function bytesOf(file: string): Buffer {
  return reading(file, () => readFileSync(file));
}

/** The text of a file that was named, without a byte-order mark. Throws `CliError('cli/file')`. */
export function textOf(file: string): string {
  return withoutMark(bytesOf(file).toString('utf8'));
}

/** The same; `-` is standard input. */
export function textOrInput(file: string): string {
  return file === '-' ? withoutMark(reading(file, () => readFileSync(0)).toString('utf8')) : textOf(file);
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function reading(file: string, read: () => Buffer): Buffer {
  try {
    return read();
  } catch (cause) {
    const reason = fileReason(cause);
    if (reason === undefined) throw cause;
    throw new CliError('cli/file', `${printable(file)}: ${printable(reason)}.`, { cause });
  }
}
