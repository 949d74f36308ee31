/** Who needs a release that is held back, who decides what of it, and that nobody approves of what he asked for. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { RequestsJson } from '../../src/server/requests-contract.ts';
import { old } from '../support/check.ts';
import { get } from '../support/http.ts';
import { httpSink } from '../support/sinks.ts';
import { type DatabaseName, databases, type Stage, type StageOptions, stage } from '../support/stage.ts';

const fetching = 'fn main() { let _ = std::net::TcpStream::connect("downloads.invalid:80"); }';
const parts = { crate: 'parts', version: '1.1.0' };

/** 1.1.0 waits for a review, and 1.2.0 for the end of its cool-down. */
async function scene(t: TestContext, options: StageOptions = {}): Promise<Stage> {
  const s = await stage(t, { config: '[limits]\nunfollowed = "1h"\n', ...options });
  s.publish('parts', '1.0.0', old);
  s.publish('parts', '1.1.0', { buildScript: fetching, ...old });
  assert.equal((await s.download('parts', '1.1.0')).status, 403);
  return s;
}

async function ask(s: Stage, token: string, body: object): Promise<{ status: number; text: string }> {
  return await get(`${s.mirror.url}/api/v1/requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
}

const requestsOf = async (s: Stage, query = '') =>
  ((await (await s.mirror.call(`/api/v1/requests${query}`)).json()) as RequestsJson).requests;

for (const { name, skip } of databases) {
  describe(`requests on ${name}`, { skip }, () => {
    const start = (t: TestContext, more: StageOptions = {}) =>
      scene(t, { database: name as DatabaseName, ...more });

    it('are shared by all who need one release, and nobody approves of what he asked for', async (t) => {
      const s = await start(t);
      const [anna, ben] = [await s.tokenFor('anna'), await s.tokenFor('ben')];
      const first = await ask(s, anna, { ...parts, reason: 'the fix of the parser' });
      assert.equal(first.status, 200, first.text);
      assert.match(first.text, /anna needs parts 1\.1\.0; somebody else decides/);
      await ask(s, ben, { ...parts, reason: 'the same' });
      // A second one takes the place of the first.
      const again = await ask(s, anna, { ...parts, reason: 'the fix of the parser, for app' });
      assert.match(again.text, /1 person needs it as well/);
      const [one, ...others] = await requestsOf(s);
      assert.equal(others.length, 0);
      assert.deepEqual(
        one?.asked.map(({ by, reason }) => [by, reason]),
        [
          ['anna', 'the fix of the parser, for app'],
          ['ben', 'the same'],
        ],
      );
      assert.deepEqual(
        one?.parts.map(({ rule, answered, owners }) => [rule, answered, owners]),
        [['capability-added', false, []]],
      );
      // However the name is written: it is one person's.
      assert.equal((await requestsOf(s, '?by=Anna')).length, 1);
      for (const token of [anna, ben]) {
        const refused = await s.act('approve', { ...parts, reason: 'mine' }, token);
        assert.equal(refused.status, 409, refused.text);
        assert.match(refused.text, /asked for parts 1\.1\.0: somebody else approves of it/);
      }
      // The same person, whatever token and however the name is written.
      await s.mirror.call('/api/v1/tokens/anna', { method: 'DELETE', token: s.mirror.token() });
      assert.equal((await s.act('approve', parts, await s.tokenFor('Anna'))).status, 409);
      assert.equal((await s.act('approve', parts, await s.tokenFor('cleo'))).status, 200);
      assert.equal((await s.download('parts', '1.1.0')).status, 200);
      assert.deepEqual(await requestsOf(s, '?state=review'), []);
      const [granted] = await requestsOf(s, '?state=promoted&by=ben');
      assert.equal(granted?.decisions[0]?.by, 'cleo');
      const log = await (await s.mirror.call('/api/v1/audit', { token: s.mirror.token() })).text();
      assert.match(log, /"release\.requested","subject":"upstream parts@1\.1\.0"/);
    });

    it('are refused where there is nothing to ask for', async (t) => {
      const s = await start(t);
      const anna = await s.tokenFor('anna');
      for (const [body, status, says] of [
        [{ ...parts, version: '1.0.0', reason: 'x' }, 409, /is handed out/],
        [{ ...parts, version: '9.0.0', reason: 'x' }, 404, /has no parts 9\.0\.0/],
        [{ ...parts, reason: ' ' }, 400, /Give JSON/],
        [{ crate: 'parts', reason: 'x' }, 400, /Give JSON/],
        [{ ...parts, registry: 'none', reason: 'x' }, 404, /there is no upstream/],
      ] as const) {
        const answer = await ask(s, anna, body);
        assert.match(answer.text, says);
        assert.equal(answer.status, status, answer.text);
      }
      assert.equal((await s.act('approve', parts, anna)).status, 200);
      s.publish('parts', '1.2.0', { pubtime: s.clock.iso() });
      await s.pass('10m');
      const held = await ask(s, anna, { ...parts, version: '1.2.0', reason: 'soon' });
      assert.equal(held.status, 200, held.text);
    });

    it('leave each rule to its owner', async (t) => {
      const policy = '[decisions.owners]\n"capability-added" = ["sec"]\n';
      const s = await start(t, { policy });
      await ask(s, await s.tokenFor('anna'), { ...parts, reason: 'needed' });
      const other = await s.act('approve', parts, await s.tokenFor('ben'));
      assert.equal(other.status, 409);
      assert.match(other.text, /Others answer what waits on parts 1\.1\.0: capability-added \(sec\)/);
      assert.deepEqual((await requestsOf(s))[0]?.parts[0]?.owners, ['sec']);
      assert.equal((await s.act('approve', parts, await s.tokenFor('sec'))).status, 200);
      assert.equal((await s.release('parts', '1.1.0')).state, 'promoted');
    });
  });
}

it('are told of, and so is their answer', async (t) => {
  const hook = await httpSink(t);
  const config = `[[notify]]\nkind = "webhook"\nname = "hook"\nurl = "${hook.url}"\nsecret-env = "HOOK_SECRET"\n`;
  const s = await scene(t, { config, env: { HOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}` } });
  await ask(s, await s.tokenFor('anna'), { ...parts, reason: 'the fix' });
  await s.act('approve', parts, await s.tokenFor('ben'));
  s.clock.advance('1m');
  await s.mirror.notify();
  const told = hook.posted.map(({ body }) => body).join('\n');
  assert.match(told, /anna needs parts 1\.1\.0: the fix/);
  assert.match(told, /parts 1\.1\.0 is handed out, which anna asked for/);
});
