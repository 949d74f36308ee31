import { crc32 } from 'node:zlib';
import { type ByteSource, pieceOf } from './bytes.ts';
import type { Image } from './image.ts';

/** What an ELF file says of the file that its debug information was put aside into. */
export interface DebugLink {
  /** Of the file, without a folder. */
  readonly name: string;
  /** CRC-32 of its bytes. */
  readonly crc: number;
}

/**
 * The section `.gnu_debuglink` (GDB manual, "Separate Debug Files"): a name that NULs fill up to four bytes, and a
 * checksum. Throws `BinaryError`.
 */
export function debugLinkIn(source: ByteSource, image: Image): DebugLink | undefined {
  const section = image.sections.find(({ name }) => name === '.gnu_debuglink');
  if (section === undefined || section.size < 8 || section.size > 4096) return undefined;
  const piece = pieceOf(source, section.offset, section.size, '.gnu_debuglink');
  const name = piece.field(0, piece.size - 4);
  const little = pieceOf(source, 0, 6, 'header').u8(5) === 1;
  const isName = name !== '' && name !== '.' && name !== '..' && !name.includes('/');
  return isName ? { name, crc: piece.u32(piece.size - 4, little) } : undefined;
}

/**
 * Whether a file has debug information and nothing that runs: what `objcopy --only-keep-debug` leaves of a program, or
 * its units alone (`.dwp`, `.dwo`).
 */
export function isDebugFile({ format, sections }: Image): boolean {
  if (format !== 'elf') return false;
  const has = (wanted: string) => sections.some(({ name, size }) => name === wanted && size > 0);
  return has('.debug_info.dwo') || (has('.debug_info') && !has('.text'));
}

/**
 * Whether a debug file is of the same link as a program: by the build id of both, or where one of them has none, by the
 * checksum that the program has of it.
 */
export function isDebugOf(
  { image, link }: { readonly image: Image; readonly link: DebugLink | undefined },
  debug: { readonly source: ByteSource; readonly image: Image },
): boolean {
  if (image.buildId !== undefined && debug.image.buildId !== undefined)
    return image.buildId === debug.image.buildId;
  return link !== undefined && checksumOf(debug.source) === link.crc;
}

const pieceSize = 4 * 1024 * 1024;

function checksumOf({ size, read }: ByteSource): number {
  let sum = 0;
  for (let at = 0; at < size; at += pieceSize) sum = crc32(read(at, Math.min(pieceSize, size - at)), sum);
  return sum;
}
