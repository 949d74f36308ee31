/** The quarantine desk: blocks of crates and releases, known here or not, by people with tokens. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lockedReleases } from '../support/cargo.ts';
import { databases, stage } from '../support/stage.ts';

for (const { name, skip } of databases) {
  describe(`the desk on ${name}`, { skip }, () => {
    test('a block takes a release out of every answer at once, and lifting it puts it back', async (t) => {
      const s = await stage(t, { database: name });
      s.publish('word', '1.0.0');
      s.publish('word', '1.1.0');
      assert.equal((await s.download('word', '1.1.0')).status, 200);
      const blocked = await s.act('block', { crate: 'Word', version: '1.1.0', reason: 'no' });
      assert.equal(blocked.status, 200);
      assert.deepEqual(await s.offered('word'), ['1.0.0']);
      assert.equal((await s.download('word', '1.1.0')).status, 403);
      const app = s.project({ dependencies: { word: '1' } });
      assert.equal((await app.run(['fetch'])).code, 0);
      assert.deepEqual(lockedReleases(await app.lockfile()), ['app 0.1.0', 'word 1.0.0']);
      await s.pass('30d');
      await s.restart();
      assert.deepEqual(await s.offered('word'), ['1.0.0']);
      assert.equal((await s.act('unblock', { crate: 'word', version: '1.1.0' })).status, 200);
      assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
      assert.equal((await s.download('word', '1.1.0')).status, 200);
      const { log } = await s.report('word', '1.1.0');
      const acts = log.filter(({ event }) => event === 'blocked' || event === 'unblocked');
      assert.deepEqual(
        acts.map(({ event, actor, details }) => [event, actor, details?.reason]),
        [
          ['blocked', 'admin', 'no'],
          ['unblocked', 'admin', 'for a test'],
        ],
      );
    });

    test('a crate that was never seen can be blocked before anybody asks for it', async (t) => {
      const s = await stage(t, { database: name });
      assert.equal((await s.act('block', { crate: 'evil', reason: 'typosquat' })).status, 200);
      s.publish('evil', '1.0.0');
      assert.deepEqual(await s.offered('evil'), []);
      assert.equal((await s.download('evil', '1.0.0')).status, 403);
      s.publish('evil', '1.0.1');
      await s.pass('10m');
      await s.pass('3d');
      assert.deepEqual(await s.offered('evil'), []);
      assert.equal((await s.release('evil', '1.0.1')).state, 'blocked');
      await s.act('unblock', { crate: 'evil' });
      assert.deepEqual(await s.offered('evil'), ['1.0.0', '1.0.1']);
    });
  });
}

test('without a valid token nothing is done and nothing is told', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  await s.index('word');
  for (const act of ['block', 'unblock', 'break-glass'] as const) {
    for (const token of [null, 'sg_made-up']) {
      const refused = await s.act(act, { crate: 'word', version: '1.0.0' }, token);
      assert.equal(refused.status, 401, act);
      assert.match(refused.text, /valid token/);
    }
  }
  assert.equal((await s.release('word', '1.0.0')).state, 'promoted');
});

test('a block on a whole crate is lifted as a whole; one on a version leaves the others alone', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  s.publish('word', '1.1.0');
  await s.index('word');
  await s.act('block', { crate: 'word', reason: 'not ours' });
  assert.deepEqual(await s.offered('word'), []);
  const { log } = await s.report('word', '1.1.0');
  assert.deepEqual(
    log.filter(({ event }) => event === 'blocked').map(({ version, details }) => [version, details?.reason]),
    [['', 'not ours']],
    'what happened to the crate happened to the release',
  );
  const refused = await s.act('unblock', { crate: 'word', version: '1.1.0' });
  assert.equal(refused.status, 409);
  assert.match(refused.text, /lifted without a version/);
  await s.act('block', { crate: 'word', version: '1.0.0' });
  await s.act('unblock', { crate: 'word' });
  assert.deepEqual(await s.offered('word'), ['1.1.0']);
});

test('lifting a block promotes nothing that a rule still holds', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0', { pubtime: null });
  await s.pass('10m');
  await s.act('block', { crate: 'word', version: '1.1.0' });
  assert.equal((await s.release('word', '1.1.0')).state, 'blocked');
  await s.act('unblock', { crate: 'word', version: '1.1.0' });
  const { state, until } = await s.release('word', '1.1.0');
  assert.deepEqual([state, until], ['held', '2026-08-04T00:10:00.000Z']);
  await s.pass('3d');
  assert.equal((await s.release('word', '1.1.0')).state, 'promoted');
});

test('the listing shows what is in quarantine, newest first, and by state', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  s.publish('other', '1.0.0');
  await s.index('word');
  await s.index('other');
  s.publish('word', '1.1.0', { pubtime: null });
  await s.pass('10m');
  await s.act('block', { crate: 'other', version: '1.0.0' });
  const list = async (query: string) => {
    const answer = await s.mirror.call(`/api/v1/quarantine${query}`);
    const { releases } = (await answer.json()) as {
      releases: { crate: string; version: string; state: string }[];
    };
    return releases.map(({ crate, version, state }) => `${crate} ${version} ${state}`).sort();
  };
  assert.deepEqual(await list(''), ['other 1.0.0 blocked', 'word 1.1.0 held']);
  assert.deepEqual(await list('?state=held'), ['word 1.1.0 held']);
  assert.deepEqual(await list('?crate=other'), ['other 1.0.0 blocked']);
  assert.deepEqual(await list('?state=promoted'), ['word 1.0.0 promoted']);
});
