import assert from 'node:assert/strict';
import { it } from 'node:test';
import { stage } from '../support/stage.ts';
import { isIndex } from '../support/upstream.ts';

it('a search shows what would be handed out, and makes the mirror keep and poll nothing', async (t) => {
  const s = await stage(t);
  const old = { pubtime: '2024-01-01T00:00:00Z' };
  s.publish('parse-known', '1.0.0', old);
  s.publish('parse-found', '1.0.0', old);
  s.publish('parse-found', '1.1.0', { pubtime: s.clock.iso() });
  s.publish('parse-fresh', '1.0.0', { pubtime: s.clock.iso() });
  await s.index('parse-known');
  const search = async () => {
    const answer = await s.mirror.call('/api/v1/crates?q=parse&per_page=10');
    const { crates } = (await answer.json()) as { crates: { name: string; max_version: string }[] };
    return crates.map(({ name, max_version }) => `${name} ${max_version}`).sort();
  };
  const shown = ['parse-found 1.0.0', 'parse-known 1.0.0'];
  assert.deepEqual(await search(), shown, 'what is held does not show');
  const looks = s.upstream.requests.count(isIndex('parse-found'));
  assert.deepEqual(await search(), shown);
  assert.equal(
    s.upstream.requests.count(isIndex('parse-found')),
    looks,
    'a second one asks for nothing more',
  );

  await s.act('block', { crate: 'parse-found' });
  assert.deepEqual(await search(), ['parse-known 1.0.0'], 'a block counts at once');
  await s.act('unblock', { crate: 'parse-found' });
  assert.deepEqual(await search(), shown);
  const before = s.upstream.requests.count(isIndex('parse-found'));

  await s.pass('1h');
  assert.equal(s.upstream.requests.count(isIndex('parse-found')), before);
  assert.equal((await s.mirror.server.store.counts()).crates, 1);
  assert.deepEqual(await s.offered('parse-found'), ['1.0.0']);
  assert.equal((await s.mirror.server.store.counts()).crates, 2, 'who asks for it gets it recorded');

  await s.act('block', { crate: 'parse-known' });
  assert.deepEqual(await search(), ['parse-found 1.0.0']);
});
