/** Which functions a program has code of, held against what rustc and linkers make of a small project. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { bytesSource } from '../../src/binary/bytes.ts';
import { readExecutable } from '../../src/binary/executable.ts';
import { type KnownFunctions, knownFunctions } from '../../src/binary/functions.ts';
import { tempDir } from '../support/temp.ts';

const files: Readonly<Record<string, string>> = {
  'dep/Cargo.toml': '[package]\nname = "dep-crate"\nversion = "0.1.0"\nedition = "2021"\n',
  'dep/src/lib.rs': `pub mod inner {
    pub struct Thing { pub v: Vec<u8> }
    impl Thing {
        pub fn used(&mut self, n: usize) -> usize { self.v.reserve(n); self.v.push(n as u8); self.v.len() }
        pub fn unused(&mut self, n: usize) -> usize { self.v.reserve(n); self.v.insert(0, n as u8); self.v.len() }
        #[inline(always)] pub fn inlined(&self) -> usize { self.v.iter().filter(|&&b| b > 3).count() }
        #[inline(always)] pub fn inlined_unused(&self) -> usize { self.v.iter().filter(|&&b| b > 4).count() }
    }
    impl Drop for Thing { fn drop(&mut self) { eprintln!("{}", self.v.len()); } }
    pub struct Generic<T> { pub t: T }
    impl<T: std::fmt::Display> Generic<T> {
        pub fn show(&self) -> String { format!("<{}>", self.t) }
        pub fn show_unused(&self) -> String { format!("<<{}>>", self.t) }
    }
    pub trait Act {
        fn act(&self) -> usize;
        fn by_default(&self) -> usize { std::hint::black_box(self.act()) + 7 }
        fn by_default_unused(&self) -> usize { std::hint::black_box(self.act()) + 8 }
    }
    impl Act for Thing { fn act(&self) -> usize { std::hint::black_box(self.v.len()) } }
    pub fn generic<T: std::fmt::Debug>(t: T) -> String { format!("{t:?}") }
    pub fn generic_unused<T: std::fmt::Debug>(t: T) -> String { format!("{t:?}!") }
    pub fn with_closure(n: usize) -> usize { (0..n).map(|x| std::hint::black_box(x) * n).sum() }
    pub fn plain() -> usize { std::hint::black_box(3) }
    pub fn plain_unused() -> usize { std::hint::black_box(4) }
    #[no_mangle] pub extern "C" fn exported() -> usize { std::hint::black_box(5) }
}
pub use inner::plain as handed_on;
`,
  'app/Cargo.toml':
    '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\ndep-crate = { path = "../dep" }\n[workspace]\n',
  'app/src/main.rs': `use dep_crate::inner::*;
fn main() {
    let n = std::env::args().count();
    let mut thing = Thing { v: vec![] };
    println!("{} {} {}", thing.used(n), thing.inlined(), Generic { t: n }.show());
    println!("{} {} {}", thing.act(), thing.by_default(), generic(n));
    println!("{} {} {}", with_closure(n), dep_crate::handed_on(), exported());
}
`,
};

const used = [
  'Thing::used',
  'Thing::inlined',
  'Thing::drop',
  'Generic::show',
  'Act::act',
  'Thing::act',
  'Act::by_default',
  'generic',
  'with_closure',
  'plain',
  'exported',
];
const unused = [
  'Thing::unused',
  'Thing::inlined_unused',
  'Generic::show_unused',
  'Act::by_default_unused',
  'generic_unused',
  'plain_unused',
];

const full = { CARGO_PROFILE_RELEASE_DEBUG: '2' };

/** How the project is built: variables, and lines of a profile. */
interface Build {
  readonly dev?: true;
  readonly env: Readonly<Record<string, string>>;
  readonly profile?: string;
}

const proven: Readonly<Record<string, Build>> = {
  'a debug build': { dev: true, env: {} },
  'a release with full debug information': { env: full },
  'a release with functions and lines': { env: { CARGO_PROFILE_RELEASE_DEBUG: '1' } },
  'DWARF 5': { env: { ...full, RUSTFLAGS: '-Cdwarf-version=5' } },
  'the newer names of functions': { env: { ...full, RUSTFLAGS: '-Csymbol-mangling-version=v0' } },
  'ld.bfd': { env: { ...full, RUSTFLAGS: '-Clink-arg=-fuse-ld=bfd' } },
  'packed sections': {
    env: { ...full, RUSTFLAGS: '-Clink-arg=-Wl,--compress-debug-sections=zlib' },
  },
  'optimised across crates': { env: { ...full, CARGO_PROFILE_RELEASE_LTO: 'fat' } },
};

