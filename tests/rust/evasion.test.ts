/** Ways to write a capability so that whoever reads names alone misses it: each is named, or is opaque. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CodeReview } from '../../src/rust/code-review.ts';
import { type PackageReview, reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';

const manifest = (kind: string) => `[package]
name = "a"
version = "1.0.0"
[${kind}]
ureq = "2"
libc = "0.2"
nix = "0.29"
windows-sys = "0.61"
thing = { package = "reqwest", version = "0.12" }
`;

function review(code: string, role: 'script' | 'library'): NonNullable<PackageReview['library']> {
  const files: Readonly<Record<string, string>> =
    role === 'library'
      ? { 'Cargo.toml': manifest('dependencies'), 'src/lib.rs': code }
      : { 'Cargo.toml': manifest('build-dependencies'), 'build.rs': `${code}\nfn main() { f(); }` };
  const beside = role === 'library' ? 'src/' : '';
  const hidden = 'pub fn go() { ureq::get("x").call().ok(); }';
  const others: Readonly<Record<string, string>> = {
    [`${beside}hidden.txt`]: hidden,
    [`${beside}expression.txt`]: '{ ureq::get("x").call().ok() }',
  };
  const { buildScript, library } = reviewPackage(
    packageSource(files['Cargo.toml'] ?? '', (path) => files[path] ?? others[path]),
  );
  const found = role === 'library' ? library : buildScript;
  assert.ok(found !== undefined);
  return found;
}

function kindsIn({ capabilities, opaque }: Pick<CodeReview, 'capabilities' | 'opaque'>): ReadonlySet<string> {
  return new Set([...capabilities.map(({ kind }) => kind), ...(opaque.length > 0 ? ['opaque'] : [])]);
}

/** What at least one of is shown. */
const network = ['network', 'opaque'];
const programs = ['process', 'shell', 'foreign-code', 'opaque'];

const cases: readonly (readonly [how: string, code: string, shown: readonly string[]])[] = [
  ['all names of a crate', 'use ureq::*; pub fn f() { get("x").call().ok(); }', network],
  ['all names of a renamed crate', 'use thing as t; use t::*; pub fn f() { get("x"); }', network],
  ['all names handed on', 'mod a { pub use ureq::*; } pub fn f() { a::get("x"); }', network],
  [
    'names through a module’s names',
    'mod a { pub use ureq as q; } use a::*; pub fn f() { q::get("x"); }',
    network,
  ],
  [
    'a chain of renames',
    'use c as d; use b as c; use a as b; use ureq as a; pub fn f() { d::get("x"); }',
    network,
  ],
  ['a rename in a tree', 'use {ureq::{self as u, get as g}}; pub fn f() { g("x"); u::post("x"); }', network],
  ['an extern crate of another name', 'extern crate ureq as u; pub fn f() { u::get("x"); }', network],
  [
    'a name that a macro gives',
    'macro_rules! name { ($i:ident) => { use ureq as $i; }; } name!(z); pub fn f() { z::get("x"); }',
    network,
  ],
  ['a function as a value', 'pub fn f() { let g = ureq::get; g("x"); }', network],
  ['a raw name', 'pub fn f() { r#ureq::r#get("x"); }', network],
  ['a file among expressions', 'pub fn f() { include!("expression.txt"); }', network],
  ['a file in a macro’s argument', 'pub fn f() { println!("{:?}", include!("expression.txt")); }', network],
  [
    'a file by a macro’s own path',
    'macro_rules! i { ($p:expr) => { include!($p) }; } pub fn f() { i!("expression.txt"); }',
    network,
  ],
  [
    'a file by another name of include',
    'use std::include as i; i!("hidden.txt"); pub fn f() { go(); }',
    network,
  ],
  ['a module in a function', 'pub fn f() { #[path = "hidden.txt"] mod hidden; hidden::go(); }', network],
  [
    'a module in a block',
    'pub fn f() { if true { #[path = "hidden.txt"] mod hidden; hidden::go(); } }',
    network,
  ],
  ['a module in a constant', 'pub fn f() {} const _: () = { #[path = "hidden.txt"] mod hidden; };', network],
  [
    'macros within macros',
    'outer! { inner! { mod x { pub fn f() { ureq::get("x"); } } } } pub fn f() {}',
    network,
  ],
  [
    'tokens that a macro puts together',
    'macro_rules! m { ($a:ident, $b:ident) => { std::$a::$b::new("sh") }; } pub fn f() { m!(process, Command); }',
    programs,
  ],
  [
    'tokens that are pasted',
    'pub fn f() { paste::paste! { std::process::[<Com mand>]::new("sh"); } }',
    programs,
  ],
  ['all names of std’s', 'use std::process::*; pub fn f() { Command::new("sh").spawn().ok(); }', programs],
  [
    'std under another name',
    'use std::{self as s}; pub fn f() { s::process::Command::new("sh"); }',
    programs,
  ],
  [
    'Self of an alias',
    'type C = std::process::Command; trait T { fn m() -> Self; } impl T for C { fn m() -> Self { Self::new("sh") } } pub fn f() {}',
    programs,
  ],
  ['a qualified path', 'pub fn f() { <std::process::Command>::new("sh").spawn().ok(); }', programs],
  [
    'a type of a type',
    'type A = B; type B = C; type C = std::process::Command; pub fn f() { A::new("sh"); }',
    programs,
  ],
  ['all names of libc', 'use libc::*; pub fn f() { unsafe { system(c"sh".as_ptr()); } }', programs],
  ['a system call', 'pub fn f() { unsafe { libc::syscall(59, c"/bin/sh".as_ptr(), 0, 0); } }', programs],
  [
    'a declaration of its own',
    'extern "C" { fn system(c: *const i8) -> i32; } pub fn f() { unsafe { system(c"sh".as_ptr()); } }',
    programs,
  ],
  [
    'a declaration under another name',
    'unsafe extern "C" { #[link_name = "system"] fn nice(c: *const i8) -> i32; } pub fn f() { unsafe { nice(c"sh".as_ptr()); } }',
    programs,
  ],
  [
    'a wrapper of exec',
    'use nix::unistd as u; pub fn f() { u::execve(c"/bin/sh", &[c""], &[c""]).ok(); }',
    programs,
  ],
  [
    'Windows',
    'use windows_sys::Win32::System::Threading::*; pub fn f() { unsafe { CreateProcessW(std::ptr::null(), 0 as _); } }',
    programs,
  ],
  [
    'Windows, deep',
    'pub fn f() { unsafe { windows_sys::Win32::UI::Shell::ShellExecuteW(0, 0); } }',
    programs,
  ],
];

