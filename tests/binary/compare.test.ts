import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { addSection } from '../../src/binary/add-section.ts';
import { bytesSource } from '../../src/binary/bytes.ts';
import { compareFiles } from '../../src/binary/compare.ts';
import { readExecutable } from '../../src/binary/executable.ts';

/** This Node is an executable of this machine. */
const node = process.platform === 'linux' ? readFileSync(process.execPath) : undefined;

describe('two files that should be equal', () => {
  it('are where no byte differs', () => {
    assert.deepEqual(compareFiles(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), []);
  });

  it('differ at a byte, with the text that it is in, where they have no sections', () => {
    const text = (said: string) => new TextEncoder().encode(`\0\x01${said}\0`);
    assert.deepEqual(compareFiles(text('home of a'), text('home of b')), [
      { section: 'outside of its sections', offset: 10, texts: ['home of a', 'home of b'] },
    ]);
    assert.deepEqual(compareFiles(text('same'), Uint8Array.of(...text('same'), 7)), [
      { section: 'outside of its sections', offset: 7, texts: ['', ''] },
    ]);
  });

  it('differ in sections by name, also in one that only one of them has', {
    skip: node === undefined,
  }, () => {
    const bytes = node as Buffer;
    const rodata = readExecutable(bytesSource(bytes))[0]?.sections.find(({ name }) => name === '.rodata');
    assert.ok(rodata);
    const other = Buffer.from(bytes);
    const at = rodata.offset + 100;
    other[at] = (other[at] ?? 0) ^ 1;
    assert.deepEqual(
      compareFiles(bytes, other).map(({ section, offset }) => [section, offset]),
      [['.rodata', at]],
    );
    const more = addSection(bytes, '.more', Uint8Array.of(1));
    const names = (differences: ReturnType<typeof compareFiles>) => differences.map(({ section }) => section);
    assert.ok(names(compareFiles(bytes, more)).includes('.more'));
    assert.ok(names(compareFiles(more, bytes)).includes('.more'));
  });
});
