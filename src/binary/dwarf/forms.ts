import { broken, type Cursor } from './bytes.ts';

/** What the sizes of values hang on in a unit. */
export interface Shape {
  readonly version: number;
  /** Bytes of an address. */
  readonly address: number;
}

/** DWARF 5, 7.5.6, and those of GNU that rustc and linkers write. Offsets are of 4 bytes: DWARF in 64 bits is not read. */
export const form = {
  addr: 0x01,
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  flag: 0x0c,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  refAddr: 0x10,
  ref1: 0x11,
  ref2: 0x12,
  ref4: 0x13,
  ref8: 0x14,
  refUdata: 0x15,
  indirect: 0x16,
  secOffset: 0x17,
  exprloc: 0x18,
  flagPresent: 0x19,
  strx: 0x1a,
  addrx: 0x1b,
  refSup4: 0x1c,
  strpSup: 0x1d,
  data16: 0x1e,
  lineStrp: 0x1f,
  refSig8: 0x20,
  implicitConst: 0x21,
  loclistx: 0x22,
  rnglistx: 0x23,
  refSup8: 0x24,
  strx1: 0x25,
  strx2: 0x26,
  strx3: 0x27,
  strx4: 0x28,
  addrx1: 0x29,
  addrx2: 0x2a,
  addrx3: 0x2b,
  addrx4: 0x2c,
  gnuAddrIndex: 0x1f01,
  gnuStrIndex: 0x1f02,
} as const;

/** Bytes of those that have one size, by their number. */
const fixed: readonly (number | undefined)[] = sizesOf([
  [form.data1, 1],
  [form.flag, 1],
  [form.ref1, 1],
  [form.strx1, 1],
  [form.addrx1, 1],
  [form.data2, 2],
  [form.ref2, 2],
  [form.strx2, 2],
  [form.addrx2, 2],
  [form.strx3, 3],
  [form.addrx3, 3],
  [form.data4, 4],
  [form.ref4, 4],
  [form.strp, 4],
  [form.secOffset, 4],
  [form.refSup4, 4],
  [form.strpSup, 4],
  [form.lineStrp, 4],
  [form.strx4, 4],
  [form.addrx4, 4],
  [form.data8, 8],
  [form.ref8, 8],
  [form.refSig8, 8],
  [form.refSup8, 8],
  [form.data16, 16],
  [form.flagPresent, 0],
  [form.implicitConst, 0],
]);

function sizesOf(rows: readonly (readonly [form: number, size: number])[]): readonly (number | undefined)[] {
  const sizes: (number | undefined)[] = Array.from({ length: 0x30 });
  for (const [kind, size] of rows) sizes[kind] = size;
  return sizes;
}

const uleb: readonly number[] = [
  form.sdata,
  form.udata,
  form.refUdata,
  form.strx,
  form.addrx,
  form.loclistx,
  form.rnglistx,
  form.gnuAddrIndex,
  form.gnuStrIndex,
];

/** Bytes of a value; -1 where each has its own. */
export function sizeOf(kind: number, { version, address }: Shape): number {
  if (kind === form.addr) return address;
  // DWARF 2 gave it the size of an address.
  if (kind === form.refAddr) return version === 2 ? address : 4;
  return fixed[kind] ?? -1;
}

/** Goes behind a value. Throws `BinaryError` for a form that is not known: nothing behind it can be read. */
export function skipValue(cursor: Cursor, kind: number, shape: Shape): void {
  if (kind === form.string) cursor.skipText();
  else if (kind === form.indirect) {
    const own = cursor.uleb();
    // One that says so again and again would have no end.
    if (own === form.indirect) throw broken('has a form that leads to itself');
    skipValue(cursor, own, shape);
  } else if (uleb.includes(kind)) cursor.uleb();
  else cursor.skip(lengthOf(cursor, kind, shape));
}

/** Bytes of a value, some of which say first how many they are. */
function lengthOf(cursor: Cursor, kind: number, shape: Shape): number {
  const size = sizeOf(kind, shape);
  if (size !== -1) return size;
  switch (kind) {
    case form.block1:
      return cursor.u8();
    case form.block2:
      return cursor.u16();
    case form.block4:
      return cursor.u32();
    case form.block:
    case form.exprloc:
      return cursor.uleb();
    default:
      throw broken(`has a form that is not known: 0x${kind.toString(16)}`);
  }
}

/** Reads a value that is one number: a constant, an offset, an index. `undefined`, and behind it, where it is none. */
export function numberValue(cursor: Cursor, kind: number, shape: Shape): number | undefined {
  const size = sizeOf(kind, shape);
  if (size === 0) return 1;
  if (size === 3) return cursor.u24();
  if (size === 1 || size === 2 || size === 4 || size === 8) return cursor.word(size);
  if (uleb.includes(kind)) return cursor.uleb();
  skipValue(cursor, kind, shape);
  return undefined;
}
