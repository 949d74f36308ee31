import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { familyOf } from '../../src/rust/capability/capability.ts';
import { capabilitiesIn, reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { harmless, malice } from './samples/index.ts';
import type { Sample } from './samples/sample.ts';

/** The families of what a review names, and `opaque` where there is something that it could not read. */
function named({ files }: Sample): ReadonlySet<string> {
  const review = reviewPackage(packageSource(files['Cargo.toml'] ?? '', (path) => files[path]));
  const opaque = [review.buildScript, review.macros, review.library].some(
    (one) => (one?.opaque.length ?? 0) > 0,
  );
  return new Set([
    ...capabilitiesIn(review).map(({ kind }) => familyOf(kind)),
    ...(opaque ? ['opaque'] : []),
  ]);
}

describe('reviews of samples', () => {
  for (const sample of malice) {
    it(`names what ${sample.name} does`, () => {
      const families = named(sample);
      for (const family of sample.shows)
        assert.ok(families.has(family), `${family}; seen: ${[...families].join(' ')}`);
    });
  }

  for (const sample of harmless) {
    it(`makes nothing up about ${sample.name}`, () => {
      const families = named(sample);
      for (const family of sample.shows) assert.ok(families.has(family), family);
      for (const bad of ['concealment', 'filesystem']) assert.ok(!families.has(bad), bad);
    });
  }
});
