import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { manifestOf } from '../../../src/cargo/crate-archive.ts';
import { readLicense } from '../../../src/facts/license/release.ts';
import { files, sha256 } from '../../samples/files.ts';

const zero = `Zero-Clause BSD

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted.

THE SOFTWARE IS PROVIDED “AS IS” AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.
`;

function read(manifest: string, more: Readonly<Record<string, string | Buffer>> = {}) {
  const all = files({ 'Cargo.toml': `[package]\nname = "a"\nversion = "1.0.0"\n${manifest}`, ...more });
  return readLicense(all, manifestOf({ files: all }));
}

describe('the licence of a release', () => {
  it('its manifest’s expression, and the line it stands in', () => {
    const fact = read('license = " MIT OR Apache-2.0 "\n[package.metadata]\nlicense = "no"');
    assert.deepEqual(fact, { expression: 'MIT OR Apache-2.0', line: 4, texts: [], problems: [] });
  });

  it('a key called license elsewhere is not it', () => {
    assert.equal(read('[package.metadata]\nlicense = "MIT"').expression, undefined);
  });

  it('an empty expression, and one that is no text', () => {
    assert.equal(read('license = ""').expression, undefined);
    assert.equal(read('license = ["MIT"]').expression, undefined);
    assert.equal(read('license = { workspace = true }').expression, undefined);
  });

  it('its texts, told by what they say, with the digests that a clarification pins', () => {
    const fact = read('', { 'LICENSE-0BSD': zero, 'docs/LICENSE': zero, 'src/license.rs': 'x' });
    assert.deepEqual(
      fact.texts.map(({ file, id, sha256: digest }) => [file, id, digest]),
      [['LICENSE-0BSD', '0BSD', sha256(zero)]],
    );
    assert.ok((fact.texts[0]?.confidence ?? 0) > 0.95);
  });

  const names: [name: string, isOne: boolean][] = [
    ['LICENSE', true],
    ['License.md', true],
    ['licence.txt', true],
    ['LICENSES', true],
    ['COPYING.LESSER', true],
    ['UNLICENSE', true],
    ['README.md', false],
    ['relicense.txt', false],
    ['sub/LICENSE', false],
  ];
  for (const [name, isOne] of names) {
    it(`${name} is ${isOne ? '' : 'not '}a licence file`, () =>
      assert.equal(read('', { [name]: 'x' }).texts.length, isOne ? 1 : 0));
  }

  it('the file that its manifest names, wherever it is', () => {
    const fact = read('license-file = "./legal/terms.txt"', { 'legal/terms.txt': zero });
    assert.deepEqual(
      fact.texts.map(({ file, id }) => [file, id]),
      [['legal/terms.txt', '0BSD']],
    );
    assert.match(read('license-file = "gone.txt"').problems[0] ?? '', /gone\.txt/);
  });

  it('what is too long, or too many, is told and not read', () => {
    const long = read('', { LICENSE: 'word '.repeat(60_000) });
    assert.deepEqual(
      long.texts.map(({ confidence }) => confidence),
      [0],
    );
    assert.equal(long.problems.length, 1);
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`LICENSE-${i}`, 'x']));
    assert.equal(read('', many).texts.length, 50);
    assert.equal(read('', many).problems.length, 1);
  });

  it('bytes that are not UTF-8 do not hide a licence', () => {
    const latin = Buffer.concat([Buffer.from([0xa9, 0x20, 0xe9, 0x0a]), Buffer.from(zero)]);
    assert.equal(read('', { LICENSE: latin }).texts[0]?.id, '0BSD');
  });

  it('without a manifest there are still texts', () => {
    const fact = readLicense(files({ LICENSE: zero }), undefined);
    assert.equal(fact.texts[0]?.id, '0BSD');
    assert.equal(fact.expression, undefined);
  });
});
