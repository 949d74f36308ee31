/**
 * A policy saved from afar: written to its file as a whole, put in force with who wanted it and why, by as many as the
 * one before asks for.
 */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { AuditJson } from '../../src/server/audit/contract.ts';
import type { PolicyJson } from '../../src/server/policy-contract.ts';
import { databases, type Stage, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

const strict = '# agreed\n[cooldown]\nrelease = "30d"\n';

async function inForce(s: Stage): Promise<PolicyJson> {
  return (await (await s.mirror.call('/api/v1/policy', { token: s.mirror.token() })).json()) as PolicyJson;
}

async function save(s: Stage, text: string, more: { token?: string; base?: string; isTried?: boolean } = {}) {
  const { token = s.mirror.token(), base = (await inForce(s)).digest, isTried = true } = more;
  if (isTried)
    await s.mirror.call('/api/v1/policy/simulate', { method: 'POST', token, body: { text, days: 1 } });
  const body = { text, reason: 'the week of the audit', base };
  const answer = await s.mirror.call('/api/v1/policy', { method: 'POST', token, body });
  return { status: answer.status, text: await answer.text() };
}

for (const { name: database, skip } of databases) {
  describe(`a saved policy on ${database}`, { skip }, () => {
    test('is in its file and in force, here and at the next start, and the audit log has both texts', async (t) => {
      const folder = tempDir(t);
      const policyFile = join(folder, 'safeguard.toml');
      writeFileSync(join(folder, 'real.toml'), '', { mode: 0o640 });
      symlinkSync('real.toml', policyFile);
      const s = await stage(t, { database, policyFile, policy: '' });
      s.publish('word', '1.0.0');
      await s.index('word');
      s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
      await s.pass('10m');
      assert.deepEqual((await inForce(s)).saving, { file: policyFile, isPossible: true, people: 1 });
      const before = (await inForce(s)).digest;
      const broken = await save(s, '[cooldown]\nrelaese = "30d"\n');
      assert.deepEqual([broken.status, readFileSync(policyFile, 'utf8')], [422, '']);
      assert.match(broken.text, /did you mean/);
      const saved = await save(s, strict);
      assert.equal(saved.status, 200, saved.text);
      assert.equal(readFileSync(policyFile, 'utf8'), strict);
      assert.equal(
        statSync(join(folder, 'real.toml')).mode & 0o777,
        0o640,
        'the link stays one, and the mode',
      );
      const { digest, text } = await inForce(s);
      assert.equal(text, strict);
      const untried = await save(s, '# other\n', { isTried: false });
      assert.deepEqual([untried.status, readFileSync(policyFile, 'utf8')], [409, strict]);
      assert.match(untried.text, /was not tried against the policy in force/);
      const stale = await save(s, '', { base: before });
      assert.match(stale.text, /changed since this one was begun/);
      assert.match((await save(s, `${strict}# same\n`)).text, /judges as the one in force does/);
      const log = await s.mirror.call('/api/v1/audit?limit=1000', { token: s.mirror.token() });
      const { entries } = (await log.json()) as AuditJson;
      const entry = entries.findLast(({ action }) => action === 'policy.activated');
      assert.deepEqual([entry?.actor, entry?.before], ['admin', { digest: before, text: '' }]);
      assert.deepEqual(entry?.after, { digest, text: strict, reason: 'the week of the audit' });
      await s.pass('5d');
      assert.equal((await s.release('word', '1.1.0')).state, 'held', 'it is judged by it');
      await s.restart({ policy: readFileSync(policyFile, 'utf8') });
      assert.equal((await inForce(s)).digest, digest);
      assert.deepEqual(
        (await inForce(s)).history.map(({ by, reason }) => [by, reason]),
        [
          ['admin', 'the week of the audit'],
          ['serve', null],
        ],
      );
      writeFileSync(policyFile, '# by hand\n');
      assert.match((await save(s, '')).text, /was edited since/);
      assert.equal(readFileSync(policyFile, 'utf8'), '# by hand\n');
    });

    test('takes as many people as the one in force asks for, whatever tokens they use', async (t) => {
      const policyFile = join(tempDir(t), 'safeguard.toml');
      const two = '[decisions]\npeople = 2\n';
      writeFileSync(policyFile, two);
      const s = await stage(t, { database, policyFile, policy: two });
      const [ana, ben] = [await s.tokenFor('ana', 'admin'), await s.tokenFor('ben', 'admin')];
      const made = await s.mirror.call('/api/v1/tokens', {
        method: 'POST',
        token: s.mirror.token(),
        body: { name: 'laptop', owner: 'Ana', role: 'admin' },
      });
      const { token: laptop } = (await made.json()) as { token: string };
      const first = await save(s, strict, { token: ana });
      assert.match(first.text, /"outcome":"waits".*2 different people/);
      assert.match((await save(s, strict, { token: laptop })).text, /waits/, 'one person is one');
      assert.match(
        (await save(s, '[cooldown]\nrelease = "1d"\n', { token: ben })).text,
        /waits/,
        'another text',
      );
      const { proposals } = await inForce(s);
      assert.deepEqual(proposals.map(({ by }) => by).sort(), ['Ana', 'ana', 'ben']);
      // The same policy, with another word beside it: nobody else read that.
      assert.match((await save(s, `${strict}# and\n`, { token: ben })).text, /waits/, 'another text');
      assert.match(
        (await save(s, `project-may-relax = ["cooldown.release"]\n${strict}`, { token: ben })).text,
        /waits/,
      );
      assert.equal(readFileSync(policyFile, 'utf8'), two);
      await s.mirror.call('/api/v1/tokens/ana', { method: 'DELETE', token: s.mirror.token() });
      await s.mirror.call('/api/v1/tokens/laptop', { method: 'DELETE', token: s.mirror.token() });
      assert.match(
        (await save(s, strict, { token: ben })).text,
        /waits/,
        'what ana wanted ended with her tokens',
      );
      const last = await save(s, strict);
      assert.match(last.text, /"outcome":"active".*admin made a token of ben, and could have acted as both/);
      const log = await s.mirror.call('/api/v1/audit?limit=1000', { token: s.mirror.token() });
      const { entries } = (await log.json()) as AuditJson;
      const { after } = entries.findLast(({ action }) => action === 'policy.activated') ?? {};
      assert.deepEqual(after?.people, ['admin', 'ben']);
      assert.deepEqual(after?.hands, ['admin made a token of ben, and could have acted as both.']);
      assert.equal(readFileSync(policyFile, 'utf8'), strict);
      assert.deepEqual((await inForce(s)).proposals, []);
    });
  });
}

for (const { name: database, skip } of databases)
  test(`a trial at one replica counts at the other, and after a new start, on ${database}, for a day`, {
    skip,
  }, async (t) => {
    const policyFile = join(tempDir(t), 'safeguard.toml');
    writeFileSync(policyFile, '');
    const s = await stage(t, { database, policyFile, policy: '' });
    const trial = { method: 'POST', token: s.mirror.token(), body: { text: strict, days: 1 } };
    const replica = database === 'PostgreSQL' ? await s.replica() : undefined;
    assert.equal((await (replica ?? s.mirror).call('/api/v1/policy/simulate', trial)).status, 200);
    if (replica === undefined) await s.restart();
    await s.pass('23h');
    const commented = await save(s, `# other\n${strict}`, { isTried: false });
    assert.equal(commented.status, 409, 'another text was not tried');
    await s.pass('2h');
    assert.equal((await save(s, strict, { isTried: false })).status, 409, 'it was too long ago');
    assert.equal((await (replica ?? s.mirror).call('/api/v1/policy/simulate', trial)).status, 200);
    assert.equal((await save(s, strict, { isTried: false })).status, 200);
  });

test('of two that are saved at once one counts, and what a project may relax is a change', async (t) => {
  const policyFile = join(tempDir(t), 'safeguard.toml');
  writeFileSync(policyFile, strict);
  const s = await stage(t, { policyFile, policy: strict });
  const base = (await inForce(s)).digest;
  const relaxed = `project-may-relax = ["cooldown.release"]\n${strict}`;
  const other = '[cooldown]\nrelease = "1d"\n';
  for (const text of [relaxed, other])
    await s.mirror.call('/api/v1/policy/simulate', {
      method: 'POST',
      token: s.mirror.token(),
      body: { text, days: 1 },
    });
  const answers = await Promise.all([relaxed, other].map((text) => save(s, text, { base, isTried: false })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  assert.match(answers.find(({ status }) => status === 409)?.text ?? '', /was changed since|was edited/);
  assert.equal(readFileSync(policyFile, 'utf8'), (await inForce(s)).text);
});

test('what cannot be written changes nothing, and it is said what to do', async (t) => {
  const none = await stage(t, { policy: '' });
  assert.match((await save(none, strict)).text, /without a file for its policy/);
  assert.equal((await inForce(none)).saving.file, null);
  // The name of the file that is made first would be too long: nobody can write it, whoever runs the test.
  const policyFile = join(tempDir(t), `${'p'.repeat(245)}.toml`);
  writeFileSync(policyFile, '');
  const s = await stage(t, { policyFile, policy: '' });
  const before = await inForce(s);
  const refused = await save(s, strict);
  assert.equal(refused.status, 409);
  assert.match(refused.text, /cannot be written here \(ENAMETOOLONG\): put the text there/);
  assert.deepEqual([(await inForce(s)).digest, readFileSync(policyFile, 'utf8')], [before.digest, '']);
  rmSync(policyFile);
  assert.match((await save(s, strict)).text, /cannot be read here \(ENOENT\)/);
  assert.equal((await inForce(s)).saving.isPossible, false);
});
