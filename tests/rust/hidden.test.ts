/** What hides its names is named all the same, whatever it is. That it runs is proved by `tests/real/hidden-runs.test.ts`. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CodeReview } from '../../src/rust/code-review.ts';
import { reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { type HiddenSample, hiddenSamples } from './samples/hidden.ts';
import { hiddenNames } from './samples/hidden-names.ts';

const samples = hiddenNames.flatMap((hidden, i) => hiddenSamples(hidden, `n${i}`));

function named({ files, role }: HiddenSample): ReadonlySet<string> {
  const review = reviewPackage(packageSource(files['Cargo.toml'] ?? '', (path) => files[path]));
  const found: Pick<CodeReview, 'capabilities' | 'opaque'> | undefined =
    role === 'script' ? review.buildScript : role === 'macro' ? review.macros : review.library;
  assert.ok(found !== undefined);
  return new Set([
    ...found.capabilities.map(({ kind }) => kind),
    ...(found.opaque.length > 0 ? ['opaque'] : []),
  ]);
}

describe('what hides its names', () => {
  for (const sample of samples)
    it(`is named: ${sample.how}`, () => {
      const kinds = named(sample);
      assert.ok(
        sample.shown.some((kind) => kinds.has(kind)),
        `seen: ${[...kinds].join(' ')}`,
      );
    });
});

describe('256 numbers', () => {
  const table = Array.from({ length: 256 }, (_, at) => {
    let value = at;
    for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  });
  const kindsOf = (numbers: readonly number[]) => {
    const files: Readonly<Record<string, string>> = {
      'Cargo.toml': '[package]\nname = "a"\nversion = "1.0.0"\n',
      'src/lib.rs': '',
      'build.rs': `const T: [u32; 256] = [${numbers.map((one) => `0x${one.toString(16)}`).join(', ')},]; fn main() {}`,
    };
    const { buildScript } = reviewPackage(packageSource(files['Cargo.toml'] ?? '', (path) => files[path]));
    return buildScript?.capabilities.map(({ kind }) => kind);
  };

  it('are no data where they are a table for a checksum, which has room for none', () =>
    assert.deepEqual(kindsOf(table), []));

  it('are data where one of them is another number', () =>
    assert.deepEqual(kindsOf(table.with(200, 7)), ['encoded-literal']));
});
