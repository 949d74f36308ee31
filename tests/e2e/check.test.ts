/** `safeguard check` on real git repositories: what a change brings in, what was there before, and what to do. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { z } from 'zod';
import { gateVerdictSchema } from '../../src/gate/report/schema.ts';
import { folder, type Ran, safeguard } from '../cli/support.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { type Stage, stage } from '../support/stage.ts';

type Verdict = z.output<typeof gateVerdictSchema>;

const old = { pubtime: '2020-01-01T00:00:00Z' };

/** Runs `check` in a project, by the facts of the stage's server. */
async function run(s: Stage, cwd: string, ...args: readonly string[]): Promise<Ran> {
  return await safeguard(['check', '--server', s.mirror.url, ...args], { cwd });
}

async function judged(
  s: Stage,
  cwd: string,
  ...args: readonly string[]
): Promise<Verdict & { code: number | null }> {
  const ran = await run(s, cwd, '--format', 'json', ...args);
  assert.ok(ran.stdout.startsWith('{'), ran.stderr + ran.stdout);
  return { ...gateVerdictSchema.parse(JSON.parse(ran.stdout)), code: ran.code };
}

const manifest = (dependencies: string) =>
  `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies}\n`;

/** An advisory of our own in RustSec's format, in a folder of its own. */
function advisories(
  t: TestContext,
  ...list: readonly { id: string; crate: string; patched: string; more: string }[]
) {
  const root = folder(t);
  for (const { id, crate, patched, more } of list) {
    mkdirSync(join(root, 'crates', crate), { recursive: true });
    const front = `[advisory]\nid = "${id}"\npackage = "${crate}"\ndate = "2026-08-01"\n${more}\n[versions]\npatched = [${patched}]`;
    writeFileSync(
      join(root, 'crates', crate, `${id}.md`),
      `\`\`\`toml\n${front}\n\`\`\`\n\n# It lets others in\n\nIn short.\n`,
    );
  }
  return root;
}

const severe = 'cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"';

