/** What cargo checks out with a git dependency is what is read of it: its submodules, theirs, and what links lead to. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { run } from '../cli/support.ts';
import { type Repository, repository } from '../support/repository.ts';
import { curl, gitScene } from './git-scene.ts';

// Git takes no submodule from folders of this machine unless it is told to; cargo does.
const add = (into: Repository, from: Repository, at: string, ...more: readonly string[]) => {
  into.git(
    '-c',
    'protocol.file.allow=always',
    'submodule',
    '--quiet',
    'add',
    ...more,
    `file://${from.dir}`,
    at,
  );
};

const upstream = (build: string, lib = '') => ({
  'Cargo.toml': `[package]\nname = "viagit"\nversion = "0.1.0"\nedition = "2021"\nlicense = "MIT"\nbuild = "${build}"\n`,
  'src/lib.rs': lib,
});

async function project(t: TestContext) {
  const scene = await gitScene(t, { policy: '' });
  const { repo, origin, app, lock } = scene;
  repo.commit({ 'safeguard.toml': `[source]\ngit = ["file://${origin.dir}"]\n` });
  return {
    ...scene,
    use: (commit: string) =>
      repo.write({ 'Cargo.toml': app('viagit'), 'Cargo.lock': lock(commit, 'viagit') }),
  };
}

const fetch = async ({ repo, env }: Awaited<ReturnType<typeof project>>) => {
  const cargo = await run('cargo', ['fetch', '--locked', '--quiet'], { cwd: repo.dir, env });
  assert.equal(cargo.code, 0, cargo.stderr);
};

describe('a submodule of a git dependency', () => {
  it('is read with it, from a fetch, cargo’s checkout, its databases alone or its files alone', async (t) => {
    const scene = await project(t);
    const { origin, repo, env, check, use, here } = scene;
    const [inner, middle] = [repository(t), repository(t)];
    inner.commit({ 'build.rs': curl, 'extra.rs': 'pub fn extra() {}\n' });
    add(middle, inner, 'inner');
    middle.commit({ note: '' });
    origin.git('rm', '-r', '--quiet', '.');
    add(origin, middle, 'native');
    use(
      origin.commit(upstream('native/inner/build.rs', '#[path = "../native/inner/extra.rs"]\nmod extra;\n')),
    );
    const wanted = ['viagit build-code review'];
    const ask = async () => {
      const { said, messages } = await check(...here);
      assert.deepEqual(said, wanted, messages.join('\n'));
      assert.ok(
        messages.every((message) => message.includes('Runs `curl`')),
        messages.join('\n'),
      );
    };
    await ask();
    rmSync(join(env.XDG_CACHE_HOME, 'safeguard/git'), { recursive: true });
    await fetch(scene);
    for (const { dir } of [origin, middle, inner]) rmSync(dir, { recursive: true });
    await ask();
    rmSync(join(env.CARGO_HOME, 'git/checkouts'), { recursive: true });
    await ask();
    await fetch({ ...scene, env: { ...env, CARGO_NET_OFFLINE: 'true' } as typeof env });
    rmSync(join(env.CARGO_HOME, 'git/db'), { recursive: true });
    await ask();
    await run(
      'find',
      [join(env.CARGO_HOME, 'git'), '-name', '.git', '-prune', '-exec', 'rm', '-r', '{}', ';'],
      {
        cwd: repo.dir,
      },
    );
    await ask();
  });

  it('that is not at hand leaves the package unread; one that cargo leaves out does not', async (t) => {
    const { origin, check, use, here } = await project(t);
    const [gone, tools] = [repository(t), repository(t)];
    for (const each of [gone, tools]) each.commit({ 'build.rs': curl });
    origin.git('rm', '-r', '--quiet', '.');
    add(origin, tools, 'tool box', '--name', 'tools');
    origin.git('config', '-f', '.gitmodules', 'submodule.tools.update', 'none');
    use(origin.commit({ ...upstream('build.rs'), 'build.rs': 'fn main() {}\n' }));
    rmSync(tools.dir, { recursive: true });
    assert.deepEqual((await check(...here)).said, ['viagit build-code warn']);
    add(origin, gone, 'vendor');
    use(origin.commit({}));
    rmSync(gone.dir, { recursive: true });
    const { verdict, said, messages } = await check(...here);
    assert.equal(verdict, 'review');
    assert.ok(
      said.includes('viagit build-code review') && said.includes('viagit license hold'),
      said.join('\n'),
    );
    assert.ok(
      messages.every((message) => message.includes(`not read: the submodule vendor (file://${gone.dir})`)),
      messages.join('\n'),
    );
  });

  it('may be the package itself, and its address may count from the repository’s own', async (t) => {
    const scene = await project(t);
    const { origin, check, use, here } = scene;
    const inner = repository(t);
    inner.commit({ ...upstream('build.rs'), 'build.rs': curl });
    origin.git('rm', '-r', '--quiet', '.');
    add(origin, inner, 'crates/viagit');
    const from = `../../${inner.dir.split('/').slice(-2).join('/')}`;
    origin.git('config', '-f', '.gitmodules', 'submodule.crates/viagit.url', from);
    use(origin.commit({ note: '' }));
    assert.deepEqual((await check(...here)).said, ['viagit build-code review']);
  });
});

describe('a link in the repository of a git dependency', () => {
  it('that leads to a folder, through another, is read as cargo’s compiler does', async (t) => {
    const { origin, check, use, here } = await project(t);
    origin.git('rm', '-r', '--quiet', '.');
    const link = (path: string, to: string) => {
      mkdirSync(dirname(join(origin.dir, path)), { recursive: true });
      symlinkSync(to, join(origin.dir, path));
    };
    link('crates/one/scripts', '../../ways/in');
    link('ways/in', '../really');
    link('really/main.rs', 'other.rs');
    link('really/other.rs', '../hidden.rs');
    link('loop/again', '../loop');
    const { 'Cargo.toml': manifest } = upstream('scripts/main.rs');
    use(origin.commit({ 'hidden.rs': curl, 'crates/one/Cargo.toml': manifest, 'crates/one/src/lib.rs': '' }));
    const { said, messages } = await check(...here);
    assert.deepEqual(said, ['viagit build-code review'], messages.join('\n'));
    assert.ok(
      messages.every((message) => message.includes('Runs `curl`')),
      messages.join('\n'),
    );
  });
});
