/** What is said to be typed of git, typed. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { lockedApp, lockfileText } from '../../support/lockfile.ts';
import { repository } from '../../support/repository.ts';
import { tempDir } from '../../support/temp.ts';
import { found, lineIn, nextOf, refusal, type, typed } from './type.ts';

const manifest = (version: string) => `[package]\nname = "app"\nversion = "${version}"\nedition = "2021"\n`;
const app = (version: string) => ({
  'Cargo.toml': manifest(version),
  'src/main.rs': 'fn main() {}\n',
  'Cargo.lock': lockfileText({ ...lockedApp(), version }),
});

/** `main` went on after `work` left it, and was tagged; what is cloned of it is `work` alone. */
async function shallow(t: TestContext, options = '--depth=1') {
  const origin = repository(t);
  origin.git('config', 'uploadpack.allowFilter', 'true');
  origin.commit(app('0.1.0'));
  origin.git('branch', 'work');
  origin.commit(app('0.2.0'));
  const tip = origin.commit(app('0.3.0'));
  origin.git('tag', 'v0.3.0');
  origin.git('tag', '--annotate', '--message=x', 'v0.3.1');
  origin.git('switch', '--quiet', 'work');
  origin.commit(app('0.1.1'));
  const home = tempDir(t);
  await typed(`git clone --quiet ${options} --branch work file://${origin.dir} clone`, home);
  return { origin, tip, clone: join(home, 'clone') };
}

const offline = ['--offline'];
const check = (base: string) => `safeguard check --offline --base ${base}`;

describe('what is said to be typed of git', () => {
  for (const base of ['main', 'origin/main', 'refs/heads/main', 'v0.3.0', 'v0.3.1', 'TIP']) {
    it(`brings ${base} to a shallow clone, then where the branch left it`, async (t) => {
      const { clone, tip } = await shallow(t);
      const name = base.replace('TIP', tip);
      const said = await refusal(check(name), clone);
      assert.match(said, /git knows no revision/);
      await typed(lineIn(said), clone);
      const next = await nextOf('locked', clone, [...offline, '--base', name]);
      assert.match(next, /^git fetch --deepen=1000 /);
      await typed(next, clone);
      assert.deepEqual(await found('locked', clone, [...offline, '--base', name]), []);
    });
  }

  it('brings the commit before to a shallow clone', async (t) => {
    const { clone } = await shallow(t);
    const said = await refusal(check('HEAD~1'), clone);
    await typed(lineIn(said), clone);
    assert.deepEqual(await found('locked', clone, [...offline, '--base', 'HEAD~1']), []);
  });

  it('brings the files to a clone that left them out', async (t) => {
    const { clone } = await shallow(t, '--filter=blob:none --no-single-branch');
    const said = await refusal(check('origin/main'), clone);
    assert.match(said, /could not be read/);
    await typed(lineIn(said), clone);
    assert.deepEqual(await found('locked', clone, [...offline, '--base', 'origin/main']), []);
  });

  it('trusts a repository that belongs to another user', async (t) => {
    const repo = repository(t);
    repo.commit(app('0.1.0'));
    const stranger = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1', HOME: tempDir(t) };
    const said = await refusal(check('HEAD'), repo.dir, stranger);
    assert.match(said, /git does not trust/);
    await typed(lineIn(said, 'git config'), repo.dir, stranger);
    await typed(check('HEAD'), repo.dir, stranger);
  });

  it('makes a work tree of a bare repository', async (t) => {
    const { origin } = await shallow(t);
    const bare = join(tempDir(t), 'bare.git');
    await typed(`git clone --quiet --bare file://${origin.dir} ${bare}`, origin.dir);
    await typed('git show work:Cargo.lock > Cargo.lock && git show work:Cargo.toml > Cargo.toml', bare);
    const said = await refusal(check('main'), bare);
    assert.match(said, /bare repository/);
    const tree = join(tempDir(t), 'tree');
    await typed(lineIn(said).replace('FOLDER', tree), bare);
    assert.equal((await type(check('main'), tree)).code, 0);
  });

  it('tells a file from a revision', async (t) => {
    const repo = repository(t);
    repo.commit(app('0.1.0'));
    repo.git('branch', 'old');
    repo.write({ old: app('0.1.0')['Cargo.lock'] });
    const said = await refusal(check('old'), repo.dir);
    const [, file = '', revision = ''] =
      /Write (\S+) for the file, or .*such as (\S+?)\.?\s*$/s.exec(said) ?? [];
    for (const base of [file, revision]) await typed(check(base), repo.dir);
  });

  it('finds what git knows', async (t) => {
    const repo = repository(t);
    repo.commit(app('0.1.0'));
    const said = await refusal(check('nothing'), repo.dir);
    await typed(`${lineIn(said)} HEAD`, repo.dir);
  });
});
