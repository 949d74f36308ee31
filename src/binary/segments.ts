import { createHash, type Hash } from 'node:crypto';
import { type ByteSource, type Piece, pieceOf } from './bytes.ts';
import { isElf } from './elf.ts';
import { BinaryError } from './error.ts';

// What of a file gets into memory, in a form that stripping and repackaging leave as it is. Held against GNU strip and
// objcopy 2.40, LLVM's 14 and 22, on what ld.bfd, ld.gold and LLD link: they write the section headers, what no segment
// holds, and where in the file segments lie anew, and nothing else. What they change of what is loaded: GNU's cut off
// zeros at a segment's end, and LLVM's `-g` overwrites `.debug_gdb_scripts`, which lies among the constants of every
// Rust program with debug information.

const segmentType = { load: 1, interpreter: 3, note: 4, property: 0x6474e553 } as const;

/** Those that the kernel reads where the file has them, wherever they say that they lie in memory. */
const readFromFile: readonly number[] = [segmentType.interpreter, segmentType.note, segmentType.property];

/** The one entry of `.debug_gdb_scripts` that rustc writes (`compiler/rustc_codegen_llvm/src/debuginfo/gdb.rs`). */
const gdbScripts = Buffer.from('\x01gdb_load_rust_pretty_printers.py\0');

/** Bytes that are read at once, and those of a segment that the kernel reads itself. */
const most = { piece: 256 * 1024, read: 64 * 1024 };

interface Header {
  readonly bytes: Buffer;
  /** Where the table of segments is, and what an entry takes; 64-bit or not. */
  readonly table: number;
  readonly width: number;
  readonly count: number;
  readonly sections: number;
  readonly wide: boolean;
  readonly little: boolean;
}

/** Bytes of the file, from one position to another. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * SHA-256 of what an ELF file's segments bring into memory, lower-case hex: its header and program headers without what
 * says where in the file something lies, and the bytes of each PT_LOAD segment without zeros at its end (System V ABI,
 * "Program Loading"). Equal for a program and what `strip` or `objcopy` made of it; another one where code, data, the
 * entry point or the loader's name is another. `undefined`: it is no ELF file with such segments, or its tables lie.
 */
export function segmentsDigest(source: ByteSource): string | undefined {
  return digestWhere(source, () => true);
}

/**
 * That of a file which stripping leaves as it is. `undefined` where its section headers lie in a segment, as Go's
 * linker puts them: what is stripped of it loads other bytes, and the digest would prove nothing.
 */
export function strippableDigest(source: ByteSource): string | undefined {
  return digestWhere(source, ({ header: { sections }, loaded }) =>
    loaded.every(({ range }) => sections === 0 || sections < range.from || sections >= range.to),
  );
}

interface Layout {
  readonly header: Header;
  /** Bytes of the table of segments. */
  readonly tableSize: number;
  readonly segments: readonly ReadSegment[];
  /** Of them, those that are brought into memory. */
  readonly loaded: readonly ReadSegment[];
}

function digestWhere(source: ByteSource, isWanted: (layout: Layout) => boolean): string | undefined {
  try {
    const layout = isElf(source) ? layoutOf(source) : undefined;
    return layout !== undefined && isWanted(layout) ? digestOf(source, layout) : undefined;
  } catch (error) {
    if (error instanceof BinaryError) return undefined;
    throw error;
  }
}

function layoutOf(source: ByteSource): Layout {
  const header = headerOf(source);
  const table = pieceOf(source, header.table, header.count * header.width, 'program headers');
  const segments = segmentsIn(table, header);
  const loaded = segments.filter(({ type }) => type === segmentType.load);
  return { header, tableSize: table.size, segments, loaded };
}

function digestOf(source: ByteSource, { header, tableSize, segments, loaded }: Layout): string | undefined {
  const bytes = loaded.reduce((sum, { range }) => sum + range.to - range.from, 0);
  if (loaded.length === 0 || bytes > 2 * source.size) return undefined;
  const hash = createHash('sha256');
  hash.update(withoutPlaces(header));
  for (const { entry } of segments) hash.update(entry);
  const masked = [
    { from: 0, to: header.bytes.length },
    { from: header.table, to: header.table + tableSize },
  ];
  for (const { range } of loaded) addImage(hash, source, range, masked);
  for (const { type, range } of segments)
    if (readFromFile.includes(type))
      hash.update(pieceOf(source, range.from, Math.min(range.to - range.from, most.read), 'segment').bytes);
  return hash.digest('hex');
}

