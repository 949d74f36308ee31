/** Libraries that are compiled into macros and build scripts: they run wherever those run. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { safeguard } from '../cli/support.ts';
import { judged, manifest, old } from '../support/check.ts';
import { type Crate, makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

const quote = makeCrate({ name: 'quote', version: '1.0.0' });
const derive = makeCrate({
  name: 'derive',
  version: '1.0.0',
  procMacro: true,
  dependencies: { 'derive-impl': '1', plain: '1' },
  lib: 'use proc_macro::TokenStream;\n#[proc_macro]\npub fn show(input: TokenStream) -> TokenStream { derive_impl::show(input) }\n',
});
const implementation = (version: string, body: string) =>
  makeCrate({
    name: 'derive-impl',
    version,
    dependencies: { quote: '1' },
    lib: `pub fn show<T>(input: T) -> T {\n    ${body}\n    input\n}\n`,
  });
const implementations = {
  '1.0.0': implementation('1.0.0', ''),
  /** A comment more. */
  '1.0.1': implementation('1.0.1', '// as ever'),
  '1.0.2': implementation('1.0.2', 'let input = input;'),
  '1.1.0': implementation('1.1.0', 'std::process::Command::new("sh").status().ok();'),
};
const plain = { '1.0.0': makeCrate({ name: 'plain', version: '1.0.0' }) };
const native = makeCrate({
  name: 'native',
  version: '1.0.0',
  buildDependencies: { fetcher: '1' },
  buildScript: 'fn main() {\n    fetcher::get();\n}\n',
});
const fetcher = makeCrate({
  name: 'fetcher',
  version: '1.0.0',
  lib: 'pub fn get() {\n    std::net::TcpStream::connect("127.0.0.1:1").ok();\n}\n',
});

async function scene(t: Parameters<typeof stage>[0]) {
  const s = await stage(t);
  const all = [quote, derive, native, fetcher, ...Object.values(implementations), ...Object.values(plain)];
  for (const crate of all) s.upstream.publish(crate, old);
  const repo = repository(t);
  const lock = (helper: Crate) => ({
    'Cargo.lock': lockfileText(
      lockedApp('derive', 'native'),
      lockedCrate(derive, 'derive-impl', 'plain'),
      lockedCrate(helper, 'quote'),
      lockedCrate(plain['1.0.0']),
      lockedCrate(quote),
      lockedCrate(native, 'fetcher'),
      lockedCrate(fetcher),
    ),
  });
  repo.commit({
    'Cargo.toml': manifest('derive = "1"\nnative = "1"'),
    'src/main.rs': 'fn main() {}\n',
    'safeguard/allow.toml': 'version = 1\n',
    ...lock(implementations['1.0.0']),
  });
  const from = ['--server', s.mirror.url, '--upstream', s.upstream.indexUrl];
  const ask = (...args: readonly string[]) => safeguard([...args, ...from], { cwd: repo.dir });
  const seed = async () => {
    const ran = await ask('allow', 'seed', '--as', 'Ada');
    assert.equal(ran.code, 0, ran.stderr);
    repo.commit({ 'safeguard/allow.toml': readFileSync(join(repo.dir, 'safeguard/allow.toml'), 'utf8') });
  };
  const check = async (...args: readonly string[]) => {
    const { verdict, changes } = await judged(s, repo.dir, ...args);
    const findings = changes.flatMap((change) => change.findings).filter(({ rule }) => rule === 'build-code');
    return {
      verdict,
      said: findings.map(({ crate, effect, message }) => `${crate} ${effect}: ${message}`),
      partOf: Object.fromEntries(changes.flatMap(({ crate, partOf }) => (partOf ? [[crate, partOf]] : []))),
      stands: changes.flatMap(({ crate, approvals = [] }) =>
        approvals.filter(({ code }) => code === 'helper').map(({ standing }) => `${crate} ${standing}`),
      ),
    };
  };
  return { s, repo, lock, ask, seed, check };
}

describe('approvals of libraries that run at build time', () => {
  it('are asked for where they make code or can do something grave', async (t) => {
    const { check } = await scene(t);
    const { said, partOf } = await check();
    assert.deepEqual(partOf, { 'derive-impl': ['derive'], fetcher: ['native'], plain: ['derive'] });
    assert.deepEqual(
      said.filter((text) => /library/.test(text)),
      [
        'derive-impl review: Nobody has approved its library (a part of what derive runs at build time): No network.',
        'fetcher review: Nobody has approved its library (a part of what native runs at build time): Uses the network (sockets).',
      ],
    );
  });

  it('hold as long as nothing relevant changes', async (t) => {
    const { repo, lock, seed, check } = await scene(t);
    await seed();
    const asked = { said: [], stands: ['derive-impl carried'] };
    const cases = [
      ['1.0.1', 'allow', asked.said, asked.stands],
      [
        '1.0.2',
        'allow',
        [
          'derive-impl warn: Its library (a part of what derive runs at build time) is other code than in 1.0.0, which was taken over unread; it can do no more.',
        ],
        ['derive-impl surface'],
      ],
      [
        '1.1.0',
        'deny',
        [
          'derive-impl deny: Its library (a part of what derive runs at build time) can do more than in 1.0.0, which was taken over unread: shell sh.',
        ],
        ['derive-impl grown'],
      ],
    ] as const;
    for (const [version, verdict, said, stands] of cases) {
      repo.write(lock(implementations[version]));
      const is = await check('--base', 'HEAD');
      assert.deepEqual([is.verdict, is.said, is.stands], [verdict, said, stands], JSON.stringify(is));
    }
  });

  it('are given by a review, which shows whose part it is and what differs', async (t) => {
    const { repo, lock, seed, ask, check } = await scene(t);
    await seed();
    repo.write(lock(implementations['1.1.0']));
    const pending = JSON.parse((await ask('review', '--pending', '--format', 'json')).stdout);
    assert.ok(pending.pending.some(({ crate }: { crate: string }) => crate === 'derive-impl'));
    const ran = await ask('review', 'derive-impl@1.1.0', '--approve', '--as', 'Ada', '--reason', 'Read it.');
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /Its library is a part of what derive runs at build time\./);
    assert.match(ran.stdout, /changed fn show {2}src\/lib\.rs:1/);
    assert.match(ran.stdout, /Written to safeguard\/allow\.toml: helper of derive-impl 1\.1\.0\./);
    assert.deepEqual((await check('--base', 'HEAD')).stands, ['derive-impl approved']);
  });
});
