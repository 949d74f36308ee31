/** A crate of very many releases: judging one of them by its bytes reads no other, and its index file stays in memory. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { databases, stage } from '../support/stage.ts';

const releases = 300;
const asked = Array.from({ length: 24 }, (_, i) => `1.0.${i * 12}`);

for (const { name, skip } of databases)
  describe(`a crate of ${releases} releases on ${name}`, { skip }, () => {
    it('is loaded once, however many clients ask for cold releases of it, and stays as it was', async (t) => {
      // How long the machine takes over a test is no matter here.
      const s = await stage(t, { database: name, config: '[limits]\nunfollowed = "1h"\n' });
      for (let i = 0; i < releases; i++) s.publish('vast', `1.0.${i}`, { pubtime: '2020-01-01T00:00:00Z' });
      const before = await s.index('vast');
      const { store, mirror } = s.mirror.server;
      const registry = 'upstream';
      const calls = { whole: 0, pages: 0 };
      const [whole, pages] = [store.releases.bind(store), store.releaseOutlines.bind(store)];
      Object.assign(store, {
        releases: (...args: Parameters<typeof whole>) => {
          calls.whole++;
          return whole(...args);
        },
        releaseOutlines: (...args: Parameters<typeof pages>) => {
          calls.pages++;
          return pages(...args);
        },
      });
      const answers = await Promise.all(asked.map((version) => s.download('vast', version)));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      const held = mirror.peek(registry, 'vast');
      assert.ok(held);
      for (const version of asked) assert.equal(held.releases.get(version)?.judged, 'release', version);
      assert.equal(
        [...held.releases.values()].filter(({ judged }) => judged === 'release').length,
        asked.length,
      );
      // What it wrote itself it does not follow.
      await s.mirror.turn('log');
      assert.equal(mirror.peek(registry, 'vast'), held);
      assert.deepEqual(calls, { whole: 0, pages: 0 });
      const after = await s.index('vast');
      assert.equal(after.headers.etag, before.headers.etag);

      // A block leaves the index file another one; what others then ask for is judged beside it.
      await s.act('block', { crate: 'vast', version: '1.0.12', reason: 'bad' });
      assert.equal((await s.download('vast', '1.0.1')).status, 200);
      assert.equal((await s.download('vast', '1.0.12')).status, 403);
      assert.equal((await s.offered('vast')).length, releases - 1);
      // And what the upstream does then counts for the next judgement.
      s.upstream.yank('vast', '1.0.2');
      s.upstream.deleteRelease('vast', '1.0.3');
      await s.pass('1h');
      assert.equal((await s.download('vast', '1.0.4')).status, 200);
      assert.equal((await s.download('vast', '1.0.3')).status, 403);
      assert.equal((await s.offered('vast')).length, releases - 3);
    });
  });