function headerOf(source: ByteSource): Header {
  const ident = pieceOf(source, 0, 16, 'header');
  const [wide, little] = [ident.u8(4) === 2, ident.u8(5) === 1];
  const piece = pieceOf(source, 0, wide ? 64 : 52, 'header');
  const header = {
    bytes: Buffer.from(piece.bytes),
    table: wide ? piece.u64(32, little) : piece.u32(28, little),
    width: piece.u16(wide ? 54 : 42, little),
    count: piece.u16(wide ? 56 : 44, little),
    sections: wide ? piece.u64(40, little) : piece.u32(32, little),
    wide,
    little,
  };
  if (header.width !== (wide ? 56 : 32))
    throw new BinaryError('binary/broken', 'its program headers have another size than the loader takes');
  return header;
}

/** The header without where its section headers are, how many, how long, and which of them has the names. */
function withoutPlaces({ bytes, wide }: Header): Buffer {
  const kept = Buffer.from(bytes);
  if (wide) kept.fill(0, 40, 48).fill(0, 58, 64);
  else kept.fill(0, 32, 36).fill(0, 46, 52);
  return kept;
}

interface ReadSegment {
  readonly type: number;
  readonly range: Range;
  /** Its entry without where it lies in the file, and how many bytes of it do: behind them are zeros. */
  readonly entry: Buffer;
}

function segmentsIn(table: Piece, { width, count, wide, little }: Header): readonly ReadSegment[] {
  return Array.from({ length: count }, (_, i): ReadSegment => {
    const at = i * width;
    const word = (offset: number) => (wide ? table.u64(at + offset, little) : table.u32(at + offset, little));
    const [offset, size] = wide ? [8, 32] : [4, 16];
    const entry = Buffer.from(table.slice(at, width));
    const bytes = wide ? 8 : 4;
    entry.fill(0, offset, offset + bytes).fill(0, size, size + bytes);
    return {
      type: table.u32(at, little),
      range: { from: word(offset), to: word(offset) + word(size) },
      entry,
    };
  });
}

/** Adds the bytes of a range, zeros at its end left out and what is masked as zeros, and then how many they were. */
function addImage(hash: Hash, source: ByteSource, { from, to }: Range, masked: readonly Range[]): void {
  let [zeros, written] = [0, 0];
  /** Where the last text of `.debug_gdb_scripts` ends. */
  let scripts = { from: 0, to: 0 };
  for (let at = from; at < to; at += most.piece) {
    const end = Math.min(at + most.piece, to);
    // One that lies across two pieces is seen whole from the first.
    const piece = Buffer.from(
      pieceOf(source, at, Math.min(end + gdbScripts.length, to) - at, 'segment').bytes,
    );
    mask(piece, at, scripts);
    for (let found = piece.indexOf(gdbScripts); found !== -1; found = piece.indexOf(gdbScripts, found + 1)) {
      scripts = { from: at + found, to: at + found + gdbScripts.length };
      mask(piece, at, scripts);
    }
    for (const range of masked) mask(piece, at, range);
    const own = piece.subarray(0, end - at);
    const last = lastByte(own);
    if (last === -1) {
      zeros += own.length;
      continue;
    }
    addZeros(hash, zeros);
    hash.update(own.subarray(0, last + 1));
    written += zeros + last + 1;
    zeros = own.length - last - 1;
  }
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(written));
  hash.update(count);
}

/** Fills what a range has of a piece that begins at a position of the file. */
function mask(piece: Buffer, at: number, { from, to }: Range): void {
  const [first, last] = [Math.max(from - at, 0), Math.min(to - at, piece.length)];
  if (first < last) piece.fill(0, first, last);
}

function lastByte(bytes: Buffer): number {
  let at = bytes.length - 1;
  while (at >= 0 && bytes[at] === 0) at--;
  return at;
}

const noBytes = Buffer.alloc(most.piece);

function addZeros(hash: Hash, count: number): void {
  for (let left = count; left > 0; left -= noBytes.length)
    hash.update(noBytes.subarray(0, Math.min(left, noBytes.length)));
}
