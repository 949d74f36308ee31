/** Verdicts on changes stay on the server for its pages: of whoever has a token, asked for here or told by `check --keep`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChangesListJson, KeptChangeJson } from '../../src/server/changes-contract.ts';
import type { GraphJson } from '../../src/server/graph-contract.ts';
import { folder, safeguard } from '../cli/support.ts';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { databases, stage } from '../support/stage.ts';

for (const { name: database, skip } of databases) {
  describe(`kept changes on ${database}`, { skip }, () => {
    test('of whoever has a token, one for each thing that was asked', async (t) => {
      const s = await stage(t, { database });
      s.publish('word', '1.0.0');
      await s.index('word');
      const lockfile = lockfileText(lockedApp('word'), { name: 'word', version: '1.0.0' });
      const body = { lockfile, base: lockfileText(lockedApp()), name: 'shop!1' };
      const judge = async (token: string | undefined, more: object = {}) => {
        const asked = { method: 'POST', body: { ...body, ...more } };
        const answer = await s.mirror.call(
          '/api/v1/changes',
          token === undefined ? asked : { ...asked, token },
        );
        assert.equal(answer.status, 200);
        return answer.headers.get('location');
      };
      const list = async (query = '') => {
        const answer = await s.mirror.call(`/api/v1/changes${query}`, { token: s.mirror.token() });
        return (await answer.json()) as ChangesListJson;
      };
      assert.equal(await judge(undefined), null, 'nobody’s is not kept');
      assert.equal(await judge(await s.tokenFor('eve', 'auditor')), null, 'who only reads leaves nothing');
      const ana = await s.tokenFor('ana', 'ci');
      const first = await judge(ana);
      await judge(ana, { name: 'pay!100%_\\' });
      s.clock.advance('1h');
      assert.equal(await judge(ana), first, 'the same question has the same address');
      assert.notEqual(await judge(await s.tokenFor('ben', 'reader')), first, 'of another it is another one');
      const { changes, next } = await list();
      assert.deepEqual(
        changes.map(({ name, by, at }) => [name, by, at.slice(11, 16)]),
        [
          ['shop!1', 'ben', '01:00'],
          ['shop!1', 'ana', '01:00'],
          ['pay!100%_\\', 'ana', '00:00'],
        ],
      );
      assert.equal(next, null);
      const page = await list('?limit=2');
      assert.deepEqual(
        (await list(`?limit=2&after=${page.next}`)).changes.map(({ name }) => name),
        ['pay!100%_\\'],
      );
      for (const [query, count] of [
        ['?name=SHOP', 2],
        ['?name=100%25_%5C', 1],
        ['?name=p%25y', 0],
        ['?verdict=allow', 0],
      ] as const)
        assert.equal((await list(query)).changes.length, count, query);
      const shown = await s.mirror.call(`/api/v1${first}`, { token: ana });
      const { report, compared, judged } = (await shown.json()) as KeptChangeJson;
      assert.deepEqual([report.changes[0]?.crate, compared, judged], ['word', true, 'server']);
      assert.equal((await s.mirror.call(`/api/v1${first}`)).status, 401);
    });
  });
}

test('`check --keep` tells the server what it found, and its verdict stands where that fails', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  await s.index('word');
  const cwd = folder(t, {
    'Cargo.lock': lockfileText(lockedApp('word'), { name: 'word', version: '1.0.0' }),
    'old.lock': lockfileText(lockedApp()),
  });
  const keep = (env: Record<string, string>, ...args: string[]) =>
    safeguard(['check', '--keep', 'https://git.example/shop/pull/7', ...args], { cwd, env });
  const nowhere = await keep({});
  assert.equal(nowhere.code, 64);
  assert.match(nowhere.stderr, /none is named/);
  const token = await s.tokenFor('ana', 'ci');
  const kept = await keep({ SAFEGUARD_TOKEN: token, SAFEGUARD_SERVER: s.mirror.url });
  const [, id = ''] = /^Kept: \S+\/changes\/([0-9a-f]{64})$/m.exec(kept.stderr) ?? [];
  const shown = await s.mirror.call(`/api/v1/changes/${id}`, { token });
  const { name, by, judged, verdict } = (await shown.json()) as KeptChangeJson;
  assert.deepEqual([name, by, judged], ['https://git.example/shop/pull/7', 'ana', 'project']);
  assert.equal(kept.code, { allow: 0, hold: 2, review: 2, deny: 1 }[verdict]);
  // What it is compared with goes along, so that the page has the graph of before.
  const compared = await keep(
    { SAFEGUARD_TOKEN: token, SAFEGUARD_SERVER: s.mirror.url },
    '--base',
    './old.lock',
  );
  const [, of = ''] = /changes\/([0-9a-f]{64})$/m.exec(compared.stderr) ?? [];
  const graph = async (query: string) => {
    const answer = await s.mirror.call(`/api/v1/graph?${query}`, { token });
    return (await answer.json()) as GraphJson;
  };
  const after = await graph(`change=${of}`);
  assert.deepEqual([after.nodes.length, after.before], [2, true]);
  assert.equal((await graph(`change=${of}&side=before`)).nodes.length, 1);
  assert.equal((await graph(`change=${id}`)).before, false);
  const refused = await keep(
    { SAFEGUARD_TOKEN: await s.tokenFor('eve', 'auditor') },
    '--server',
    s.mirror.url,
  );
  assert.equal(refused.code, kept.code);
  assert.match(refused.stderr, /Note: the verdict is not kept: The token of eve is one of the role auditor/);
});
