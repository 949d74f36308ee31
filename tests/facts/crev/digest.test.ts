import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contentDigest } from '../../../src/facts/crev/content-digest.ts';

const text = (path: string, contents = path) => ({ path, bytes: Buffer.from(contents) });

describe('contentDigest', () => {
  // From Python's hashlib.blake2b(…, digest_size=32), by the rule above `contentDigest`.
  const known: [name: string, files: Parameters<typeof contentDigest>[0], digest: string][] = [
    ['nothing', [], 'BAoZWZVn7_9fR1_tEAvWTGHXXXi8eQmzToeh06foEu0'],
    ['a file', [text('a', 'abc')], 'iniNPNHAfL4tNOByeqEz3Y8VkjKWsBxl1nzQzq35qYg'],
    [
      'folders',
      [text('src/lib.rs', 'pub'), text('Cargo.toml', '[package]')],
      '4rmD4qsS6xDbQ44DhEngkgndU3utLOGa1HZBhZ0EG-g',
    ],
    [
      'a large file',
      [{ path: 'a', bytes: new Uint8Array(100_000).fill(7) }],
      'cfOB2KNNQPFmvBlGx8GKjc6iJ2_pL_jh66ka86Bn0_U',
    ],
    [
      'a view into a larger buffer',
      [{ path: 'a', bytes: Buffer.from('xxabcxx').subarray(2, 5) }],
      'iniNPNHAfL4tNOByeqEz3Y8VkjKWsBxl1nzQzq35qYg',
    ],
  ];
  for (const [name, files, digest] of known)
    it(`of ${name}`, () => assert.equal(contentDigest(files), digest));

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