describe('safeguard check', () => {
  it('says of each change what it is, who pulls it in, and what is against it', async (t) => {
    const s = await stage(t);
    const word1 = makeCrate({ name: 'word', version: '1.0.0' });
    const word2 = makeCrate({ name: 'word', version: '1.1.0' });
    const line = makeCrate({ name: 'line', version: '0.3.0', dependencies: { word: '1' } });
    s.upstream.publish(word1, old);
    s.upstream.publish(line, old);
    await s.index('word');
    s.upstream.publish(word2, { pubtime: s.clock.iso() });
    await s.pass('10m');
    const repo = repository(t);
    repo.commit({
      'Cargo.toml': manifest('word = "1"'),
      'Cargo.lock': lockfileText(lockedApp('word'), lockedCrate(word1)),
    });
    repo.write({
      'Cargo.toml': manifest('word = "1"\nline = "0.3"'),
      'Cargo.lock': lockfileText(lockedApp('line', 'word'), lockedCrate(word2), lockedCrate(line, 'word')),
    });
    const verdict = await judged(s, repo.dir, '--base', 'HEAD');
    assert.equal(verdict.code, 2, JSON.stringify(verdict, null, 1));
    assert.deepEqual(
      verdict.changes.map(({ kind, crate, from, to, why }) => [kind, crate, from, to, why]),
      [
        ['added', 'line', undefined, '0.3.0', ['app → line']],
        ['upgraded', 'word', '1.0.0', '1.1.0', ['app → word', 'app → line → word']],
      ],
    );
    assert.deepEqual([verdict.verdict, verdict.until?.slice(0, 10)], ['hold', '2026-08-04']);
    const [finding] = verdict.changes[1]?.findings ?? [];
    assert.deepEqual(
      [finding?.rule, finding?.effect, finding?.next],
      ['age', 'hold', 'cargo update word@1.1.0 --precise 1.0.0'],
    );
    const lines = lockfileText(
      lockedApp('line', 'word'),
      lockedCrate(word2),
      lockedCrate(line, 'word'),
    ).split('\n');
    assert.equal(lines[(finding?.evidence.line ?? 0) - 1], 'name = "word"');
    assert.deepEqual(verdict.commands, ['cargo update word@1.1.0 --precise 1.0.0']);
    const terminal = await run(s, repo.dir, '--base', 'HEAD');
    assert.match(
      terminal.stdout,
      /^Cargo\.lock compared with HEAD \([0-9a-f]{12}\)\n\n\+ line 0\.3\.0\n {4}app → line\n/,
    );
    assert.match(terminal.stdout, /↑ word 1\.0\.0 → 1\.1\.0\n/);
    assert.match(terminal.stdout, /hold until 2026-08-04 .*: 1 of 2 changes may not enter as it is\.\n$/);
    assert.ok(!terminal.stdout.includes('\u001b'), 'no colour where nobody sees it');
  });

  it('lets debt fail nothing, and lists it apart', async (t) => {
    const db = advisories(t, { id: 'RUSTSEC-2026-0002', crate: 'word', patched: '">= 2.0.0"', more: severe });
    const s = await stage(t);
    const [word, next, fine] = [
      makeCrate({ name: 'word', version: '1.0.0' }),
      makeCrate({ name: 'word', version: '1.0.1' }),
      makeCrate({ name: 'line', version: '0.3.0' }),
    ];
    for (const crate of [word, next, fine]) s.upstream.publish(crate, old);
    const mirror = await s.restart({ advisoryDatabases: [db] });
    await mirror.tick();
    const repo = repository(t);
    repo.commit({ 'Cargo.lock': lockfileText(lockedApp('word'), lockedCrate(word)) });
    repo.write({
      'Cargo.lock': lockfileText(lockedApp('word', 'line'), lockedCrate(word), lockedCrate(fine)),
    });
    const verdict = await judged(s, repo.dir, '--base', 'HEAD');
    assert.equal(verdict.code, 0, JSON.stringify(verdict));
    assert.deepEqual(
      verdict.debt
        .filter(({ effect }) => effect !== 'warn')
        .map(({ rule, crate, version }) => [rule, crate, version]),
      [['vulnerability', 'word', '1.0.0']],
    );
    // A newer release with the same flaw is no worse than what was there.
    repo.write({ 'Cargo.lock': lockfileText(lockedApp('word'), lockedCrate(next)) });
    const moved = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual([moved.code, moved.debt[0]?.evidence.advisory], [0, 'RUSTSEC-2026-0002']);
    // Without a base it is all the project's.
    const whole = await judged(s, repo.dir);
    assert.deepEqual(
      [whole.code, whole.verdict, whole.changes.map(({ kind }) => kind)],
      [1, 'deny', ['present', 'present']],
    );
    assert.deepEqual(whole.debt, []);
  });

  it('catches what a warm cache would not: withdrawn, never heard of, other bytes, none named', async (t) => {
    const s = await stage(t);
    const [gone, stays] = [
      makeCrate({ name: 'word', version: '1.0.0' }),
      makeCrate({ name: 'word', version: '0.9.0' }),
    ];
    for (const crate of [gone, stays]) s.upstream.publish(crate, old);
    await s.index('word');
    s.upstream.deleteRelease('word', '1.0.0');
    await s.pass('10m');
    const cases: [name: string, lockfile: string, rule: string, says: RegExp][] = [
      ['withdrawn', lockfileText(lockedApp('word'), lockedCrate(gone)), 'lockfile', /no longer has it/],
      [
        'unheard of',
        lockfileText(lockedApp('word'), { ...lockedCrate(gone), version: '7.7.7' }),
        'lockfile',
        /no such release/,
      ],
      [
        'no such crate',
        lockfileText(lockedApp('wird'), { ...lockedCrate(gone), name: 'wird' }),
        'lockfile',
        /no such release/,
      ],
      [
        'other bytes',
        lockfileText(lockedApp('word'), { ...lockedCrate(stays), checksum: 'ab'.repeat(32) }),
        'lockfile',
        /other bytes/,
      ],
      [
        'no checksum',
        lockfileText(lockedApp('word'), { name: 'word', version: '0.9.0' }),
        'lockfile',
        /no checksum/,
      ],
      [
        'another registry',
        lockfileText(lockedApp('word'), { ...lockedCrate(stays), source: 'sparse+https://other.example/' }),
        'source',
        /does not name/,
      ],
      [
        'git',
        lockfileText(lockedApp('word'), {
          name: 'word',
          version: '0.9.0',
          source: `git+https://git.example/word#${'a'.repeat(40)}`,
        }),
        'source',
        /git repository/,
      ],
    ];
    for (const [name, lockfile, rule, says] of cases) {
      const cwd = folder(t, { 'Cargo.lock': lockfile });
      const verdict = await judged(s, cwd);
      assert.notEqual(verdict.verdict, 'allow', name);
      const findings = verdict.changes
        .flatMap((change) => change.findings)
        .filter(({ effect }) => effect !== 'warn');
      assert.ok(
        findings.some((one) => one.rule === rule && says.test(one.message)),
        `${name}: ${JSON.stringify(findings)}`,
      );
      assert.ok(
        findings.every(({ evidence }) => evidence.file === 'Cargo.lock' && (evidence.line ?? 0) > 4),
        name,
      );
    }
    const fine = await judged(
      s,
      folder(t, { 'Cargo.lock': lockfileText(lockedApp('word'), lockedCrate(stays)) }),
    );
    assert.equal(fine.code, 0);
  });

  it('warns of a yank and never says to move because of it', async (t) => {
    const s = await stage(t);
    const [word, newer] = [
      makeCrate({ name: 'word', version: '1.0.0' }),
      makeCrate({ name: 'word', version: '1.0.1' }),
    ];
    for (const crate of [word, newer]) s.upstream.publish(crate, old);
    s.upstream.yank('word', '1.0.0');
    const cwd = folder(t, {
      'Cargo.toml': manifest('word = "1"'),
      'Cargo.lock': lockfileText(lockedApp('word'), lockedCrate(word)),
    });
    const verdict = await judged(s, cwd);
    const findings = verdict.changes.flatMap((change) => change.findings);
    assert.deepEqual(
      [verdict.code, findings.map(({ rule, effect }) => [rule, effect])],
      [0, [['yanked', 'warn']]],
    );
    writeFileSync(join(cwd, 'safeguard.toml'), '[yanked]\neffect = "deny"\n');
    const strict = await run(s, cwd);
    assert.equal(strict.code, 1);
    assert.ok(!/cargo update/.test(strict.stdout), strict.stdout);
    assert.match(strict.stdout, /a yank alone is no reason to move/);
    assert.equal((await s.download('word', '1.0.0')).status, 200);
  });

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

  it('asks the server once where nothing fails', async (t) => {
    const s = await stage(t);
    const crates = ['a', 'b', 'c'].map((name) => makeCrate({ name: `word-${name}`, version: '1.0.0' }));
    for (const crate of crates) s.upstream.publish(crate, old);
    const lock = lockfileText(
      lockedApp(...crates.map(({ name }) => name)),
      ...crates.map((crate) => lockedCrate(crate)),
    );
    const { code } = await judged(s, folder(t, { 'Cargo.lock': lock }));
    assert.equal(code, 0);
    const metrics = await (await s.mirror.call('/metrics')).text();
    const asked = metrics
      .split('\n')
      .filter((text) => text.includes('/api/v1/'))
      .map((text) => /(\/api[^"]*).* (\d+)$/.exec(text)?.slice(1));
    assert.deepEqual(asked, [['/api/v1/facts', '1']]);
  });

  it('judges both lockfiles at the server just so', async (t) => {
    const s = await stage(t);
    const word = makeCrate({ name: 'word', version: '1.0.0' });
    s.upstream.publish(word, { pubtime: s.clock.iso() });
    const lockfile = lockfileText(lockedApp('word'), lockedCrate(word));
    const answer = await s.mirror.call('/api/v1/changes', {
      method: 'POST',
      body: {
        lockfile,
        base: lockfileText(lockedApp()),
        manifests: [{ file: 'Cargo.toml', text: manifest('word = "1"') }],
      },
    });
    assert.equal(answer.status, 200);
    const repo = repository(t);
    repo.commit({ 'Cargo.toml': manifest(''), 'Cargo.lock': lockfileText(lockedApp()) });
    repo.write({ 'Cargo.toml': manifest('word = "1"'), 'Cargo.lock': lockfile });
    const { code: _, ...here } = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual(gateVerdictSchema.parse(await answer.json()), here);
    const broken = await s.mirror.call('/api/v1/changes', {
      method: 'POST',
      body: { lockfile: '<<<<<<< a\n' },
    });
    assert.equal(broken.status, 422);
    assert.match(await broken.text(), /Cargo\.lock:1.*merge conflict/);
    assert.equal((await s.mirror.call('/api/v1/changes', { method: 'POST', body: {} })).status, 400);
  });

  it('needs no server: by a cache of its own, and offline by what that has', async (t) => {
    const s = await stage(t);
    const word = makeCrate({ name: 'word', version: '1.0.0' });
    s.upstream.publish(word, old);
    const cwd = folder(t, { 'Cargo.lock': lockfileText(lockedApp('word'), lockedCrate(word)) });
    const args = ['check', '--upstream', s.upstream.indexUrl, '--format', 'json'];
    const options = { cwd, env: { XDG_CACHE_HOME: join(cwd, 'cache') } };
    const before = await safeguard([...args, '--offline'], options);
    assert.equal(before.code, 2, before.stderr);
    assert.match(before.stdout, /What its registry has is unknown: it is not in the cache/);
    const online = await safeguard(args, options);
    assert.equal(online.code, 0, online.stderr + online.stdout);
    const asked = s.upstream.requests.length;
    const after = await safeguard([...args, '--offline'], options);
    assert.equal(after.code, 0, after.stdout);
    assert.equal(s.upstream.requests.length, asked);
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
      [1, ['config', 'safeguard.toml', 'policy', 'warn'], ['added', 'word', 'banned', 'deny']],
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
