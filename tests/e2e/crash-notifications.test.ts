/** `kill -9` between a state change and its notification, and in the middle of one: it is told all the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testClock } from '../support/clock.ts';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { startMirror } from '../support/mirror.ts';
import { downloadPathOf } from '../support/scene.ts';
import { httpSink } from '../support/sinks.ts';
import { databaseFor, databases } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { startUpstream } from '../support/upstream.ts';
import { startVictim } from '../support/victim.ts';

for (const { name, skip } of databases) {
  describe(`kills around a notification on ${name}`, { skip }, () => {
    it('lose none, and repeat one with its id', async (t) => {
      const hook = await httpSink(t);
      const upstream = await startUpstream();
      t.after(() => upstream.close());
      const clock = testClock('2026-09-01T12:00:00Z');
      const options = {
        upstream: upstream.indexUrl,
        data: tempDir(t),
        config: `[[notify]]\nkind = "webhook"\nname = "hook"\nurl = "${hook.url}"\nsecret-env = "SECRET"\n`,
        env: { SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
        ...(await databaseFor(name, t)),
      };
      upstream.publish(makeCrate({ name: 'victim', version: '1.0.0' }), { pubtime: '2024-01-01T00:00:00Z' });

      // Killed once the block was acknowledged, and before anybody was told.
      const first = await startVictim({ ...options, now: clock.now() }, t);
      assert.equal((await get(first.url + downloadPathOf('victim', '1.0.0'))).status, 200);
      const blocked = await get(`${first.url}/api/v1/quarantine/block`, {
        method: 'POST',
        headers: { authorization: `Bearer ${first.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ crate: 'victim', reason: 'a test' }),
      });
      assert.equal(blocked.status, 200);
      await first.kill();
      assert.equal(hook.posted.length, 0);

      // Killed while it waits for the answer.
      clock.advance('10s');
      hook.answer('silence');
      const second = await startVictim({ ...options, now: clock.now() }, t);
      const asked = hook.next();
      const telling = second.notify(clock.now());
      await asked;
      await second.kill();
      assert.equal(await telling, false);

      hook.answer(204);
      const third = await startMirror({ ...options, clock }, t);
      await third.notify();
      assert.equal(hook.posted.length, 1, 'its lease runs on');
      clock.advance('2m');
      await third.notify();
      clock.advance('1h');
      await third.notify();
      assert.equal(hook.posted.length, 2);
      assert.equal(new Set(hook.posted.map(({ headers }) => headers['webhook-id'])).size, 1);
      assert.equal(new Set(hook.posted.map(({ body }) => body)).size, 1);
    });
  });
}
