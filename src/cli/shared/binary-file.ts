import { closeSync, fstatSync, openSync } from 'node:fs';
import { fileSource } from '../../agent/file-source.ts';
import type { ByteSource } from '../../binary/bytes.ts';
import { BinaryError } from '../../binary/error.ts';
import { CliError } from './error.ts';
import { fileReason } from './named-file.ts';
import { printable } from './terminal.ts';

/**
 * Opens an executable for reading, and closes it. `stamp` says which bytes were read: it is another one for another
 * file, and once the file was written to. Throws `CliError` for what cannot be read, or was written to meanwhile.
 */
export function withBinary<T>(file: string, read: (source: ByteSource, stamp: string) => T): T {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const before = stampOf(descriptor);
    if (before === undefined) throw new BinaryError('binary/format', 'it is no file');
    const result = read(fileSource(descriptor, fstatSync(descriptor).size), before);
    if (stampOf(descriptor) !== before)
      throw new BinaryError('binary/broken', 'it was written to while it was read');
    return result;
  } catch (error) {
    const { code, message } = error as BinaryError;
    const reason = error instanceof BinaryError ? message : fileReason(error);
    if (reason === undefined) throw error;
    throw new CliError('cli/file', `${printable(file)}: ${printable(reason)}.`, {
      ...(code === 'binary/format'
        ? { next: 'Name an executable or library: ELF, PE, Mach-O or WebAssembly.' }
        : {}),
      cause: error,
    });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** What an open file is and when it was last written to: another text once it is. `undefined`: it is no file. */
export function stampOf(descriptor: number): string | undefined {
  const stats = fstatSync(descriptor, { bigint: true });
  if (!stats.isFile()) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}
