/** Packages of git repositories are asked what releases are asked: from cargo's home, from the cache, or fetched. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gateVerdictSchema } from '../../src/gate/report/schema.ts';
import { folder, run, safeguard } from '../cli/support.ts';
import { manifest } from '../support/check.ts';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

const quiet = 'fn main() { println!("cargo::rerun-if-changed=build.rs"); }\n';
const curl = 'fn main() { std::process::Command::new("curl").arg("https://a.invalid").status().unwrap(); }\n';

/** A workspace: a library with a build script, whose licence is its workspace's, and macros in a folder below. */
const viagit = (build: string, license = 'MIT') => ({
  'Cargo.toml': `[workspace]\nmembers = ["viagit", "viagit/macros"]\nresolver = "2"\n[workspace.package]\nversion = "0.1.0"\nlicense = "${license}"\n`,
  'viagit/Cargo.toml':
    '[package]\nname = "viagit"\nversion.workspace = true\nedition = "2021"\nlicense.workspace = true\n[build-dependencies]\n',
  'viagit/src/lib.rs': '#[path = "../../shared/extra.rs"]\nmod extra;\n',
  'shared/extra.rs': 'pub fn extra() {}\n',
  'viagit/build.rs': build,
  'viagit/macros/Cargo.toml':
    '[package]\nname = "viagit-macros"\nversion = "0.2.0"\nedition = "2021"\nlicense = "MIT"\n[lib]\nproc-macro = true\n',
  'viagit/macros/src/lib.rs':
    'use proc_macro::TokenStream;\n#[proc_macro_derive(Show)]\npub fn show(input: TokenStream) -> TokenStream { input }\n',
});

async function scene(t: TestContext, options: { policy?: string; license?: string; build?: string } = {}) {
  const s = await stage(t);
  const origin = repository(t);
  const first = origin.commit(viagit(options.build ?? curl, options.license));
  const url = `file://${origin.dir}`;
  const locked = (commit: string, ...names: readonly string[]) =>
    names.map((name) => ({
      name,
      version: name === 'viagit' ? '0.1.0' : '0.2.0',
      source: `git+${url}#${commit}`,
    }));
  const lock = (commit: string, ...names: readonly string[]) =>
    lockfileText(lockedApp(...names), ...locked(commit, ...names));
  const app = (...names: readonly string[]) =>
    manifest(names.map((name) => `${name} = { git = "${url}" }`).join('\n'));
  const repo = repository(t);
  const policy = options.policy ?? `[source]\ngit = ["${url}"]\n`;
  repo.commit({
    'Cargo.toml': app(),
    'src/main.rs': 'fn main() {}\n',
    'Cargo.lock': lockfileText(lockedApp()),
    'safeguard.toml': policy,
  });
  const env = { XDG_CACHE_HOME: folder(t), CARGO_HOME: folder(t) };
  const ask = (...args: readonly string[]) => safeguard(args, { cwd: repo.dir, env });
  const check = async (...args: readonly string[]) => {
    const ran = await ask('check', '--base', 'HEAD', '--format', 'json', ...args);
    assert.ok(ran.stdout.startsWith('{'), ran.stderr + ran.stdout);
    const verdict = gateVerdictSchema.parse(JSON.parse(ran.stdout));
    const found = verdict.changes.flatMap(({ findings }) => findings).filter(({ crate }) => crate !== '');
    return {
      code: ran.code,
      verdict: verdict.verdict,
      said: found.map(({ crate, rule, effect }) => `${crate} ${rule} ${effect}`).sort(),
      messages: found.map(({ message }) => message),
      next: found.map(({ next }) => next),
    };
  };
  return { origin, first, repo, env, ask, check, lock, app, here: ['--upstream', s.upstream.indexUrl] };
}

const strict = (url: string) => `[source]\ngit = ["${url}"]\n[license]\nallow = ["Apache-2.0"]\n`;

describe('a git dependency', () => {
  it('is read from cargo’s checkout, its database alone, or fetched, all to the same end', async (t) => {
    const { origin, first, repo, env, check, lock, app, here } = await scene(t);
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
    const { origin, first, repo, check, lock, app, here } = await scene(t);
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
    const { first, repo, env, check, lock, app, here } = await scene(t, { policy: '' });
    repo.write({ 'Cargo.toml': app('viagit'), 'Cargo.lock': lock(first, 'viagit') });
    const { said, messages } = await check(...here);
    assert.ok(said.includes('viagit source review') && said.includes('viagit license hold'), said.join('\n'));
    assert.ok(messages.some((message) => message.includes('the policy does not name its repository')));
    assert.throws(() => rmSync(join(env.XDG_CACHE_HOME, 'safeguard/git'), { recursive: true }));
  });

  it('is approved of by what was read: another commit of the same version is asked about again', async (t) => {
    const { origin, first, repo, ask, check, lock, app, here } = await scene(t, { build: quiet });
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
