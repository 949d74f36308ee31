/** A program that is called like a compiler and is another one is grave, whatever makes it so. `tests/real/hidden-runs.test.ts` proves that it runs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isGrave } from '../../src/policy/shapes.ts';
import type { CodeReview } from '../../src/rust/code-review.ts';
import { reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { type HiddenRole, hiddenSamples } from './samples/hidden.ts';
import { hiddenValues } from './samples/hidden-values.ts';

const kinds = { script: 'build-script', macro: 'proc-macro', library: 'helper' } as const;

function shapesOf(files: Readonly<Record<string, string>>, role: HiddenRole): readonly string[] {
  const review = reviewPackage(packageSource(files['Cargo.toml'] ?? '', (path) => files[path]));
  const found: Pick<CodeReview, 'shapes'> | undefined = {
    script: review.buildScript,
    macro: review.macros,
    library: review.library,
  }[role];
  return found?.shapes ?? [];
}

describe('a program that is called like a compiler', () => {
  for (const { how, role, files } of hiddenValues.flatMap((hidden, i) => hiddenSamples(hidden, `v${i}`)))
    it(`is not taken for one: ${how}`, () => {
      const shapes = shapesOf(files, role);
      assert.ok(
        shapes.some((shape) => isGrave(shape, kinds[role])),
        shapes.join('\n'),
      );
    });
});
