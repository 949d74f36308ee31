/** Crates that many ask for the first time at once: judged and written together, each with its own answer. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Store } from '../../src/store/store.ts';
import { databases, type Stage, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

const names = Array.from({ length: 12 }, (_, i) => `crate-${i}`);

async function startWithCrates(s: Stage): Promise<void> {
  for (const name of names)
    for (const version of ['1.0.0', '1.1.0']) s.publish(name, version, { pubtime: '2020-01-01T00:00:00Z' });
}

for (const { name: database, skip } of databases) {
  describe(`crates that are asked for at once on ${database}`, { skip }, () => {
    test('are all answered where the file of one of them is none, and that one is refused', async (t) => {
      const s = await stage(t, { database });
      await startWithCrates(s);
      s.upstream.setRawIndex('crate-7', Buffer.from('<html>a page of some proxy</html>\n'));
      const hold = s.upstream.holdResponses(({ path }) => path.includes('/crate-'));
      const asked = Promise.all(names.map(async (name) => (await s.index(name)).status));
      await hold.onWaiting(names.length);
      hold.release();
      const statuses = await asked;
      assert.deepEqual(
        statuses.map((status) => status === 200),
        names.map((name) => name !== 'crate-7'),
        statuses.join(),
      );
      const others = names.filter((name) => name !== 'crate-7');
      const downloads = await Promise.all(
        others.map(async (name) => (await s.download(name, '1.1.0')).status),
      );
      assert.deepEqual(new Set(downloads), new Set([200]));
      assert.deepEqual(await s.history('crate-3', '1.1.0'), [
        'appeared: null → promoted',
        'judged: promoted → promoted',
      ]);
      const log = await s.mirror.server.store.log({ limit: 1000 });
      assert.deepEqual(
        log.map(({ seq }) => seq),
        log.map((_, i) => i + 1),
      );
      assert.equal(log.filter(({ event }) => event === 'appeared').length, 2 * others.length);
    });

    test('are served as they were written, without being read again', async (t) => {
      const s = await stage(t, { database });
      await startWithCrates(s);
      const { store } = s.mirror.server;
      const reads = t.mock.method(store, 'releases');
      for (const name of names) {
        const answer = await s.index(name);
        assert.ok(answer.body.equals(s.upstream.lines(name)));
      }
      assert.equal(reads.mock.callCount(), 0);
      const before = await Promise.all(names.map(async (name) => (await s.index(name)).text));
      await s.restart();
      const after = await Promise.all(names.map(async (name) => (await s.index(name)).text));
      assert.deepEqual(after, before);
    });

    test('are served by the policy that came between', async (t) => {
      const policyFile = join(tempDir(t), 'safeguard.toml');
      writeFileSync(policyFile, '');
      const s = await stage(t, { database, policyFile, policy: '' });
      await startWithCrates(s);
      const { store } = s.mirror.server;
      const write: Store['writeTogether'] = store.writeTogether.bind(store);
      let saved = 0;
      t.mock.method(store, 'writeTogether', async (work: Parameters<Store['writeTogether']>[0]) => {
        const written = await write(work);
        if (saved === 0) saved = await block(s, 'crate-1');
        return written;
      });
      assert.equal((await s.index('crate-1')).status, 200);
      assert.equal(saved, 200);
      assert.deepEqual(await s.offered('crate-1'), []);
    });

    // Replicas share a PostgreSQL database.
    if (database !== 'PostgreSQL') return;

    test('are not served as they were written where another replica has changed them meanwhile', async (t) => {
      const s = await stage(t, { database });
      await startWithCrates(s);
      const other = await s.replica();
      const { store } = s.mirror.server;
      const write: Store['writeTogether'] = store.writeTogether.bind(store);
      const blocked: number[] = [];
      t.mock.method(store, 'writeTogether', async (work: Parameters<Store['writeTogether']>[0]) => {
        const written = await write(work);
        if (blocked.length > 0) return written;
        blocked.push(0);
        // It is on disk, and whoever wrote it was stopped for so long that it hears of what came after first.
        const body = { crate: 'crate-1', version: '1.1.0', reason: 'no' };
        const token = s.mirror.token();
        blocked.push((await other.call('/api/v1/quarantine/block', { method: 'POST', token, body })).status);
        await s.mirror.tick();
        return written;
      });
      await s.index('crate-1');
      assert.deepEqual(blocked, [0, 200]);
      assert.deepEqual(await s.offered('crate-1'), ['1.0.0']);
    });
  });
}

async function block(s: Stage, name: string): Promise<number> {
  const token = s.mirror.token();
  const inForce = await (await s.mirror.call('/api/v1/policy', { token })).json();
  const text = `[[blocklist.crates]]\nname = "${name}"\nreason = "no"\n`;
  await s.mirror.call('/api/v1/policy/simulate', { method: 'POST', token, body: { text, days: 1 } });
  const body = { text, reason: 'no', base: (inForce as { digest: string }).digest };
  return (await s.mirror.call('/api/v1/policy', { method: 'POST', token, body })).status;
}
