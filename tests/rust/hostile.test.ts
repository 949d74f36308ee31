import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reviewBuildScript } from '../../src/rust/build-script.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { hostile } from './hostile.ts';

describe('hostile build scripts', () => {
  for (const { name, files } of hostile()) {
    // That it ends at all is what is tested here; bench/review.ts says how soon.
    it(`${name} ends, with an answer`, { timeout: 60_000 }, () => {
      const source = packageSource('[package]\nname = "a"\nversion = "1.0.0"\n', (path) => files[path]);
      const review = reviewBuildScript(source);
      assert.ok(review !== undefined);
      assert.match(review.tokens, /^[0-9a-f]{64}$/);
    });
  }
});
