/** What CI builds beside the usual: with features of dependencies, and for targets that the policy does not name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { folder } from '../cli/support.ts';
import { advisories, judged, old, severe } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

const extra = makeCrate({ name: 'extra', version: '1.0.0' });
const thing = makeCrate({
  name: 'thing',
  version: '1.0.0',
  dependencies: { extra: { version: '1', optional: true } },
  features: { more: ['dep:extra'] },
});
const workflow = '.github/workflows/ci.yml';
const ci = (line: string, more = '') => `${more}jobs:\n  a:\n    steps:\n      - run: ${line}\n`;
const files = (steps: string) => ({
  'Cargo.toml':
    '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nthing = "1"\n[features]\nown = []\n',
  'src/main.rs': 'fn main() {}\n',
  'Cargo.lock': lockfileText(lockedApp('thing'), lockedCrate(thing)),
  [workflow]: steps,
});

describe('safeguard check, on features that CI turns on in dependencies', () => {
  it('tells of packages that the lockfile does not have', async (t) => {
    const s = await stage(t);
    for (const crate of [thing, extra]) s.upstream.publish(crate, old);
    const repo = repository(t);
    repo.commit(files(ci('cargo build --locked')));
    const found = async (steps: string) => {
      repo.write({ [workflow]: steps });
      const { changes } = await judged(s, repo.dir, '--base', 'HEAD');
      return changes.flatMap(({ findings }) => findings.filter(({ rule }) => rule === 'locked'));
    };
    const [told, ...more] = await found(ci('cargo build --locked -p app --features "own,thing/more"'));
    assert.deepEqual(
      [told?.effect, told?.evidence?.file, told?.evidence?.line, more],
      ['review', workflow, 4, []],
    );
    assert.match(told?.message ?? '', /needs `extra = "\^1"`, which the lockfile does not have/);
    for (const line of ['--all-features', '--features own', '--features other/more', '--features thing'])
      assert.deepEqual(await found(ci(`cargo build --locked ${line}`)), [], line);
    for (const [file, text] of [
      ['pyproject.toml', '[tool.maturin]\nlocked = true\nfeatures = ["thing/more"]\n'],
      ['Makefile.toml', '[tasks.a]\ncommand = "cargo"\nargs = ["build", "--locked", "-F", "thing/more"]\n'],
    ] as const) {
      repo.write({ [file]: text });
      const [one] = await found(ci('true'));
      assert.deepEqual([one?.effect, one?.evidence?.file], ['review', file]);
      repo.write({ [file]: '' });
    }
    repo.commit({ [workflow]: ci('cargo build --locked --features thing/more') });
    assert.deepEqual(await found(`# more\n${ci('cargo build --locked --features thing/more')}`), []);
  });

  it('rules out nothing that they have built', async (t) => {
    const s = await stage(t);
    const more = advisories(t, { id: 'RUSTSEC-2026-0001', crate: 'extra', patched: '', more: severe });
    await (await s.restart({ advisoryDatabases: [more] })).tick();
    for (const crate of [thing, extra]) s.upstream.publish(crate, old);
    const manifest = `${files('')['Cargo.toml']}[target.'cfg(windows)'.dependencies]\nextra = "1"\n`;
    const lockfile = lockfileText(
      lockedApp('thing', 'extra'),
      { ...lockedCrate(thing), dependencies: ['extra'] },
      lockedCrate(extra),
    );
    const effect = async (line: string) => {
      const policy = '[gate]\ntargets = ["x86_64-unknown-linux-gnu"]\n';
      const cwd = folder(t, {
        ...files(ci(line)),
        ...{ 'Cargo.toml': manifest, 'Cargo.lock': lockfile, 'safeguard.toml': policy },
      });
      const { changes } = await judged(s, cwd);
      const found = changes.flatMap(({ crate, findings }) => (crate === 'extra' ? findings : []));
      return found.find(({ rule }) => rule === 'vulnerability')?.effect;
    };
    assert.equal(await effect('cargo build --locked'), 'warn');
    assert.equal(await effect('cargo build --locked --features thing/more'), 'deny');
  });
});

describe('safeguard check, on targets that CI builds for', () => {
  it('tells of those that the policy does not name', async (t) => {
    const s = await stage(t);
    for (const crate of [thing, extra]) s.upstream.publish(crate, old);
    const repo = repository(t);
    const policy = { 'safeguard.toml': '[gate]\ntargets = ["x86_64-unknown-linux-gnu"]\n' };
    repo.commit({ ...files(ci('cargo build --locked --target x86_64-unknown-linux-gnu')), ...policy });
    repo.write({ [workflow]: ci('cargo build --locked --target aarch64-apple-darwin') });
    const { changes, verdict } = await judged(s, repo.dir, '--base', 'HEAD');
    assert.equal(verdict, 'review');
    assert.match(changes[0]?.findings[0]?.message ?? '', /^It builds for aarch64-apple-darwin/);
    repo.write({ [workflow]: ci('cargo test --locked').replace('a:\n', 'a:\n    runs-on: macos-15\n') });
    const { changes: mac } = await judged(s, repo.dir, '--base', 'HEAD');
    assert.match(
      mac[0]?.findings[0]?.message ?? '',
      /^It builds for aarch64-apple-darwin \(`runs-on: macos-15`\)/,
    );
    repo.commit({});
    const { changes: none, debt } = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual([none, debt.map(({ rule }) => rule)], [[], ['build-settings']]);
  });

  it('compares what is built for them where the policy names none', async (t) => {
    const s = await stage(t);
    for (const crate of [thing, extra]) s.upstream.publish(crate, old);
    const found = async (steps: string, policy = '') => {
      const repo = repository(t);
      const manifest = (more: string) =>
        `${files('')['Cargo.toml']}[target.'cfg(windows)'.dependencies]\nextra = { version = "1"${more} }\n`;
      const lockfile = lockfileText(
        lockedApp('extra', 'thing'),
        { ...lockedCrate(thing), dependencies: ['extra'] },
        lockedCrate(extra),
      );
      const now = { 'Cargo.lock': lockfile, 'safeguard.toml': policy };
      repo.commit({ ...files(steps), ...now, 'Cargo.toml': manifest('') });
      repo.write({ 'Cargo.toml': `${manifest('')}thing = { version = "1", features = ["more"] }\n` });
      const { changes } = await judged(s, repo.dir, '--base', 'HEAD');
      return changes.flatMap(({ crate, findings, features = [] }) =>
        findings.map(({ rule }) => `${crate} ${rule} ${features.map(({ target }) => target).join(' ')}`),
      );
    };
    const windows = 'x86_64-pc-windows-msvc';
    const expected = [`thing feature-added ${windows}`];
    const on = (runner: string) => ci('cargo test --locked').replace('a:\n', `a:\n    runs-on: ${runner}\n`);
    assert.deepEqual(await found(ci(`cargo build --locked --target ${windows}`)), expected);
    assert.deepEqual(await found(on('windows-latest')), expected);
    assert.deepEqual(await found(on('ubuntu-latest')), []);
    assert.deepEqual(
      await found(on('windows-latest'), '[gate]\ntargets = ["x86_64-unknown-linux-gnu"]\n'),
      [],
    );
  });

  it('goes by a JSON file that describes one, and says where it cannot be read', async (t) => {
    const s = await stage(t);
    for (const crate of [thing, extra]) s.upstream.publish(crate, old);
    const spec = '{"arch":"arm","os":"none","llvm-target":"thumbv7em","target-pointer-width":"32"}';
    const found = async (more: Readonly<Record<string, string>>) => {
      const cwd = folder(t, {
        ...files(ci('cargo build --locked')),
        '.cargo/config.toml': '[build]\ntarget = "t/own.json"\n',
        ...more,
      });
      const { changes } = await judged(s, cwd);
      return changes.flatMap(({ findings }) => findings.filter(({ rule }) => rule === 'locked'));
    };
    assert.deepEqual(await found({ 't/own.json': spec }), []);
    const named = { 'safeguard.toml': '[gate]\ntargets = ["t/own.json"]\n' };
    assert.deepEqual(await found({ 't/own.json': spec, ...named }), []);
    for (const more of [{}, { 't/own.json': 'none' }, named]) {
      const [told] = await found(more);
      assert.deepEqual([told?.effect, told?.evidence?.file], ['review', 't/own.json']);
    }
  });
});
