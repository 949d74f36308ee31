/** The outlines of a crate's releases in one row: what comes out is what went in, or nothing, and then the releases are asked. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { packOutlines, unpackOutlines } from '../../src/store/packed-outlines.ts';
import type { ReleaseOutline } from '../../src/store/records.ts';
import { databases, withStore } from './databases.ts';
import { crate, registry, release } from './samples.ts';

const time = fc.oneof(fc.constantFrom(1, 2, 3), fc.maxSafeNat());
const fields = {
  version: fc.oneof(fc.constantFrom('1.0.0', '1.0.1'), fc.string({ unit: 'grapheme-ascii' })),
  position: fc.nat(),
  published: fc.option(time),
  firstSeen: time,
  arrival: fc.constantFrom('back-catalogue', 'new'),
  yankedAt: fc.option(time),
  state: fc.constantFrom('held', 'promoted', 'review', 'blocked', 'withdrawn'),
  policy: fc.constantFrom('a', 'b'),
} as const;
const outline: fc.Arbitrary<ReleaseOutline> = fc.record(fields, { noNullPrototype: true });
const id = { registry, key: 'serde', revision: 3 };

it('outlines that were packed come back', () => {
  fc.assert(
    fc.property(fc.array(outline, { maxLength: 40 }), (all) =>
      assert.deepEqual(unpackOutlines(id, packOutlines(id, all)), all),
    ),
  );
});

it('says nothing of another crate, of another revision, or where a character is another', () => {
  const all = ['1.0.0', '1.1.0', '2.0.0'].map((version) => release({ version }));
  const packed = packOutlines(id, all);
  for (const other of [{ registry: 'other' }, { key: 'serd' }, { revision: 4 }])
    assert.equal(unpackOutlines({ ...id, ...other }, packed), undefined);
  for (let at = 0; at <= packed.body.length; at++) {
    for (const body of [packed.body.slice(0, at), `${packed.body.slice(0, at)}7${packed.body.slice(at + 1)}`])
      if (body !== packed.body) assert.equal(unpackOutlines(id, { ...packed, body }), undefined);
  }
  const digest = `${packed.digest.slice(1)}0`;
  assert.equal(unpackOutlines(id, { ...packed, digest }), undefined);
});

for (const database of databases) {
  describe(`packed outlines on ${database.name}`, { skip: database.skip }, () => {
    it('give the same until the crate is of another revision, and nothing once they are damaged', () =>
      withStore(database, async (store, place) => {
        const keys = ['a', 'b', 'none'];
        const put = (version: string, position: number) =>
          store.write(async (tx) => {
            for (const key of ['a', 'b']) {
              if (position === 0) await tx.putCrate(crate({ key }));
              await tx.putReleases([release({ key, version, position })]);
              await tx.revise(registry, key);
            }
          });
        const read = async () => {
          const ahead = store.readAhead();
          await ahead.bring(keys.map((key) => ({ registry, key, version: '1.0.0' })));
          const said = [];
          for (const key of keys) {
            const all = await ahead.releaseOutlines(registry, key, { limit: 9 });
            assert.deepEqual(all, await store.releaseOutlines(registry, key, { limit: 9 }));
            said.push(all.length);
          }
          await ahead.keep();
          return said;
        };
        const rows = () => place.tamper('select key, revision from packed_outlines order by key');
        await put('1.0.0', 0);
        assert.deepEqual(await read(), [1, 1, 0]);
        assert.deepEqual(
          (await rows()).map(({ key, revision }) => [key, Number(revision)]),
          [
            ['a', 1],
            ['b', 1],
          ],
        );
        // What is packed is what is read: a change behind the store's back is not seen.
        await place.tamper("update releases set position = 7 where key = 'a'");
        const ahead = store.readAhead();
        await ahead.bring([{ registry, key: 'a', version: '1.0.0' }]);
        assert.equal((await ahead.releaseOutlines(registry, 'a', { limit: 1 }))[0]?.position, 0);
        await place.tamper("update releases set position = 0 where key = 'a'");
        await put('2.0.0', 1);
        assert.deepEqual(await read(), [2, 2, 0]);
        assert.deepEqual(await read(), [2, 2, 0]);
        for (const damage of [
          "body = '[]'",
          "body = replace(body, '2.0.0', '2.0.1')",
          "body = ''",
          "digest = ''",
          // One of before: the crate has changed since.
          "revision = 1, body = '[]'",
        ]) {
          await place.tamper(`update packed_outlines set ${damage}`);
          assert.deepEqual(await read(), [2, 2, 0]);
        }
        await place.tamper("update packed_outlines set key = 'x' where key = 'a'");
        await place.tamper("update packed_outlines set key = 'a' where key = 'b'");
        assert.deepEqual(await read(), [2, 2, 0]);
      }));
  });
}
