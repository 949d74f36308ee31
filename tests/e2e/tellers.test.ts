/** Whose agent may say what a host runs: a token that was stolen from one host hides nothing on another. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { databases, type Stage, stage } from '../support/stage.ts';

const digit = (text: string) => text.repeat(64);
const running = (...digits: readonly string[]) =>
  digits.map((one, i) => ({
    ...{ pid: i + 1, started: 1, path: `/opt/${one}`, sha256: digit(one), state: 'present', stale: [] },
  }));

async function tell(s: Stage, token: string, host: string, digits: readonly string[], bootId = 'b0') {
  const body = { host, bootId, unread: 0, processes: running(...digits) };
  const answer = await s.mirror.call('/api/v1/sightings', { method: 'POST', body, token });
  const { code } = (await answer.json()) as { readonly code?: string };
  return answer.status === 200 ? 'taken' : `${answer.status} ${code}`;
}

async function programs(s: Stage, host: string): Promise<readonly string[]> {
  const answer = await s.mirror.call(`/api/v1/sightings?host=${host}`, { token: s.mirror.token() });
  return ((await answer.json()) as { processes: { path: string }[] }).processes.map(({ path }) => path);
}

for (const { name: database, skip } of databases)
  describe(`what a host runs, on ${database}`, { skip }, () => {
    it('is said by the token that said it before, while that is in force', async (t) => {
      const s = await stage(t, { database });
      const [web, db] = [await s.tokenFor('web-1', 'agent'), await s.tokenFor('db-1', 'agent')];
      assert.equal(await tell(s, web, 'web-1', ['a']), 'taken');
      assert.equal(await tell(s, db, 'db-1', ['b']), 'taken');
      // Who broke into db-1 would have web-1 look clean.
      assert.equal(await tell(s, db, 'web-1', []), '403 inventory/other-teller');
      const change = {
        kind: 'change',
        session: 's',
        sequence: 1,
        begun: [],
        ended: [{ pid: 1, started: 1 }],
      };
      const body = { host: 'web-1', bootId: 'b0', unread: 0, ...change };
      const changed = await s.mirror.call('/api/v1/sightings', { method: 'POST', body, token: db });
      assert.equal(changed.status, 403);
      assert.deepEqual(await programs(s, 'web-1'), ['/opt/a']);
      // An administrator may, and the host's own token goes on.
      assert.equal(await tell(s, s.mirror.token(), 'web-1', ['c']), 'taken');
      assert.equal(await tell(s, web, 'web-1', ['a']), 'taken');
      assert.equal(await tell(s, db, 'web-1', []), '403 inventory/other-teller');
    });

    it('is said by the next token where that one is revoked, and by another one of its owner', async (t) => {
      const s = await stage(t, { database });
      const create = async (name: string, owner: string) => {
        const body = { name, owner, role: 'agent' };
        const answer = await s.mirror.call('/api/v1/tokens', {
          method: 'POST',
          body,
          token: s.mirror.token(),
        });
        return ((await answer.json()) as { token: string }).token;
      };
      const [old, own] = [await create('web-1-old', 'web-1'), await create('web-1-new', 'web-1')];
      const other = await create('web-2', 'web-2');
      assert.equal(await tell(s, old, 'web-1', ['a']), 'taken');
      assert.equal(await tell(s, own, 'web-1', ['b']), 'taken');
      for (const name of ['web-1-old', 'web-1-new']) {
        assert.equal(await tell(s, other, 'web-1', []), '403 inventory/other-teller');
        const ended = { method: 'DELETE', token: s.mirror.token() };
        assert.equal((await s.mirror.call(`/api/v1/tokens/${name}`, ended)).status, 200);
      }
      assert.equal(await tell(s, old, 'web-1', ['a']), '401 server/unauthorised');
      assert.equal(await tell(s, other, 'web-1', ['c']), 'taken');
    });

    it('is said in the log to be of two machines, where they tell by turns under one name', async (t) => {
      const s = await stage(t, { database });
      const fleet = await s.tokenFor('fleet', 'agent');
      const warnings = () =>
        s.mirror.log.filter((line) => /Two machines tell of themselves as web-1/.test(line));
      for (const boot of ['b0', 'b1', 'b2'])
        assert.equal(await tell(s, fleet, 'web-1', ['a'], boot), 'taken');
      assert.equal(warnings().length, 0, 'a machine that was started again is no other one');
      for (const boot of ['b1', 'b2']) assert.equal(await tell(s, fleet, 'web-1', ['a'], boot), 'taken');
      assert.equal(warnings().length, 1);
    });
  });
