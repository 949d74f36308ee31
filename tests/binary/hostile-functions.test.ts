/** Broken and hostile debug information: a clear reason, and nothing that runs without an end. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { bytesSource } from '../../src/binary/bytes.ts';
import { functionsIn } from '../../src/binary/dwarf/functions.ts';
import type { DebugSections } from '../../src/binary/dwarf/sections.ts';
import { packedUnits } from '../../src/binary/dwarf/split.ts';
import { BinaryError } from '../../src/binary/error.ts';
import { readExecutable } from '../../src/binary/executable.ts';
import { keysOf } from '../../src/binary/function-names.ts';
import { knownFunctions } from '../../src/binary/functions.ts';
import { elfFile } from '../samples/executables.ts';
import { tempDir } from '../support/temp.ts';

const code = `pub struct Thing(pub u32);
impl Thing { #[inline(never)] pub fn one(&self) -> u32 { self.0 ^ 1 } }
#[no_mangle] pub extern "C" fn two(n: u32) -> u32 { Thing(n).one().rotate_left(3) }
`;

/** What becomes of it: a filter, or why there is none. Everything else is thrown. */
function judged(bytes: Uint8Array): string {
  const source = bytesSource(bytes);
  try {
    const [image] = readExecutable(source);
    const known = image && knownFunctions(source, image, []);
    return known?.kind === 'unknown' ? known.reason : 'known';
  } catch (error) {
    if (!(error instanceof BinaryError)) throw error;
    return error.message;
  }
}

const none = Buffer.alloc(0);

function sections(info: readonly number[], abbrev: readonly number[]): DebugSections {
  const [infoBytes, abbrevBytes] = [Buffer.from(info), Buffer.from(abbrev)];
  const rest = { str: none, lineStr: none, strOffsets: none, addr: none, cuIndex: none };
  return { little: true, info: infoBytes, abbrev: abbrevBytes, ...rest };
}

/** A unit of DWARF 4 with these entries. */
function unit(entries: readonly number[]): readonly number[] {
  return [7 + entries.length, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, ...entries];
}

const refuse = (info: readonly number[], abbrev: readonly number[]) =>
  assert.throws(
    () => [...functionsIn(sections(info, abbrev)).functions],
    (error) => error instanceof BinaryError,
  );

