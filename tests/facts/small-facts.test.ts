import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { historyFact } from '../../src/facts/history.ts';
import { popularityFact } from '../../src/facts/popularity/fact.ts';
import { shippedNames, shippedRank } from '../../src/facts/popularity/shipped.ts';

describe('popularity', () => {
  it('comes from the dump where there is one', () => {
    const takenAt = Date.parse('2026-08-20T02:00:00Z');
    const fact = popularityFact('serde', { downloads: 9, recentDownloads: 3, dependents: null, takenAt });
    assert.ok(fact.kind === 'known');
    assert.deepEqual(fact.value, {
      uses: 9,
      downloads: 9,
      recentDownloads: 3,
      dependents: undefined,
      rank: shippedRank('serde'),
    });
    assert.equal(fact.at, '2026-08-20T02:00:00.000Z');
  });
  it('comes from the shipped list before', () => {
    const fact = popularityFact('proc_macro2', undefined);
    assert.ok(fact.kind === 'known');
    assert.equal(fact.value.rank, 3);
    assert.equal(fact.value.downloads, undefined, 'an estimate is no count');
    assert.match(fact.source, /shipped/);
  });
  it('is unknown for what neither has', () => {
    assert.equal(popularityFact('no-such-crate-anywhere', undefined).kind, 'unknown');
  });
  it('has a list worth shipping', () => {
    assert.ok(shippedNames.length > 3000);
    assert.equal(new Set(shippedNames).size, shippedNames.length);
  });
});

describe('the history of a release', () => {
  const list = [
    { version: '1.0.0', published: 100 },
    { version: '0.9.0', published: 50 },
    { version: '1.0.1', published: 200 },
    { version: '0.1.0', published: null },
  ];
  it('is what came out before it, whatever its number', () => {
    const fact = historyFact('1.0.1', list, 0);
    assert.ok(fact.kind === 'known');
    assert.deepEqual(fact.value, {
      published: 200,
      previous: { version: '1.0.0', published: 100 },
      earlier: 2,
      undated: 1,
    });
  });
  it('is empty for the first', () => {
    const fact = historyFact('0.9.0', list, 0);
    assert.ok(fact.kind === 'known');
    assert.deepEqual([fact.value.previous, fact.value.earlier], [undefined, 0]);
  });
  it('is unknown without a time', () => assert.equal(historyFact('0.1.0', list, 0).kind, 'unknown'));
});
