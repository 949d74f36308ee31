import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { bytesSource } from '../../src/binary/bytes.ts';
import { type EmbeddedCrate, embeddedCrates } from '../../src/binary/dep-v0.ts';
import { readExecutable } from '../../src/binary/executable.ts';
import type { Image } from '../../src/binary/image.ts';
import { depV0, elfFile, elfNote, fatFile, machoFile, peFile, wasmFile } from '../samples/executables.ts';

const list = depV0([
  { name: 'app', version: '1.0.0', source: 'local', root: true, dependencies: [1] },
  { name: 'cc', version: '1.2.3', source: 'crates.io', kind: 'build' },
]);
const crates: readonly EmbeddedCrate[] = [
  { name: 'app', version: '1.0.0', source: 'local', kind: 'runtime', dependencies: [1], root: true },
  { name: 'cc', version: '1.2.3', source: 'crates.io', kind: 'build', dependencies: [], root: false },
];

function imagesOf(file: Buffer): readonly Image[] {
  return readExecutable(bytesSource(file));
}

describe('executables', () => {
  for (const wide of [true, false]) {
    for (const little of [true, false]) {
      it(`ELF, ${wide ? 64 : 32} bits, ${little ? 'little' : 'big'} end first`, () => {
        const json = '{"type":"deb","name":"app"}';
        const notes = [
          ['.note.gnu.build-id', elfNote('GNU', 3, Buffer.from('0123456789abcdef', 'hex'), little)],
          ['.note.package', elfNote('FDO', 0xcafe1a7e, Buffer.from(`${json}\0`), little)],
          ['.note.dlopen', elfNote('FDO', 0x407c0c0a, Buffer.from('[{"soname":["libx.so.1"]}]'), little)],
        ] as const;
        const file = elfFile([...notes, ['.dep-v0', list]], { wide, little });
        const [image] = imagesOf(file);
        assert.equal(image?.format, 'elf');
        assert.equal(image?.machine, wide ? 'x86_64' : 'i686');
        assert.equal(image?.buildId, '0123456789abcdef');
        assert.deepEqual(image?.notes, [
          { kind: 'package', json },
          { kind: 'dlopen', json: '[{"soname":["libx.so.1"]}]' },
        ]);
        assert.deepEqual(embeddedCrates(bytesSource(file), image as Image), crates);
      });
    }
  }

  // Where the number of a machine says neither its byte order nor its width, the header does (ruff 0.14.0 for ppc64 and
  // ppc64le, PyPI).
  for (const [number, wide, little, machine] of [
    [21, true, true, 'powerpc64le'],
    [21, true, false, 'powerpc64'],
    [22, true, false, 's390x'],
    [8, false, true, 'mipsel'],
    [8, true, true, 'mips64el'],
    [243, false, true, 'riscv32'],
    [243, true, true, 'riscv64'],
  ] as const)
    it(`ELF for ${machine}`, () => {
      const file = elfFile([['.dep-v0', list]], { wide, little });
      if (little) file.writeUInt16LE(number, 18);
      else file.writeUInt16BE(number, 18);
      assert.equal(imagesOf(file)[0]?.machine, machine);
    });

  it('PE: libraries, and a list that is filled up to the section’s end', () => {
    const file = peFile(
      [['.dep-v0', Buffer.concat([list, Buffer.alloc(100)])]],
      ['KERNEL32.dll', 'ws2_32.dll'],
    );
    const [image] = imagesOf(file);
    assert.deepEqual([image?.format, image?.machine], ['pe', 'x86_64']);
    assert.deepEqual(image?.needed, ['KERNEL32.dll', 'ws2_32.dll']);
    assert.deepEqual(embeddedCrates(bytesSource(file), image as Image), crates);
  });

  it('with a list that a crate of it brought along has what either names', () => {
    const lie = depV0([{ name: 'mine', version: '0.1.0', source: 'local', root: true, dependencies: [] }]);
    const mine: EmbeddedCrate = {
      ...{ name: 'mine', version: '0.1.0', source: 'local' },
      ...{ kind: 'runtime', dependencies: [], root: true },
    };
    const behind = [...crates, mine];
    const before = [
      mine,
      ...crates.map((one) => ({ ...one, dependencies: one.dependencies.map((i) => i + 1) })),
    ];
    const filling = Buffer.alloc(5);
    const of = (...sections: readonly (readonly [string, Uint8Array])[]) => {
      const file = elfFile(
        sections.map(([name, bytes]) => [name, Buffer.from(bytes)] as const),
        { wide: true, little: true },
      );
      return embeddedCrates(bytesSource(file), imagesOf(file)[0] as Image);
    };
    assert.deepEqual(of(['.dep-v0', list], ['.dep-v0', lie]), behind);
    assert.deepEqual(of(['.dep-v0', lie], ['.dep-v0', list]), before);
    // As linkers put sections of one name together.
    assert.deepEqual(of(['.dep-v0', Buffer.concat([lie, filling, list, filling])]), before);
    assert.deepEqual(of(['.dep-v0', Buffer.concat([list, list])], ['.dep-v0', list]), crates);
    const many = Array.from({ length: 17 }, () => list);
    assert.throws(() => of(['.dep-v0', Buffer.concat(many)]), { code: 'binary/limit' });
    assert.throws(() => of(...many.map((one) => ['.dep-v0', one] as const)), { code: 'binary/limit' });
  });

  it('Mach-O: for one machine and for several', () => {
    const one = machoFile([['.dep-v0', list]], ['/usr/lib/libSystem.B.dylib']);
    for (const [file, count] of [
      [one, 1],
      [fatFile([one, one]), 2],
    ] as const) {
      const images = imagesOf(file);
      assert.equal(images.length, count);
      for (const image of images) {
        assert.deepEqual([image.format, image.machine, image.buildId], ['macho', 'aarch64', '07'.repeat(16)]);
        assert.deepEqual(image.needed, ['/usr/lib/libSystem.B.dylib']);
        assert.deepEqual(embeddedCrates(bytesSource(file), image), crates);
      }
    }
  });

  it('WebAssembly', () => {
    const file = wasmFile([
      ['name', Buffer.from('x')],
      ['.dep-v0', list],
    ]);
    const [image] = imagesOf(file);
    assert.deepEqual(
      image?.sections.map(({ name }) => name),
      ['name', '.dep-v0'],
    );
    assert.deepEqual(embeddedCrates(bytesSource(file), image as Image), crates);
  });

  it('says as readelf does what real programs need and are called', (t) => {
    const programs = [
      process.execPath,
      '/bin/sh',
      '/usr/bin/git',
      '/usr/lib/x86_64-linux-gnu/libc.so.6',
    ].filter(existsSync);
    if (programs.length === 0) return t.skip('there is no ELF program here');
    for (const program of programs) {
      const said = execFileSync('readelf', ['-W', '-d', '-n', '-S', program], {
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      });
      const [image] = imagesOf(readFileSync(program));
      const all = (pattern: RegExp) => [...said.matchAll(pattern)].map(([, found]) => found);
      assert.deepEqual(image?.needed, all(/\(NEEDED\).*\[(.*)\]/g), program);
      assert.equal(image?.buildId, all(/Build ID: ([0-9a-f]+)/g)[0], program);
      assert.deepEqual(
        image?.sections.map(({ name }) => name).filter((name) => name !== ''),
        all(/^ +\[ *\d+\] (\S+) +[A-Z]/gm).filter((name) => name !== 'NULL'),
        program,
      );
    }
  });
});
