/** What is said to be typed of cargo, typed: cargo then takes the project, and the check is content. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { lockedReleases } from '../../support/cargo.ts';
import { old } from '../../support/check.ts';
import { lockedApp, lockfileText } from '../../support/lockfile.ts';
import { repository } from '../../support/repository.ts';
import { type Stage, stage } from '../../support/stage.ts';
import { tempDir } from '../../support/temp.ts';
import { found, lineIn, nextOf, refusal, type, typed } from './type.ts';

/** A project with `word` and `leaf` behind the mirror, as cargo locked it. */
async function scene(t: TestContext, dependencies: Record<string, string | object> = { word: '1' }) {
  const s = await stage(t);
  s.publish('leaf', '1.0.0', old);
  s.publish('word', '1.0.0', { ...old, dependencies: { leaf: '1' } });
  s.publish('word', '1.1.0', { ...old, dependencies: { leaf: '1' } });
  s.publish('word', '2.0.0', old);
  const project = s.project({ dependencies });
  await typed('cargo generate-lockfile', project.dir);
  const path = join(project.dir, 'Cargo.lock');
  const edit = (change: (text: string) => string) => {
    const before = readFileSync(path, 'utf8');
    const after = change(before);
    assert.notEqual(after, before);
    writeFileSync(path, after);
  };
  const lockfile = () => readFileSync(path, 'utf8');
  const args = ['--server', s.mirror.url];
  /** Neither cargo nor the gate has anything against it. */
  const isWhole = async (...rules: readonly string[]) => {
    await typed('cargo metadata --locked --format-version 1', project.dir);
    for (const rule of ['locked', ...rules]) assert.deepEqual(await found(rule, project.dir, args), []);
  };
  return { s, project, dir: project.dir, path, edit, lockfile, args, isWhole };
}

const check = (s: Stage) => `safeguard check --server ${s.mirror.url}`;
const entry = (name: string) => new RegExp(`\\[\\[package\\]\\]\\nname = "${name}"\\n(?:.+\\n)*\\n?`);

