import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BomError } from '../../src/bom/error.ts';
import { cargoPurl, type Purl, parsePurl, purlText } from '../../src/bom/purl.ts';

const none: ReadonlyMap<string, string> = new Map();

describe('package URLs', () => {
  const read: readonly (readonly [text: string, purl: Purl, canonical?: string])[] = [
    ['pkg:cargo/rand@0.7.2', { type: 'cargo', name: 'rand', version: '0.7.2', qualifiers: none }],
    // What carries C code has build metadata: packageurl-js 2.0.1 writes the plus as it is, packageurl-python encodes it.
    [
      'pkg:cargo/zstd-sys@2.0.16+zstd.1.5.7',
      { type: 'cargo', name: 'zstd-sys', version: '2.0.16+zstd.1.5.7', qualifiers: none },
      'pkg:cargo/zstd-sys@2.0.16%2Bzstd.1.5.7',
    ],
    [
      'PKG://Deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=',
      {
        type: 'deb',
        namespace: 'debian',
        name: 'libssl3',
        version: '3.0.15-1~deb12u1',
        qualifiers: new Map([['arch', 'amd64']]),
      },
      'pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64',
    ],
    ['pkg:npm/%40scope/name', { type: 'npm', namespace: '@scope', name: 'name', qualifiers: none }],
    [
      'pkg:npm/@scope/name@1.0.0',
      { type: 'npm', namespace: '@scope', name: 'name', version: '1.0.0', qualifiers: none },
      'pkg:npm/%40scope/name@1.0.0',
    ],
    [
      'pkg:cargo/a@1.0.0?vcs_url=git%2Bhttps://example.org/a.git%40abc#./crates//../a/',
      {
        type: 'cargo',
        name: 'a',
        version: '1.0.0',
        qualifiers: new Map([['vcs_url', 'git+https://example.org/a.git@abc']]),
        subpath: 'crates/a',
      },
      'pkg:cargo/a@1.0.0?vcs_url=git%2Bhttps://example.org/a.git%40abc#crates/a',
    ],
  ];
  for (const [text, purl, canonical = text] of read) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parsePurl(text), purl);
      assert.equal(purlText(parsePurl(text)), canonical);
    });
  }

  for (const text of [
    '',
    'cargo/rand',
    'pkg:',
    'pkg:cargo',
    'pkg:cargo/',
    'pkg:c argo/rand',
    'pkg:cargo/%zz',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parsePurl(text),
        (error) => error instanceof BomError && error.code === 'bom/purl',
      );
    });
  }

  it('reads what it writes, whatever the name and version', () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !text.includes('/') && text.isWellFormed());
    fc.assert(
      fc.property(word, word, word, (name, version, value) => {
        const purl = cargoPurl(name, version, { repository_url: value });
        assert.deepEqual(parsePurl(purlText(purl)), purl);
      }),
    );
  });
});
