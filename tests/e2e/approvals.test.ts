/** Approve, bump, carry over, change, revoke, expire: what runs at build time, from the list of approvals to the gate. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { judged, manifest, old } from '../support/check.ts';
import { type Crate, makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

const out = 'let out = std::env::var("OUT_DIR").unwrap();';
const native = (version: string, body: string) =>
  makeCrate({ name: 'native', version, buildScript: `fn main() {\n    ${out}\n    ${body}\n}\n` });
const write = 'std::fs::write(out + "/a.rs", "").unwrap();';
const scripts = {
  '1.0.0': native('1.0.0', write),
  /** A comment more. */
  '1.0.1': native('1.0.1', `${write} // as ever`),
  /** Other code, which can do no more. */
  '1.0.2': native('1.0.2', `std::fs::write(out + "/b.rs", "b").unwrap();`),
  /** Reads a variable more. */
  '1.1.0': native('1.1.0', `${write} std::env::var("NATIVE_ROOT").ok();`),
  '1.2.0': native(
    '1.2.0',
    `${write} std::process::Command::new("curl").arg("https://a.invalid").status().ok();`,
  ),
};
const derive = (version: string, lib: string) => makeCrate({ name: 'derive', version, procMacro: true, lib });
const head = 'use proc_macro::TokenStream;\n';
const exported = (name: string, body: string) =>
  `#[proc_macro_derive(${name})]\npub fn ${name.toLowerCase()}(input: TokenStream) -> TokenStream { ${body} }\n`;
const macros = {
  '1.0.0': derive('1.0.0', head + exported('Show', 'input')),
  '1.0.1': derive('1.0.1', head + exported('Show', 'let _ = input; TokenStream::new()')),
  '1.1.0': derive('1.1.0', head + exported('Show', 'input') + exported('Hide', 'input')),
};

async function scene(t: Parameters<typeof stage>[0], config?: string) {
  const s = await stage(t, config === undefined ? {} : { config });
  for (const crate of [...Object.values(scripts), ...Object.values(macros)]) s.upstream.publish(crate, old);
  const repo = repository(t);
  const lock = (a: Crate = scripts['1.0.0'], b: Crate = macros['1.0.0']) => ({
    'Cargo.lock': lockfileText(lockedApp('derive', 'native'), lockedCrate(b), lockedCrate(a)),
  });
  repo.commit({
    'Cargo.toml': manifest('derive = "1"\nnative = "1"'),
    'src/main.rs': 'fn main() {}\n',
    ...lock(),
  });
  const from = ['--server', s.mirror.url, '--upstream', s.upstream.indexUrl];
  const ask = (...args: readonly string[]) => safeguard(args, { cwd: repo.dir });
  const done = async (...args: readonly string[]) => {
    const ran = await ask(...args);
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    return ran;
  };
  /** The verdict, what rule `build-code` says of each crate, and how each stands. */
  const check = async (...args: readonly string[]) => {
    const verdict = await judged(s, repo.dir, ...args);
    const all = verdict.changes.flatMap(({ findings }) => findings);
    return {
      verdict: verdict.verdict,
      said: all.filter(({ rule }) => rule === 'build-code').map(({ crate, effect }) => `${crate} ${effect}`),
      messages: all.filter(({ rule }) => rule === 'build-code').map(({ message }) => message),
      stands: Object.fromEntries(
        verdict.changes.flatMap(({ crate, approvals = [] }) =>
          approvals.map((one) => [crate, one.grandfathered === true ? 'grandfathered' : one.standing]),
        ),
      ),
      debt: verdict.debt
        .filter(({ rule }) => rule === 'build-code')
        .map(({ crate, effect }) => `${crate} ${effect}`),
    };
  };
  const approve = (release: string, ...more: readonly string[]) =>
    done('review', release, ...from, '--approve', '--as', 'Ada', '--reason', 'Read it.', ...more);
  const list = () => readFileSync(join(repo.dir, 'safeguard/allow.toml'), 'utf8');
  const seed = async () => {
    await done('allow', 'seed', ...from, '--as', 'Ada');
    repo.commit({ 'safeguard/allow.toml': list() });
  };
  return { s, repo, lock, from, ask, done, check, approve, list, seed };
}

