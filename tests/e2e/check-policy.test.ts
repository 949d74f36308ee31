/** What `safeguard check` goes by: the server's policy over the project's, never the one that a change brings along. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { folder } from '../cli/support.ts';
import { judged, old, run } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

describe('the policy of a check', () => {
  it('puts the project’s policy under that of the server', async (t) => {
    const s = await stage(t, { policy: '[cooldown]\nrelease = "5d"\n' });
    const word = makeCrate({ name: 'word', version: '1.0.0' });
    s.upstream.publish(makeCrate({ name: 'word', version: '0.9.0' }), old);
    s.upstream.publish(word, { pubtime: '2026-07-28T00:00:00Z' });
    const lock = lockfileText(lockedApp('word'), lockedCrate(word));
    const weaker = await judged(
      s,
      folder(t, { 'Cargo.lock': lock, 'safeguard.toml': '[cooldown]\nrelease = "1d"\n' }),
    );
    assert.deepEqual([weaker.code, weaker.until?.slice(0, 10)], [2, '2026-08-02']);
    const stricter = await judged(
      s,
      folder(t, { 'Cargo.lock': lock, 'safeguard.toml': '[cooldown]\nrelease = "9d"\n' }),
    );
    assert.deepEqual([stricter.code, stricter.until?.slice(0, 10)], [2, '2026-08-06']);
    const wrong = await run(s, folder(t, { 'Cargo.lock': lock, 'safeguard.toml': '[cooldwn]\n' }));
    assert.deepEqual([wrong.code, /safeguard\.toml:1/.test(wrong.stderr)], [64, true], wrong.stderr);
  });

  it('is not let in by the policy that it brings along', async (t) => {
    const s = await stage(t, { policy: '[[banned.crates]]\nname = "word"\nreason = "we have another"\n' });
    const word = makeCrate({ name: 'word', version: '1.0.0' });
    s.upstream.publish(word, old);
    const repo = repository(t);
    repo.commit({ 'Cargo.lock': lockfileText(lockedApp()) });
    const waiver =
      '[[waiver]]\nrule = "banned"\ncrate = "word"\nreason = "r"\nby = "b"\nexpires = "2026-08-20"\n';
    repo.write({
      'Cargo.lock': lockfileText(lockedApp('word'), lockedCrate(word)),
      'safeguard.toml': waiver,
    });
    const { code, changes } = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual(
      [
        code,
        ...changes.map(({ kind, crate, findings }) => [kind, crate, findings[0]?.rule, findings[0]?.effect]),
      ],
      [1, ['added', 'word', 'banned', 'deny'], ['config', 'safeguard.toml', 'policy', 'warn']],
    );
    repo.git('add', 'safeguard.toml');
    repo.git('commit', '--quiet', '--message=agreed');
    const agreed = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual([agreed.code, agreed.changes[0]?.findings[0]?.waived?.by], [0, 'b']);
  });

  it('explains a rule: what it goes by, what would change it, how to ask for an exception', async (t) => {
    const s = await stage(t, {
      policy: '[cooldown]\nnew-crate = "9d"\n[license]\nallow = ["ISC"]\n',
    });
    const word = makeCrate({ name: 'word', version: '1.0.0' });
    s.upstream.publish(word, { pubtime: s.clock.iso() });
    const cwd = folder(t, { 'Cargo.lock': lockfileText(lockedApp('word'), lockedCrate(word)) });
    const age = await run(s, cwd, '--explain', 'age');
    assert.equal(age.code, 1);
    assert.match(age.stdout, /^age: /);
    assert.match(age.stdout, /\[cooldown\] release = "3d" \(default\)\n/);
    assert.match(age.stdout, /\[cooldown\] new-crate = "9d" \(organisation, the policy of http.*:2\)/);
    assert.match(age.stdout, /word 1\.0\.0: hold \(Cargo\.lock:\d+\)\n/);
    assert.match(
      age.stdout,
      /No waiver excepts it\..*: safeguard quarantine break-glass word@1\.0\.0 --reason WHY/,
    );
    const license = await run(s, cwd, '--explain', 'license');
    assert.match(license.stdout, /add this to safeguard\.toml/);
    const asked = /( {4}\[\[waiver\]\][\s\S]*?expires = ").*"/.exec(license.stdout)?.[1] ?? '';
    writeFileSync(join(cwd, 'safeguard.toml'), `${asked.replaceAll('…', 'x')}2026-08-20"\n`);
    const { changes } = await judged(s, cwd);
    const waived = changes.flatMap(({ findings }) => findings).find(({ rule }) => rule === 'license');
    assert.equal(waived?.waived?.by, 'x');
    const none = await run(s, cwd, '--explain', 'agee');
    assert.deepEqual([none.code, /there is no rule `agee`/.test(none.stderr)], [64, true]);
  });
});
