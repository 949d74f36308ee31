/** `safeguard check` on real git repositories: what a change brings in, what was there before, and what to do. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gateVerdictSchema } from '../../src/gate/report/schema.ts';
import { folder, safeguard } from '../cli/support.ts';
import { advisories, judged, manifest, old, run, severe } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

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
        ['upgraded', 'word', '1.0.0', '1.1.0', ['app → word', 'app → line → word']],
        ['added', 'line', undefined, '0.3.0', ['app → line']],
      ],
    );
    assert.deepEqual([verdict.verdict, verdict.until?.slice(0, 10)], ['hold', '2026-08-04']);
    const [finding] = verdict.changes[0]?.findings ?? [];
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
      /^Cargo\.lock compared with HEAD \([0-9a-f]{12}\)\nhold until .*: 1 of 2 changes may not enter as it is; 1 warning\.\n/,
    );
    assert.match(
      terminal.stdout,
      /\n\n↑ word 1\.0\.0 → 1\.1\.0\n[\s\S]*1 added \(line 0\.3\.0\)\. `--all` lists them\.\n/,
    );
    const all = await run(s, repo.dir, '--base', 'HEAD', '--all');
    assert.match(all.stdout, /\n\n↑ word [\s\S]*\n\n\+ line 0\.3\.0\n {4}app → line\n/);
    assert.match(
      terminal.stdout,
      /hold until 2026-08-04 .*: 1 of 2 changes may not enter as it is; 1 warning\.\n$/,
    );
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
        manifests: [{ file: './Cargo.toml', text: manifest('word = "1"') }],
        baseManifests: [
          { file: 'Cargo.toml', text: manifest('') },
          { file: '../../etc/Cargo.toml', text: 'outside of the project' },
        ],
      },
    });
    assert.equal(answer.status, 200);
    const repo = repository(t);
    repo.commit({
      'Cargo.toml': manifest(''),
      'src/lib.rs': '',
      'Cargo.lock': lockfileText(lockedApp()),
    });
    repo.write({ 'Cargo.toml': manifest('word = "1"'), 'Cargo.lock': lockfile });
    const { code: _, ...here } = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual(gateVerdictSchema.parse(await answer.json()), here);
    assert.deepEqual(
      here.changes[0]?.features?.map(({ built }) => built),
      ['now'],
    );
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
});

describe('POST /api/v1/changes', () => {
  it('resolves no project that would hold up the server, and says so', async (t) => {
    const s = await stage(t);
    const packages = Array.from({ length: 5_001 }, (_, i) => ({
      name: `own-${i}`,
      version: '0.1.0',
      source: null,
    }));
    const manifests = [{ file: 'Cargo.toml', text: manifest('') }];
    const answer = await s.mirror.call('/api/v1/changes', {
      method: 'POST',
      body: { lockfile: lockfileText(lockedApp(), ...packages), manifests },
    });
    const { verdict, changes } = gateVerdictSchema.parse(await answer.json());
    const said = changes.flatMap(({ findings }) => findings).find(({ rule }) => rule === 'locked');
    assert.equal(verdict, 'review');
    assert.match(said?.message ?? '', /cannot be resolved: it is larger than a server resolves\.$/);
  });

  it('says of packages of git repositories that it did not read them', async (t) => {
    const s = await stage(t);
    const url = 'https://git.example/viagit';
    const viagit = { name: 'viagit', version: '0.1.0', source: `git+${url}#${'a'.repeat(40)}` };
    const asked = async (policy: string, base: string | undefined, more: object = {}) => {
      const answer = await s.mirror.call('/api/v1/changes', {
        method: 'POST',
        body: { lockfile: lockfileText(lockedApp('viagit'), viagit), base, policy, ...more },
      });
      assert.equal(answer.status, 200, await answer.clone().text());
      const { verdict, changes } = gateVerdictSchema.parse(await answer.json());
      const found = changes.flatMap(({ findings }) => findings).filter(({ crate }) => crate === 'viagit');
      return { verdict, said: found.map(({ rule, effect, message }) => `${rule} ${effect} ${message}`) };
    };
    const named = `[source]\ngit = ["${url}"]\n[license]\nallow = ["MIT"]\n`;
    const manifests = [{ file: 'Cargo.toml', text: manifest(`viagit = { git = "${url}" }`) }];
    const whole = { manifests, baseManifests: [{ file: 'Cargo.toml', text: manifest('') }] };
    for (const [base, more] of [
      [lockfileText(lockedApp()), {}],
      [lockfileText(lockedApp()), whole],
      [undefined, {}],
    ] as const) {
      const { verdict, said } = await asked(named, base, more);
      assert.equal(verdict, 'review', said.join('\n'));
      assert.ok(
        said.some((text) => /^license hold .*not read: /.test(text)),
        said.join('\n'),
      );
      // Without an old lockfile, what runs at build time is asked about where people keep a list of what they approved.
      assert.ok(
        base === undefined || said.some((text) => /^build-code review .*not read: /.test(text)),
        said.join('\n'),
      );
    }
    const { said } = await asked('', lockfileText(lockedApp()));
    assert.ok(said.some((text) => text.startsWith('source review ')));
  });
});
