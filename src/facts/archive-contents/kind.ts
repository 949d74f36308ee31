/** What a file is by its first bytes, whatever its name says. */
export type FileKind =
  /** Programs and libraries that a system loads: ELF, Mach-O, PE, WebAssembly, Java, Python and Lua bytecode … */
  | { readonly class: 'executable'; readonly format: ExecutableFormat }
  /** What a linker takes: object files, static libraries, LLVM bitcode. */
  | { readonly class: 'linkable'; readonly format: LinkableFormat }
  /** What holds other files. */
  | { readonly class: 'archive'; readonly format: string };

type ExecutableFormat = 'elf' | 'mach-o' | 'pe' | 'dos' | 'wasm' | 'java-class' | 'dex' | 'pyc' | 'lua';

type LinkableFormat = 'ar' | 'coff' | 'elf-object' | 'wasm-object' | 'llvm-bitcode';

/** Tells binaries from text by content; `undefined` for what it does not know. */
export function fileKind(bytes: Uint8Array): FileKind | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return executable(view) ?? linkable(view) ?? archive(view);
}

function executable(view: DataView): FileKind | undefined {
  const as = (format: ExecutableFormat): FileKind => ({ class: 'executable', format });
  if (starts(view, '\x7fELF')) return elf(view);
  if (machO.has(at32(view, 0))) return as('mach-o');
  // Fat Mach-O and Java share their magic; what follows is a small count there, a class version of 45 and up here.
  if (at32(view, 0) === 0xcafebabe && view.byteLength >= 8) {
    return as(view.getUint32(4) < 45 ? 'mach-o' : 'java-class');
  }
  if (starts(view, 'MZ') && view.byteLength >= 64) return as(isPe(view) ? 'pe' : 'dos');
  if (starts(view, '\0asm')) {
    return isWasmObject(view) ? { class: 'linkable', format: 'wasm-object' } : as('wasm');
  }
  if (starts(view, 'dex\n') && view.byteLength >= 8) return as('dex');
  if (starts(view, '\x1bLua')) return as('lua');
  if (isPyc(view)) return as('pyc');
  return undefined;
}

const machO: ReadonlySet<number> = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe]);

/** `e_type` 1 is a relocatable object: linked, never run. */
function elf(view: DataView): FileKind {
  const little = view.byteLength > 5 && view.getUint8(5) === 1;
  const type = view.byteLength >= 18 ? view.getUint16(16, little) : 0;
  return type === 1 ? { class: 'linkable', format: 'elf-object' } : { class: 'executable', format: 'elf' };
}

/** Object files carry a custom section `linking`; it comes after the code, so the sections are walked. */
function isWasmObject(view: DataView): boolean {
  let at = 8;
  for (let sections = 0; sections < 1000 && at < view.byteLength; sections++) {
    const size = leb128(view, at + 1);
    if (size === undefined) return false;
    if (view.getUint8(at) === 0 && starts(view, '\x07linking', size.next)) return true;
    at = size.next + size.value;
  }
  return false;
}

/** An unsigned LEB128 number of 32 bits; `undefined` where it does not end. */
function leb128(view: DataView, at: number): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 5 && at + i < view.byteLength; i++) {
    const byte = view.getUint8(at + i);
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return undefined;
}

function isPe(view: DataView): boolean {
  const header = view.getUint32(0x3c, true);
  return header + 4 <= view.byteLength && starts(view, 'PE\0\0', header);
}

/** CPython: a version number, then `\r\n`, then flags that are small. Every such number since 1.5 is above 2,000. */
function isPyc(view: DataView): boolean {
  if (view.byteLength < 16 || !starts(view, '\r\n', 2)) return false;
  const version = view.getUint16(0, true);
  return (
    (version >= 3000 && version < 4000 && view.getUint32(4, true) < 4) ||
    (version > 20000 && version < 63000 && hasZeros(view))
  );
}

/** Text that happens to begin like Python 2 bytecode has no NUL; a time stamp and a code object do. */
function hasZeros(view: DataView): boolean {
  return view.getUint8(8) === 0x63 && view.getUint32(9, true) === 0;
}

function linkable(view: DataView): FileKind | undefined {
  if (starts(view, '!<arch>\n') || starts(view, '!<thin>\n')) return { class: 'linkable', format: 'ar' };
  if (starts(view, 'BC\xc0\xde')) return { class: 'linkable', format: 'llvm-bitcode' };
  return isCoff(view) ? { class: 'linkable', format: 'coff' } : undefined;
}

/** COFF objects have no magic: a known machine, few sections, a symbol table within the file, no optional header. */
function isCoff(view: DataView): boolean {
  if (view.byteLength < 20 || !coffMachines.has(view.getUint16(0, true))) return false;
  const symbols = view.getUint32(8, true) + view.getUint32(12, true) * 18;
  return (
    view.getUint16(2, true) < 2000 &&
    view.getUint16(16, true) === 0 &&
    symbols > 20 &&
    symbols <= view.byteLength
  );
}

const coffMachines: ReadonlySet<number> = new Set([0x14c, 0x8664, 0x1c4, 0xaa64, 0xa641]);

const archives: readonly (readonly [format: string, magic: string, at: number])[] = [
  ['zip', 'PK\x03\x04', 0],
  ['zip', 'PK\x05\x06', 0],
  ['gzip', '\x1f\x8b\x08', 0],
  ['bzip2', 'BZh', 0],
  ['xz', '\xfd7zXZ\0', 0],
  ['zstd', '\x28\xb5\x2f\xfd', 0],
  ['lz4', '\x04\x22\x4d\x18', 0],
  ['7z', '7z\xbc\xaf\x27\x1c', 0],
  ['rar', 'Rar!\x1a\x07', 0],
  ['cab', 'MSCF\0\0\0\0', 0],
  ['ole', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 0],
  ['rpm', '\xed\xab\xee\xdb', 0],
  ['tar', 'ustar', 257],
];

function archive(view: DataView): FileKind | undefined {
  const found = archives.find(([, magic, at]) => starts(view, magic, at));
  if (found === undefined || (found[0] === 'bzip2' && !isBzip2(view))) return undefined;
  return { class: 'archive', format: found[0] };
}

/** `BZh`, a level, and the first block's magic: three letters alone are also text. */
function isBzip2(view: DataView): boolean {
  return starts(view, '1AY&SY', 4) || starts(view, '\x17rE8P\x90', 4);
}

/** 0 where there are fewer than four bytes: no magic that is asked for here. */
function at32(view: DataView, at: number): number {
  return at + 4 <= view.byteLength ? view.getUint32(at) : 0;
}

/** Whether the bytes at a place are the code units of a text. */
function starts(view: DataView, magic: string, at = 0): boolean {
  if (at + magic.length > view.byteLength) return false;
  for (let i = 0; i < magic.length; i++) {
    if (view.getUint8(at + i) !== magic.charCodeAt(i)) return false;
  }
  return true;
}
