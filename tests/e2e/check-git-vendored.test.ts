/** A folder that stands in for a git repository is what cargo builds, and so what is read: now, and before the change. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { run } from '../cli/support.ts';
import { curl, gitScene, quiet, viagit } from './git-scene.ts';

/** A project that vendors, at two commits of what it depends on; nothing is left of the repository but the folder. */
async function vendored(t: TestContext) {
  const scene = await gitScene(t, { build: quiet });
  const { origin, first, repo, env, app, lock } = scene;
  const vendor = async (commit: string) => {
    rmSync(join(repo.dir, 'vendor'), { recursive: true, force: true });
    rmSync(join(repo.dir, '.cargo'), { recursive: true, force: true });
    repo.write({ 'Cargo.toml': app('viagit'), 'Cargo.lock': lock(commit, 'viagit') });
    const ran = await run('cargo', ['vendor', '--locked'], { cwd: repo.dir, env });
    assert.equal(ran.code, 0, ran.stderr);
    repo.write({ '.cargo/config.toml': ran.stdout });
  };
  await vendor(first);
  repo.commit({});
  await vendor(origin.commit(viagit(curl)));
  rmSync(origin.dir, { recursive: true });
  rmSync(env.CARGO_HOME, { recursive: true });
  return scene;
}

describe('a git dependency that is vendored', () => {
  it('is read from its folder, and compared with the folder of before', async (t) => {
    const { repo, check, here } = await vendored(t);
    const { said, messages } = await check('--offline', ...here);
    assert.deepEqual(
      [...new Set(said)],
      ['viagit build-code review', 'viagit capability-added review', 'viagit vendored review'],
    );
    assert.ok(
      messages.some((message) => /Runs `curl`/.test(message)),
      messages.join('\n'),
    );
    // What is built is what lies there, whatever the commit has.
    writeFileSync(join(repo.dir, 'vendor/viagit/build.rs'), quiet);
    const mended = await check('--offline', ...here);
    assert.ok(!mended.said.includes('viagit capability-added review'), mended.said.join('\n'));
  });

  it('is told of as unread where the folder does not have it', async (t) => {
    const { repo, check, here } = await vendored(t);
    rmSync(join(repo.dir, 'vendor/viagit'), { recursive: true });
    const { verdict, messages } = await check('--offline', ...here);
    assert.equal(verdict, 'deny');
    assert.ok(
      messages.some((message) => message.includes('not read: vendor stands in for its repository')),
      messages.join('\n'),
    );
  });

  it('is compared with its repository where no folder stood in for it before', async (t) => {
    const { repo, check, here } = await vendored(t);
    repo.git('rm', '-r', '--quiet', '--cached', 'vendor', '.cargo');
    repo.git('commit', '--quiet', '--message', 'before');
    const { said, messages } = await check('--offline', ...here);
    assert.ok(said.includes('viagit build-code review'), said.join('\n'));
    assert.ok(!messages.some((message) => message.includes('stands in for')), messages.join('\n'));
  });

  it('is no matter where cargo would refuse the configuration', async (t) => {
    const { repo, check, here } = await vendored(t);
    repo.write({ '.cargo/config.toml': '[source\n' });
    const { verdict, messages } = await check('--offline', ...here);
    assert.notEqual(verdict, 'allow');
    assert.ok(
      messages.some((message) => message.includes('not read')),
      messages.join('\n'),
    );
  });

  it('is approved of by what lies there', async (t) => {
    const { ask, here } = await vendored(t);
    const offline = ['--offline', ...here];
    assert.match((await ask('review', '--pending', ...offline)).stdout, /viagit 0\.1\.0 .*Runs `curl`/);
    const yes = ['--approve', '--as', 'Ada', '--reason', 'Read.'];
    const approved = await ask('review', 'viagit@0.1.0', ...yes, ...offline);
    assert.equal(approved.code, 0, approved.stderr);
    assert.match((await ask('review', '--pending', ...offline)).stdout, /Nothing waits/);
  });
});
