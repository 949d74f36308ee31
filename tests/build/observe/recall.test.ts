/**
 * What build scripts of real crates were seen to do, against what their reviews say beforehand. The acts were recorded by
 * scripts/recall.ts; the scripts come from the registry, or from cargo's cache, when this runs.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ObservedAct } from '../../../src/build/observe/observation.ts';
import { reconcile } from '../../../src/build/observe/reconcile.ts';
import { reviewBuildScript } from '../../../src/rust/build-script.ts';
import { type RealRelease, realSources } from '../../support/real-archives.ts';

interface Recorded extends RealRelease {
  readonly acts: readonly ObservedAct[];
}

const skip = process.env.SAFEGUARD_REQUIRE_ALL === '1' ? false : 'fetches 69 archives: ./test --all does';
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'recall.json'), 'utf8'),
) as readonly Recorded[];
/** As the recording names the places of the machine. */
const place = {
  manifestDir: '/package',
  env: new Map([
    ['RUSTC', '/toolchain/bin/rustc'],
    ['HOME', '/home'],
    ['OUT_DIR', '/out'],
  ]),
};

test('what real build scripts did was named before', { skip }, async (t) => {
  assert.ok(recorded.length >= 60);
  const sourceOf = realSources(t);
  let [all, named] = [0, 0];
  for (const script of recorded) {
    const review = reviewBuildScript(await sourceOf(script));
    assert.ok(review !== undefined, `${script.crate} has a build script`);
    for (const one of reconcile(script.acts, review.shapes, place).acts) {
      all++;
      if (one.named !== undefined) named++;
      else t.diagnostic(`${script.crate} ${script.version}: ${JSON.stringify(one.act)} was not named`);
    }
  }
  t.diagnostic(`${named} of ${all} acts of ${recorded.length} build scripts were named`);
  assert.ok(named / all >= 0.99);
});
