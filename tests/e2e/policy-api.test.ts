/** The policy as the API shows it, and what another one would have done to what came out lately. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { ApprovalsJson } from '../../src/server/approvals-contract.ts';
import type { PolicyJson, SimulatedJson } from '../../src/server/policy-contract.ts';
import { old } from '../support/check.ts';
import { get } from '../support/http.ts';
import { databases, type Stage, type StageOptions, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

const running = 'fn main() { std::process::Command::new("tool").status().unwrap(); }';
const fetching = 'fn main() { let _ = std::net::TcpStream::connect("downloads.invalid:80"); }';

async function scene(t: TestContext, options: StageOptions): Promise<Stage> {
  const s = await stage(t, options);
  s.publish('parts', '1.0.0', old);
  s.publish('word', '1.0.0', old);
  for (const name of ['parts', 'word']) await s.index(name);
  await s.download('parts', '1.0.0');
  await s.download('word', '1.0.0');
  s.publish('parts', '1.1.0', { buildScript: fetching, pubtime: s.clock.iso() });
  s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
  await s.pass('10m');
  return s;
}

const ask = async <T>(s: Stage, path: string, body?: object): Promise<T> => {
  const headers = { authorization: `Bearer ${s.mirror.token()}`, 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await get(s.mirror.url + path, { headers, ...sent });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<T>();
};

for (const { name, skip } of databases) {
  describe(`the policy on ${name}`, { skip }, () => {
    it('is shown with where each value comes from, and with those before it', async (t) => {
      const s = await scene(t, { database: name, policy: '# ours\n[cooldown]\nrelease = "5d"\n' });
      const policy = await ask<PolicyJson>(s, '/api/v1/policy');
      const of = (section: string, key: string) =>
        policy.settings.find((one) => one.section === section && one.key === key);
      assert.deepEqual(
        [
          of('cooldown', 'release')?.value,
          of('cooldown', 'release')?.default,
          of('cooldown', 'release')?.line,
        ],
        ['5d', '3d', 3],
      );
      assert.equal(of('decisions', 'people')?.origin, 'default');
      assert.match(of('decisions', 'people')?.description ?? '', /different people/);
      s.clock.advance('1h');
      await s.restart({ policy: '' });
      const { history } = await ask<PolicyJson>(s, '/api/v1/policy?limit=5');
      assert.deepEqual(
        history.map(({ text }) => text),
        ['', '# ours\n[cooldown]\nrelease = "5d"\n'],
      );
    });

    it('is tried on what came out lately before anybody puts it in force', async (t) => {
      const s = await scene(t, { database: name });
      s.clock.advance('5d');
      const before = await ask<PolicyJson>(s, '/api/v1/policy');
      const text = '[cooldown]\nrelease = "10d"\n';
      const tried = await ask<SimulatedJson>(s, '/api/v1/policy/simulate', { text });
      assert.deepEqual(tried.changed, [{ section: 'cooldown', key: 'release', before: '3d', after: '10d' }]);
      assert.equal(tried.releases, 2, 'the back catalogue is no part of the last 30 days');
      assert.deepEqual([tried.before.later, tried.after.later, tried.after.held], [1, 0, 1]);
      assert.deepEqual(
        tried.differing.map(({ crate, before, after, rules }) => [crate, before.kind, after.kind, rules]),
        [['word', 'admitted', 'held', ['age']]],
      );
      const same = await ask<SimulatedJson>(s, '/api/v1/policy/simulate', { text: '', days: 1 });
      assert.deepEqual([same.isSame, same.releases, same.count], [true, 0, 0]);
      assert.equal((await ask<PolicyJson>(s, '/api/v1/policy')).digest, before.digest, 'nothing changed');
      const wrong = await get(`${s.mirror.url}/api/v1/policy/simulate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${s.mirror.token()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ text: '[cooldown]\nrelaese = "10d"\n' }),
      });
      assert.equal(wrong.status, 422);
      assert.match(wrong.text, /did you mean `release`/);
    });

    it('asks for approvals, which stand by what they are about, and grow', async (t) => {
      const list = join(tempDir(t), 'allow.toml');
      writeFileSync(
        list,
        `version = 2
[[approved]]
crate = "ring"
kind = "build-script"
version = "0.17.0"
by = "anna"
at = "2026-07-20T09:00:00Z"
reason = "read it"
expires = "2026-07-30"
tokens = "${'a'.repeat(64)}"
capabilities = ["process cc"]
[[approved]]
crate = "serde_derive"
kind = "proc-macro"
version = "1.0.0"
by = "anna"
at = "2026-07-01T09:00:00Z"
reason = "was there"
grandfathered = true
tokens = "${'b'.repeat(64)}"
`,
      );
      const s = await scene(t, { database: name, config: `approvals = ${JSON.stringify(list)}\n` });
      // More run a program than speak to the network, which is graver.
      s.publish('calm', '1.0.0', old);
      await s.index('calm');
      await s.download('calm', '1.0.0');
      s.publish('calm', '1.1.0', { buildScript: running, pubtime: s.clock.iso() });
      s.publish('word', '1.2.0', { buildScript: running, pubtime: s.clock.iso() });
      await s.pass('10m');
      s.clock.advance('4d');
      await s.pass('1m');
      const { kept, approved, waiting, debt } = await ask<ApprovalsJson>(s, '/api/v1/approvals');
      assert.ok(kept);
      assert.deepEqual(
        approved.map(({ crate, standing, by }) => [crate, standing, by]),
        [
          ['ring', 'lapsed', 'anna'],
          ['serde_derive', 'unread', 'anna'],
        ],
      );
      assert.deepEqual(
        waiting.map(({ rule, can, releases }) => [rule, can, releases.map(({ crate }) => crate)]),
        [
          ['capability-added', 'speaks to the network', ['parts']],
          ['capability-added', 'runs a program', ['calm', 'word']],
        ],
      );
      assert.deepEqual(
        debt.slice(-3).map(({ waiting, unread, lapsed }) => [waiting, unread, lapsed]),
        [
          [0, 1, 0],
          [0, 1, 0],
          [3, 1, 1],
        ],
      );
    });
  });
}
