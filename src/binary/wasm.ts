import { type ByteSource, hexOf, pieceOf } from './bytes.ts';
import { BinaryError } from './error.ts';
import { type Image, maxSections, type Section } from './image.ts';

const custom = 0;
/** A section's kind and its length, which takes five bytes at most. */
const headSize = 6;

export function isWasm(source: ByteSource): boolean {
  return source.size >= 8 && hexOf(source.read(0, 8)) === '0061736d01000000';
}

/** Reads the custom sections of a WebAssembly module (core specification, 5.5). Throws `BinaryError`. */
export function readWasm(source: ByteSource): Image {
  const sections = wasmSections(source).map(({ name, offset, size }) => ({ name, offset, size }));
  return { format: 'wasm', machine: 'wasm32', sections, needed: [], buildId: undefined, notes: [] };
}

/** A custom section, with where all of it begins and ends in the file. */
export interface WasmSection extends Section {
  readonly start: number;
  readonly end: number;
}

/** The custom sections of a module, in the file's order. Throws `BinaryError`. */
export function wasmSections(source: ByteSource): readonly WasmSection[] {
  const sections: WasmSection[] = [];
  for (let at = 8; at < source.size; ) {
    const head = pieceOf(source, at, Math.min(headSize, source.size - at), 'sections');
    const length = leb(head.bytes, 1);
    const from = at + length.next;
    const end = from + length.value;
    if (end > source.size)
      throw new BinaryError('binary/broken', 'one of its sections ends behind the end of the file');
    if (head.u8(0) === custom)
      sections.push({ ...customSection(source, from, length.value), start: at, end });
    if (sections.length > maxSections) throw new BinaryError('binary/limit', 'it has too many sections');
    at = end;
  }
  return sections;
}

/** A custom section begins with its name. */
function customSection(source: ByteSource, start: number, length: number): Section {
  const head = pieceOf(source, start, Math.min(5 + 4096, length), 'section name');
  const name = leb(head.bytes, 0);
  if (name.value > 4096) throw new BinaryError('binary/limit', 'the name of one of its sections is too long');
  const text = new TextDecoder().decode(head.slice(name.next, name.value));
  const skipped = name.next + name.value;
  return { name: text, offset: start + skipped, size: length - skipped };
}

/** An unsigned number of 32 bits in LEB128 (5.2.2), and where it ends. */
function leb(bytes: Uint8Array, from: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let at = from; at < Math.min(bytes.length, from + 5); at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (at - from));
    if (byte < 0x80) {
      if (value > 0xffffffff) break;
      return { value, next: at + 1 };
    }
  }
  throw new BinaryError('binary/broken', 'a length in it has no end');
}
