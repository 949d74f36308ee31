import { type ByteSource, hexOf, type Piece, pieceOf } from './bytes.ts';
import { BinaryError } from './error.ts';
import { type Image, maxSections, type Note, type Section } from './image.ts';

/** What differs between the four kinds of ELF: where fields are, how wide, which end first. */
interface Layout {
  readonly wide: boolean;
  readonly little: boolean;
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
  readonly align: number;
}

interface ElfSection extends Section {
  readonly type: number;
  readonly flags: number;
  readonly align: number;
}

const segmentType = { load: 1, dynamic: 2, note: 4 } as const;
const sectionType = { note: 7, noBits: 8 } as const;
/** SHF_COMPRESSED. */
const compressedFlag = 0x800;
const tag = { end: 0, needed: 1, strings: 5, stringsSize: 10, soname: 14 } as const;
const noteType = { buildId: 3, package: 0xcafe1a7e, dlopen: 0x407c0c0a } as const;
const machines: ReadonlyMap<number, string> = new Map([
  [3, 'i686'],
  [20, 'powerpc'],
  [22, 's390x'],
  [40, 'arm'],
  [62, 'x86_64'],
  [183, 'aarch64'],
  [258, 'loongarch64'],
]);

/** Machines whose name in target triples has the byte order or the width in it, which the header says apart. */
function machineOf(number: number, { wide, little }: Layout): string {
  if (number === 8) return `mips${wide ? '64' : ''}${little ? 'el' : ''}`;
  if (number === 21) return little ? 'powerpc64le' : 'powerpc64';
  if (number === 243) return wide ? 'riscv64' : 'riscv32';
  return machines.get(number) ?? String(number);
}

export function isElf(source: ByteSource): boolean {
  return source.size >= 4 && hexOf(source.read(0, 4)) === '7f454c46';
}

/**
 * Reads an ELF file (System V ABI, "Object files"). Stripped of its sections it is read by its segments. Throws `BinaryError`.
 */
export function readElf(source: ByteSource): Image {
  const ident = pieceOf(source, 0, 16, 'header');
  const [kind, order] = [ident.u8(4), ident.u8(5)];
  if ((kind !== 1 && kind !== 2) || (order !== 1 && order !== 2))
    throw new BinaryError('binary/broken', 'its header says neither 32 nor 64 bits, or no byte order');
  const layout = { wide: kind === 2, little: order === 1 };
  const header = pieceOf(source, 0, layout.wide ? 64 : 52, 'header');
  const sections = sectionsOf(source, header, layout);
  const segments = segmentsOf(source, header, layout);
  const notes = [...noteAreas(sections, segments)].flatMap((area) => notesIn(source, area, layout));
  return {
    format: 'elf',
    machine: machineOf(header.u16(18, layout.little), layout),
    sections: sections.map(({ name, offset, size, flags }) => ({
      name,
      offset,
      size,
      // Infinity, of a word too large, has no bits.
      ...((flags & compressedFlag) === 0 ? {} : { compressed: true as const }),
    })),
    ...dynamicOf(source, segments, layout),
    buildId: notes.find((note) => note.kind === 'build-id')?.hex,
    notes: notes.filter((note) => note.kind !== 'build-id'),
  };
}

function sectionsOf(source: ByteSource, header: Piece, { wide, little }: Layout): readonly ElfSection[] {
  const at = wide ? header.u64(40, little) : header.u32(32, little);
  if (at === 0) return [];
  const [entry, stated, names] = wide ? [58, 60, 62] : [46, 48, 50];
  const width = header.u16(entry, little);
  if (width < (wide ? 64 : 40)) throw new BinaryError('binary/broken', 'its section headers are too short');
  // Where there are more than fit in 16 bits, the first header says how many.
  const first = pieceOf(source, at, width, 'section headers');
  const count = header.u16(stated, little) || wordOf(first, wide ? 32 : 20, { wide, little });
  if (count > maxSections) throw new BinaryError('binary/limit', `it has too many sections: ${count}`);
  const table = pieceOf(source, at, count * width, 'section headers');
  const read = (i: number) => {
    const base = i * width;
    const word = (wideAt: number, narrowAt: number) =>
      wordOf(table, base + (wide ? wideAt : narrowAt), { wide, little });
    return {
      name: table.u32(base, little),
      type: table.u32(base + 4, little),
      flags: word(8, 8),
      offset: word(24, 16),
      size: word(32, 20),
      align: word(48, 32),
    };
  };
  const nameIndex = header.u16(names, little);
  const namesAt = nameIndex === 0xffff ? first.u32(wide ? 40 : 24, little) : nameIndex;
  if (namesAt === 0 || namesAt >= count) return [];
  const strings = read(namesAt);
  const text = pieceOf(source, strings.offset, strings.size, 'section names');
  return Array.from({ length: count }, (_, i) => read(i)).map((section) => ({
    ...section,
    name: text.size === 0 ? '' : text.text(section.name),
    size: section.type === sectionType.noBits ? 0 : section.size,
  }));
}

