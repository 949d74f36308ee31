import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { type ByteSource, bytesSource } from '../../src/binary/bytes.ts';
import { embeddedCrates, parseDepV0 } from '../../src/binary/dep-v0.ts';
import { BinaryError, type BinaryErrorCode } from '../../src/binary/error.ts';
import { readExecutable } from '../../src/binary/executable.ts';
import { recoveredCrates } from '../../src/binary/recovered.ts';
import { depV0, elfFile, elfNote, fatFile, machoFile, peFile, wasmFile } from '../samples/executables.ts';

const list = depV0([{ name: 'app', version: '1.0.0', source: 'local' }]);
const files = [
  elfFile([
    ['.note.gnu.build-id', elfNote('GNU', 3, Buffer.alloc(20, 1))],
    ['.dep-v0', list],
  ]),
  elfFile([['.dep-v0', list]], { wide: false, little: false }),
  peFile([['.dep-v0', list]], ['KERNEL32.dll', 'ws2_32.dll']),
  machoFile([['.dep-v0', list]], ['/usr/lib/libSystem.B.dylib']),
  fatFile([machoFile([['.dep-v0', list]])]),
  wasmFile([['.dep-v0', list]]),
];

/** Reads all that there is; nothing but `BinaryError` may come of it. */
function readAll(source: ByteSource): void {
  try {
    for (const image of readExecutable(source)) embeddedCrates(source, image);
  } catch (error) {
    if (!(error instanceof BinaryError)) throw error;
  }
  recoveredCrates(source);
}

function refused(code: BinaryErrorCode) {
  return (error: unknown) => error instanceof BinaryError && error.code === code;
}

describe('broken and hostile executables', () => {
  it('cut off anywhere', () => {
    for (const file of files)
      for (let size = 0; size < file.length; size++) readAll(bytesSource(file.subarray(0, size)));
  });

  it('with bytes changed anywhere', () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        (file, changes) => {
          const broken = Buffer.from(file);
          for (const [at, byte] of changes) broken[at % broken.length] = byte;
          readAll(bytesSource(broken));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('of four gibibytes, of which hardly anything is read', () => {
    const head = files[0] ?? Buffer.alloc(0);
    let read = 0;
    const source: ByteSource = {
      size: 4 * 1024 ** 3,
      read: (offset, length) => {
        read += length;
        return Buffer.concat([head.subarray(offset, offset + length), Buffer.alloc(length)]).subarray(
          0,
          length,
        );
      },
    };
    assert.equal(readExecutable(source).length, 1);
    assert.ok(read < 100_000, `${read}`);
  });

  it('a table that claims more than there is', () => {
    const file = Buffer.from(files[0] ?? '');
    file.writeUInt16LE(0xffff, 60);
    assert.throws(() => readExecutable(bytesSource(file)), refused('binary/broken'));
    file.writeUInt16LE(64, 58);
    file.writeBigUInt64LE(2n ** 63n, 40);
    assert.throws(() => readExecutable(bytesSource(file)), refused('binary/broken'));
  });

  it('what is none', () => {
    for (const bytes of ['', 'MZ', '#!/bin/sh\n', '\x7fELF', '\0asm', '\xca\xfe\xba\xbe\0\0\0\x37'])
      assert.throws(() => readExecutable(bytesSource(Buffer.from(bytes, 'latin1'))), BinaryError, bytes);
  });

  const lists: readonly (readonly [what: string, bytes: Uint8Array, code: BinaryErrorCode])[] = [
    ['no stream', Buffer.from('no zlib'), 'binary/broken'],
    ['half a stream', list.subarray(0, list.length / 2), 'binary/broken'],
    ['no JSON', deflateSync('crates'), 'binary/broken'],
    ['no list', deflateSync('{"packages":{}}'), 'binary/broken'],
    ['a crate without a name', depV0([{ version: '1.0.0', source: 'local' }]), 'binary/broken'],
    [
      'an edge to nowhere',
      depV0([{ name: 'a', version: '1.0.0', source: 'local', dependencies: [1] }]),
      'binary/broken',
    ],
    ['one that unpacks to very much', deflateSync(Buffer.alloc(64 * 1024 * 1024)), 'binary/limit'],
  ];
  for (const [what, bytes, code] of lists) {
    it(`a list of crates that is ${what}`, () => void assert.throws(() => parseDepV0(bytes), refused(code)));
  }

  it('a million paths of many dashes', () => {
    const text = `${'a-1.0.'.repeat(80)}/src/x.rs`.repeat(20_000);
    assert.ok(recoveredCrates(bytesSource(Buffer.from(text))).length <= 1);
  });
});
