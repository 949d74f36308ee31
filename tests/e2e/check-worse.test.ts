/** `safeguard check --base`, on what was there before and matters more after the change. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advisories, judged, old, run, severe } from '../support/check.ts';
import { type Crate, makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

const bad = makeCrate({ name: 'bad', version: '1.0.0' });
const worse = makeCrate({ name: 'bad', version: '1.0.1' });
const user = makeCrate({ name: 'caller', version: '1.0.0', dependencies: { bad: '1' } });
const newcomer = makeCrate({ name: 'newcomer', version: '2.0.0', dependencies: { bad: '1' } });
const word = makeCrate({ name: 'word', version: '1.0.0' });
const word2 = makeCrate({ name: 'word', version: '1.0.1' });

const app = (dependencies: string, more = '') => ({
  'Cargo.toml': `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies}\n${more}`,
  'src/main.rs': 'fn main() {}\n',
});

async function scene(t: Parameters<typeof stage>[0]) {
  const s = await stage(t);
  const database = advisories(t, { id: 'RUSTSEC-2026-0001', crate: 'bad', patched: '', more: severe });
  const mirror = await s.restart({ advisoryDatabases: [database] });
  await mirror.tick();
  for (const crate of [bad, worse, user, newcomer, word, word2]) s.upstream.publish(crate, old);
  return { s, repo: repository(t) };
}

const locked = (roots: readonly string[], ...crates: readonly (readonly [Crate, ...string[]])[]) => ({
  'Cargo.lock': lockfileText(
    lockedApp(...roots),
    ...crates.map(([crate, ...needs]) => lockedCrate(crate, ...needs)),
  ),
});

describe('safeguard check, on what was there before', () => {
  it('counts it where a change leaves it as it is, and lists it where the change makes it worse', async (t) => {
    const { s, repo } = await scene(t);
    repo.commit({
      ...app('caller = "1"\nword = "1"'),
      ...locked(['caller', 'word'], [user, 'bad'], [bad], [word]),
    });
    repo.write(locked(['caller', 'word'], [user, 'bad'], [bad], [word2]));
    const plain = await judged(s, repo.dir, '--base', 'HEAD');
    assert.equal(plain.verdict, 'allow');
    assert.deepEqual(
      plain.debt.map(({ crate, rule, effect, worse }) => [crate, rule, effect, worse]),
      [['bad', 'vulnerability', 'deny', undefined]],
    );
    assert.doesNotMatch((await run(s, repo.dir, '--base', 'HEAD')).stdout, /RUSTSEC-2026-0001/);

    repo.write({
      ...app('caller = "1"\nword = "1"\nnewcomer = "2"'),
      ...locked(['caller', 'newcomer', 'word'], [user, 'bad'], [bad], [word], [newcomer, 'bad']),
    });
    const grown = await judged(s, repo.dir, '--base', 'HEAD');
    assert.equal(grown.verdict, 'allow', 'the change is told of it, and not failed by it');
    assert.equal(grown.debt[0]?.worse, 'newcomer 2.0.0 needs it from now on, too');
    const text = (await run(s, repo.dir, '--base', 'HEAD')).stdout;
    assert.match(text, /^allow: .*; 1 finding on what was there before, 1 of them worse now\.$/m);
    assert.match(
      text,
      /Worse than before\n {2}bad 1\.0\.0: deny · vulnerability: .*RUSTSEC-2026-0001.*newcomer 2\.0\.0 needs it from now on, too\.\n {6}\S/,
    );
    const github = (await run(s, repo.dir, '--base', 'HEAD', '--format', 'github')).stdout;
    assert.match(github, /^::warning .*bad 1\.0\.0/m);
  });

  it('tells of nobody who looks after a crate once, wherever it is built', async (t) => {
    const { s, repo } = await scene(t);
    const tired = 'informational = "unmaintained"\n';
    const database = advisories(t, { id: 'RUSTSEC-2026-0002', crate: 'word', patched: '', more: tired });
    await (await s.restart({ advisoryDatabases: [database] })).tick();
    const manifest = app('')['Cargo.toml'];
    repo.commit({
      ...app(''),
      'Cargo.toml': `${manifest}[target.'cfg(not(windows))'.dependencies]\nword = "1"\n`,
      'safeguard.toml': '[gate]\ntargets = ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"]\n',
      ...locked(['word'], [word]),
    });
    repo.write({ ...app('word = "1"'), ...locked(['word'], [word2]) });
    const { changes, debt } = await judged(s, repo.dir, '--base', 'HEAD');
    const isNew = changes.flatMap(({ features = [] }) => features).some(({ built }) => built === 'now');
    assert.ok(isNew, 'it is built for Windows from now on');
    assert.deepEqual(
      changes.flatMap(({ findings }) => findings.filter(({ rule }) => rule === 'unmaintained')),
      [],
    );
    assert.deepEqual(
      debt.map(({ crate, version, rule }) => [crate, version, rule]),
      [['word', '1.0.1', 'unmaintained']],
    );
  });

  it('lists a waiver that the change leaves with nothing to be about', async (t) => {
    const { s, repo } = await scene(t);
    const waiver =
      '[[waiver]]\nrule = "license"\ncrate = "word"\nreason = "bought"\nby = "Dana"\nexpires = "2099-09-30"\n';
    repo.commit({
      'safeguard.toml': waiver,
      ...app('caller = "1"\nword = "1"'),
      ...locked(['caller', 'word'], [user, 'bad'], [bad], [word]),
    });
    repo.write({ ...app('caller = "1"'), ...locked(['caller'], [user, 'bad'], [bad]) });
    const { debt } = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual(
      debt.map(({ rule, worse }) => [rule, worse]),
      [
        ['unused', 'the change takes away what it was about'],
        ['vulnerability', undefined],
      ],
    );
    repo.commit({});
    repo.write({ 'README.md': 'nothing of it matters' });
    const after = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual(
      after.debt.filter(({ worse }) => worse !== undefined),
      [],
      'once it is in, it is in',
    );
  });

  it('is not what was in the lockfile alone, and is built from now on with its update', async (t) => {
    const { s, repo } = await scene(t);
    const policy = {
      'safeguard.toml':
        '[gate]\ntargets = ["x86_64-unknown-linux-gnu"]\nhosts = ["x86_64-unknown-linux-gnu"]\n',
    };
    repo.commit({
      ...policy,
      ...app('', `[target.'cfg(windows)'.dependencies]\nbad = "1"\n`),
      ...locked(['bad'], [bad]),
    });
    repo.write({ ...app('bad = "1"'), ...locked(['bad'], [worse]) });
    const { verdict, changes, debt } = await judged(s, repo.dir, '--base', 'HEAD');
    assert.deepEqual([verdict, debt], ['deny', []]);
    const rules = changes
      .find(({ crate }) => crate === 'bad')
      ?.findings.map(({ rule, effect }) => `${rule} ${effect}`);
    assert.ok(rules?.includes('vulnerability deny'), rules?.join());
  });
});
