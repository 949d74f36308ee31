/**
 * One project, built for two targets: each program and its documents have what is of its own target, and the two are
 * told apart.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { folder, run, safeguard } from '../cli/support.ts';
import { type BuiltDocument, cratesIn, librariesIn, neededBy, valuesOf } from '../support/built-document.ts';
import { corpusFolder } from '../support/corpus.ts';
import { debianRust, type TwoTargets, target32 } from '../support/debian-rust.ts';
import { PeerMissing } from '../support/peers.ts';
import { byRustAuditInfo, cratesOfPrograms } from '../support/program-crates.ts';
import { startScene } from '../support/scene.ts';
import { manifest, triple, unsealed } from '../support/sealed.ts';
import type { Place } from '../support/unit-graph.ts';

/** curve25519-dalek has a macro for x86-64 alone; fnv and the C library's mathematics are asked for with 32 bits alone. */
const files = (rust: TwoTargets) => ({
  'project/Cargo.toml': manifest(
    'app',
    `[dependencies]
curve25519-dalek = { version = "=4.1.3", default-features = false }
[target.'cfg(target_pointer_width = "32")'.dependencies]
fnv = "=1.0.7"`,
  ),
  'project/build.rs': `fn main() {
    if std::env::var("CARGO_CFG_TARGET_POINTER_WIDTH").unwrap() == "32" { println!("cargo::rustc-link-lib=m"); }
}
`,
  'project/src/main.rs': `#[cfg(target_pointer_width = "32")]
fn more() -> String {
    use std::hash::Hasher;
    extern "C" { fn lgamma(x: f64) -> f64; }
    let mut hasher = fnv::FnvHasher::default();
    hasher.write_u8(std::env::args().count() as u8);
    format!(" {:.0} {}", unsafe { lgamma(std::env::args().count() as f64 + 2.0) }, hasher.finish() != 0)
}
#[cfg(not(target_pointer_width = "32"))]
fn more() -> String { String::new() }
fn main() {
    let two = curve25519_dalek::scalar::Scalar::from(2u8);
    println!("{} {:?}{}", usize::BITS, (two * two).as_bytes()[0], more());
}
`,
  'project/.cargo/config.toml': `[target.${target32}]\nlinker = "cc"\nrustflags = ${JSON.stringify(rust.flags)}\n`,
  'home/nothing': '',
});

const shared = process.env.CARGO_HOME ?? join(homedir(), '.cargo');

async function brought(t: TestContext): Promise<TwoTargets | undefined> {
  try {
    return await debianRust();
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    t.skip(error.message);
    return undefined;
  }
}

const notHere = triple.startsWith('x86_64') ? unsealed : 'a second target is at hand for x86-64 alone';

describe('two targets of one project', { skip: notHere, timeout: 30 * 60_000 }, () => {
  it('give two programs, whose documents differ by what differs', async (t) => {
    const rust = await brought(t);
    if (rust === undefined) return;
    const root = folder(t, files(rust));
    const dir = join(root, 'project');
    copyFileSync(
      join(await corpusFolder({ name: 'rage', version: '0.12.1' }), 'Cargo.lock'),
      join(dir, 'Cargo.lock'),
    );
    const env = {
      PATH: `${join(rust.toolchain, 'bin')}:${process.env.PATH}`,
      HOME: join(root, 'home'),
      CARGO_HOME: shared,
      SOURCE_DATE_EPOCH: '1780000000',
    };
    const fetched = await run('cargo', ['fetch'], { cwd: dir, env });
    assert.equal(fetched.code, 0, fetched.stderr);

    const targets = [
      { target: triple, machine: 'X86-64', says: '64 4\n', runner: [], only: ['curve25519-dalek-derive'] },
      { target: target32, machine: '80386', says: '32 4 1 true\n', runner: rust.runner, only: ['fnv'] },
    ] as const;
    for (const { target, machine, says, runner } of targets) {
      const words = ['--target', target];
      const ran = await safeguard(
        ['build', '--offline', '--read', rust.root, '--', 'cargo', 'build', ...words],
        { cwd: dir, env },
      );
      assert.ok(ran.code === 0 || ran.code === 2, ran.stderr);
      const file = join(dir, 'safeguard-out', target, 'app');
      const place: Place = { folder: dir, cargoHome: shared, sysroot: rust.toolchain };
      const expected = (await cratesOfPrograms(place, words)).get('app');
      const document = JSON.parse(readFileSync(`${file}.cdx.json`, 'utf8')) as BuiltDocument;
      assert.deepEqual(cratesIn(document), expected);
      assert.deepEqual(await byRustAuditInfo(file), expected);

      assert.match(
        execFileSync('readelf', ['-h', file], { encoding: 'utf8' }),
        new RegExp(`Machine: .*${machine}`),
      );
      const needed = neededBy(file);
      const libraries = librariesIn(document, 'dynamic');
      const named = libraries.flatMap((one) => valuesOf(one, 'safeguard:native-file'));
      assert.deepEqual(named.sort(), needed);
      assert.equal(needed.includes('libm.so.6'), target === target32);
      // The root that it is linked by is of no package of this machine, and the libraries here are for another one.
      const owned = libraries.filter(({ purl }) => purl !== undefined);
      if (target === target32) assert.deepEqual(owned, []);
      const [program = '', ...rest] = [...runner, file];
      assert.equal(execFileSync(program, rest, { encoding: 'utf8' }), says);
    }
    await toldApart(t, dir, targets);
  });
});

/** By `sbom diff`, and by an inventory that takes both in. */
async function toldApart(
  t: TestContext,
  dir: string,
  targets: readonly { readonly target: string; readonly only: readonly string[] }[],
): Promise<void> {
  const documents = targets.map(({ target }) => join(dir, 'safeguard-out', target, 'app.cdx.json'));
  const differs = await safeguard(['sbom', 'diff', ...documents], { cwd: dir });
  assert.equal(differs.code, 0, differs.stderr);
  const lines = differs.stdout.split('\n');
  assert.ok(
    lines.includes('- curve25519-dalek-derive 0.1.1') && lines.includes('+ fnv 1.0.7'),
    differs.stdout,
  );
  assert.ok(!differs.stdout.includes('subtle'), differs.stdout);

  const { mirror } = await startScene(t, {});
  const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
  const inventory = (...words: string[]) => safeguard(['inventory', ...words], { cwd: dir, env });
  const added = await inventory('add', ...targets.map(({ target }) => join('safeguard-out', target)));
  assert.equal(added.code, 0, added.stderr);
  const listed = async (...words: string[]) => {
    const { stdout } = await inventory('list', '--format', 'json', ...words);
    const { artefacts } = JSON.parse(stdout) as { artefacts: readonly { name: string; target: string }[] };
    return artefacts.map(({ name, target }) => `${name} ${target}`).sort();
  };
  assert.deepEqual(await listed(), targets.map(({ target }) => `app ${target}`).sort());
  for (const { target, only } of targets)
    for (const name of only) assert.deepEqual(await listed('--crate', name), [`app ${target}`], name);
}
