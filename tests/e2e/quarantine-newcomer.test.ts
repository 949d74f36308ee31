/** The newcomer's path: one address for everything that cargo does, and nothing in the project that it changes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { CargoProject, CargoResult } from '../support/cargo.ts';
import { sha256 } from '../support/crate.ts';
import { emptyCargoHome, type Stage, stage } from '../support/stage.ts';

const dependencies = { greet: '0.1', same: '2' };
const main = 'fn main() {\n    same::same!(println!("{}", greet::greet()));\n}\n';

/** app → greet (build script, renamed and target dependencies, features) → word; app → same (a proc macro). */
async function graph(t: TestContext): Promise<Stage> {
  const s = await stage(t);
  s.publish('word', '1.0.0');
  s.publish('word', '1.1.0', { spacing: 'python', lineExtra: { later: 'é' } });
  s.publish('maker', '0.2.0+build.7');
  s.publish('same', '2.0.0', { procMacro: true });
  s.publish('nowhere', '1.0.0');
  s.publish('greet', '0.1.0', {
    dependencies: {
      speech: { version: '^1', package: 'word' },
      nowhere: { version: '1', optional: true, target: 'cfg(any())' },
    },
    buildDependencies: { maker: '0.2' },
    features: { default: ['loud'], loud: [], quiet: ['dep:nowhere'] },
    rustVersion: '1.60',
    buildScript: 'fn main() {\n    println!("cargo:rustc-env=MADE={}", maker::hello());\n}\n',
    lib: 'pub fn greet() -> String {\n    format!("{} {}", env!("MADE"), speech::hello())\n}\n',
  });
  return s;
}

function succeeded(result: CargoResult): CargoResult {
  assert.equal(result.code, 0, result.stderr);
  return result;
}

function downloaded(project: CargoProject): Map<string, string> {
  const cache = join(project.cargoHome, 'registry/cache');
  return new Map(
    readdirSync(cache).flatMap((folder) =>
      readdirSync(join(cache, folder)).map((file) => [file, sha256(readFileSync(join(cache, folder, file)))]),
    ),
  );
}

test('cargo resolves, fetches --locked, builds and runs from one address; the lockfile is the one without the mirror', async (t) => {
  const s = await graph(t);
  const direct = s.project({ dependencies, main, registryUrl: s.upstream.cargoUrl });
  succeeded(await direct.run(['generate-lockfile']));
  const mirrored = s.project({ dependencies, main });
  succeeded(await mirrored.run(['generate-lockfile']));
  assert.equal(await mirrored.lockfile(), await direct.lockfile());

  emptyCargoHome(mirrored);
  succeeded(await mirrored.run(['fetch', '--locked']));
  const ran = succeeded(await mirrored.run(['run', '--locked', '--offline']));
  assert.equal(ran.stdout, 'hello hello\n');
  assert.equal(await mirrored.lockfile(), await direct.lockfile());

  succeeded(await direct.run(['fetch', '--locked']));
  assert.equal(downloaded(mirrored).size, 4);
  assert.deepEqual(downloaded(mirrored), downloaded(direct));
});

test('every index line is the one of the upstream, byte for byte', async (t) => {
  const s = await graph(t);
  for (const name of ['word', 'maker', 'greet', 'same', 'nowhere']) {
    assert.ok((await s.index(name)).body.equals(s.upstream.lines(name)), name);
  }
});

test('cargo add and cargo fetch work from the same address', async (t) => {
  const s = await graph(t);
  const app = s.project({});
  succeeded(await app.run(['add', 'greet', '--features', 'quiet']));
  succeeded(await app.run(['add', 'word', '--registry', 'safeguard']));
  const manifest = readFileSync(join(app.dir, 'Cargo.toml'), 'utf8');
  assert.match(manifest, /^greet = \{ version = "0\.1\.0", features = \["quiet"\] \}$/m);
  assert.match(manifest, /^word = \{ version = "1\.1\.0", registry = "safeguard" \}$/m);
  succeeded(await app.run(['fetch']));
  succeeded(await app.run(['build', '--locked']));
});

test('cargo search and cargo info show the newest release that is handed out', async (t) => {
  const s = await graph(t);
  const app = s.project({});
  await s.index('word');
  s.publish('word', '1.2.0', { pubtime: s.clock.iso() });
  await s.pass('10m');
  const found = succeeded(await app.run(['search', 'word', '--registry', 'safeguard']));
  assert.match(found.stdout, /^word = "1\.1\.0"/m);
  assert.doesNotMatch(found.stdout, /1\.2\.0/);
  const info = succeeded(await app.run(['info', 'word', '--registry', 'safeguard']));
  assert.match(info.stdout, /^version: 1\.1\.0/m);
  await s.upstream.vanish();
  const alone = succeeded(await app.run(['search', 'wor', '--registry', 'safeguard']));
  assert.match(alone.stdout, /^word = "1\.1\.0"/m);
});

test('cargo publish, yank and owner are refused with a sentence that cargo prints', async (t) => {
  const s = await graph(t);
  const app = s.project({
    files: {
      'Cargo.toml':
        '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\ndescription = "x"\nlicense = "MIT"\n[workspace]\n',
    },
  });
  const token = { CARGO_REGISTRIES_SAFEGUARD_TOKEN: 'anything' };
  for (const args of [
    ['publish', '--registry', 'safeguard', '--allow-dirty', '--no-verify'],
    ['yank', 'word@1.0.0', '--registry', 'safeguard'],
    ['yank', 'word@1.0.0', '--undo', '--registry', 'safeguard'],
    ['owner', '--list', 'word', '--registry', 'safeguard'],
    ['owner', '--add', 'somebody', 'word', '--registry', 'safeguard'],
  ]) {
    const refused = await app.run(args, token);
    assert.notEqual(refused.code, 0, args.join(' '));
    assert.match(
      refused.stderr,
      /Safeguard is a mirror: it takes no publications and no changes\./,
      args.join(' '),
    );
  }
});
