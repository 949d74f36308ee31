import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inPages } from '../../src/store/paged-releases.ts';

const versions = ['1.0.0', '1.0.1', '1.0.2', '1.0.3', '1.0.4'];

describe('what is read in pages', () => {
  for (const size of [1, 2, 5, 6])
    it(`comes whole and once, ${size} at a time`, async () => {
      const all = await inPages(size, async (after) =>
        versions
          .filter((version) => version > (after ?? ''))
          .slice(0, size)
          .map((version) => ({ version })),
      );
      assert.deepEqual(
        all.map(({ version }) => version),
        versions,
      );
    });

  it('is refused where an index does not fit its table, instead of being read for ever', async () => {
    const damaged = inPages(2, async () => versions.slice(0, 2).map((version) => ({ version })));
    await assert.rejects(damaged, { code: 'store/damaged' });
  });
});
