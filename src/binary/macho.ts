import { type ByteSource, hexOf, Piece, pieceOf } from './bytes.ts';
import { BinaryError } from './error.ts';
import { type Image, maxSections, type Section } from './image.ts';

const command = { segment: 0x1, segment64: 0x19, uuid: 0x1b } as const;
/** LC_LOAD_DYLIB, and its weak, re-exported, upward and lazy kinds. */
const libraries: ReadonlySet<number> = new Set([0xc, 0x80000018, 0x8000001f, 0x80000023, 0x20]);
const machines: ReadonlyMap<number, string> = new Map([
  [0x7, 'i686'],
  [0xc, 'armv7'],
  [0x01000007, 'x86_64'],
  [0x0100000c, 'aarch64'],
]);
const thin: ReadonlySet<string> = new Set(['feedface', 'feedfacf', 'cefaedfe', 'cffaedfe']);
/** A file of several machines begins as Java's classes do; no file has so many. */
const maxMachines = 32;

export function isMacho(source: ByteSource): boolean {
  return source.size >= 8 && (thin.has(magicAt(source, 0)) || fatMachines(source) !== undefined);
}

/** Reads a Mach-O file, each of its machines (Apple's mach-o/loader.h and fat.h). Throws `BinaryError`. */
export function readMacho(source: ByteSource): readonly Image[] {
  const fat = fatMachines(source);
  if (fat === undefined) return [imageAt(source, 0)];
  const width = fat.wide ? 32 : 20;
  const table = pieceOf(source, 8, fat.count * width, 'machines');
  return Array.from({ length: fat.count }, (_, i) => {
    const at = fat.wide ? table.u64(i * width + 8, false) : table.u32(i * width + 8, false);
    return imageAt(source, at);
  });
}

function magicAt(source: ByteSource, offset: number): string {
  return hexOf(pieceOf(source, offset, 4, 'header').bytes);
}

function fatMachines(source: ByteSource): { readonly count: number; readonly wide: boolean } | undefined {
  const magic = magicAt(source, 0);
  if (magic !== 'cafebabe' && magic !== 'cafebabf') return undefined;
  const count = pieceOf(source, 4, 4, 'header').u32(0, false);
  return count === 0 || count > maxMachines ? undefined : { count, wide: magic === 'cafebabf' };
}

function imageAt(source: ByteSource, start: number): Image {
  const magic = magicAt(source, start);
  if (!thin.has(magic)) throw new BinaryError('binary/broken', 'one of its machines is no Mach-O');
  const little = magic.startsWith('c');
  const wide = magic === 'feedfacf' || magic === 'cffaedfe';
  const header = pieceOf(source, start, wide ? 32 : 28, 'header');
  const commands = pieceOf(source, start + header.size, header.u32(20, little), 'load commands');
  const sections: Section[] = [];
  const needed: string[] = [];
  let buildId: string | undefined;
  let at = 0;
  for (let left = header.u32(16, little); left > 0; left--) {
    const [kind, size] = [commands.u32(at, little), commands.u32(at + 4, little)];
    if (size < 8) throw new BinaryError('binary/broken', 'one of its load commands has no length');
    const one = new CommandPiece(commands, at, size, little);
    if (kind === command.segment || kind === command.segment64)
      sections.push(...one.sections(kind === command.segment64, start));
    else if (libraries.has(kind)) needed.push(one.text(one.u32(8)));
    else if (kind === command.uuid) buildId ??= hexOf(one.slice(8, 16));
    if (sections.length > maxSections) throw new BinaryError('binary/limit', 'it has too many sections');
    at += size;
  }
  const machine = header.u32(4, little);
  return {
    format: 'macho',
    machine: machines.get(machine) ?? String(machine),
    sections,
    needed,
    buildId,
    notes: [],
  };
}

/** One load command, whose fields lie in it. */
class CommandPiece {
  readonly #piece: Piece;
  readonly #little: boolean;

  constructor(commands: Piece, at: number, size: number, little: boolean) {
    this.#piece = new Piece(commands.slice(at, size), 'load command');
    this.#little = little;
  }

  u32(at: number): number {
    return this.#piece.u32(at, this.#little);
  }

  slice(at: number, length: number): Uint8Array {
    return this.#piece.slice(at, length);
  }

  /** Up to the next NUL, or to the command's end. */
  text(at: number): string {
    return this.#piece.field(at, this.#piece.size - at);
  }

  sections(wide: boolean, start: number): readonly Section[] {
    const count = this.u32(wide ? 64 : 48);
    const [first, width] = wide ? [72, 80] : [56, 68];
    if (first + count * width > this.#piece.size)
      throw new BinaryError('binary/broken', 'one of its segments has more sections than it has room for');
    return Array.from({ length: count }, (_, i) => {
      const base = first + i * width;
      return {
        name: `${this.#piece.field(base + 16, 16)},${this.#piece.field(base, 16)}`,
        size: wide ? this.#piece.u64(base + 40, this.#little) : this.u32(base + 36),
        offset: start + this.u32(base + (wide ? 48 : 40)),
      };
    });
  }
}
