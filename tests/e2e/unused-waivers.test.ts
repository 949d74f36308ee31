import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StatusJson } from '../../src/server/contract.ts';
import { databases, stage } from '../support/stage.ts';

const waiver = (crate: string) =>
  `[[waiver]]\nrule = "license"\ncrate = "${crate}"\nreason = "bought"\nby = "Dana"\nexpires = "2026-09-30"\n`;

for (const { name: database, skip } of databases) {
  describe(`unused waivers on ${database}`, { skip }, () => {
    it('stand in the status of the mirror, and only they', async (t) => {
      const policy = `[license]\nallow = ["MIT"]\n${waiver('bought_crate')}${waiver('free-crate')}${waiver('unknown')}`;
      const s = await stage(t, { database, policy });
      const old = { pubtime: '2024-01-01T00:00:00Z' };
      s.publish('bought-crate', '1.0.0', { ...old, license: 'Zlib' });
      s.publish('free-crate', '1.0.0', { ...old, license: 'MIT' });
      const unused = async () => {
        const status = (await (await s.mirror.call('/api/v1/status')).json()) as StatusJson;
        return status.waivers.map(({ subject }) => subject);
      };
      assert.deepEqual(await unused(), ['bought_crate', 'free-crate', 'unknown']);
      await s.index('bought-crate');
      await s.index('free-crate');
      assert.deepEqual(await unused(), ['unknown'], 'their bytes may still show something');
      for (const crate of ['bought-crate', 'free-crate'])
        assert.equal((await s.download(crate, '1.0.0')).status, 200);
      assert.deepEqual(await unused(), ['free-crate', 'unknown']);
    });
  });
}
