import { type ByteSource, pieceOf } from './bytes.ts';
import { BinaryError } from './error.ts';
import type { Image } from './image.ts';

/** STT_FILE (System V ABI, "Symbol Table"). */
const fileType = 4;

/** A symbol table of more is not read. In bytes. */
const maxTable = 1024 * 1024 * 1024;
const pieceSize = 24 * 65_536;

/**
 * The names of the object files that an ELF file was linked of, as its symbol table has them: `NAME.HASH-cgu.0` of
 * rustc, `zlib.c` of a C compiler. Empty where its symbols were taken out. Throws `BinaryError`.
 */
export function objectNames(source: ByteSource, image: Image): readonly string[] {
  const ident = pieceOf(source, 0, 6, 'header');
  const [wide, little] = [ident.u8(4) === 2, ident.u8(5) === 1];
  const table = image.sections.find(({ name }) => name === '.symtab');
  const strings = image.sections.find(({ name }) => name === '.strtab');
  if (table === undefined || strings === undefined) return [];
  if (table.compressed || strings.compressed || table.size > maxTable)
    throw new BinaryError('binary/limit', 'its symbol table is too large, or packed');
  const [entry, info] = wide ? [24, 4] : [16, 12];
  const names: string[] = [];
  for (let at = 0; at + entry <= table.size; at += pieceSize) {
    const piece = pieceOf(source, table.offset + at, Math.min(pieceSize, table.size - at), 'symbols');
    for (let symbol = 0; symbol + entry <= piece.size; symbol += entry)
      if ((piece.u8(symbol + info) & 0xf) === fileType) {
        if (names.length === maxNames)
          throw new BinaryError('binary/limit', 'it was linked of too many files');
        names.push(nameAt(source, strings, piece.u32(symbol, little)));
      }
  }
  return names;
}

const maxNames = 100_000;

/** Longer ones are no names of objects. In bytes. */
const maxName = 1024;

function nameAt(source: ByteSource, { offset, size }: Image['sections'][number], at: number): string {
  if (at >= size) throw new BinaryError('binary/broken', 'a symbol has a name that lies nowhere');
  const piece = pieceOf(source, offset + at, Math.min(maxName, size - at), 'names of symbols');
  return piece.field(0, piece.size);
}