describe('what is said to be typed of cargo', () => {
  for (const [what, change] of [
    ['lacks a dependency', (text: string) => text.replace(/ "word",\n/, '')],
    ['has another version of the project', (text: string) => text.replace('"0.1.0"', '"0.0.9"')],
    [
      'has what nothing needs',
      (text: string) =>
        `${text}\n${/\[\[package\]\]\nname = "leaf"[^[]*/.exec(text)?.[0].replace('leaf', 'twig')}`,
    ],
  ] as const) {
    it(`makes a lockfile fit that ${what}`, async (t) => {
      const { dir, args, edit, isWhole } = await scene(t);
      edit(change);
      await typed(lineIn(await nextOf('locked', dir, args)), dir);
      await isWhole();
    });
  }

  it('makes a lockfile where there is none', async (t) => {
    const { s, dir, path, isWhole } = await scene(t);
    rmSync(path);
    await typed(lineIn(await refusal(check(s), dir)), dir);
    await isWhole();
    rmSync(path);
    await typed(lineIn(await refusal('safeguard resolve --offline', dir)), dir);
    await isWhole();
  });

  it('writes the rest of a lockfile whose conflict is settled', async (t) => {
    const { s, dir, edit, lockfile, isWhole } = await scene(t);
    const whole = lockfile();
    edit((text) => text.replace(entry('leaf'), (leaf) => `<<<<<<< HEAD\n=======\n${leaf}>>>>>>> theirs\n`));
    const said = await refusal(check(s), dir);
    assert.match(said, /Settle the conflict/);
    edit((text) => text.replace(/<<<<<<<[\s\S]*>>>>>>>.*\n/, ''));
    await typed(lineIn(said), dir);
    assert.equal(lockfile(), whole);
    await isWhole();
  });

  it('writes a lockfile again that was damaged, once it is restored', async (t) => {
    const { s, dir, edit, lockfile, isWhole } = await scene(t);
    const whole = lockfile();
    edit((text) => text.slice(0, text.indexOf('checksum') + 20));
    const said = await refusal(check(s), dir);
    edit(() => whole.replace(/ "word",\n/, ''));
    await typed(lineIn(said), dir);
    await isWhole();
  });

  it('writes a checksum that was deleted', async (t) => {
    const { dir, args, edit, lockfile, isWhole } = await scene(t);
    const whole = lockfile();
    edit((text) => text.replace(/checksum = .*\n/, ''));
    const next = await nextOf('lockfile', dir, args);
    assert.match(next, /Take its entry out of Cargo.lock/);
    edit((text) => text.replace(entry('leaf'), ''));
    await typed(lineIn(next), dir);
    assert.equal(lockfile(), whole);
    await isWhole('lockfile');
  });

  it('replaces a release that the registry does not list any more', async (t) => {
    const { s, dir, lockfile, isWhole } = await scene(t);
    s.upstream.deleteRelease('word', '1.1.0');
    await s.pass('10m');
    const said = await refusal(`safeguard resolve --upstream ${s.upstream.indexUrl}`, dir, {
      XDG_CACHE_HOME: tempDir(t),
      CARGO_HOME: tempDir(t),
    });
    assert.match(said, /does not list/);
    await typed(lineIn(said, 'cargo update'), dir);
    assert.deepEqual(lockedReleases(lockfile()), ['app 0.1.0', 'leaf 1.0.0', 'word 1.0.0']);
    await isWhole();
  });

  it('locks packages of one repository at one commit', async (t) => {
    const origin = repository(t);
    const member = (name: string) => ({
      [`${name}/Cargo.toml`]: `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n`,
      [`${name}/src/lib.rs`]: '',
    });
    const files = { 'Cargo.toml': '[workspace]\nmembers = ["a", "b"]\n', ...member('a'), ...member('b') };
    const [first, second] = [origin.commit(files), origin.commit({ 'a/src/lib.rs': '// more\n' })];
    const { dir, args, path, isWhole } = await scene(t, {
      a: { git: `file://${origin.dir}` },
      b: { git: `file://${origin.dir}` },
    });
    const source = (commit: string) => `git+file://${origin.dir}#${commit}`;
    writeFileSync(
      path,
      lockfileText(
        lockedApp('a', 'b'),
        { name: 'a', version: '0.1.0', source: source(first) },
        { name: 'b', version: '0.1.0', source: source(second) },
      ),
    );
    await typed(lineIn(await nextOf('locked', dir, args)), dir);
    await isWhole();
  });

  it('moves a release of another lockfile of the repository', async (t) => {
    const { s, dir, args } = await scene(t, {});
    const repo = repository(t, dir);
    const inner = (version: string) => ({
      'fuzz/Cargo.toml': `[package]\nname = "fuzz"\nversion = "0.1.0"\n[workspace]\n[dependencies]\nword = "${version}"\n`,
      'fuzz/src/lib.rs': '',
    });
    repo.commit(inner('1'));
    await typed('cargo generate-lockfile --manifest-path fuzz/Cargo.toml', dir);
    await s.act('block', { crate: 'word', version: '1.1.0', reason: 'x' });
    const [blocked] = await found('blocklist', dir, [...args, '--base', 'HEAD']);
    assert.match(blocked?.evidence.file ?? blocked?.next ?? '', /fuzz|word/);
    const ran = await type(`safeguard check --format json --base HEAD ${args.join(' ')}`, dir);
    const [line] = (JSON.parse(ran.stdout) as { commands: string[] }).commands;
    assert.match(
      line ?? '',
      /^cargo update --manifest-path fuzz\/Cargo\.toml word@1\.1\.0 --precise 1\.0\.0/,
    );
    await typed(line ?? '', dir);
    assert.deepEqual(await found('blocklist', dir, [...args, '--base', 'HEAD']), []);
  });

  it('fetches what is not at hand', async (t) => {
    const { dir } = await scene(t);
    const env = { XDG_CACHE_HOME: tempDir(t), CARGO_HOME: tempDir(t) };
    const [next] = await found('locked', dir, ['--offline'], env);
    await typed(lineIn(next?.next ?? ''), dir, env);
    assert.deepEqual(await found('locked', dir, ['--offline'], env), []);
  });

  it('fetches the code that is to be reviewed', async (t) => {
    const { dir } = await scene(t);
    const env = { XDG_CACHE_HOME: tempDir(t), CARGO_HOME: tempDir(t) };
    const review = 'safeguard review word@1.1.0 --offline';
    await typed(lineIn(await refusal(review, dir, env)), dir, env);
    assert.match((await type(review, dir, env)).stdout, /word 1\.1\.0/);
  });

  it('shows who uses what is no longer patched', async (t) => {
    const { dir, args } = await scene(t);
    const repo = repository(t, dir);
    const manifest = readFileSync(join(dir, 'Cargo.toml'), 'utf8');
    repo.commit({
      'Cargo.toml': `${manifest}\n[patch.crates-io]\nword = { path = "word" }\n`,
      'word/Cargo.toml': '[package]\nname = "word"\nversion = "1.1.0"\nedition = "2021"\n',
      'word/src/lib.rs': '',
    });
    repo.write({ 'Cargo.toml': manifest });
    const next = await nextOf('patches', dir, [...args, '--base', 'HEAD']);
    assert.match((await typed(lineIn(next), dir)).stdout, /word v1\.1\.0[\s\S]*app v0\.1\.0/);
  });

  it('shows who needs the older of two versions', async (t) => {
    const { dir, args } = await scene(t, { word: '1', newer: { package: 'word', version: '2' } });
    writeFileSync(join(dir, 'safeguard.toml'), '[duplicate-versions]\nduplicates = "warn"\n');
    const lines = (await found('duplicate-versions', dir, args)).map(({ next }) => lineIn(next));
    assert.match((await typed(lines[0] ?? '', dir)).stdout, /word v1\.1\.0[\s\S]*word v2\.0\.0/);
  });

  it('lists what may be chosen', async (t) => {
    const { dir } = await scene(t);
    for (const wrong of ['--features nothing', '-p nothing', '--features word/nothing --offline']) {
      const said = await refusal(`safeguard resolve --offline ${wrong}`, dir);
      assert.match((await typed(`${lineIn(said)} --format-version 1`, dir)).stdout, /"name":"app"/);
    }
  });

  it('copies what was changed in a vendored folder', async (t) => {
    const { dir, args } = await scene(t);
    const vendor = 'cargo vendor --respect-source-config';
    const repo = repository(t, dir);
    const config = readFileSync(join(dir, '.cargo/config.toml'), 'utf8');
    const { stdout } = await typed(vendor, dir);
    writeFileSync(join(dir, '.cargo/config.toml'), stdout);
    repo.commit({ 'vendor/word/src/lib.rs': 'pub fn other() {}\n' });
    const next = await nextOf('vendored', dir, args);
    assert.equal(lineIn(next), 'cargo vendor');
    // Behind a mirror, cargo is told to copy from there.
    writeFileSync(join(dir, '.cargo/config.toml'), config);
    await typed(lineIn(next).replace('cargo vendor', vendor), dir, { CARGO_HOME: tempDir(t) });
    writeFileSync(join(dir, '.cargo/config.toml'), stdout);
    assert.deepEqual(await found('vendored', dir, args), []);
  });
});
