import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { keyOf, readData } from '../../scripts/noise-data.ts';
import { noisePage } from '../../scripts/noise-table.ts';

const data = readData();

describe('docs/noise.md', () => {
  it('is what its data say (else: node scripts/noise.ts)', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/noise.md'), 'utf8');
    assert.equal(page, noisePage(data));
  });

  it('has an answer for every finding, with its reason', () => {
    const open = data.updates.flatMap(({ findings }) =>
      findings.filter((said) => {
        const label = data.labels.get(keyOf(said));
        return label === undefined || label.worth === '?' || label.reason === '';
      }),
    );
    assert.deepEqual(open.map(keyOf), []);
  });

  it('holds what is promised of an ordinary update: one warning at most, of the middle one', () => {
    const ones = data.updates.filter(({ named }) => named.kind === 'one crate');
    assert.ok(ones.length >= 80, `${ones.length} of ${data.updates.length}`);
    assert.ok(data.updates.every(({ verdict }) => verdict !== '?'));
    const warnings = ones
      .map(({ findings }) => findings.filter(({ effect }) => effect === 'warn').length)
      .sort((a, b) => a - b);
    assert.ok((warnings[Math.floor(warnings.length / 2)] ?? 0) <= 1);
  });
});
