import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { type ByteSource, pieceOf } from '../bytes.ts';
import { BinaryError } from '../error.ts';
import type { Image, Section } from '../image.ts';

/** No more is read of a debug section, packed or not. In bytes. */
export const maxDebugSection = 512 * 1024 * 1024;

/** The debug sections of an ELF file that name functions. Those that are not there are empty. */
export interface DebugSections {
  readonly little: boolean;
  readonly info: Buffer;
  readonly abbrev: Buffer;
  readonly str: Buffer;
  readonly lineStr: Buffer;
  readonly strOffsets: Buffer;
  readonly addr: Buffer;
  /** Where units are in a package of them. */
  readonly cuIndex: Buffer;
}

/** Reads the debug sections of an ELF file; `.dwo`: those of units that are split from their program. Throws `BinaryError`. */
export function debugSections(source: ByteSource, image: Image, suffix: '' | '.dwo' = ''): DebugSections {
  const ident = pieceOf(source, 0, 6, 'header');
  const layout = { wide: ident.u8(4) === 2, little: ident.u8(5) === 1 };
  const read = (name: string): Buffer => {
    const section = image.sections.find((one) => one.name === `${name}${suffix}`);
    if (section === undefined) return Buffer.alloc(0);
    const bytes = contentsOf(source, section, layout);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };
  return {
    little: layout.little,
    info: read('.debug_info'),
    abbrev: read('.debug_abbrev'),
    str: read('.debug_str'),
    lineStr: read('.debug_line_str'),
    strOffsets: read('.debug_str_offsets'),
    addr: read('.debug_addr'),
    cuIndex: read('.debug_cu_index'),
  };
}

interface Layout {
  readonly wide: boolean;
  readonly little: boolean;
}

/** The bytes of a section, unpacked where a linker packed it (System V ABI, "Section Compression"). Throws `BinaryError`. */
function contentsOf(
  source: ByteSource,
  { name, offset, size, compressed }: Section,
  layout: Layout,
): Uint8Array {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(size) || offset + size > source.size)
    throw new BinaryError('binary/broken', `its ${name} ends behind the end of the file`);
  if (size > maxDebugSection) throw tooLarge(name, size);
  if (compressed === undefined) return source.read(offset, size);
  const header = pieceOf(source, offset, layout.wide ? 24 : 12, name);
  const kind = header.u32(0, layout.little);
  const whole = layout.wide ? header.u64(8, layout.little) : header.u32(4, layout.little);
  if (whole > maxDebugSection) throw tooLarge(name, whole);
  const packed = source.read(offset + header.size, size - header.size);
  const options = { maxOutputLength: Math.max(1, whole) };
  try {
    if (kind === 1) return inflateSync(packed, options);
    if (kind === 2) return zstdDecompressSync(packed, options);
  } catch (error) {
    throw new BinaryError('binary/broken', `its ${name} cannot be unpacked`, error);
  }
  throw new BinaryError('binary/broken', `its ${name} is packed in a way that is not known: ${kind}`);
}

function tooLarge(name: string, size: number): BinaryError {
  return new BinaryError('binary/limit', `its ${name} is too large: ${size} bytes`);
}
