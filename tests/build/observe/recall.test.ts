/**
 * What build scripts of real crates were seen to do, against what their reviews say beforehand. The acts were recorded by
 * scripts/recall.ts; the scripts come from the registry, or from cargo's cache, when this runs.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { reconcile } from '../../../src/build/observe/reconcile.ts';
import { reviewBuildScript } from '../../../src/rust/build-script.ts';
import { reviewHelper } from '../../../src/rust/library.ts';
import { realSources } from '../../support/real-archives.ts';
import { type RecordedScript, recordedPlace } from '../../support/recall.ts';

const skip =
  process.env.SAFEGUARD_REQUIRE_ALL === '1'
    ? false
    : 'fetches the archives of some 200 releases: ./test --all does';
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'recall.json'), 'utf8'),
) as readonly RecordedScript[];
test('what real build scripts did was named before', { skip }, async (t) => {
  assert.ok(recorded.length >= 160);
  const sourceOf = realSources(t);
  let [all, named] = [0, 0];
  for (const script of recorded) {
    const review = reviewBuildScript(await sourceOf(script));
    assert.ok(review !== undefined, `${script.crate} has a build script`);
    const shapes = [...review.shapes];
    for (const helper of script.helpers ?? [])
      shapes.push(...(reviewHelper(await sourceOf(helper))?.shapes ?? []));
    for (const one of reconcile(script.acts, shapes, recordedPlace).acts) {
      all++;
      if (one.named !== undefined) named++;
      else t.diagnostic(`${script.crate} ${script.version}: ${JSON.stringify(one.act)} was not named`);
    }
  }
  t.diagnostic(`${named} of ${all} acts of ${recorded.length} build scripts were named`);
  assert.ok(named / all >= 0.99);
});
