/** A backup of a server that works, started elsewhere: the same verdicts byte for byte, and an audit log that is proved. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { startMirror } from '../support/mirror.ts';
import { type Stage, stage } from '../support/stage.ts';

const verdicts = async (mirror: Stage['mirror']) => {
  const releases = await mirror.server.store.findReleases({ limit: 1000 });
  return releases.map(({ key, version, state, until, verdict, checksum }) => ({
    key,
    version,
    state,
    until,
    verdict,
    checksum,
  }));
};

async function busy(t: Parameters<typeof stage>[0]): Promise<Stage> {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
  await s.pass('10m');
  await s.act('block', { crate: 'word', version: '1.0.0', reason: 'odd' });
  await s.download('word', '1.0.0');
  await s.mirror.turn('audit anchors');
  return s;
}

test('restored elsewhere gives the same verdicts, the same tokens and a log that is proved', async (t) => {
  const s = await busy(t);
  const cwd = folder(t);
  // Somebody acts all the while.
  let acting = true;
  const acts = (async () => {
    for (let at = 0; acting; at++) await s.act('block', { crate: `other-${at}`, reason: 'meanwhile' });
  })();
  const made = await safeguard(
    ['mirror', 'backup', 'copy', '--data', s.mirror.data, '--crates', '--format', 'json'],
    { cwd },
  );
  acting = false;
  await acts;
  assert.equal(made.code, 0, made.stderr);
  assert.deepEqual((JSON.parse(made.stdout) as { files: string[] }).files, [
    'safeguard.db',
    'audit-heads.jsonl',
    'audit.key',
    'audit.pub',
    'admin.token',
  ]);
  for (const secret of ['audit.key', 'admin.token'])
    assert.equal(statSync(join(cwd, 'copy', secret)).mode & 0o077, 0, `${secret} is its owner's alone`);
  const before = await verdicts(s.mirror);
  const token = s.mirror.token();
  const { upstream, clock } = s;
  await s.mirror.close();

  const restored = await safeguard(['mirror', 'restore', 'copy', '--data', 'elsewhere'], { cwd });
  assert.equal(restored.code, 0, restored.stdout + restored.stderr);
  assert.match(restored.stdout, /elsewhere is as it was, with \d+ acts in its audit log/);
  const mirror = await startMirror({ upstream: upstream.indexUrl, clock, data: join(cwd, 'elsewhere') }, t);
  assert.deepEqual(await verdicts(mirror), before);
  assert.equal(
    (await mirror.call('/api/v1/tokens', { token })).status,
    200,
    'whoever had a token has it still',
  );
  assert.ok(existsSync(join(cwd, 'elsewhere', 'blobs')));
  const env = { SAFEGUARD_TOKEN: token };
  const verify = await safeguard(
    ['audit', 'verify', '--data', join(cwd, 'elsewhere'), '--server', mirror.url],
    { cwd, env },
  );
  assert.equal(verify.code, 0, verify.stdout);
});

test('of a log that somebody edited is found out when it is restored', async (t) => {
  const s = await busy(t);
  const cwd = folder(t);
  await safeguard(['mirror', 'backup', 'copy', '--data', s.mirror.data], { cwd });
  const database = new DatabaseSync(join(cwd, 'copy', 'safeguard.db'));
  database.exec(`update audit set actor = 'nobody' where seq = 2`);
  database.close();
  const { code, stdout } = await safeguard(['mirror', 'restore', 'copy', '--data', 'elsewhere'], { cwd });
  assert.equal(code, 1);
  assert.match(stdout, /entry 2, or the one before, is not what was written/);
});

test('writes over nothing, and says what is no backup and no data folder', async (t) => {
  const s = await busy(t);
  const cwd = folder(t, { 'full/file': 'x' });
  const full = await safeguard(['mirror', 'backup', 'full', '--data', s.mirror.data], { cwd });
  assert.equal(full.code, 64);
  assert.match(full.stderr, /full is not empty/);
  assert.deepEqual(readdirSync(join(cwd, 'full')), ['file']);
  const none = await safeguard(['mirror', 'backup', 'copy', '--data', 'full'], { cwd });
  assert.match(none.stderr, /has no database[\s\S]*pg_dump/);
  const empty = await safeguard(['mirror', 'restore', 'full', '--data', 'new'], { cwd });
  assert.match(empty.stderr, /is no backup/);
  writeFileSync(join(cwd, 'plain'), '');
  assert.equal((await safeguard(['mirror', 'backup', 'plain', '--data', s.mirror.data], { cwd })).code, 64);
});
