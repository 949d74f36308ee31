/** Nothing shortens a cool-down, but two different people where the policy lets them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { AuditJson } from '../../src/server/audit/contract.ts';
import type { Store } from '../../src/store/store.ts';
import { type DatabaseName, databases, type Stage, stage } from '../support/stage.ts';

const allowed = '[cooldown]\nbreak-glass = true\n';
const release = { crate: 'word', version: '1.1.0' };

async function heldRelease(t: TestContext, policy = '', database?: DatabaseName): Promise<Stage> {
  const s = await stage(t, { policy, ...(database === undefined ? {} : { database }) });
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
  await s.pass('10m');
  return s;
}

test('with the default policy no act of anybody ends a hold', async (t) => {
  const s = await heldRelease(t);
  const { until } = await s.release('word', '1.1.0');
  const refused = await s.act('break-glass', release);
  assert.equal(refused.status, 409);
  assert.match(refused.text, /cooldown\.break-glass is off/);
  assert.equal((await s.act('unblock', release)).status, 409);
  assert.equal((await s.act('block', release)).status, 200);
  assert.equal((await s.act('unblock', release)).status, 200);
  for (let i = 0; i < 3; i++) await s.mirror.tick();
  await s.download('word', '1.1.0');
  await s.restart();
  const after = await s.release('word', '1.1.0');
  assert.deepEqual([after.state, after.until], ['held', until]);
  assert.deepEqual(await s.offered('word'), ['1.0.0']);
});

test('one who made the token of the other is told of in the audit log', async (t) => {
  const s = await heldRelease(t, allowed);
  await s.act('break-glass', { ...release, reason: 'I say so' });
  await s.act('break-glass', { ...release, reason: 'and so do I' }, await s.tokenFor('stranger'));
  const log = await s.mirror.call('/api/v1/audit?limit=1000', { token: s.mirror.token() });
  const { entries } = (await log.json()) as AuditJson;
  const acts = entries.filter(({ action }) => action === 'release.break-glass');
  assert.deepEqual(
    acts.map(({ after }) => after?.hands),
    [undefined, ['admin made a token of stranger, and could have acted as both.']],
  );
});

for (const { name, skip } of databases) {
  describe(`break-glass on ${name}`, { skip }, () => {
    test('two people with two tokens end it; it stays marked in verdict and log, even after its time', async (t) => {
      const s = await heldRelease(t, allowed, name);
      const anna = await s.tokenFor('anna');
      const first = await s.act('break-glass', { ...release, reason: 'production is down' }, anna);
      assert.equal(first.status, 200);
      assert.match(first.text, /a second person has to make the same/);
      assert.equal((await s.release('word', '1.1.0')).state, 'held');

      const again = await s.act('break-glass', { ...release, reason: 'I said so' }, anna);
      assert.match(again.text, /a second person has to make the same/);
      assert.equal((await s.release('word', '1.1.0')).state, 'held');

      const second = await s.act('break-glass', { ...release, reason: 'I agree' }, await s.tokenFor('ben'));
      assert.match(second.text, /Two people asked for it/);
      const marked = async () => {
        const { state, verdict } = await s.release('word', '1.1.0');
        const mark = verdict.findings.find(({ rule, effect }) => rule === 'age' && effect === 'warn');
        assert.equal(state, 'promoted');
        assert.match(mark?.message ?? '', /broken by anna \(“I said so”\) and ben \(“I agree”\)/);
      };
      await marked();
      assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
      assert.equal((await s.download('word', '1.1.0')).status, 200);
      const { log } = await s.report('word', '1.1.0');
      const acts = log.filter(({ event }) => event === 'break-glass');
      assert.deepEqual(
        acts.map(({ actor, details }) => [actor, details?.reason]),
        [
          ['anna', 'production is down'],
          ['anna', 'I said so'],
          ['ben', 'I agree'],
        ],
      );
      await s.pass('30d');
      await s.restart();
      await s.act('block', release);
      await s.act('unblock', release);
      await marked();
    });
  });
}

test('break-glass takes a token, one version, a known release, and a token that still counts', async (t) => {
  const s = await heldRelease(t, allowed);
  assert.equal((await s.act('break-glass', release, null)).status, 401);
  assert.equal((await s.act('break-glass', release, 'sg_made-up')).status, 401);
  assert.equal((await s.act('break-glass', { crate: 'word' })).status, 409);
  assert.equal((await s.act('break-glass', { crate: 'word', version: '9.9.9' })).status, 409);
  const anna = await s.tokenFor('anna');
  await s.mirror.call('/api/v1/tokens/anna', { method: 'DELETE', token: s.mirror.token() });
  assert.equal((await s.act('break-glass', release, anna)).status, 401);
  assert.equal((await s.release('word', '1.1.0')).state, 'held');
});

test('a policy that takes the switch back takes the release back', async (t) => {
  const s = await heldRelease(t, allowed);
  await s.act('break-glass', release, await s.tokenFor('anna'));
  await s.act('break-glass', release, await s.tokenFor('ben'));
  assert.equal((await s.release('word', '1.1.0')).state, 'promoted');
  await s.restart({ policy: '' });
  assert.deepEqual(await s.offered('word'), ['1.0.0']);
  assert.equal((await s.release('word', '1.1.0')).state, 'held');
});

test('broken glass is for the cool-down alone: a block stays', async (t) => {
  const s = await heldRelease(t, allowed);
  await s.act('block', release);
  await s.act('break-glass', release, await s.tokenFor('anna'));
  await s.act('break-glass', release, await s.tokenFor('ben'));
  assert.equal((await s.release('word', '1.1.0')).state, 'blocked');
});

test('a request dies with its author’s token', async (t) => {
  const s = await heldRelease(t, allowed);
  const revoke = (name: string) =>
    s.mirror.call(`/api/v1/tokens/${name}`, { method: 'DELETE', token: s.mirror.token() });
  await s.act('break-glass', release, await s.tokenFor('anna'));
  await s.pass('1m');
  await revoke('anna');
  const second = await s.act('break-glass', release, await s.tokenFor('ben'));
  assert.match(second.text, /a second person has to make the same within 1 day/);
  assert.equal((await s.release('word', '1.1.0')).state, 'held');
  // Another token is another matter: what was asked with the old one stays dead.
  await s.tokenFor('anna');
  assert.equal((await s.release('word', '1.1.0')).state, 'held');
  await s.act('break-glass', release, await s.tokenFor('cora'));
  assert.equal((await s.release('word', '1.1.0')).state, 'promoted');
  await s.pass('1m');
  await revoke('ben');
  assert.equal((await s.release('word', '1.1.0')).state, 'held', 'while the cool-down would still run');
  assert.equal((await s.download('word', '1.1.0')).status, 403);
});

test('also where the server is killed as soon as the token has ended', async (t) => {
  const s = await heldRelease(t, allowed);
  for (const name of ['anna', 'ben']) await s.act('break-glass', release, await s.tokenFor(name));
  assert.equal((await s.release('word', '1.1.0')).state, 'promoted');
  const { store } = s.mirror.server;
  let writes = 0;
  for (const method of ['write', 'writeTogether'] as const) {
    const write: Store['write'] = store[method].bind(store);
    t.mock.method(store, method, async (work: Parameters<Store['write']>[0]) => {
      if (writes++ > 0) throw new Error('killed');
      return await write(work);
    });
  }
  const token = s.mirror.token();
  await s.mirror.call('/api/v1/tokens/ben', { method: 'DELETE', token });
  assert.ok(writes > 1);
  t.mock.restoreAll();
  assert.equal((await s.release('word', '1.1.0')).state, 'promoted');
  await (await s.restart()).tick();
  assert.equal((await s.release('word', '1.1.0')).state, 'held');
});

test('and where nobody joins it in time, which the policy sets', async (t) => {
  const s = await heldRelease(t, `${allowed}break-glass-within = "2h"\n`);
  const [anna, ben] = [await s.tokenFor('anna'), await s.tokenFor('ben')];
  await s.act('break-glass', release, anna);
  await s.pass('3h');
  const late = await s.act('break-glass', release, ben);
  assert.match(late.text, /a second person has to make the same within 2 hours/);
  assert.equal((await s.release('word', '1.1.0')).state, 'held');
  await s.pass('1h');
  await s.act('break-glass', release, anna);
  assert.equal((await s.release('word', '1.1.0')).state, 'promoted');
  await s.pass('10h');
  assert.equal((await s.release('word', '1.1.0')).state, 'promoted', 'what two people broke stays broken');
});

test('names that differ only in case are one person', async (t) => {
  const s = await heldRelease(t, allowed);
  await s.act('break-glass', release, await s.tokenFor('anna'));
  const twin = {
    name: 'ANNA',
    owner: null,
    hash: createHash('sha256').update('sg_twin').digest('hex'),
    at: s.clock.now(),
    role: 'reviewer',
    endsAt: null,
  } as const;
  await s.mirror.server.store.write((tx) => tx.putToken(twin));
  const again = await s.act('break-glass', release, 'sg_twin');
  assert.match(again.text, /a second person has to make the same/);
  assert.equal((await s.release('word', '1.1.0')).state, 'held');
});
