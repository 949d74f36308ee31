/** Another policy at the next start: everything is judged again by it, on every replica; a broken one does not start. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeCrate } from '../support/crate.ts';
import { databases, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

const strict = '[cooldown]\nrelease = "30d"\nnew-crate = "60d"\n';
const blocking = '[[blocklist.crates]]\nname = "wo_rd"\nversion = "1.0.0"\nreason = "we said no"\n';

for (const { name: database, skip } of databases) {
  describe(`a change of policy on ${database}`, { skip }, () => {
    test('a stricter policy judges again what was promoted; the looser one after it promotes it again', async (t) => {
      const s = await stage(t, { database });
      s.publish('word', '1.0.0');
      await s.index('word');
      s.publish('word', '1.1.0', { pubtime: null });
      await s.pass('10m');
      await s.pass('4d');
      assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
      await s.restart({ policy: strict });
      // At once, without a tick: no answer is ever given by the old policy.
      assert.deepEqual(await s.offered('word'), ['1.0.0']);
      const refused = await s.download('word', '1.1.0');
      assert.equal(refused.status, 403);
      assert.match(refused.text, /^Ends: 2026-08-31 00:10 UTC, /m);
      await s.mirror.tick();
      const { release, log } = await s.report('word', '1.1.0');
      assert.equal(release.until, '2026-08-31T00:10:00.000Z');
      const last = log.at(-1);
      assert.deepEqual([last?.from, last?.to, last?.actor], ['promoted', 'held', 'policy']);
      assert.notEqual(last?.policy, log[0]?.policy);
      await s.restart({ policy: '' });
      assert.deepEqual(await s.offered('word'), ['1.0.0', '1.1.0']);
    });

    test('crates that nobody asks for are judged again in the background', async (t) => {
      const s = await stage(t, { database });
      for (let i = 0; i < 40; i++) s.publish(`word${i}`, '1.0.0');
      for (let i = 0; i < 40; i++) await s.index(`word${i}`);
      await s.restart({ policy: '[[blocklist.crates]]\nname = "word39"\nreason = "no"\n' });
      await s.mirror.tick();
      const listed = await s.mirror.call('/api/v1/quarantine?state=blocked');
      const { releases } = (await listed.json()) as { releases: { crate: string }[] };
      assert.deepEqual(
        releases.map(({ crate }) => crate),
        ['word39'],
      );
      const all = await s.mirror.server.store.findReleases({ limit: 100 });
      assert.deepEqual([...new Set(all.map(({ policy }) => policy))], [s.mirror.server.policy.digest]);
    });

    test('no policy un-blocks what is not what the index named', async (t) => {
      const s = await stage(t, { database });
      const word = makeCrate({ name: 'word', version: '1.1.0' });
      s.publish('word', '1.0.0');
      s.upstream.publish(word);
      await s.index('word');
      s.upstream.alterChecksum('word', '1.1.0', 'f'.repeat(64));
      await s.pass('10m');
      assert.equal((await s.release('word', '1.1.0')).state, 'blocked');
      for (const policy of ['[cooldown]\nrelease = "0s"\nnew-crate = "0s"\nbreak-glass = true\n', '']) {
        await s.restart({ policy });
        await s.mirror.tick();
        assert.equal((await s.release('word', '1.1.0')).state, 'blocked');
        assert.deepEqual(await s.offered('word'), ['1.0.0']);
      }
    });
  });
}

test('a block of the policy counts from the start, for "-" and "_" alike, with its reason', async (t) => {
  const s = await stage(t);
  s.publish('wo-rd', '1.0.0');
  s.publish('wo-rd', '1.1.0');
  assert.deepEqual(await s.offered('wo-rd'), ['1.0.0', '1.1.0']);
  await s.restart({ policy: blocking });
  assert.deepEqual(await s.offered('wo-rd'), ['1.1.0']);
  assert.match(
    (await s.download('wo-rd', '1.0.0')).text,
    /^Rule blocklist: The policy blocks it: we said no$/m,
  );
});

test('a replica takes over the policy that another one was started with', {
  skip: databases[1]?.skip ?? false,
}, async (t) => {
  const s = await stage(t, { database: 'PostgreSQL' });
  s.publish('wo-rd', '1.0.0');
  s.publish('wo-rd', '1.1.0');
  assert.deepEqual(await s.offered('wo-rd'), ['1.0.0', '1.1.0']);
  const newer = await s.replica({ policy: blocking });
  await s.mirror.tick();
  assert.deepEqual(await s.offered('wo-rd'), ['1.1.0']);
  assert.deepEqual(await s.offered('wo-rd', newer), ['1.1.0']);
  const statuses = await Promise.all(
    [s.mirror, newer].map(async (mirror) => (await (await mirror.call('/api/v1/status')).json()) as Status),
  );
  assert.equal(statuses[0]?.policy.digest, statuses[1]?.policy.digest);
});

interface Status {
  readonly policy: { readonly digest: string };
}

test('a policy that does not load stops the start, with file and line, and changes nothing', async (t) => {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  await s.index('word');
  await assert.rejects(s.restart({ policy: '[cooldown]\nrelease = "3d"\nnew-crates = "7d"\n' }), {
    name: 'PolicyError',
    message: /^safeguard\.toml:3(:1)?: unknown key `cooldown\.new-crates`; did you mean `new-crate`\?$/,
  });
  await s.restart();
  assert.deepEqual(await s.offered('word'), ['1.0.0']);
});

test('the command line says the same, and ends with a code', (t) => {
  const folder = tempDir(t);
  const policy = join(folder, 'policy.toml');
  writeFileSync(policy, '\n\n[cooldown]\nrelease = "soon"\n');
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const args = ['serve', '--listen', '127.0.0.1:0', '--data', join(folder, 'data'), '--policy', policy];
  const { status, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.notEqual(status, 0);
  assert.notEqual(status, null);
  assert.match(stderr, /policy\.toml:4(:\d+)?: .*expected a duration such as "3d"/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});
