/** Keys of requests that are carried out once: who took one, and what becomes of it where that takes too long. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { databases, withStore } from './databases.ts';

for (const database of databases) {
  describe(`kept answers in ${database.name}`, { skip: database.skip }, () => {
    it('are those of whoever has the key: what was taken for abandoned writes nothing over it', async () => {
      await withStore(database, async (store) => {
        const of = (at: number) => ({ caller: 'ana', key: 'one', request: 'a'.repeat(64), at });
        const begin = (at: number) =>
          store.write((tx) =>
            tx.answering((answers) => answers.begin(of(at), { forget: at - 1000, abandoned: at - 60 })),
          );
        const finish = (at: number, status: number) =>
          store.write((tx) =>
            tx.answering((answers) => answers.finish({ ...of(at), status, body: `${at}` })),
          );
        assert.equal(await begin(1), undefined);
        assert.equal((await begin(2))?.status, null, 'it is under way');
        assert.equal(await begin(100), undefined, 'the first was abandoned');
        await store.write((tx) => tx.answering((answers) => answers.drop(of(1))));
        await finish(1, 500);
        assert.deepEqual(await begin(101), { ...of(100), status: null, body: null });
        await finish(100, 201);
        await finish(1, 400);
        assert.deepEqual(await begin(102), { ...of(100), status: 201, body: '100' });
      });
    });
  });
}
