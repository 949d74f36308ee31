/** `safeguard check` on what a change switches on: features, trees, code that runs while others compile. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { procMacro1 } from '../support/attack.ts';
import { judged, old, run } from '../support/check.ts';
import { type Crate, makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

const script = 'fn main() {}\n';
const word = makeCrate({ name: 'word', version: '1.0.0' });
const tls = makeCrate({ name: 'tls', version: '1.0.0', dependencies: { 'tls-sys': '1' } });
const tlsSys = makeCrate({ name: 'tls-sys', version: '1.0.0', links: 'tls', buildScript: script });
const net = makeCrate({
  name: 'net',
  version: '1.0.0',
  dependencies: { tls: { version: '1', optional: true } },
  features: { 'default-tls': ['dep:tls'] },
});

function app(dependencies: string, features = ''): Record<string, string> {
  const manifest = `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies}\n`;
  return {
    'Cargo.toml': features === '' ? manifest : `${manifest}[features]\n${features}\n`,
    'src/main.rs': 'fn main() {}\n',
  };
}

const linux = '[gate]\ntargets = ["x86_64-unknown-linux-gnu"]\n';

async function scene(t: Parameters<typeof stage>[0], ...crates: readonly Crate[]) {
  const s = await stage(t);
  for (const crate of crates) s.upstream.publish(crate, old);
  const repo = repository(t);
  const check = async () => {
    const verdict = await judged(s, repo.dir, '--base', 'HEAD');
    const said = verdict.changes.flatMap(({ kind, crate, findings }) =>
      findings.map(({ rule, effect, message }) => ({ kind, crate, rule, effect, message })),
    );
    const rules = said.map(({ crate, rule, effect }) => `${crate} ${rule} ${effect}`);
    return { ...verdict, said, rules };
  };
  return { s, repo, check };
}

describe('safeguard check, on what is really built', () => {
  it('tells a feature that brings a TLS stack, with what it brings and for which target', async (t) => {
    const { s, repo, check } = await scene(t, net, tls, tlsSys);
    repo.commit({
      ...app('net = "1"'),
      'safeguard.toml': linux,
      'Cargo.lock': lockfileText(lockedApp('net'), lockedCrate(net)),
    });
    repo.write({
      ...app('net = { version = "1", features = ["default-tls"] }'),
      'Cargo.lock': lockfileText(
        lockedApp('net'),
        lockedCrate(net, 'tls'),
        lockedCrate(tls, 'tls-sys'),
        lockedCrate(tlsSys),
      ),
    });
    const verdict = await check();
    assert.deepEqual([verdict.verdict, verdict.code], ['review', 2], JSON.stringify(verdict.said));
    assert.ok(verdict.rules.includes('tls-sys new-build-executing-crate review'), verdict.rules.join());
    assert.ok(verdict.rules.includes('net feature-added warn'), verdict.rules.join());
    const added = verdict.said.find(({ rule }) => rule === 'feature-added');
    assert.equal(added?.message, 'It gains `default-tls`, which brings tls, tls-sys.');
    assert.match(
      verdict.said.find(({ rule }) => rule === 'new-dependency-tree')?.message ?? '',
      /^With it, and with nothing else, come 1 package, code that runs while it is compiled \(tls-sys\), C libraries \(tls-sys\)\.$/,
    );
    assert.deepEqual(verdict.changes.find(({ crate }) => crate === 'net')?.features, [
      { target: 'x86_64-unknown-linux-gnu', builtFor: 'target', gained: ['default-tls'], lost: [] },
    ]);
    const markdown = await run(s, repo.dir, '--base', 'HEAD', '--format', 'markdown');
    assert.match(
      markdown.stdout,
      /built for x86\\_64-unknown-linux-gnu\.\n[\s\S]*features: \\\+default-tls\n/,
    );
  });

  it('sees a line in Cargo.toml that changes what is built, though the lockfile stays the same', async (t) => {
    const { repo, check } = await scene(t, word, tlsSys);
    const dependencies = 'word = "1"\ntls-sys = { version = "1", optional = true }';
    const lock = lockfileText(lockedApp('tls-sys', 'word'), lockedCrate(word), lockedCrate(tlsSys));
    repo.commit({ ...app(dependencies, 'secure = ["dep:tls-sys"]'), 'Cargo.lock': lock });
    repo.write({ 'README.md': 'nothing of it matters' });
    assert.deepEqual((await check()).changes, []);
    repo.write(app(dependencies, 'default = ["secure"]\nsecure = ["dep:tls-sys"]'));
    const verdict = await check();
    assert.equal(verdict.verdict, 'review');
    assert.deepEqual(
      verdict.changes.map(({ kind, crate, features }) => [
        kind,
        crate,
        features?.[0]?.built,
        features?.[0]?.gained,
      ]),
      [
        ['features', 'tls-sys', 'now', []],
        ['features', 'app', undefined, ['default', 'secure']],
      ],
    );
    // What was not built before comes in as if it were new: its archive is read, and what of it runs is told of.
    assert.deepEqual(verdict.rules, ['tls-sys new-build-executing-crate review', 'tls-sys build-code warn']);
    repo.commit({});
    assert.deepEqual((await check()).changes, [], 'once it is in, it is in');
  });

  it('tells which members of a workspace a feature is switched on for', async (t) => {
    const { repo, check } = await scene(t, net, tls, tlsSys);
    const member = (name: string, features: string) => ({
      [`${name}/Cargo.toml`]: `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nnet = { version = "1", features = [${features}] }\n`,
      [`${name}/src/lib.rs`]: '',
    });
    const own = (name: string) => ({ name, version: '0.1.0', source: null, dependencies: ['net'] });
    const lock = lockfileText(
      ...['cli', 'core', 'web'].map(own),
      lockedCrate(net, 'tls'),
      lockedCrate(tls, 'tls-sys'),
      lockedCrate(tlsSys),
    );
    const root = { 'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["cli", "core", "web"]\n' };
    const on = '"default-tls"';
    repo.commit({
      ...root,
      'safeguard.toml': linux,
      'Cargo.lock': lock,
      ...member('cli', on),
      ...member('core', ''),
      ...member('web', ''),
    });
    repo.write({ ...member('core', on), ...member('web', on) });
    const { changes, verdict } = await check();
    assert.equal(verdict, 'allow', 'the project as a whole built and ran all of it before');
    const of = (crate: string) => changes.find((change) => change.crate === crate)?.features;
    const target = 'x86_64-unknown-linux-gnu';
    assert.deepEqual(of('net'), [
      { target, members: ['core', 'web'], builtFor: 'target', gained: ['default-tls'], lost: [] },
    ]);
    assert.deepEqual(of('tls-sys'), [
      { target, members: ['core', 'web'], builtFor: 'target', built: 'now', gained: [], lost: [] },
    ]);
  });

  it('judges only what is built for the targets of the policy', async (t) => {
    const { repo, check } = await scene(t, word, tlsSys);
    const windows = '[target."cfg(windows)".dependencies]\ntls-sys = "1"';
    repo.commit({
      ...app('word = "1"'),
      'safeguard.toml': linux,
      'Cargo.lock': lockfileText(lockedApp('word'), lockedCrate(word)),
    });
    repo.write({
      ...app(`word = "1"\n${windows}`),
      'Cargo.lock': lockfileText(lockedApp('tls-sys', 'word'), lockedCrate(word), lockedCrate(tlsSys)),
    });
    // What may run at build time is asked of the whole lockfile.
    assert.deepEqual((await check()).rules, ['tls-sys build-code warn']);
    repo.git('stash', '--quiet');
    repo.commit({
      'safeguard.toml': '[gate]\ntargets = ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"]\n',
    });
    repo.git('stash', 'pop', '--quiet');
    assert.deepEqual((await check()).rules, [
      'tls-sys new-build-executing-crate review',
      'tls-sys build-code warn',
    ]);
  });

  it('asks for a review of the features that the policy names', async (t) => {
    const { repo, check } = await scene(t, net, tls, tlsSys);
    const named = `${linux}[feature-added]\nreview = ["*/default-tls"]\n`;
    const without = lockfileText(lockedApp('net'), lockedCrate(net));
    const lock = lockfileText(
      lockedApp('net'),
      lockedCrate(net, 'tls'),
      lockedCrate(tls, 'tls-sys'),
      lockedCrate(tlsSys),
    );
    repo.commit({ ...app('net = "1"'), 'safeguard.toml': named, 'Cargo.lock': without });
    repo.write({ ...app('net = { version = "1", features = ["default-tls"] }'), 'Cargo.lock': lock });
    assert.ok((await check()).rules.includes('net feature-added review'));
  });

  it('would have stopped the attack of 2026-08-20 by itself', async (t) => {
    const { s, repo, check } = await scene(t, makeCrate({ name: 'arrayref', version: '0.3.9' }));
    const good = makeCrate({ name: 'arrayref', version: '0.3.9' });
    const poisoned = makeCrate({
      name: 'arrayref',
      version: '0.3.10',
      buildDependencies: { 'proc-macro1': '1' },
      buildScript: script,
    });
    await s.index('arrayref');
    s.upstream.publish(procMacro1, { pubtime: s.clock.iso() });
    s.upstream.publish(poisoned, { pubtime: s.clock.iso() });
    await s.pass('10m');
    repo.commit({
      ...app('arrayref = "0.3"'),
      'Cargo.lock': lockfileText(lockedApp('arrayref'), lockedCrate(good)),
    });
    repo.write({
      'Cargo.lock': lockfileText(
        lockedApp('arrayref'),
        lockedCrate(poisoned, 'proc-macro1'),
        lockedCrate(procMacro1),
      ),
    });
    const verdict = await check();
    assert.equal(verdict.verdict, 'deny', JSON.stringify(verdict.said, null, 1));
    assert.ok(verdict.rules.includes('proc-macro1 new-build-executing-crate deny'), verdict.rules.join('\n'));
  });

  it('says once that a graph cannot be resolved, and what that counts as', async (t) => {
    const { repo, check } = await scene(t, word);
    const lock = lockfileText(lockedApp('word'), lockedCrate(word));
    repo.commit({ ...app('word = "1"'), 'Cargo.lock': lock });
    repo.write({ 'Cargo.toml': `${app('word = "1"')['Cargo.toml']}[features]\nmore = ["no-such-thing"]\n` });
    const verdict = await check();
    assert.deepEqual([verdict.verdict, verdict.rules], ['review', ['Cargo.toml locked review']]);
    assert.match(
      verdict.said[0]?.message ?? '',
      /^What the change switches on is not known: the graph cannot be resolved: .*no-such-thing/,
    );
  });
});
