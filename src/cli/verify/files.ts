import { readFileSync } from 'node:fs';
import { CliError } from '../shared/error.ts';
import { printable } from '../shared/terminal.ts';

/** Reads a file that was named. Throws `CliError`. */
export function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : message;
    throw new CliError('cli/file', `${printable(file)}: ${printable(reason)}.`, { cause });
  }
}
