/** Packages of git repositories are asked what releases are asked: from cargo's home, from the cache, or fetched. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../cli/support.ts';
import { curl, gitScene, quiet, viagit } from './git-scene.ts';

const strict = (url: string) => `[source]\ngit = ["${url}"]\n[license]\nallow = ["Apache-2.0"]\n`;

describe('a git dependency', () => {
  it('is read from cargo’s checkout, its database alone, or fetched, all to the same end', async (t) => {
    const { origin, first, repo, env, check, lock, app, here } = await gitScene(t);
    const policy = strict(`file://${origin.dir}`);
    repo.commit({ 'safeguard.toml': policy });
    repo.write({
      'Cargo.toml': app('viagit', 'viagit-macros'),
      'Cargo.lock': lock(first, 'viagit', 'viagit-macros'),
    });
    const wanted = [
      'viagit build-code review',
      'viagit license deny',
      'viagit-macros build-code warn',
      'viagit-macros license deny',
    ];
    const fetched = await check(...here);
    assert.deepEqual(fetched.said, wanted);
    assert.ok(
      fetched.messages.some((message) => message.includes('Runs `curl`')),
      fetched.messages.join('\n'),
    );
    assert.ok(!fetched.messages.some((message) => message.includes('cannot be read')));
    // Kept: without the network and the repository it is all the same.
    assert.deepEqual((await check(...here)).said, wanted);
    rmSync(join(env.XDG_CACHE_HOME, 'safeguard/git'), { recursive: true });
    const cargo = await run('cargo', ['fetch', '--locked', '--quiet'], { cwd: repo.dir, env });
    assert.equal(cargo.code, 0, cargo.stderr);
    rmSync(origin.dir, { recursive: true });
    assert.deepEqual((await check(...here)).said, wanted);
    rmSync(join(env.CARGO_HOME, 'git/checkouts'), { recursive: true });
    assert.deepEqual((await check(...here)).said, wanted);
  });

  it('is a finding where its source is not at hand', async (t) => {
    const { origin, first, repo, check, lock, app, here } = await gitScene(t);
    repo.write({ 'Cargo.toml': app('viagit'), 'Cargo.lock': lock(first, 'viagit') });
    rmSync(origin.dir, { recursive: true });
    const { verdict, said, messages, next } = await check(...here);
    assert.notEqual(verdict, 'allow');
    assert.ok(
      said.includes('viagit license hold') && said.includes('viagit build-code review'),
      said.join('\n'),
    );
    assert.ok(
      messages.every((message) => message.includes('not read: git could not fetch it')),
      messages.join('\n'),
    );
    assert.ok(
      next.every((line) => line.includes('`cargo fetch --locked`')),
      next.join('\n'),
    );
  });

  it('is fetched from no repository that the policy does not name', async (t) => {
    const { first, repo, env, check, lock, app, here } = await gitScene(t, { policy: '' });
    repo.write({ 'Cargo.toml': app('viagit'), 'Cargo.lock': lock(first, 'viagit') });
    const { said, messages } = await check(...here);
    assert.ok(said.includes('viagit source review') && said.includes('viagit license hold'), said.join('\n'));
    assert.ok(messages.some((message) => message.includes('the policy does not name its repository')));
    assert.throws(() => rmSync(join(env.XDG_CACHE_HOME, 'safeguard/git'), { recursive: true }));
  });

  it('is approved of by what was read: another commit of the same version is asked about again', async (t) => {
    const { origin, first, repo, ask, check, lock, app, here } = await gitScene(t, { build: quiet });
    repo.commit({ 'Cargo.toml': app('viagit'), 'Cargo.lock': lock(first, 'viagit') });
    const seeded = await ask('allow', 'seed', ...here);
    assert.match(seeded.stdout, /1 entries for what is there now, of 1 packages/);
    const waiting = await ask('review', '--pending', ...here);
    assert.match(waiting.stdout, /viagit 0\.1\.0 +nobody read it/);
    const approved = await ask(
      'review',
      'viagit@0.1.0',
      '--approve',
      '--as',
      'Ada',
      '--reason',
      'Read.',
      ...here,
    );
    assert.equal(approved.code, 0, approved.stderr);
    assert.match((await ask('review', '--pending', ...here)).stdout, /Nothing waits/);
    repo.commit({});
    const second = origin.commit(viagit(curl));
    repo.write({ 'Cargo.lock': lock(second, 'viagit') });
    const changed = await check(...here);
    assert.equal(changed.verdict, 'deny');
    assert.deepEqual(
      [...new Set(changed.said)],
      ['viagit build-code deny', 'viagit capability-added review'],
    );
    assert.ok(
      changed.messages.some((message) => message.includes('0.1.0 did not')),
      changed.messages.join('\n'),
    );
  });
});
