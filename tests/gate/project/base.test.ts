/** The old lockfile out of git: whatever the repository, its settings and its names are. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { GateError } from '../../../src/gate/error.ts';
import { readBase } from '../../../src/gate/project/base.ts';
import { lockedApp, lockfileText } from '../../support/lockfile.ts';
import { repository } from '../../support/repository.ts';
import { tempDir } from '../../support/temp.ts';

const empty = lockfileText(lockedApp());
const one = lockfileText(lockedApp('word'), { name: 'word', version: '1.0.0' });

/** The crates of the lockfile that a base has. */
async function crates(asked: string, dir: string, file = 'Cargo.lock'): Promise<string[]> {
  const { lockfile } = await readBase(asked, join(dir, file), file);
  return lockfile.packages.map(({ name }) => name);
}

function refused(code: string, message: RegExp, next: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof GateError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.match(error.next ?? '', next);
    return true;
  };
}

describe('the base of a change', () => {
  it('is the commit where the branch left the revision', async (t) => {
    const repo = repository(t);
    repo.commit({ 'Cargo.lock': empty });
    repo.git('checkout', '--quiet', '-b', 'branch');
    repo.commit({ 'Cargo.lock': one });
    repo.git('checkout', '--quiet', 'main');
    repo.commit({ 'Cargo.lock': lockfileText(lockedApp('other'), { name: 'other', version: '1.0.0' }) });
    repo.git('checkout', '--quiet', 'branch');
    assert.deepEqual(await crates('main', repo.dir), ['app']);
    const { name } = await readBase('main', join(repo.dir, 'Cargo.lock'), 'Cargo.lock');
    assert.match(name, /^main \([0-9a-f]{12}, where this branch left it\)$/);
    assert.deepEqual(await crates('HEAD', repo.dir), ['app', 'word']);
    assert.deepEqual(await crates('HEAD~1', repo.dir), ['app']);
  });

  it('is a file where that is meant', async (t) => {
    const repo = repository(t);
    repo.commit({ 'Cargo.lock': empty, main: one });
    await assert.rejects(
      crates('HEAD', repo.dir).then(() =>
        readBase(join(repo.dir, 'gone'), join(repo.dir, 'Cargo.lock'), 'Cargo.lock'),
      ),
      refused('gate/base', /knows no revision/, /Name a branch/),
    );
    assert.deepEqual(
      (await readBase(join(repo.dir, 'main'), join(repo.dir, 'Cargo.lock'), 'Cargo.lock')).lockfile.packages
        .length,
      2,
    );
    const alone = tempDir(t);
    writeFileSync(join(alone, 'old.lock'), one);
    writeFileSync(join(alone, 'Cargo.lock'), empty);
    assert.deepEqual(await crates(join(alone, 'old.lock'), alone), ['app', 'word']);
  });

  it('is empty where the commit has no lockfile', async (t) => {
    const repo = repository(t);
    repo.commit({ 'README.md': 'x' });
    repo.write({ 'Cargo.lock': one });
    const base = await readBase('HEAD', join(repo.dir, 'Cargo.lock'), 'Cargo.lock');
    assert.deepEqual([base.lockfile.packages, /which has no Cargo\.lock/.test(base.name)], [[], true]);
  });

  it('is found by names that would be options, patterns or commands', async (t) => {
    const repo = repository(t);
    const folder = '-n [a]*?$(touch hit)\n:(top)é';
    repo.commit({ [`${folder}/Cargo.lock`]: empty, 'Cargo.lock': one });
    repo.git('update-ref', 'refs/heads/--upload-pack=touch-hit;x', 'HEAD');
    assert.deepEqual(await crates('HEAD', repo.dir, `${folder}/Cargo.lock`), ['app']);
    assert.deepEqual(await crates('--upload-pack=touch-hit;x', repo.dir), ['app', 'word']);
    for (const name of [
      '--help',
      '-x',
      '',
      '@{',
      'HEAD:Cargo.lock',
      ':/a change\n',
      '$(touch hit)',
      `refs/${'x'.repeat(5000)}`,
    ]) {
      await assert.rejects(
        crates(name, repo.dir),
        refused('gate/base', /knows no revision/, /Name a branch/),
        name,
      );
    }
    assert.ok(!existsSync(join(repo.dir, 'hit')));
  });

  it('runs nothing that the repository sets up, and touches no work tree', async (t) => {
    const repo = repository(t);
    const trap = join(repo.dir, 'trap.sh');
    repo.commit({ 'Cargo.lock': empty, '.gitattributes': 'Cargo.lock filter=trap diff=trap\n' });
    writeFileSync(trap, '#!/bin/sh\ntouch "$(dirname "$0")/hit"\ncat\n');
    chmodSync(trap, 0o755);
    for (const [key, value] of [
      ['core.fsmonitor', trap],
      ['filter.trap.smudge', trap],
      ['filter.trap.clean', trap],
      ['diff.trap.textconv', trap],
      ['diff.external', trap],
      ['core.pager', trap],
      ['core.sshCommand', trap],
      ['alias.cat-file', `!${trap}`],
    ] as const) {
      repo.git('config', key, value);
    }
    mkdirSync(join(repo.dir, '.git', 'hooks'), { recursive: true });
    for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction'])
      symlinkSync(trap, join(repo.dir, '.git', 'hooks', hook));
    repo.write({ 'Cargo.lock': one });
    const before = readdirSync(repo.dir);
    assert.deepEqual(await crates('HEAD', repo.dir), ['app']);
    assert.deepEqual(readdirSync(repo.dir), before);
  });

  it('of a submodule is the submodule’s own', async (t) => {
    const inner = repository(t);
    inner.commit({ 'Cargo.lock': one });
    const outer = repository(t);
    outer.commit({ 'Cargo.lock': empty });
    outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.dir, 'sub');
    outer.commit({});
    assert.deepEqual(await crates('HEAD', join(outer.dir, 'sub')), ['app', 'word']);
    assert.deepEqual(await crates('HEAD', outer.dir), ['app']);
  });

  it('says what to do where git has no answer', async (t) => {
    const repo = repository(t);
    repo.commit({ 'Cargo.lock': empty });
    repo.commit({ 'Cargo.lock': one });
    const elsewhere = tempDir(t);
    writeFileSync(join(elsewhere, 'Cargo.lock'), one);
    await assert.rejects(
      crates('HEAD', elsewhere),
      refused('gate/git', /in no git work tree/, /--base OLD\.lock/),
    );
    const shallow = join(tempDir(t), 'shallow');
    repo.git('clone', '--quiet', '--depth=1', `file://${repo.dir}`, shallow);
    await assert.rejects(
      crates('main~1', shallow),
      refused('gate/base', /knows no revision "main~1"/, /shallow.*git fetch --deepen=1000 origin/),
    );
    const bare = join(tempDir(t), 'bare.git');
    repo.git('clone', '--quiet', '--bare', repo.dir, bare);
    writeFileSync(join(bare, 'Cargo.lock'), one);
    await assert.rejects(crates('HEAD', bare), refused('gate/git', /bare repository/, /work tree/));
    const link = repository(t);
    symlinkSync('elsewhere.lock', join(link.dir, 'Cargo.lock'));
    link.commit({ 'elsewhere.lock': one });
    await assert.rejects(crates('HEAD', link.dir), refused('gate/base', /symbolic link/, /--base OLD\.lock/));
    const broken = repository(t);
    broken.commit({ 'Cargo.lock': '<<<<<<< ours\n' });
    await assert.rejects(
      crates('HEAD', broken.dir),
      refused('gate/lockfile', /^[0-9a-f]{12}:Cargo\.lock:1:1: .*merge conflict/, /Settle/),
    );
    const unborn = repository(t);
    unborn.write({ 'Cargo.lock': one });
    await assert.rejects(
      crates('HEAD', unborn.dir),
      refused('gate/base', /knows no revision/, /Name a branch/),
    );
  });
});
