/**
 * Who decided what: acts are written down with the act, `audit verify` proves them, and finds out whatever is done to
 * the database.
 */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { postgresAvailable } from '../support/postgres.ts';
import { type Stage, stage } from '../support/stage.ts';

const policy = '[cooldown]\nbreak-glass = true\n';

/** A release that people act on, seven entries in all. */
async function acted(s: Stage): Promise<void> {
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
  await s.pass('10m');
  const anna = await s.tokenFor('anna');
  await s.act('block', { crate: 'word', version: '1.1.0', reason: 'looks odd' }, anna);
  await s.act('unblock', { crate: 'word', version: '1.1.0', reason: 'it is not' }, anna);
  await s.mirror.call('/api/v1/tokens/anna', { method: 'DELETE', token: s.mirror.token() });
  await s.mirror.turn('audit anchors');
}

const asJson = (text: string) =>
  JSON.parse(text) as { verified: boolean; anchored: number; faults: { kind: string; seq: number }[] };

describe('the audit log', () => {
  test('has who did what, in which role, from where, before and after; and proves it', async (t) => {
    const s = await stage(t, { policy });
    await acted(s);
    const cwd = folder(t);
    const run = (...args: string[]) =>
      safeguard([...args, '--data', s.mirror.data, '--server', s.mirror.url], {
        cwd,
        env: { SAFEGUARD_TOKEN: s.mirror.token() },
      });
    const list = await run('audit', 'list', '--format', 'json');
    const { entries } = JSON.parse(list.stdout) as { entries: Record<string, unknown>[] };
    assert.deepEqual(
      entries.map(({ seq, actor, role, action, subject }) => [seq, actor, role, action, subject]),
      [
        [1, 'serve', null, 'policy.activated', ''],
        [2, 'serve', null, 'settings.changed', 'server.toml'],
        [3, 'serve', null, 'token.created', 'admin'],
        [4, 'admin', 'admin', 'token.created', 'anna'],
        [5, 'anna', 'reviewer', 'release.blocked', 'upstream word@1.1.0'],
        [6, 'anna', 'reviewer', 'release.unblocked', 'upstream word@1.1.0'],
        [7, 'admin', 'admin', 'token.revoked', 'anna'],
      ],
    );
    const blocked = entries[4] as {
      address: string;
      before: object;
      after: { state: string; reason: string };
    };
    assert.match(blocked.address, /^(::ffff:)?127\.0\.0\.1$/);
    assert.deepEqual(
      [blocked.before, blocked.after.state, blocked.after.reason].map(
        (one) => (one as { state?: string }).state ?? one,
      ),
      ['held', 'blocked', 'looks odd'],
    );
    const text = await run('audit', 'list');
    assert.match(
      text.stdout,
      /^ *5 .* anna \(reviewer\) .* release\.blocked +upstream word@1\.1\.0 +looks odd$/m,
    );

    const verified = await run('audit', 'verify');
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    assert.match(verified.stdout, /^7 entries are as when a head of them was kept elsewhere\.$/m);
    assert.match(verified.stdout, /7 entries: nothing was edited\.$/m);

    writeFileSync(join(cwd, 'audit.jsonl'), (await run('audit', 'export')).stdout);
    const offline = await safeguard(
      [
        'audit',
        'verify',
        '--from',
        'audit.jsonl',
        '--key',
        join(s.mirror.data, 'audit.pub'),
        '--format',
        'json',
      ],
      { cwd },
    );
    assert.equal(offline.code, 0, offline.stdout + offline.stderr);
    assert.deepEqual([asJson(offline.stdout).verified, asJson(offline.stdout).anchored], [true, 0]);
    const edited = readFileSync(join(cwd, 'audit.jsonl'), 'utf8').replace('looks odd', 'looks fine');
    writeFileSync(join(cwd, 'audit.jsonl'), edited);
    const found = await safeguard(['audit', 'verify', '--from', 'audit.jsonl', '--data', s.mirror.data], {
      cwd,
    });
    assert.equal(found.code, 1);
    assert.match(found.stdout, /entry 5, or the one before, is not what was written/);
    assert.match(found.stdout, /nothing from entry 5 on can be relied on/);
  });

  test('is neither there nor grows without its act', async (t) => {
    const s = await stage(t, { policy });
    await acted(s);
    const refused = await s.act('unblock', { crate: 'word', version: '1.1.0' });
    assert.equal(refused.status, 409);
    assert.equal((await s.mirror.server.store.auditHead())?.count, 7);
    await s.restart();
    assert.equal(
      (await s.mirror.server.store.auditHead())?.count,
      7,
      'a start that changes nothing says nothing',
    );
    await s.restart({ config: '[limits]\ntransfer-rate = 2048\n' });
    const last = (await s.mirror.server.store.auditEntries({ after: 7, limit: 9 })).map(
      ({ action }) => action,
    );
    assert.deepEqual(last, ['settings.changed']);
  });

  const tampers: Readonly<Record<string, [sql: string, kind: string]>> = {
    'a word is changed': [`update audit set actor = 'ben' where seq = 4`, 'altered'],
    'one entry is taken out': ['delete from audit where seq = 4', 'missing'],
    'the last three are taken away': ['delete from audit where seq > 3', 'ended-early'],
    'the last three are taken away and the head is set back': [
      `delete from audit where seq > 3; update audit_head set count = 3, hash = (select hash from audit where seq = 3),
        at = (select at from audit where seq = 3), signature = (select signature from audit where seq = 3)`,
      'ended-early',
    ],
    'everything is taken away': ['delete from audit; delete from audit_head', 'ended-early'],
  };
  for (const [what, [sql, kind]] of Object.entries(tampers))
    test(`is found out where ${what}`, async (t) => {
      const s = await stage(t, { policy });
      await acted(s);
      const database = new DatabaseSync(join(s.mirror.data, 'safeguard.db'), { timeout: 5_000 });
      database.exec(sql);
      database.close();
      const env = { SAFEGUARD_TOKEN: s.mirror.token() };
      const args = ['audit', 'verify', '--data', s.mirror.data, '--server', s.mirror.url, '--format', 'json'];
      const { code, stdout, stderr } = await safeguard(args, { cwd: folder(t), env });
      assert.equal(code, 1, stderr);
      assert.equal(asJson(stdout).faults[0]?.kind, kind, stdout);
    });

  test('raises an alarm where an older backup of the database is started', async (t) => {
    const s = await stage(t, { policy });
    await acted(s);
    await s.mirror.close();
    const path = join(s.mirror.data, 'safeguard.db');
    const copy = join(folder(t), 'backup.db');
    copyFileSync(path, copy);
    await s.restart();
    await s.act('block', { crate: 'word', version: '1.1.0', reason: 'after the backup' });
    await s.mirror.turn('audit anchors');
    await s.mirror.close();
    copyFileSync(copy, path);
    await s.restart();
    await s.mirror.turn('audit anchors');
    assert.ok(
      s.mirror.log.some((line) => /the audit log is not the one whose head was kept there/.test(line)),
      s.mirror.log.join('\n'),
    );
  });

  test('is one chain where two replicas write at once', { skip: postgresAvailable() ?? false }, async (t) => {
    const s = await stage(t, { policy, database: 'PostgreSQL' });
    await acted(s);
    const other = await s.replica({ data: folder(t) });
    // Each data folder here makes an admin's token of its own, and the last one counts.
    const token = other.token();
    const make = (mirror: typeof other, name: string) =>
      mirror.call('/api/v1/tokens', { method: 'POST', token, body: { name, role: 'reader' } });
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, at) => make(at % 2 === 0 ? s.mirror : other, `one-${at}`)),
    );
    assert.deepEqual([...new Set(made.map(({ status }) => status))], [201]);
    const keys = [s.mirror, other].flatMap(({ data }) => ['--key', join(data, 'audit.pub')]);
    const args = ['audit', 'verify', '--data', s.mirror.data, '--server', other.url, ...keys];
    const { code, stdout } = await safeguard(args, { cwd: folder(t), env: { SAFEGUARD_TOKEN: token } });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /18 entries: nothing was edited/);
  });
});
