import { broken, Cursor } from './bytes.ts';
import { form, type Shape, sizeOf } from './forms.ts';

/** What entries with one code look like (DWARF 5, 7.5.3). */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Attributes and their forms, one behind the other. */
  readonly attributes: readonly number[];
  /** Bytes of an entry behind its code where all of its forms have one size, else -1. */
  readonly size: number;
}

/** More than any compiler makes in a table, and of one. */
const maxAbbreviations = 100_000;
const maxAttributes = 256;

/** The table at an offset of `.debug_abbrev`, by code. Throws `BinaryError`. */
export function abbreviationsAt(
  bytes: Uint8Array,
  offset: number,
  little: boolean,
  shape: Shape,
): ReadonlyMap<number, Abbreviation> {
  const table = new Map<number, Abbreviation>();
  const cursor = new Cursor(bytes, offset, little);
  for (let code = cursor.uleb(); code !== 0; code = cursor.uleb()) {
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() === 1;
    const attributes: number[] = [];
    let size = 0;
    for (;;) {
      const [name, kind] = [cursor.uleb(), cursor.uleb()];
      // Its value stands here, and takes no byte of the entry.
      if (kind === form.implicitConst) cursor.uleb();
      if (name === 0 && kind === 0) break;
      attributes.push(name, kind);
      if (attributes.length > 2 * maxAttributes) throw broken('has an entry with too many attributes');
      const own = sizeOf(kind, shape);
      size = size === -1 || own === -1 ? -1 : size + own;
    }
    table.set(code, { tag, hasChildren, attributes, size });
    if (table.size > maxAbbreviations) throw broken('has too many abbreviations');
  }
  return table;
}
