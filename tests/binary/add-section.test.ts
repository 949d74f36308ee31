import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { addSection } from '../../src/binary/add-section.ts';
import { bytesSource } from '../../src/binary/bytes.ts';
import { depV0Bytes, type EmbeddedCrate, embeddedCrates } from '../../src/binary/dep-v0.ts';
import { BinaryError } from '../../src/binary/error.ts';
import { readExecutable } from '../../src/binary/executable.ts';
import { folder } from '../cli/support.ts';
import { elfFile, machoFile, peFile, wasmFile } from '../samples/executables.ts';

const crates: readonly EmbeddedCrate[] = [
  { name: 'app', version: '1.0.0', source: 'local', kind: 'runtime', dependencies: [1], root: true },
  { name: 'cc', version: '1.2.3', source: 'crates.io', kind: 'build', dependencies: [], root: false },
];
const list = depV0Bytes(crates);
const lie = depV0Bytes([]);

function read(bytes: Uint8Array) {
  const source = bytesSource(bytes);
  const [image] = readExecutable(source);
  assert.ok(image);
  return { image, crates: embeddedCrates(source, image) };
}

describe('a section more', () => {
  for (const wide of [true, false])
    for (const little of [true, false])
      it(`ELF, ${wide ? 64 : 32} bits, ${little ? 'little' : 'big'} end first: all that was there stays`, () => {
        const file = elfFile([['.text', Buffer.from('code')]], { wide, little });
        const bytes = addSection(file, '.dep-v0', list);
        assert.deepEqual(read(bytes).crates, crates);
        const [before, after] = [read(file).image, read(bytes).image];
        assert.deepEqual(
          after.sections.slice(0, before.sections.length).filter(({ name }) => name !== '.shstrtab'),
          before.sections.filter(({ name }) => name !== '.shstrtab'),
        );
      });

  it('takes the name from a section that a crate put there', () => {
    const elf = addSection(
      elfFile([['.dep-v0', Buffer.from(lie)]], { wide: true, little: true }),
      '.dep-v0',
      list,
    );
    assert.deepEqual(read(elf).crates, crates);
    assert.ok(read(elf).image.sections.some(({ name }) => name === '.dep-v0.before'));
    const wasm = addSection(
      wasmFile([
        ['.dep-v0', Buffer.from(lie)],
        ['name', Buffer.from('x')],
      ]),
      '.dep-v0',
      list,
    );
    assert.deepEqual(read(wasm).crates, crates);
    assert.deepEqual(
      read(wasm).image.sections.map(({ name }) => name),
      ['name', '.dep-v0'],
    );
  });

  it('is not added where the format has no room, or nothing is to go by', () => {
    const files = [
      peFile([], []),
      machoFile([], []),
      elfFile([], { wide: true, little: true }).subarray(0, 70),
    ];
    for (const file of files) assert.throws(() => addSection(file, '.dep-v0', list), BinaryError);
  });

  it('stays in a real program that runs, also after GNU strip', (t) => {
    const dir = folder(t, { 'main.rs': 'fn main() { println!("runs"); }\n' });
    const program = join(dir, 'main');
    execFileSync('rustc', ['-o', program, join(dir, 'main.rs')]);
    writeFileSync(program, addSection(readFileSync(program), '.dep-v0', list));
    assert.equal(execFileSync(program, { encoding: 'utf8' }), 'runs\n');
    const seen = spawnSync('readelf', ['--sections', '--wide', program], { encoding: 'utf8' });
    assert.match(seen.stdout, /\] \.dep-v0 +PROGBITS +0+ /);
    assert.doesNotMatch(seen.stderr + seen.stdout, /[Ww]arning|[Ee]rror/);
    execFileSync('strip', [program]);
    assert.deepEqual(read(readFileSync(program)).crates, crates);
    assert.equal(execFileSync(program, { encoding: 'utf8' }), 'runs\n');
  });
});
