import type { ByteSource } from '../bytes.ts';
import type { Image } from '../image.ts';
import { broken, Cursor } from './bytes.ts';
import { type DebugSections, debugSections } from './sections.ts';

/**
 * What a skeleton in a program says of the unit that its debug information is in (DWARF 5, 3.1.2; GNU's "DebugFission"
 * of DWARF 4).
 */
export interface SplitName {
  /** 16 hex digits: `DW_AT_GNU_dwo_id`, or the `dwo_id` of DWARF 5. */
  readonly id: string;
  /** The file that the compiler wrote it into, `.dwo`. */
  readonly file: string;
}

/** Finds the sections of a unit that is in another file; `undefined`: it is not at hand. Its addresses are in the program. */
export type SplitUnits = (name: SplitName) => DebugSections | undefined;

/** Of a `.dwo`: what it is of is said in it. Throws `BinaryError`. */
export function splitSections(source: ByteSource, image: Image): DebugSections {
  return debugSections(source, image, '.dwo');
}

/** Sections in an index, by their number in both versions of it. */
const column = { info: 1, abbrev: 3, strOffsets: 6 } as const;

/** More than any index has. */
const maxColumns = 16;
const maxSlots = 4_000_000;

/** The units of a package (`.dwp`; DWARF 5, 7.3.5), by its index. Throws `BinaryError`. */
export function packedUnits(source: ByteSource, image: Image): SplitUnits {
  const whole = splitSections(source, image);
  const index = debugSections(source, image).cuIndex;
  const cursor = new Cursor(index, 0, whole.little);
  // GNU's version takes four bytes, and that of the standard two with two that say nothing.
  const version = cursor.u32();
  if (version !== 2 && (version & 0xffff) !== 5 && version >>> 16 !== 5)
    throw broken('has an index of a version that is not known');
  const [columns, used, slots] = [cursor.u32(), cursor.u32(), cursor.u32()];
  if (columns > maxColumns || slots > maxSlots || used > slots)
    throw broken('has an index that is too large');
  const ids = Array.from({ length: slots }, () => cursor.hex64());
  const rows = new Map<string, number>();
  for (const id of ids) {
    const row = cursor.u32();
    if (row > used) throw broken('has an index that leads out of itself');
    if (row !== 0) rows.set(id, row - 1);
  }
  const kinds = Array.from({ length: columns }, () => cursor.u32());
  const table = () => Array.from({ length: used * columns }, () => cursor.u32());
  const [offsets, sizes] = [table(), table()];
  const part = (bytes: Buffer, row: number, kind: number): Buffer => {
    const at = row * columns + kinds.indexOf(kind);
    if (!kinds.includes(kind)) return Buffer.alloc(0);
    const [from = 0, size = 0] = [offsets[at], sizes[at]];
    if (from + size > bytes.length) throw broken('has an index that leads out of it');
    return bytes.subarray(from, from + size);
  };
  const total = [...rows.values()].reduce((sum, row) => sum + part(whole.info, row, column.info).length, 0);
  // Units that lie in each other would be read again and again.
  if (total > whole.info.length) throw broken('has an index whose units lie in each other');
  return ({ id }) => {
    const row = rows.get(id);
    if (row === undefined) return undefined;
    return {
      ...whole,
      info: part(whole.info, row, column.info),
      abbrev: part(whole.abbrev, row, column.abbrev),
      strOffsets: part(whole.strOffsets, row, column.strOffsets),
    };
  };
}
