import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fileKind } from '../../../src/facts/archive-contents/kind.ts';

/** Bytes of a text, padded with zeros as headers are. */
function head(text: string, length = 64): Uint8Array {
  const bytes = new Uint8Array(Math.max(length, text.length));
  bytes.set(Buffer.from(text, 'latin1'));
  return bytes;
}

/** Bytes with numbers set at places, little-endian. */
function at(bytes: Uint8Array, ...places: [offset: number, size: 1 | 2 | 4, value: number][]): Uint8Array {
  for (const [offset, size, value] of places) Buffer.from(bytes.buffer).writeUIntLE(value, offset, size);
  return bytes;
}

const elf = (type: number) => at(head('\x7fELF\x02\x01\x01'), [16, 2, type]);

describe('what a file is', () => {
  const cases: [name: string, bytes: Uint8Array, kind: string][] = [
    ['an ELF program', elf(2), 'executable elf'],
    ['a shared object', elf(3), 'executable elf'],
    ['an object file', elf(1), 'linkable elf-object'],
    ['a big-endian object file', head('\x7fELF\x01\x02\x01\0\0\0\0\0\0\0\0\0\0\x01'), 'linkable elf-object'],
    ['an ELF header cut short', head('\x7fELF', 4), 'executable elf'],
    ['Mach-O, 64 bits', head('\xcf\xfa\xed\xfe'), 'executable mach-o'],
    ['Mach-O, big-endian', head('\xfe\xed\xfa\xce'), 'executable mach-o'],
    ['fat Mach-O', head('\xca\xfe\xba\xbe\0\0\0\x02'), 'executable mach-o'],
    ['a Java class', head('\xca\xfe\xba\xbe\0\0\0\x3d'), 'executable java-class'],
    ['PE', at(head('MZ', 128), [0x3c, 4, 64], [64, 4, 0x4550]), 'executable pe'],
    ['DOS', head('MZ', 128), 'executable dos'],
    ['two letters', head('MZ', 20), ''],
    ['WebAssembly', head('\0asm\x01\0\0\0\x01\x04\x01\x60\0\0', 14), 'executable wasm'],
    [
      'a WebAssembly object',
      head('\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\0\x09\x07linking\x02', 25),
      'linkable wasm-object',
    ],
    [
      'WebAssembly whose section has no end',
      head('\0asm\x01\0\0\0\x01\xff\xff\xff\xff\xff', 14),
      'executable wasm',
    ],
    ['Android bytecode', head('dex\n035\0'), 'executable dex'],
    ['Python 3 bytecode', head('\xcb\x0d\r\n\0\0\0\0'), 'executable pyc'],
    ['Python 2 bytecode', head('\x03\xf3\r\n\x01\x02\x03\x04c\0\0\0\0'), 'executable pyc'],
    ['Windows text of two letters a line', head('ab\r\ncd\r\nef\r\ngh\r\n', 16), ''],
    ['Lua bytecode', head('\x1bLua\x54'), 'executable lua'],
    ['a static library', head('!<arch>\n'), 'linkable ar'],
    ['LLVM bitcode', head('BC\xc0\xde'), 'linkable llvm-bitcode'],
    ['COFF', at(head('', 100), [0, 2, 0x8664], [2, 2, 1], [8, 4, 40], [12, 4, 2]), 'linkable coff'],
    ['COFF whose symbols lie outside', at(head('', 100), [0, 2, 0x8664], [8, 4, 4000], [12, 4, 2]), ''],
    ['zip', head('PK\x03\x04'), 'archive zip'],
    ['gzip', head('\x1f\x8b\x08'), 'archive gzip'],
    ['xz', head('\xfd7zXZ\0'), 'archive xz'],
    ['zstd', head('\x28\xb5\x2f\xfd'), 'archive zstd'],
    ['bzip2', head('BZh91AY&SY'), 'archive bzip2'],
    ['text that begins with BZh', head('BZhang wrote this'), ''],
    ['tar', head(`${'\0'.repeat(257)}ustar`, 512), 'archive tar'],
    ['Rust', Buffer.from('fn main() {}\n'), ''],
    ['a picture', head('\x89PNG\r\n\x1a\n'), ''],
    ['nothing', new Uint8Array(), ''],
  ];
  for (const [name, bytes, expected] of cases) {
    it(name, () => {
      const kind = fileKind(bytes);
      assert.equal(kind === undefined ? '' : `${kind.class} ${kind.format}`, expected);
    });
  }

  it('whatever the bytes, there is an answer', () => {
    const magic = fc.constantFrom('\x7fELF', 'MZ', '\0asm', '\xca\xfe\xba\xbe', '!<arch>\n', '');
    fc.assert(
      fc.property(magic, fc.uint8Array({ maxLength: 600 }), (start, rest) => {
        fileKind(Buffer.concat([Buffer.from(start, 'latin1'), rest]));
      }),
    );
  });

  it('text is never a binary', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abcMZPKBCdex!<>#/{}();="\n ') }), (text) => {
        const isMagic =
          /^(?:dex\n|!<(?:arch|thin)>\n)/.test(text) || (text.startsWith('MZ') && text.length >= 64);
        if (!isMagic) assert.equal(fileKind(Buffer.from(text)), undefined);
      }),
    );
  });
});
