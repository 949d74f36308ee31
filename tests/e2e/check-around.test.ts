/** `safeguard check` on what decides a build beside the lockfile: settings, CI, vendored copies. */
import assert from 'node:assert/strict';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cargoProject } from '../support/cargo.ts';
import { judged, manifest, old, run } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

const word = makeCrate({ name: 'word', version: '1.0.0' });
const project = {
  'Cargo.toml': manifest('word = "1"'),
  'Cargo.lock': lockfileText(lockedApp('word'), lockedCrate(word)),
  'src/main.rs': 'fn main() {}\n',
};
const wrapper = '[build]\nrustc-wrapper = "./ccache"\n';
const workflow =
  'on: push\njobs:\n  build:\n    runs-on: x\n    steps:\n      - run: cargo build --release\n';

describe('safeguard check, beside the lockfile', () => {
  it('asks for a review where a change sets another wrapper, and points at the line', async (t) => {
    const s = await stage(t);
    s.upstream.publish(word, old);
    const repo = repository(t);
    repo.commit(project);
    repo.write({ '.cargo/config.toml': wrapper, '.github/workflows/ci.yml': workflow });
    const verdict = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual([verdict.verdict, verdict.code], ['review', 2]);
    assert.deepEqual(
      verdict.changes.map(({ kind, crate, span, findings }) => [
        kind,
        crate,
        span?.line,
        ...findings.map(({ rule, effect }) => [rule, effect]),
      ]),
      [
        ['config', '.cargo/config.toml', 2, ['build-settings', 'review']],
        ['config', '.github/workflows/ci.yml', 6, ['unlocked-commands', 'warn']],
      ],
    );
    const sarif = JSON.parse((await run(s, repo.dir, '--base', 'HEAD', '--format', 'sarif')).stdout);
    assert.ok(JSON.stringify(sarif).includes('.cargo/config.toml'));
    const github = await run(s, repo.dir, '--base', 'HEAD', '--format', 'github');
    assert.match(github.stdout, /^::(error|warning) file=\.cargo\/config\.toml,line=2/m);
  });

  it('lets what was there before fail nothing, wherever in the repository it lies', async (t) => {
    const s = await stage(t);
    s.upstream.publish(word, old);
    const repo = repository(t);
    const below = Object.fromEntries(Object.entries(project).map(([path, text]) => [`app/${path}`, text]));
    repo.commit({ ...below, '.cargo/config.toml': wrapper });
    repo.write({ 'app/README.md': 'new\n' });
    const same = await judged(s, join(repo.dir, 'app'), '--base', 'HEAD');
    assert.deepEqual([same.verdict, same.changes], ['allow', []]);
    repo.write({ '.cargo/config.toml': wrapper.replace('ccache', 'other') });
    const changed = await judged(s, join(repo.dir, 'app'), '--base', 'HEAD');
    assert.equal(changed.verdict, 'review', 'it lies above the project, and counts for it');
  });

  it('lists what is there apart where nothing is compared', async (t) => {
    const s = await stage(t);
    s.upstream.publish(word, old);
    const repo = repository(t);
    repo.commit({ ...project, '.cargo/config.toml': wrapper });
    const whole = await judged(s, repo.dir);
    assert.equal(whole.verdict, 'allow');
    assert.deepEqual(
      whole.debt.map(({ rule, evidence }) => [rule, evidence.file]),
      [['build-settings', '.cargo/config.toml']],
    );
  });

  it('finds what a change hides in a vendored crate', async (t) => {
    const s = await stage(t);
    s.upstream.publish(word, old);
    await s.index('word');
    const made = cargoProject({ dependencies: { word: '1' }, registryUrl: s.mirror.cargoUrl }, t);
    const repo = repository(t, made.dir);
    assert.equal((await made.run(['generate-lockfile'])).code, 0);
    const vendored = await made.run(['vendor', '--respect-source-config', 'vendor']);
    assert.equal(vendored.code, 0, vendored.stderr);
    writeFileSync(join(made.dir, '.cargo/config.toml'), vendored.stdout);
    repo.commit({});
    const clean = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual([clean.verdict, clean.changes], ['allow', []]);

    repo.write({ 'vendor/word/src/lib.rs': 'pub fn hello() {}\n' });
    const denied = await judged(s, repo.dir, '--base', 'HEAD');
    assert.equal(denied.verdict, 'deny');
    assert.deepEqual(
      denied.changes.flatMap(({ findings }) =>
        findings.map(({ rule, crate, evidence }) => [rule, crate, evidence.file]),
      ),
      [['vendored', 'word', 'vendor/word/src/lib.rs']],
    );
    repo.commit({});
    const settled = await judged(s, repo.dir, '--base', 'HEAD');
    assert.equal(settled.verdict, 'allow', 'who comes later has not done it');
    assert.deepEqual(
      settled.debt.map(({ rule, effect }) => [rule, effect]),
      [['vendored', 'deny']],
    );
    assert.equal((await judged(s, repo.dir)).verdict, 'deny', 'the whole of it is judged');
  });

  it('reads a commit as it is stored, through links and odd names', async (t) => {
    const s = await stage(t);
    s.upstream.publish(word, old);
    const repo = repository(t);
    repo.write({ ...project, 'settings.toml': wrapper, 'ci/odd \n"name.sh': 'cargo build\n' });
    symlinkSync('settings.toml', join(repo.dir, 'rust-toolchain.toml'));
    symlinkSync('nowhere', join(repo.dir, '.cargo'));
    repo.commit({});
    const same = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual([same.verdict, same.changes], ['allow', []], JSON.stringify(same));
    rmSync(join(repo.dir, '.cargo'));
    repo.write({ '.cargo/config.toml': wrapper });
    const changed = await judged(s, repo.dir, '--base', 'HEAD');
    assert.equal(changed.verdict, 'review');
  });
});
