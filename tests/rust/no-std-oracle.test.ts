/** The classes of small libraries of our own, by their source and by rustc: the twin of the suite on real ones. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { targetOf } from '../../src/cargo/cfg/target.ts';
import { stdClass, stdProfile } from '../../src/rust/no-std.ts';
import { askRustc, noOracle, oracleTarget, sysroot } from '../support/no-std-oracle.ts';
import { tempDir } from '../support/temp.ts';

/** Libraries by name: files, and the features that are on. */
const libraries: Readonly<
  Record<
    string,
    {
      readonly files: Readonly<Record<string, string>>;
      readonly on?: readonly string[];
      readonly uses?: string;
    }
  >
> = {
  plain: { files: { 'src/lib.rs': 'pub fn f() {}' } },
  bare: { files: { 'src/lib.rs': '#![no_std]\npub fn f() {}' } },
  'with-alloc': {
    files: {
      'src/lib.rs':
        '#![no_std]\nextern crate alloc;\npub fn f() -> alloc::vec::Vec<u8> { alloc::vec::Vec::new() }',
    },
  },
  'feature-off': { files: { 'src/lib.rs': '#![cfg_attr(not(feature = "std"), no_std)]' } },
  'feature-on': { files: { 'src/lib.rs': '#![cfg_attr(not(feature = "std"), no_std)]' }, on: ['std'] },
  'brought-back': {
    files: { 'src/lib.rs': '#![no_std]\n#[cfg(feature = "std")]\nextern crate std;' },
    on: ['std'],
  },
  'in-a-file': {
    files: { 'src/lib.rs': '#![no_std]\n#[cfg(unix)]\nmod a;', 'src/a.rs': 'extern crate std;' },
  },
  'in-no-file': {
    files: { 'src/lib.rs': '#![no_std]\n#[cfg(windows)]\nmod a;', 'src/a.rs': 'extern crate std;' },
  },
  'for-tests': { files: { 'src/lib.rs': '#![no_std]\n#[cfg(test)]\nextern crate std;' } },
  'never-built': { files: { 'src/lib.rs': '#![cfg(windows)]\n#![no_std]\npub fn f() {}' } },
  'never-built-plain': { files: { 'src/lib.rs': '#![cfg(windows)]\npub fn f() {}' } },
  'built-for-this': { files: { 'src/lib.rs': '#![cfg(unix)]\n#![no_std]\npub fn f() {}' } },
  always: { files: { 'src/lib.rs': '#![cfg_attr(all(), no_std)]' } },
  'true-constant': { files: { 'src/lib.rs': '#![cfg_attr(true, no_std)]' } },
  'cfg-in-cfg-attr': {
    files: { 'src/lib.rs': '#![no_std]\n#[cfg_attr(unix, cfg(windows))]\nextern crate std;' },
  },
  'its-own-macro': {
    files: { 'src/lib.rs': '#![no_std]\nmacro_rules! m { () => { extern crate std; } }\nm!();' },
  },
  'its-own-macro-given': {
    files: {
      'src/lib.rs': '#![no_std]\nmacro_rules! m { ($($t:tt)*) => { $($t)* } }\nm! { extern crate std; }',
    },
  },
  'in-a-function': { files: { 'src/lib.rs': '#![no_std]\npub fn f() { extern crate std; }' } },
  included: {
    files: { 'src/lib.rs': '#![no_std]\ninclude!("a.rs");', 'src/a.rs': 'extern crate std;' },
  },
  raw: { files: { 'src/lib.rs': '#![no_std]\nextern crate r#std;' } },
  commented: { files: { 'src/lib.rs': '#![no_std]\nextern /* a */ crate // b\nstd;' } },
  'path-attribute': {
    files: { 'src/lib.rs': '#![no_std]\n#[path = "x/y.rs"]\nmod a;', 'src/x/y.rs': 'extern crate std;' },
  },
  'hidden-in-module': {
    files: { 'src/lib.rs': '#![no_std]\n#[doc(hidden)] pub mod __private { pub extern crate std; }' },
  },
  renamed: { files: { 'src/lib.rs': '#![no_std]\nextern crate std as core2;' } },
  'macro-for-others': {
    files: { 'src/lib.rs': '#![no_std]\n#[macro_export]\nmacro_rules! m { () => { extern crate std; } }' },
  },
  'macro-of-another': {
    files: { 'src/lib.rs': '#![no_std]\nmacro_for_others::m!();' },
    uses: 'macro-for-others',
  },
};

/** All of them need `std`, which rustc knows by expanding macros and looking into functions. */
const untold: ReadonlySet<string> = new Set(['its-own-macro', 'its-own-macro-given', 'in-a-function']);

/** Needs `std` too, by what a macro of another package makes of it: that is not looked at, and docs/gate.md says so. */
const notSeen: ReadonlySet<string> = new Set(['macro-of-another']);

test('small libraries need what rustc says', { skip: noOracle() ?? false }, (t) => {
  const folder = tempDir(t);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const names = Object.keys(libraries);
  write('Cargo.toml', `[workspace]\nresolver = "2"\nmembers = ["probe"]\n`);
  for (const [name, { files, uses }] of Object.entries(libraries)) {
    const dependency = uses === undefined ? '' : `[dependencies]\n${uses} = { path = "../${uses}" }\n`;
    write(
      `${name}/Cargo.toml`,
      `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n[features]\nstd = []\n${dependency}`,
    );
    for (const [path, text] of Object.entries(files)) write(`${name}/${path}`, text);
  }
  const wanted = names.map(
    (name) => `${name} = { path = "../${name}", features = ${JSON.stringify(libraries[name]?.on ?? [])} }`,
  );
  write(
    'probe/Cargo.toml',
    `[package]\nname = "probe"\nversion = "1.0.0"\nedition = "2021"\n[dependencies]\n${wanted.join('\n')}\n`,
  );
  write('probe/src/lib.rs', '#![no_std]');
  const locked = spawnSync('cargo', ['generate-lockfile', '--offline'], { cwd: folder, encoding: 'utf8' });
  assert.equal(locked.status, 0, locked.stderr);
  const [rich, poor] = [true, false].map((alloc) =>
    askRustc({
      folder,
      member: 'probe',
      sysroot: sysroot(join(folder, `sysroot-${alloc}`), { alloc }),
      target: join(folder, 'target'),
    }),
  );
  const theirs = names.map((name) => {
    const [with_, without] = [rich?.get(`${name} 1.0.0`), poor?.get(`${name} 1.0.0`)];
    return [
      name,
      with_ === 'std'
        ? 'std'
        : without === 'alloc'
          ? 'no_std+alloc'
          : with_ === 'compiles'
            ? 'no_std'
            : with_,
    ];
  });
  const ours = names.map((name) => {
    const { files = {}, on = [] } = libraries[name] ?? {};
    const profile = stdProfile(
      'src/lib.rs',
      (path) => files[path],
      () => [],
    );
    return [name, stdClass(profile, new Set(on), targetOf(oracleTarget).cfg).class];
  });
  assert.deepEqual(
    ours,
    theirs.map(([name, is]) => [
      name,
      notSeen.has(name ?? '') ? 'no_std' : untold.has(name ?? '') ? 'unknown' : is,
    ]),
  );
  for (const [name = '', is] of theirs) {
    if (untold.has(name) || notSeen.has(name)) assert.equal(is, 'std', name);
  }
  assert.deepEqual(
    new Set(ours.map(([, one]) => one)),
    new Set(['std', 'no_std', 'no_std+alloc', 'unknown']),
  );
});
