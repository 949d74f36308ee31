import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readBase } from '../../../src/gate/project/base.ts';
import { tempDir } from '../../support/temp.ts';

const lockfile = (version: string) => `version = 4\n\n[[package]]\nname = "app"\nversion = "${version}"\n`;
const git = (cwd: string, ...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** A repository whose `main` went on after `work` left it, and a shallow clone of `work` with the tip of `main`. */
function shallowClone(t: TestContext): string {
  const origin = tempDir(t);
  const commit = (version: string) => {
    writeFileSync(join(origin, 'Cargo.lock'), lockfile(version));
    git(origin, 'add', '--all');
    git(origin, 'commit', '--quiet', '--message', version);
  };
  git(origin, 'init', '--quiet', '--initial-branch', 'main');
  commit('0.1.0');
  git(origin, 'branch', 'work');
  commit('0.2.0');
  commit('0.3.0');
  git(origin, 'switch', '--quiet', 'work');
  commit('0.1.1');
  const clone = join(tempDir(t), 'clone');
  git(origin, 'clone', '--quiet', '--depth=1', '--branch', 'work', `file://${origin}`, clone);
  git(clone, 'fetch', '--quiet', '--depth=1', 'origin', 'main:refs/remotes/origin/main');
  return clone;
}

describe('the base in a shallow clone', () => {
  it('is not known where no commit is shared, until the clone is deepened', async (t) => {
    const clone = shallowClone(t);
    const base = () => readBase('origin/main', join(clone, 'Cargo.lock'), 'Cargo.lock');
    const cut = (await base()).branchPoint;
    assert.match(
      cut?.reason ?? '',
      /^this clone is shallow and has no commit that this branch and origin\/main/,
    );
    assert.equal(cut?.next, 'git fetch --deepen=1000 origin main');
    const [, ...args] = cut.next.split(' ');
    git(clone, ...args);
    const { branchPoint, lockfile: old } = await base();
    assert.deepEqual([branchPoint, old.packages[0]?.version], [undefined, '0.1.0']);
  });

  it('is known where the history is whole', async (t) => {
    const clone = shallowClone(t);
    git(clone, 'fetch', '--quiet', '--unshallow', 'origin');
    git(clone, 'fetch', '--quiet', 'origin', 'main:refs/remotes/origin/main');
    const { branchPoint, name } = await readBase('origin/main', join(clone, 'Cargo.lock'), 'Cargo.lock');
    assert.equal(branchPoint, undefined);
    assert.match(name, /where this branch left it/);
  });
});
