import type { ByteSource } from './bytes.ts';
import { isElf, readElf } from './elf.ts';
import { BinaryError } from './error.ts';
import type { Image } from './image.ts';
import { isMacho, readMacho } from './macho.ts';
import { isPe, readPe } from './pe.ts';
import { isWasm, readWasm } from './wasm.ts';

/**
 * Reads an executable or library of any format: one image, or one for each machine that a Mach-O file is for. No more of the
 * file is read than its tables. Throws `BinaryError`.
 */
export function readExecutable(source: ByteSource): readonly Image[] {
  if (isElf(source)) return [readElf(source)];
  if (isPe(source)) return [readPe(source)];
  if (isMacho(source)) return readMacho(source);
  if (isWasm(source)) return [readWasm(source)];
  throw new BinaryError('binary/format', 'it is neither ELF, PE, Mach-O nor WebAssembly');
}

/**
 * The first image of a file; `undefined` for what is no executable that can be read: a script, an archive of objects, a
 * broken file.
 */
export function imageIn(source: ByteSource): Image | undefined {
  try {
    return readExecutable(source)[0];
  } catch (error) {
    if (error instanceof BinaryError) return undefined;
    throw error;
  }
}