const without = 'debug = 2\n[profile.release.package.dep-crate]\ndebug = 0\n';
const unknown: Readonly<Record<string, Build & { readonly reason: RegExp }>> = {
  'no debug information': { env: {}, reason: /no debug information/ },
  'lines alone': {
    env: { CARGO_PROFILE_RELEASE_DEBUG: 'line-tables-only' },
    reason: /lines and no functions/,
  },
  'debug information in other files': {
    env: { ...full, CARGO_PROFILE_RELEASE_SPLIT_DEBUGINFO: 'packed' },
    reason: /other files/,
  },
  'stripped of debug information': {
    env: { ...full, CARGO_PROFILE_RELEASE_STRIP: 'debuginfo' },
    reason: /no debug information/,
  },
  'symbols taken out': {
    env: { ...full, RUSTFLAGS: '-Clink-arg=-Wl,--discard-all' },
    reason: /symbols were taken out/,
  },
  'a crate without it': { env: {}, profile: without, reason: /nothing of dep_crate\./ },
  'a crate without it, optimised across crates': {
    env: { CARGO_PROFILE_RELEASE_LTO: 'fat' },
    profile: without,
    reason: /\(LTO\).*nothing of dep_crate$/,
  },
  'a crate without it, optimised across crates, thin': {
    env: { CARGO_PROFILE_RELEASE_LTO: 'thin' },
    profile: without,
    reason: /nothing of dep_crate\./,
  },
};

const crates = [
  { name: 'app', isRoot: true },
  { name: 'dep_crate', isRoot: false },
];

function read(path: string, of = crates): KnownFunctions {
  const source = bytesSource(readFileSync(path));
  const [image] = readExecutable(source);
  assert.ok(image);
  return knownFunctions(source, image, of);
}

describe('the functions of a program', {
  skip: process.platform !== 'linux' && 'there is no ELF here',
}, () => {
  let dir = '';
  before(() => {
    dir = tempDir();
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
  });

  /** The program of a build. */
  function built({ dev, env, profile }: Build): string {
    const manifest = `${files['app/Cargo.toml']}${profile === undefined ? '' : `[profile.release]\n${profile}`}`;
    writeFileSync(join(dir, 'app/Cargo.toml'), manifest);
    const args = ['build', '--quiet', '--offline', ...(dev ? [] : ['--release'])];
    execFileSync('cargo', args, {
      cwd: join(dir, 'app'),
      env: { ...process.env, CARGO_TARGET_DIR: join(dir, 'target'), ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return join(dir, 'target', dev ? 'debug' : 'release', 'app');
  }

  for (const [name, build] of Object.entries(proven))
    it(`${name}: each that is used is there, and no other`, () => {
      const known = read(built(build));
      assert.equal(known.kind, 'known', known.kind === 'unknown' ? known.reason : '');
      assert.ok(known.kind === 'known');
      assert.deepEqual(
        used.filter((key) => !known.filter.mayHave(key)),
        [],
      );
      assert.deepEqual(
        unused.filter((key) => known.filter.mayHave(key)),
        [],
      );
    });

  for (const [name, { reason, ...build }] of Object.entries(unknown))
    it(`${name}: nothing is proven`, () => {
      const known = read(built(build));
      assert.match(known.kind === 'unknown' ? known.reason : 'known', reason);
    });

  it('optimised across crates, thin: dep_crate may be wholly in app, and then nothing is proven', () => {
    const known = read(built({ env: { ...full, CARGO_PROFILE_RELEASE_LTO: 'thin' } }));
    if (known.kind === 'unknown') assert.match(known.reason, /\(LTO\).*nothing of dep_crate$/);
    else
      assert.deepEqual(
        used.filter((key) => !known.filter.mayHave(key)),
        [],
      );
  });

  it('a crate of types alone has no object, and is in doubt only where crates were optimised together', () => {
    const withTypes = [...crates, { name: 'types_alone', isRoot: false }];
    assert.equal(read(built({ env: full }), withTypes).kind, 'known');
    const merged = read(built({ env: { ...full, CARGO_PROFILE_RELEASE_LTO: 'fat' } }), withTypes);
    assert.match(merged.kind === 'unknown' ? merged.reason : 'known', /\(LTO\).*nothing of types_alone$/);
  });

  it('from debug information that was put aside', () => {
    const debug = join(dir, 'app.debug');
    execFileSync('objcopy', ['--only-keep-debug', built({ env: full }), debug]);
    const known = read(debug);
    assert.ok(known.kind === 'known' && !known.filter.mayHave('plain_unused'));
  });
});