describe('approvals of what runs at build time', () => {
  it('warn where no list is kept, and ask for a review where one is', async (t) => {
    const { repo, check, seed } = await scene(t);
    const none = await check();
    assert.deepEqual(none.said, [' warn']);
    assert.match(
      none.messages[0] ?? '',
      /^2 packages run code on every machine that compiles this, and nobody keeps a list/,
    );
    repo.write({ 'safeguard/allow.toml': 'version = 1\n' });
    const asked = await check();
    assert.deepEqual([asked.verdict, asked.said], ['review', ['derive review', 'native review']]);
    assert.match(
      asked.messages[1] ?? '',
      /^Nobody has approved its build script: Writes only to OUT_DIR, reads 1 variable, no network\.$/,
    );
    await seed();
    const seeded = await check();
    assert.deepEqual([seeded.verdict, seeded.said], ['allow', []]);
    assert.deepEqual(seeded.stands, { derive: 'grandfathered', native: 'grandfathered' });
    assert.deepEqual(seeded.debt, [' warn'], 'what nobody has read is debt');
  });

  it('are a person’s: no program gives one in nobody’s name, or without a reason', async (t) => {
    const { ask, from } = await scene(t);
    const nobody = await ask('review', 'native@1.0.0', ...from, '--approve', '--reason', 'x');
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /an approval is a person’s/);
    const without = await ask('review', 'native@1.0.0', ...from, '--approve', '--as', 'Ada');
    assert.equal(without.code, 64);
    assert.match(without.stderr, /needs its reason/);
  });

  it('are carried over as long as nothing relevant changes', async (t) => {
    const { repo, lock, check, approve, list } = await scene(t);
    await approve('native@1.0.0');
    await approve('derive@1.0.0');
    repo.commit({ 'safeguard/allow.toml': list() });
    const cases: readonly (readonly [Crate, Crate, string, readonly string[], Record<string, string>])[] = [
      [scripts['1.0.1'], macros['1.0.1'], 'allow', [], { native: 'carried', derive: 'carried' }],
      [scripts['1.0.2'], macros['1.0.0'], 'allow', ['native warn'], { native: 'changed' }],
      [scripts['1.1.0'], macros['1.0.0'], 'allow', ['native warn'], { native: 'changed' }],
      [scripts['1.2.0'], macros['1.0.0'], 'deny', ['native deny'], { native: 'grown' }],
      [scripts['1.0.0'], macros['1.1.0'], 'allow', ['derive warn'], { derive: 'surface' }],
    ];
    for (const [script, macro, verdict, said, stands] of cases) {
      repo.write(lock(script, macro));
      const is = await check('--base', 'HEAD');
      assert.deepEqual([is.verdict, is.said, is.stands], [verdict, said, stands], JSON.stringify(is));
    }
  });

  it('let in what they are given for, and say that they came with the change', async (t) => {
    const { repo, lock, check, approve, seed, list } = await scene(t);
    await seed();
    repo.write(lock(scripts['1.2.0']));
    assert.equal((await check('--base', 'HEAD')).verdict, 'deny');
    await approve('native@1.2.0');
    const own = await check('--base', 'HEAD');
    assert.deepEqual([own.verdict, own.stands], ['review', { native: 'approved' }], JSON.stringify(own));
    assert.ok(own.said.includes('native warn') && own.said.includes(' warn'), own.said.join());
    assert.match(own.messages.join('\n'), /1 made \(native 1\.2\.0\), 1 withdrawn \(native 1\.0\.0\)/);
    assert.match(list(), /reason = "Read it\."/);
  });

  it('are not passed over in silence where what stays cannot be read', async (t) => {
    const { s, repo, lock } = await scene(t);
    repo.commit({ 'safeguard/allow.toml': 'version = 1\n' });
    repo.write(lock(scripts['1.0.1']));
    const fault = s.upstream.failWith(404, ({ kind, crate }) => kind === 'download' && crate === 'derive');
    const unread = async (...args: readonly string[]) => {
      const { debt } = await judged(s, repo.dir, ...args);
      return debt.filter(({ message }) => /the archives could not be had/.test(message));
    };
    const [found] = await unread('--base', 'HEAD');
    assert.match(
      found?.message ?? '',
      /^What 1 package that stays as it is may run at build time is not known/,
    );
    fault.stop();
    assert.deepEqual(await unread('--base', 'HEAD'), [], 'where a list is kept, what stays is read, too');
  });

  it('end where they are taken back, or expire', async (t) => {
    const { repo, lock, check, approve, done, ask, list } = await scene(t);
    await approve('native@1.0.0', '--expires', '2020-01-31');
    await approve('derive@1.0.0');
    assert.deepEqual((await check()).stands, { native: 'lapsed', derive: 'approved' });
    await approve('native@1.0.0', '--expires', '2999-01-31');
    assert.deepEqual((await check()).said, []);
    await done('allow', 'revoke', 'native');
    assert.deepEqual((await check()).stands, { native: 'missing', derive: 'approved' });
    assert.equal((await ask('allow', 'revoke', 'native')).code, 64);
    repo.write(lock(scripts['1.0.0'], macros['1.0.1']));
    await approve('derive@1.0.1');
    assert.doesNotMatch(list(), /version = "1\.0\.0"/);
    await done('allow', 'prune');
    assert.match(list(), /version = "1\.0\.1"/);
  });

  it('may be the organisation’s, for all its projects', async (t) => {
    const file = join(folder(t), 'approved.toml');
    writeFileSync(file, 'version = 1\n');
    const { approve, check, done, list, repo } = await scene(t, `approvals = ${JSON.stringify(file)}`);
    await approve('native@1.0.0');
    writeFileSync(file, list());
    await done('allow', 'revoke', 'native');
    repo.git('rm', '-rqf', '--ignore-unmatch', 'safeguard');
    const is = await check();
    assert.deepEqual(is.stands, { derive: 'missing', native: 'approved' });
    assert.deepEqual(is.said, ['derive review']);
  });

  it('shows all that waits, the safest first', async (t) => {
    const { repo, lock, ask, from } = await scene(t);
    repo.write(lock(scripts['1.2.0']));
    const ran = await ask('review', '--pending', ...from, '--format', 'json');
    assert.equal(ran.code, 2);
    const { pending } = JSON.parse(ran.stdout) as { pending: { crate: string; summary: string }[] };
    assert.deepEqual(
      pending.map(({ crate }) => crate),
      ['derive', 'native'],
    );
    const text = await ask('review', '--pending', ...from);
    assert.match(text.stdout, /2 of 2 packages that run something at build time wait for a review\./);
  });

  it('asks of what the hosts of the policy build, for any target, one that a file describes too', async (t) => {
    const { upstream, mirror } = await stage(t);
    const tool = makeCrate({ name: 'winres', version: '1.0.0', buildScript: 'fn main() {}\n' });
    const library = makeCrate({
      name: 'lib',
      version: '1.0.0',
      buildDependencies: { winres: { version: '1', target: 'cfg(windows)' } },
    });
    for (const crate of [tool, library]) upstream.publish(crate, old);
    const repo = repository(t);
    const waits = async (gate: string) => {
      repo.write({
        'Cargo.toml': manifest('lib = "1"'),
        'Cargo.lock': lockfileText(lockedApp('lib'), lockedCrate(library, 'winres'), lockedCrate(tool)),
        'safeguard.toml': `[gate]\n${gate}`,
      });
      const from = ['--server', mirror.url, '--upstream', upstream.indexUrl];
      const ran = await safeguard(['review', '--pending', ...from, '--format', 'json'], { cwd: repo.dir });
      assert.notEqual(ran.stdout, '', ran.stderr);
      const { pending } = JSON.parse(ran.stdout) as { pending: { crate: string }[] };
      return pending.map(({ crate }) => crate);
    };
    assert.deepEqual(await waits(''), ['winres']);
    assert.deepEqual(await waits('hosts = ["x86_64-unknown-linux-gnu"]'), []);
    assert.deepEqual(await waits('targets = ["board.json"]'), ['winres']);
  });

  it('answers what is harmless by one act, and nothing else so', async (t) => {
    const { repo, lock, ask, from, done, list } = await scene(t);
    repo.write(lock(scripts['1.2.0']));
    const yes = ['--as', 'Ada', '--reason', 'Read the list.'];
    const grave = await ask('review', '--pending', '--approve', '--group', 'network', ...yes, ...from);
    assert.notEqual(grave.code, 0);
    const unsaid = await ask(
      'review',
      '--pending',
      '--approve',
      '--group',
      'harmless',
      '--as',
      'Ada',
      ...from,
    );
    assert.notEqual(unsaid.code, 0, 'an act of a person has a reason');
    const ran = await ask('review', '--pending', '--approve', '--group', 'harmless', ...yes, ...from);
    assert.equal(ran.code, 2, ran.stderr);
    assert.match(ran.stdout, /derive 1\.0\.0/);
    assert.doesNotMatch(ran.stdout, /native/);
    assert.match(ran.stdout, /1 answered together, by Ada; 1 still wait/);
    assert.match(list(), /crate = "derive"/);
    assert.doesNotMatch(list(), /native/);
    const text = await ask('review', '--pending', ...from);
    assert.match(text.stdout, /Uses the network.*1[\s\S]*native 1\.2\.0/);
    repo.write(lock());
    await done('review', '--pending', '--approve', '--group', 'harmless', ...yes, ...from);
    assert.equal((await ask('review', '--pending', ...from)).code, 0);
  });

  it('shows a review with the line that shows it, and what differs', async (t) => {
    const { ask, from } = await scene(t);
    const ran = await ask('review', 'native@1.2.0', '--against', '1.0.0', ...from, '--format', 'json');
    const review = JSON.parse(ran.stdout);
    assert.equal(review.tier, 'build-script');
    assert.ok(
      review.capabilities.some(
        (one: { kind: string; name?: string; line: number }) =>
          one.kind === 'downloader' && one.name === 'curl' && one.line === 3,
      ),
    );
    assert.deepEqual(
      review.findings.map(({ rule, effect }: { rule: string; effect: string }) => `${rule} ${effect}`),
      ['build-code review', 'capability-added review', 'capability-added review'],
    );
    assert.equal(review.diff.length, 1);
    assert.match(review.diff[0].patch, /\+ .*curl/);
  });
});
