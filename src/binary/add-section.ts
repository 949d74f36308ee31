import { type ByteSource, bytesSource, Piece, pieceOf } from './bytes.ts';
import { isElf } from './elf.ts';
import { BinaryError } from './error.ts';
import { isWasm, wasmSections } from './wasm.ts';

/**
 * An executable with one section more, which no loader brings into memory: nothing that was there moves. ELF gets
 * another table of sections behind its end, WebAssembly a custom section. One of that name that was there before, as
 * any crate can put it there, is found by that name no more: in ELF it is called `NAME.before`, in WebAssembly it is
 * left out. `kind` is ELF's. Throws `BinaryError`: `binary/format` for other formats and for ELF without a table of
 * sections.
 */
export function addSection(
  bytes: Uint8Array,
  name: string,
  contents: Uint8Array,
  kind: keyof typeof sectionTypes = 'bytes',
): Uint8Array {
  const source = bytesSource(bytes);
  if (isElf(source)) return addToElf(bytes, source, name, contents, kind);
  if (isWasm(source)) return joined([withoutSections(bytes, name), wasmSection(name, contents)]);
  throw new BinaryError('binary/format', 'sections are added to ELF and WebAssembly alone');
}

/** Where the fields of a section header are (System V ABI, "Sections"), and how wide. */
interface HeaderLayout {
  readonly wide: boolean;
  readonly little: boolean;
  readonly width: number;
}

/** From this number on counts stand in the first header. */
const reservedIndexes = 0xff00;
/** SHT_PROGBITS and SHT_NOTE, and where each may begin. */
const sectionTypes = { bytes: { type: 1, align: 1 }, notes: { type: 7, align: 4 } } as const;

function addToElf(
  bytes: Uint8Array,
  source: ByteSource,
  name: string,
  contents: Uint8Array,
  kind: keyof typeof sectionTypes,
): Uint8Array {
  const ident = pieceOf(source, 0, 16, 'header');
  const [wide, little] = [ident.u8(4) === 2, ident.u8(5) === 1];
  const layout: HeaderLayout = { wide, little, width: wide ? 64 : 40 };
  const header = pieceOf(source, 0, wide ? 64 : 52, 'header');
  const tableAt = wide ? header.u64(40, little) : header.u32(32, little);
  const [entry, count, names] = (wide ? [58, 60, 62] : [46, 48, 50]).map((at) => header.u16(at, little)) as [
    number,
    number,
    number,
  ];
  if (tableAt === 0 || count === 0) throw new BinaryError('binary/format', 'it has no table of sections');
  if (entry !== layout.width || names === 0 || names >= count)
    throw new BinaryError('binary/broken', 'its table of sections is not as ELF has it');
  if (count + 1 >= reservedIndexes)
    throw new BinaryError('binary/limit', `it has too many sections: ${count}`);
  // A copy: `slice` of a Buffer is none.
  const table = new Uint8Array(pieceOf(source, tableAt, count * entry, 'section headers').bytes);
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const namesAt = names * entry;
  const [offsetAt, sizeAt] = wide ? [24, 32] : [16, 20];
  const word = (at: number) => new Piece(table, 'section headers')[wide ? 'u64' : 'u32'](at, little);
  const strings = pieceOf(source, word(namesAt + offsetAt), word(namesAt + sizeAt), 'section names');
  const pieces: Uint8Array[] = [bytes];
  let size = bytes.length;
  const place = (piece: Uint8Array, align: number): number => {
    const gap = (align - (size % align)) % align;
    const at = size + gap;
    pieces.push(new Uint8Array(gap), piece);
    size = at + piece.length;
    return at;
  };
  const contentsAt = place(contents, sectionTypes[kind].align);
  const newNames = joined([strings.bytes, new TextEncoder().encode(`${name}\0${name}.before\0`)]);
  for (let at = 0; at < table.length; at += entry)
    if (strings.size > 0 && nameOf(strings, view.getUint32(at, little)) === name)
      view.setUint32(at, strings.size + name.length + 1, little);
  setWord(view, namesAt + offsetAt, place(newNames, 1), layout);
  setWord(view, namesAt + sizeAt, newNames.length, layout);
  const added = sectionHeader(strings.size, contentsAt, contents.length, layout, sectionTypes[kind]);
  const newTable = place(joined([table, added]), wide ? 8 : 4);
  const whole = joined(pieces);
  const head = new DataView(whole.buffer, whole.byteOffset, whole.length);
  setWord(head, wide ? 40 : 32, newTable, layout);
  head.setUint16(wide ? 60 : 48, count + 1, little);
  return whole;
}

/** A name in a table of names; one that is not wholly in there is nobody's. */
function nameOf(strings: Piece, at: number): string | undefined {
  return at < strings.size && strings.bytes.indexOf(0, at) !== -1 ? strings.text(at) : undefined;
}

/** A header of a section that is never loaded: no flags, no address. */
function sectionHeader(
  nameAt: number,
  offset: number,
  size: number,
  layout: HeaderLayout,
  { type, align }: { readonly type: number; readonly align: number },
): Uint8Array {
  const { wide, little, width } = layout;
  const header = new Uint8Array(width);
  const view = new DataView(header.buffer);
  view.setUint32(0, nameAt, little);
  view.setUint32(4, type, little);
  setWord(view, wide ? 24 : 16, offset, layout);
  setWord(view, wide ? 32 : 20, size, layout);
  setWord(view, wide ? 48 : 32, align, layout);
  return header;
}

function setWord(view: DataView, at: number, value: number, { wide, little }: HeaderLayout): void {
  if (wide) view.setBigUint64(at, BigInt(value), little);
  else view.setUint32(at, value, little);
}

/** A custom section: kind 0, its length, then its name with a length of its own (core specification, 5.5.3). */
function wasmSection(name: string, contents: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(name);
  const body = joined([leb(text.length), text, contents]);
  return joined([Uint8Array.of(0), leb(body.length), body]);
}

/** A module without its custom sections of a name. */
function withoutSections(bytes: Uint8Array, name: string): Uint8Array {
  const kept: Uint8Array[] = [];
  let from = 0;
  for (const section of wasmSections(bytesSource(bytes))) {
    if (section.name !== name) continue;
    kept.push(bytes.subarray(from, section.start));
    from = section.end;
  }
  return joined([...kept, bytes.subarray(from)]);
}

/** An unsigned number in LEB128. */
function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
