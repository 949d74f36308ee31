import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acceptFeed } from '../../../src/facts/feed/refresh.ts';

describe('a new reading of a feed', () => {
  const size = (count: number, source = 's') => ({ count, source });
  const cases: [what: string, previous: number | undefined, next: number, kind: 'accepted' | 'refused'][] = [
    ['the first', undefined, 1, 'accepted'],
    ['more', 1000, 1001, 'accepted'],
    ['a fifth less', 1000, 800, 'accepted'],
    ['more than a fifth less', 1000, 799, 'refused'],
    ['nothing left', 5, 0, 'refused'],
    ['one of few', 5, 4, 'accepted'],
  ];
  for (const [what, previous, next, kind] of cases) {
    it(`${what} is ${kind}`, () => {
      const acceptance = acceptFeed(
        previous === undefined ? undefined : size(previous),
        size(next),
        'audits',
      );
      assert.equal(acceptance.kind, kind);
    });
  }

  it('is not compared with another source', () => {
    assert.equal(acceptFeed(size(1000), size(10, 'another'), 'audits').kind, 'accepted');
  });
});
