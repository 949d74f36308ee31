import { closeSync, fstatSync, openSync } from 'node:fs';
import { fileSource } from '../../agent/file-source.ts';
import type { ByteSource } from '../../binary/bytes.ts';
import { BinaryError } from '../../binary/error.ts';
import { CliError } from './error.ts';
import { fileReason } from './named-file.ts';
import { printable } from './terminal.ts';

/** Opens an executable for reading, and closes it. Throws `CliError` for what cannot be read. */
export function withBinary<T>(file: string, read: (source: ByteSource) => T): T {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new BinaryError('binary/format', 'it is no file');
    return read(fileSource(descriptor, stats.size));
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
