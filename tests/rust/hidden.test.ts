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