function segmentsOf(source: ByteSource, header: Piece, { wide, little }: Layout): readonly Segment[] {
  const at = wide ? header.u64(32, little) : header.u32(28, little);
  const width = header.u16(wide ? 54 : 42, little);
  const count = header.u16(wide ? 56 : 44, little);
  if (at === 0 || count === 0) return [];
  if (width < (wide ? 56 : 32)) throw new BinaryError('binary/broken', 'its program headers are too short');
  const table = pieceOf(source, at, count * width, 'program headers');
  return Array.from({ length: count }, (_, i) => {
    const word = (wideAt: number, narrowAt: number) =>
      wordOf(table, i * width + (wide ? wideAt : narrowAt), { wide, little });
    return {
      type: table.u32(i * width, little),
      offset: word(8, 4),
      address: word(16, 8),
      size: word(32, 16),
      align: word(48, 28),
    };
  });
}

/** The names of the dynamic section, by the segments, which the loader itself goes by. */
function dynamicOf(
  source: ByteSource,
  segments: readonly Segment[],
  layout: Layout,
): Pick<Image, 'needed' | 'soname'> {
  const dynamic = segments.find(({ type }) => type === segmentType.dynamic);
  if (dynamic === undefined) return { needed: [] };
  const width = layout.wide ? 16 : 8;
  const table = pieceOf(source, dynamic.offset, dynamic.size, 'dynamic section');
  const values = new Map<number, number>();
  const needed: number[] = [];
  for (let at = 0; at + width <= table.size; at += width) {
    const key = wordOf(table, at, layout);
    const value = wordOf(table, at + width / 2, layout);
    if (key === tag.end) break;
    if (key === tag.needed) needed.push(value);
    else if (!values.has(key)) values.set(key, value);
  }
  const [address, size] = [values.get(tag.strings), values.get(tag.stringsSize)];
  const soname = values.get(tag.soname);
  const named = needed.length > 0 || soname !== undefined;
  if (!named || address === undefined || size === undefined) return { needed: [] };
  const text = pieceOf(source, fileOffset(segments, address), size, 'dynamic names');
  return {
    needed: needed.map((at) => text.text(at)),
    ...(soname === undefined ? {} : { soname: text.text(soname) }),
  };
}

function fileOffset(segments: readonly Segment[], address: number): number {
  const load = segments.find(
    (segment) =>
      segment.type === segmentType.load &&
      address >= segment.address &&
      address < segment.address + segment.size,
  );
  if (load === undefined) throw new BinaryError('binary/broken', 'its dynamic names lie in no segment');
  return load.offset + (address - load.address);
}

/** Where notes are: sections of notes, else segments of them. */
function noteAreas(sections: readonly ElfSection[], segments: readonly Segment[]) {
  const inSections = sections.filter(({ type }) => type === sectionType.note);
  return inSections.length > 0 ? inSections : segments.filter(({ type }) => type === segmentType.note);
}

type AnyNote = Note | { readonly kind: 'build-id'; readonly hex: string };

function notesIn(
  source: ByteSource,
  { offset, size, align }: { readonly offset: number; readonly size: number; readonly align: number },
  { little }: Layout,
): readonly AnyNote[] {
  const area = pieceOf(source, offset, size, 'notes');
  // Names and contents are filled up to 4 bytes, or to 8 where the area is aligned so (x86-64 psABI).
  const unit = align === 8 ? 8 : 4;
  const padded = (length: number) => Math.ceil(length / unit) * unit;
  const notes: AnyNote[] = [];
  for (let at = 0; at + 12 <= area.size; ) {
    const [nameSize, size, type] = [area.u32(at, little), area.u32(at + 4, little), area.u32(at + 8, little)];
    const contents = unit === 8 ? padded(at + 12 + nameSize) : at + 12 + padded(nameSize);
    const note = noteOf(area.field(at + 12, nameSize), type, area.slice(contents, size));
    if (note !== undefined) notes.push(note);
    at = contents + padded(size);
  }
  return notes;
}

function noteOf(owner: string, type: number, contents: Uint8Array): AnyNote | undefined {
  if (owner === 'GNU' && type === noteType.buildId) return { kind: 'build-id', hex: hexOf(contents) };
  if (owner !== 'FDO') return undefined;
  const json = new TextDecoder().decode(contents).replace(/\0+$/, '');
  if (type === noteType.package) return { kind: 'package', json };
  return type === noteType.dlopen ? { kind: 'dlopen', json } : undefined;
}

function wordOf(piece: Piece, at: number, { wide, little }: Layout): number {
  return wide ? piece.u64(at, little) : piece.u32(at, little);
}
