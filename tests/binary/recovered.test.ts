import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesSource } from '../../src/binary/bytes.ts';
import { crateOfPath, recoveredCrates } from '../../src/binary/recovered.ts';

/** Path, then name, version, method and confidence; nothing for a path of no crate. */
const paths: readonly (readonly [path: string, crate?: string])[] = [
  [
    '/home/u/.cargo/registry/src/github.com-1ecc6299db9ec823/serde-1.0.2/src/lib.rs',
    'serde 1.0.2 registry high',
  ],
  [
    'C:/Users/u/.cargo/registry/src/example-0123456789abcdef/windows-sys-0.59.0/src/x.rs',
    'windows-sys 0.59.0 registry high',
  ],
  [
    'called /registry/src/x/zstd-sys-2.0.16+zstd.1.5.7/src/lib.rs',
    'zstd-sys 2.0.16+zstd.1.5.7 registry high',
  ],
  ['example-0123456789abcdef/h2-0.4.0-rc.1/src/lib.rs', 'h2 0.4.0-rc.1 registry high'],
  ['/cargo/registry/25cdd57fae9f0462/addr2line-0.27.1/src/function.rs', 'addr2line 0.27.1 trimmed high'],
  ['/cargo/deps/inner-0.1.0/src/lib.rs', 'inner 0.1.0 trimmed high'],
  ['/home/u/.cargo/git/checkouts/salsa-0123456789abcdef/1a2b3c4/src/lib.rs', 'salsa - git high'],
  ['/cargo/git/salsa-0123456789abcdef/1a2b3c4/src/lib.rs', 'salsa - git high'],
  ['/build/app/vendor/ring/src/aead.rs', 'ring - vendored low'],
  ['/build/app/vendor/ring-0.17.8/src/aead.rs', 'ring 0.17.8 folder low'],
  ['/redacted/ring-0.17.8/src/aead.rs', 'ring 0.17.8 folder low'],
  ['/rust/deps/hashbrown-0.15.2/src/raw.rs', 'hashbrown 0.15.2 rust high'],
  ['/rustc/0123456789abcdef0123456789abcdef01234567/library/std/src/io/mod.rs'],
  ['src/main.rs'],
  ['/home/u/release-1.2.3/main.rs'],
  ['/home/u/app/src/serde-1.0.2.rs'],
];

describe('crates by the paths in a binary', () => {
  for (const [path, expected] of paths) {
    it(path, () => {
      const crate = crateOfPath(path);
      const shown = crate && `${crate.name} ${crate.version ?? '-'} ${crate.method} ${crate.confidence}`;
      assert.equal(shown, expected);
    });
  }

  it('paths that stand one behind the other, over the edges of what is looked through at a time', () => {
    const filler = 'x'.repeat(4 * 1024 * 1024 - 60);
    const text = `${filler} value/r/registry/src/e/serde-1.0.2/src/lib.rs/r/registry/src/e/syn-2.0.1/src/lib.rs\0C:\\r\\registry\\src\\e\\libc-0.2.1\\src\\lib.rs`;
    assert.deepEqual(
      recoveredCrates(bytesSource(Buffer.from(text))).map(({ name, version }) => `${name} ${version}`),
      ['libc 0.2.1', 'serde 1.0.2', 'syn 2.0.1'],
    );
  });
});
