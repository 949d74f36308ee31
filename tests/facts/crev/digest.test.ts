import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { blake2b, blake2b256 } from '../../../src/facts/crev/blake2b.ts';
import { contentDigest } from '../../../src/facts/crev/content-digest.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const text = (path: string, contents = path) => ({ path, bytes: Buffer.from(contents) });

describe('blake2b', () => {
  // From Python's hashlib.blake2b(…, digest_size=32).
  const known: [input: string, digest: string][] = [
    ['', '0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8'],
    ['abc', 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319'],
  ];
  for (const [input, digest] of known)
    it(`of “${input}”`, () => assert.equal(hex(blake2b256(Buffer.from(input))), digest));

  it('is OpenSSL’s at OpenSSL’s length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (input) => {
        assert.equal(hex(blake2b(input, 64)), createHash('blake2b512').update(input).digest('hex'));
      }),
    );
    for (const length of [127, 128, 129, 255, 256, 257, 100_000]) {
      const input = new Uint8Array(length).fill(length);
      assert.equal(hex(blake2b(input, 64)), createHash('blake2b512').update(input).digest('hex'));
    }
  });

  it('reads a view into a larger buffer as itself', () => {
    const whole = Buffer.from('xxabcxx');
    assert.deepEqual(blake2b256(whole.subarray(2, 5)), blake2b256(Buffer.from('abc')));
  });
});

describe('contentDigest', () => {
  it('is made of the digests of names and contents', () => {
    const h = (...parts: (string | Uint8Array)[]) =>
      blake2b256(Buffer.concat(parts.map((part) => Buffer.from(part))));
    const src = h('D', h('lib.rs'), h('F', 'pub'));
    const root = h('D', h('Cargo.toml'), h('F', '[package]'), h('src'), src);
    const files = [text('src/lib.rs', 'pub'), text('Cargo.toml', '[package]')];
    assert.equal(contentDigest(files), Buffer.from(root).toString('base64url'));
  });

  const same: [name: string, a: string[], b: string[], equal: boolean][] = [
    ['the order of files is none of its business', ['a', 'b/c', 'b/d'], ['b/d', 'a', 'b/c'], true],
    ['cargo’s own mark is no part of it', ['a', '.cargo-ok'], ['a'], true],
    ['… but a file of that name further down is', ['a', 'b/.cargo-ok'], ['a'], false],
    ['a file moved', ['a/b'], ['b/a'], false],
    ['names sort by bytes', ['B', 'a', 'é', 'z'], ['z', 'é', 'a', 'B'], true],
  ];
  for (const [name, a, b, equal] of same) {
    it(name, () => {
      const [left, right] = [a, b].map((paths) => contentDigest(paths.map((path) => text(path, ''))));
      assert.equal(left === right, equal);
    });
  }
});
