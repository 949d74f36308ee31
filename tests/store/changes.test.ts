/** Kept changes are bounded: by age, number, one person's number under one name, and bytes; the newest always stays. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChangeBounds } from '../../src/store/changes/records.ts';
import { databases, withStore } from './databases.ts';

const wide: ChangeBounds = { since: 0, count: 100, countOfOne: 100, bytes: 1e9 };

for (const database of databases) {
  describe(`kept changes in ${database.name}`, { skip: database.skip }, () => {
    it('are forgotten from the oldest on, and come back as they went in', async () => {
      await withStore(database, async (store) => {
        let number = 0;
        const keep = async (name: string, bounds: Partial<ChangeBounds> = {}, size = 10, by = 'ana') => {
          const at = ++number;
          const change = {
            identity: at.toString(16).padStart(64, '0'),
            at,
            by,
            name,
            file: 'Cargo.lock',
            judged: 'server',
            compared: true,
            verdict: 'deny',
            until: null,
            policy: 'p',
            changes: 1,
            findings: 2,
            size,
            report: '{"odd":"\\u0000 ü"}',
            lockfile: 'version = 4\n'.repeat(1000),
            lockfileDigest: 'a'.repeat(64),
            base: null,
            commit: null,
            headCommit: null,
          } as const;
          await store.write((tx) => tx.keepChange(change, { ...wide, ...bounds }));
          return (await store.changes.list({ limit: 100 })).map(({ name, at }) => `${name}${at}`);
        };
        await keep('a');
        await keep('a');
        assert.deepEqual(await keep('b'), ['b3', 'a2', 'a1']);
        assert.deepEqual(await keep('a', { countOfOne: 2 }), ['a4', 'b3', 'a2']);
        assert.deepEqual(await keep('c', { count: 2 }), ['c5', 'a4']);
        assert.deepEqual(await keep('c', { since: 5 }), ['c6', 'c5']);
        assert.deepEqual(await keep('d', { bytes: 25 }), ['d7', 'c6']);
        assert.deepEqual(await keep('e', { bytes: 25 }, 1000), ['e8']);
        for (const name of ['x', 'y', 'z']) await keep(name, {}, 10, 'eve');
        assert.deepEqual(await keep('z', { count: 3 }, 10, 'eve'), ['z12', 'z11', 'e8'], 'hers go first');
        assert.deepEqual(
          await keep('z', { bytes: 1030 }, 20, 'eve'),
          ['z13', 'z12', 'z11'],
          'whoever has most',
        );
        assert.deepEqual(await keep('f', { bytes: 45 }), ['f14', 'z13', 'z12']);
        await keep('e', {}, 10);
        const found = await store.changes.find('f'.padStart(64, '0'));
        assert.deepEqual(
          [found?.report, found?.lockfile.length, found?.base],
          ['{"odd":"\\u0000 ü"}', 12_000, null],
        );
      });
    });
  });
}
