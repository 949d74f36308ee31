/**
 * How many of the claims about 120 real build scripts are true. The labels were made by reading the scripts; the scripts come from
 * the registry, or from cargo's cache, when this runs.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { reviewBuildScript } from '../../src/rust/build-script.ts';
import type { PackageSource } from '../../src/rust/package-source.ts';
import { type RealRelease, realSources } from '../support/real-archives.ts';

type Row = readonly [file: string, line: number, kind: string, name: string | null, why?: string];

interface Labelled extends RealRelease {
  readonly true: readonly Row[];
  readonly false: readonly Row[];
}

const all = process.env.SAFEGUARD_REQUIRE_ALL === '1';
const skip = all ? false : 'fetches 120 archives: ./test --all does';
const labels = JSON.parse(
  readFileSync(join(import.meta.dirname, 'labels/build-scripts.json'), 'utf8'),
) as readonly Labelled[];

test('the claims about labelled build scripts are true', { skip }, async (t) => {
  assert.equal(labels.length, 120);
  const sourceOf = realSources(t);
  const counts = { claims: 0, true: 0, missed: 0 };
  for (const script of labels) {
    const claims = claimsIn(await sourceOf(script));
    const right = new Set(script.true.map(keyOf));
    const isTrue = claims.filter((claim) => right.has(claim));
    for (const claim of claims.filter((one) => !right.has(one)))
      t.diagnostic(`${script.crate}: ${claim} is not true`);
    counts.claims += claims.length;
    counts.true += isTrue.length;
    counts.missed += right.size - isTrue.length;
  }
  t.diagnostic(
    `${counts.true} of ${counts.claims} claims are true; ${counts.missed} that are labelled are not made`,
  );
  assert.ok(counts.claims > 800);
  assert.ok(counts.true / counts.claims >= 0.95);
  assert.ok(counts.missed / counts.true <= 0.03);
});

function keyOf([file, line, kind, name]: Row): string {
  return `${file}:${line} ${kind} ${name ?? '?'}`;
}

/** Of the Rust code alone: what the files beside it say has tests of its own. */
function claimsIn({ all: _, ...source }: PackageSource): readonly string[] {
  return (reviewBuildScript(source)?.capabilities ?? []).map(({ file, line, kind, name }) =>
    keyOf([file, line, kind, name ?? null]),
  );
}