describe('broken and hostile debug information', () => {
  let objects: readonly Buffer[] = [];
  before(() => {
    if (process.platform !== 'linux') return;
    const dir = tempDir();
    writeFileSync(join(dir, 'lib.rs'), code);
    objects = ['4', '5'].map((version) => {
      const path = join(dir, `dwarf-${version}.o`);
      const args = [
        '--crate-type=lib',
        '--emit=obj',
        '-g',
        `-Cdwarf-version=${version}`,
        '-o',
        path,
        'lib.rs',
      ];
      execFileSync('rustc', args, { cwd: dir });
      return readFileSync(path);
    });
  });

  it('cut off anywhere', () => {
    for (const object of objects)
      for (let size = 64; size < object.length; size += 13) judged(object.subarray(0, size));
  });

  it('with bytes changed anywhere', () => {
    if (objects.length === 0) return;
    const change = fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));
    fc.assert(
      fc.property(
        fc.constantFrom(...objects),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        (object, changes) => {
          const broken = Buffer.from(object);
          for (const [at, byte] of changes) broken[at % broken.length] = byte;
          judged(broken);
        },
      ),
      { numRuns: 3000 },
    );
  });

  describe('in other files', () => {
    // DW_TAG_compile_unit: DW_AT_GNU_dwo_name (string), DW_AT_GNU_dwo_id; and a unit of Rust with one function of an
    // address by its index.
    const skeletons = [1, 0x11, 0, 0xb0, 0x42, 0x08, 0xb1, 0x42, 0x07, 0, 0, 0];
    const skeleton = unit([1, 0x61, 0, 7, 0, 0, 0, 0, 0, 0, 0]);
    const abbrev = Uint8Array.from([
      ...[1, 0x11, 1, 0x13, 0x0b, 0xb1, 0x42, 0x07, 0x03, 0x08, 0, 0],
      ...[2, 0x2e, 0, 0x03, 0x08, 0x11, 0x81, 0x3e, 0, 0, 0],
    ]);
    const apart = (id: number) =>
      Uint8Array.from(unit([1, 0x1c, id, 0, 0, 0, 0, 0, 0, 0, 0x75, 0, 2, 0x66, 0, 0, 0]));
    const ofSkeletons = (count: number): DebugSections => ({
      ...sections(Array.from({ length: count }, () => skeleton).flat(), skeletons),
      addr: Buffer.from([0, 16, 0, 0, 0, 0, 0, 0]),
    });
    const indexOf = (rows: readonly (readonly [id: number, from: number, size: number])[]) => {
      const words = [2, 2, rows.length, rows.length, ...rows.flatMap(([id]) => [id, 0])];
      const places = rows.map((_, i) => i + 1);
      const tables = [
        ...rows.flatMap(([, from]) => [from, 0]),
        ...rows.flatMap(([, , size]) => [size, abbrev.length]),
      ];
      return Buffer.from(Uint32Array.from([...words, ...places, 1, 3, ...tables]).buffer);
    };
    const packed = (info: Uint8Array, index: Uint8Array) => {
      const source = bytesSource(
        elfFile([
          ['.debug_info.dwo', info],
          ['.debug_abbrev.dwo', abbrev],
          ['.debug_cu_index', index],
        ]),
      );
      const [image] = readExecutable(source);
      assert.ok(image);
      return packedUnits(source, image);
    };
    const refused = (read: () => unknown) => assert.throws(read, (error) => error instanceof BinaryError);

    it('a unit by its id, and no other', () => {
      const info = apart(7);
      const found = functionsIn(ofSkeletons(1), packed(info, indexOf([[7, 0, info.length]])));
      assert.deepEqual(found.units, [{ name: 'u', isFull: false, isSplit: false }]);
      assert.deepEqual([...found.functions], [{ symbol: undefined, name: 'f' }]);
      const without = functionsIn(ofSkeletons(1), packed(info, indexOf([[8, 0, info.length]])));
      assert.deepEqual(
        without.units.map(({ isSplit }) => isSplit),
        [true],
      );
      // The index says one thing, the unit another.
      refused(() => functionsIn(ofSkeletons(1), packed(apart(8), indexOf([[7, 0, info.length]]))));
    });

    it('two skeletons of one unit, units that lie in each other, and places outside', () => {
      const info = apart(7);
      refused(() => functionsIn(ofSkeletons(2), packed(info, indexOf([[7, 0, info.length]]))));
      refused(() =>
        packed(
          info,
          indexOf([
            [7, 0, info.length],
            [8, 0, info.length],
          ]),
        ),
      );
      refused(() => packed(info, indexOf([[7, 1, info.length]])));
      refused(() => packed(info, Buffer.from([2, 0, 0, 0, 0xff, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])));
    });

    it('with bytes changed anywhere', () => {
      const info = apart(7);
      const change = fc.tuple(fc.nat(), fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff));
      const wholes = [Buffer.from(info), indexOf([[7, 0, info.length]])] as const;
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(1), (changes, which) => {
          const [units, index] = wholes.map((bytes) => Buffer.from(bytes));
          const target = which === 0 ? units : index;
          for (const [at, byte] of changes) if (target) target[at % target.length] = byte;
          try {
            functionsIn(ofSkeletons(1), packed(units ?? none, index ?? none));
          } catch (error) {
            if (!(error instanceof BinaryError)) throw error;
          }
        }),
        { numRuns: 3000 },
      );
    });
  });

  it('any bytes as sections', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, bytes, (info, abbrev) => {
        judged(
          elfFile([
            ['.debug_info', Buffer.from([...unit([...info])])],
            ['.debug_abbrev', abbrev],
          ]),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('a unit that says it is longer than there is, of 64 bits, of a version to come', () => {
    refuse([0xff, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8], [0]);
    refuse([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0], [0]);
    refuse([7, 0, 0, 0, 6, 0, 0, 0, 0, 0, 8], [0]);
  });

  it('a form that leads to itself, one that is not known, and an entry of which nothing is said', () => {
    // DW_TAG_base_type, no children, an attribute of the form `indirect`.
    refuse(unit([1, 0x16, 0x16]), [1, 0x24, 0, 0x3e, 0x16, 0, 0, 0]);
    refuse(unit([1, 0]), [1, 0x24, 0, 0x3e, 0x7e, 0, 0, 0]);
    refuse(unit([2]), [1, 0x24, 0, 0, 0, 0]);
  });

  it('functions that are instances of each other, and of nothing', () => {
    const unitEntry = [1, 0x11, 1, 0x13, 0x0b, 0, 0];
    // DW_TAG_subprogram with an address and what it is an instance of.
    const abbrev = [...unitEntry, 2, 0x2e, 0, 0x11, 0x01, 0x31, 0x13, 0, 0, 0];
    const entry = (of: number) => [2, 0, 16, 0, 0, 0, 0, 0, 0, of, 0, 0, 0];
    refuse(unit([1, 0x1c, ...entry(26), ...entry(13), 0]), abbrev);
    refuse(unit([1, 0x1c, ...entry(99), 0]), abbrev);
  });

  it('a packed section that unpacks to more than it says, or to more than is read', () => {
    const file = (size: number) => {
      const header = Buffer.alloc(24);
      header.writeUInt32LE(1, 0);
      header.writeBigUInt64LE(BigInt(size), 8);
      const packed = Buffer.concat([header, deflateSync(Buffer.alloc(10_000_000))]);
      const elf = elfFile([['.debug_info', packed]]);
      // SHF_COMPRESSED of the second section.
      const table = Number(elf.readBigUInt64LE(40));
      elf.writeBigUInt64LE(0x800n, table + 64 + 8);
      return elf;
    };
    assert.match(judged(file(1000)), /cannot be unpacked/);
    assert.match(judged(file(2 ** 40)), /too large/);
  });

  it('a name that could be meant in too many ways', () => {
    const names = (letter: string) =>
      Array.from({ length: 400 }, (_, i) => `5${letter}${String(i).padStart(4, 'x')}`).join('');
    const symbol = `_RNvCs1_3app${names('a')}${names('A')}`;
    assert.throws(
      () => keysOf({ symbol, name: '{closure#0}' }),
      (error) => error instanceof BinaryError && error.code === 'binary/limit',
    );
  });
});
