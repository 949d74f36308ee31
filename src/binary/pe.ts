import { type ByteSource, hexOf, type Piece, pieceOf } from './bytes.ts';
import { BinaryError } from './error.ts';
import type { Image, Section } from './image.ts';

interface PeSection extends Section {
  readonly address: number;
  readonly memory: number;
}

interface Directory {
  readonly address: number;
  readonly size: number;
}

const directory = { imports: 1, debug: 6, delayed: 13 } as const;
const codeView = 2;
const machines: ReadonlyMap<number, string> = new Map([
  [0x14c, 'i686'],
  [0x1c4, 'thumbv7a'],
  [0x8664, 'x86_64'],
  [0xa641, 'arm64ec'],
  [0xaa64, 'aarch64'],
]);
/** More libraries than any program needs. */
const maxImports = 10_000;

export function isPe(source: ByteSource): boolean {
  if (source.size < 64 || hexOf(source.read(0, 2)) !== '4d5a') return false;
  const at = pieceOf(source, 60, 4, 'header').u32(0, true);
  return at + 4 <= source.size && hexOf(source.read(at, 4)) === '50450000';
}

/** Reads a PE file (Microsoft's PE and COFF specification). Throws `BinaryError`. */
export function readPe(source: ByteSource): Image {
  const start = pieceOf(source, 60, 4, 'header').u32(0, true) + 4;
  const coff = pieceOf(source, start, 20, 'file header');
  const optional = pieceOf(source, start + 20, coff.u16(16, true), 'optional header');
  const sections = sectionsOf(source, start + 20 + optional.size, coff);
  const directories = directoriesOf(optional);
  const machine = coff.u16(0, true);
  return {
    format: 'pe',
    machine: machines.get(machine) ?? String(machine),
    sections: sections.map(({ name, offset, size }) => ({ name, offset, size })),
    needed: [
      ...importsOf(source, sections, directories[directory.imports], 20, 12),
      ...importsOf(source, sections, directories[directory.delayed], 32, 4),
    ],
    buildId: signatureOf(source, sections, directories[directory.debug]),
    notes: [],
  };
}

function sectionsOf(source: ByteSource, at: number, coff: Piece): readonly PeSection[] {
  const count = coff.u16(2, true);
  const table = pieceOf(source, at, count * 40, 'section headers');
  return Array.from({ length: count }, (_, i) => {
    const base = i * 40;
    return {
      name: nameOf(source, table.field(base, 8), coff),
      memory: table.u32(base + 8, true),
      address: table.u32(base + 12, true),
      size: table.u32(base + 16, true),
      offset: table.u32(base + 20, true),
    };
  });
}

/** A name that is too long for its field stands behind the symbols; the field then has `/` and where (PE, 4.). */
function nameOf(source: ByteSource, field: string, coff: Piece): string {
  const at = /^\/(\d+)$/.exec(field)?.[1];
  const symbols = coff.u32(8, true);
  if (at === undefined || symbols === 0) return field;
  const strings = symbols + coff.u32(12, true) * 18;
  const size = pieceOf(source, strings, 4, 'long names').u32(0, true);
  return pieceOf(source, strings, size, 'long names').text(Number(at));
}

function directoriesOf(optional: Piece): readonly (Directory | undefined)[] {
  const wide = optional.size >= 2 && optional.u16(0, true) === 0x20b;
  const at = wide ? 108 : 92;
  if (optional.size < at + 4) return [];
  const count = Math.min(optional.u32(at, true), 16, Math.floor((optional.size - at - 4) / 8));
  return Array.from({ length: count }, (_, i) => {
    const [address, size] = [optional.u32(at + 4 + i * 8, true), optional.u32(at + 8 + i * 8, true)];
    return address === 0 || size === 0 ? undefined : { address, size };
  });
}

/** A table of libraries ends with an entry without a name. */
function importsOf(
  source: ByteSource,
  sections: readonly PeSection[],
  found: Directory | undefined,
  width: number,
  nameAt: number,
): readonly string[] {
  if (found === undefined) return [];
  const names: string[] = [];
  for (let offset = fileOffset(sections, found.address); ; offset += width) {
    const address = pieceOf(source, offset, width, 'imports').u32(nameAt, true);
    if (address === 0) return names;
    if (names.length === maxImports) throw new BinaryError('binary/limit', 'it needs too many libraries');
    const at = fileOffset(sections, address);
    names.push(pieceOf(source, at, Math.min(4097, source.size - at), 'imports').text(0));
  }
}

function signatureOf(
  source: ByteSource,
  sections: readonly PeSection[],
  found: Directory | undefined,
): string | undefined {
  if (found === undefined) return undefined;
  const table = pieceOf(source, fileOffset(sections, found.address), found.size, 'debug directory');
  for (let at = 0; at + 28 <= table.size; at += 28) {
    if (table.u32(at + 12, true) !== codeView || table.u32(at + 16, true) < 24) continue;
    const entry = pieceOf(source, table.u32(at + 24, true), 24, 'debug entry');
    if (hexOf(entry.slice(0, 4)) === '52534453') return hexOf(entry.slice(4, 20));
  }
  return undefined;
}

function fileOffset(sections: readonly PeSection[], address: number): number {
  const section = sections.find(
    (each) => address >= each.address && address < each.address + Math.max(each.memory, each.size),
  );
  if (section === undefined) throw new BinaryError('binary/broken', 'an address of it lies in no section');
  return section.offset + (address - section.address);
}