describe('evasions', () => {
  for (const [how, code, shown] of cases) {
    for (const role of ['script', 'library'] as const) {
      it(`are seen in a ${role}: ${how}`, () => {
        const kinds = kindsIn(review(code, role));
        assert.ok(
          shown.some((kind) => kinds.has(kind)),
          [...kinds].join(' '),
        );
      });
    }
  }

  it('through what a library hands on are seen in the library', () => {
    for (const code of ['pub use ureq;', 'pub use ureq::get as fetch;', 'pub use {ureq::get};'])
      assert.ok(kindsIn(review(code, 'library')).has('network'), code);
    assert.ok(!kindsIn(review('use ureq::Agent;', 'library')).has('network'));
    assert.ok(!kindsIn(review('pub(crate) use ureq::Agent;', 'library')).has('network'));
  });

  it('through other crates name those, however little of them is named', () => {
    const calls: readonly (readonly [code: string, helpers: readonly string[]])[] = [
      ['use evil::RunExt; fn main() { "x".run(); }', ['evil']],
      ['#[macro_use] extern crate evil; fn main() { go!(); }', ['evil']],
      ['extern crate evil as e; fn main() {}', ['evil']],
      ['use evil::*; fn main() { go(); }', ['evil']],
      ['fn main() { renamed::go(); }', ['evil_two']],
      ['fn main() { let evil = 1; evil.x(); }', []],
    ];
    for (const [code, helpers] of calls) {
      const toml = '[package]\nname = "a"\nversion = "1.0.0"\n[build-dependencies]\nevil = "1"\n';
      const files = {
        'Cargo.toml': `${toml}renamed = { package = "evil-two", version = "1" }\n`,
        'build.rs': code,
      };
      const { buildScript } = reviewPackage(
        packageSource(files['Cargo.toml'], (path) => (path === 'build.rs' ? code : undefined)),
      );
      assert.deepEqual(buildScript?.helpers, helpers, code);
    }
  });

  it('leave names that are somebody’s own alone', () => {
    const own = 'use thing_else::*; fn get() {} fn system() {} pub fn f() { get(); system(); drop(1); }';
    for (const role of ['script', 'library'] as const) {
      const kinds = kindsIn(review(own, role));
      for (const kind of ['network', 'process', 'opaque']) assert.ok(!kinds.has(kind), `${role} ${kind}`);
    }
  });
});
