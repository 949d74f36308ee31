/** The answer that is kept of a project: the same again, and never an old one. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { it, type TestContext } from 'node:test';
import { indexPath } from '../../../src/cargo/index-path.ts';
import { resolutionOf, resolvingCode } from '../../../src/cli/resolve/resolution.ts';
import { makeCrate } from '../../support/crate.ts';
import { tempDir } from '../../support/temp.ts';

const options = { defaultFeatures: true, upstream: 'crates.io', offline: true } as const;
const source = 'registry+https://github.com/rust-lang/crates.io-index';

/** A project of two packages and one release, with a cargo's folder that has it, and a cache of its own. */
async function project(t: TestContext) {
  const folder = tempDir(t);
  const put = (path: string, text: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const release = makeCrate({
    name: 'dep',
    version: '1.0.0',
    features: { default: ['std'], std: [], more: [] },
  });
  put(`home/registry/cache/one/dep-1.0.0.crate`, release.bytes);
  const index = `home/registry/index/one/.cache/${indexPath('dep')}`;
  const listed = (line: string) => put(index, `\x03\x02\0\0\0etag\0${'1.0.0'}\0${line}\0`);
  listed(JSON.stringify(release.indexEntry));
  const locked = (name: string, more: string) => `\n[[package]]\nname = "${name}"\nversion = "${more}`;
  put(
    'p/Cargo.lock',
    `version = 4\n${locked('app', '0.1.0"\ndependencies = [\n "dep",\n "lib",\n]\n')}${locked('dep', `1.0.0"\nsource = "${source}"\nchecksum = "${release.checksum}"\n`)}${locked('lib', '0.1.0"\n')}`,
  );
  put('p/Cargo.toml', manifest);
  put('p/src/main.rs', 'fn main() {}');
  put('p/lib/Cargo.toml', '[package]\nname = "lib"\nversion = "0.1.0"\nedition = "2021"\n');
  put('p/lib/src/lib.rs', '');
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  process.env = { ...before, CARGO_HOME: join(folder, 'home'), XDG_CACHE_HOME: join(folder, 'cache') };
  const manifestPath = join(folder, 'p/Cargo.toml');
  const ask = async (more = {}) => await resolutionOf({ ...options, manifestPath, ...more });
  const kept = join(folder, 'cache/safeguard/resolutions');
  return {
    put,
    listed,
    release,
    ask,
    /** What a cache that knows nothing says. */
    anew: async (more = {}) => {
      process.env.XDG_CACHE_HOME = join(folder, 'other');
      rmSync(join(folder, 'other'), { recursive: true, force: true });
      const answer = await ask(more);
      process.env.XDG_CACHE_HOME = join(folder, 'cache');
      return answer;
    },
    /** Tells the files of kept answers apart. */
    kept: () => {
      try {
        return readdirSync(kept).map((name) => [name, statSync(join(kept, name)).ino]);
      } catch {
        return [];
      }
    },
  };
}

const manifest =
  '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\ndep = "1"\nlib = { path = "lib" }\n[workspace]\n';

it('is the answer again where nothing has changed', async (t) => {
  const { ask, anew, kept, put } = await project(t);
  // What had to be read for the first one is kept for the second, which keeps the answer.
  const first = await ask();
  const second = await ask();
  const files = kept();
  assert.equal(files.length, 1);
  put('p/src/main.rs', 'fn main() { println!(); }');
  const third = await ask();
  assert.deepEqual(kept(), files);
  assert.deepEqual([first, second, third], Array(3).fill(await anew()));
  assert.deepEqual(
    third.packages.map(({ name, features }) => [name, features]),
    [
      ['app', []],
      ['dep', ['default', 'std']],
      ['lib', []],
    ],
  );
});

const changes: readonly (readonly [
  what: string,
  change: (scene: Awaited<ReturnType<typeof project>>) => object | undefined,
])[] = [
  [
    'a feature',
    ({ put }) => void put('p/Cargo.toml', manifest.replace('"1"', '{ version = "1", features = ["more"] }')),
  ],
  ['a build script', ({ put }) => void put('p/lib/build.rs', 'fn main() {}')],
  [
    'cargo’s configuration',
    ({ put }) =>
      void put(
        'p/.cargo/config.toml',
        'build.target = "wasm32-unknown-unknown"\n[target.wasm32-unknown-unknown]\n',
      ),
  ],
  [
    'configuration of cargo’s folder',
    ({ put }) => void put('home/config.toml', 'build.target = "wasm32-wasip1"'),
  ],
  ['another option', () => ({ defaultFeatures: false })],
  ['a chosen package', () => ({ package: ['lib'] })],
  ['a variable', () => void Object.assign(process.env, { CARGO_BUILD_TARGET: 'wasm32-unknown-unknown' })],
  [
    'what the index says of a release',
    ({ listed, release }) => {
      listed(JSON.stringify(release.indexEntry).replace('"default":["std"]', '"default":["std","more"]'));
      return undefined;
    },
  ],
];

for (const [what, change] of changes)
  it(`is worked out anew for ${what}`, async (t) => {
    const scene = await project(t);
    await scene.ask();
    await scene.ask();
    const files = scene.kept();
    assert.equal(files.length, 1);
    const more = change(scene) ?? {};
    const answer = await scene.ask(more);
    assert.deepEqual(answer, await scene.anew(more));
    await scene.ask(more);
    assert.notDeepEqual(scene.kept(), files);
  });

it('is not kept where something is not known', async (t) => {
  const { ask, kept, put } = await project(t);
  put('home/registry/cache/one/dep-1.0.0.crate', 'broken');
  for (let i = 0; i < 3; i++) await ask();
  assert.deepEqual(kept(), []);
});

it('counts for the code that is stamped: projects are resolved by no other', () => {
  const src = join(import.meta.dirname, '../../../src');
  const packages = new Set<string>();
  const seen = new Set<string>();
  const queue = [
    join(src, 'gate/project/resolve.ts'),
    join(src, 'cli/shared/open-build.ts'),
    join(src, 'cli/resolve/resolution.ts'),
  ];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const [whole, name = ''] of readFileSync(path, 'utf8').matchAll(/^import [^;]*?'([^']+)'/gms)) {
      if (whole.startsWith('import type')) continue;
      if (/^\.\.?\//.test(name)) queue.push(join(dirname(path), name));
      else if (!name.startsWith('node:')) packages.add(name);
    }
  }
  const folders = new Set([...seen].map((path) => relative(src, dirname(path))));
  // How a terminal is written to decides nothing.
  const others = new Set([...resolvingCode.folders, 'server', 'facts/outgoing', 'cli/pack']);
  assert.deepEqual([...folders.difference(others)], []);
  assert.deepEqual([...packages.difference(new Set(resolvingCode.packages))], []);
});
