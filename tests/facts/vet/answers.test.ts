/** The resolver against answers that cargo-vet gave once; `node scripts/record-cargo-vet.ts` asks it again. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { VetPackage } from '../../../src/facts/vet/packages.ts';
import { parseVetVersion } from '../../../src/facts/vet/version.ts';
import { ownAnswer, problemsOf } from '../../support/vet-oracle.ts';
import type { StoreTexts } from '../../support/vet-workspace.ts';

interface Recorded {
  readonly cargoVet: string;
  readonly answers: readonly {
    readonly packages: readonly (Omit<VetPackage, 'version'> & { readonly version: string })[];
    readonly store: StoreTexts;
    readonly answer: { readonly conclusion: string };
  }[];
}

const file = join(import.meta.dirname, '../../fixtures/vet/answers.json');
const { cargoVet, answers } = JSON.parse(readFileSync(file, 'utf8')) as Recorded;

describe(`as cargo-vet ${cargoVet} answered`, () => {
  for (const [index, { packages, store, answer }] of answers.entries()) {
    it(`store ${index}: ${answer.conclusion}`, () => {
      const read = packages.map((each) => {
        const version = parseVetVersion(each.version);
        assert.ok(version);
        return { ...each, version };
      });
      assert.deepEqual(problemsOf(store, '2026-08-21'), []);
      assert.deepEqual(ownAnswer(read, store), answer);
    });
  }

  it('they hold every kind of conclusion', () => {
    const conclusions = new Set(answers.map(({ answer }) => answer.conclusion));
    assert.deepEqual([...conclusions].sort(), ['fail (vetting)', 'fail (violation)', 'success']);
  });
});
