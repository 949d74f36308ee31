import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FullPath } from '../../src/rust/full-path.ts';
import { moduleTree } from '../../src/rust/module-tree.ts';
import { mentionsOf } from '../../src/rust/paths.ts';
import { PathResolver } from '../../src/rust/resolve.ts';

/** What the paths of a crate stand for, those of the crate itself and mere imports left out. */
function meant(source: string | Readonly<Record<string, string>>, crates: Record<string, string> = {}) {
  const files = typeof source === 'string' ? { 'build.rs': source } : source;
  const tree = moduleTree(
    'build.rs',
    (path) => files[path],
    () => undefined,
  );
  const resolver = new PathResolver(tree, new Map(Object.entries(crates)));
  const { found, opaque } = mentionsOf(tree, resolver, {
    path: ([root]) => root !== 'crate',
    root: () => true,
  });
  return {
    found: found.filter(({ imported }) => !imported).map(({ path }) => path.join('::')),
    opaque: opaque.map(({ file, line, reason }) => `${file}:${line} ${reason}`),
  };
}

const newCommand = 'std::process::Command::new';

describe('mentionsOf', () => {
  const ways: readonly (readonly [why: string, source: string | Record<string, string>])[] = [
    ['by its full path', 'fn main() { std::process::Command::new("x"); }'],
    ['from the root', 'fn main() { ::std::process::Command::new("x"); }'],
    ['from core', 'fn main() { let a = || core::process::Command::new("x"); }'],
    ['by a use', 'use std::process::Command; fn main() { Command::new("x"); }'],
    ['by a use within the function', 'fn main() { use std::process::Command; Command::new("x"); }'],
    [
      'by a use in a block within a macro call',
      'fn main() { m!({ use std::process::Command; Command::new("x") }) }',
    ],
    ['renamed', 'use std::process::Command as Tea; fn main() { Tea::new("x"); }'],
    ['by a renamed module', 'use std::process as p; fn main() { p::Command::new("x"); }'],
    ['by a use of a use', 'use std::process as p; use p::Command as C; fn main() { C::new("x"); }'],
    ['by self', 'use std::process::{self}; fn main() { process::Command::new("x"); }'],
    ['by a glob', 'use std::process::*; fn main() { Command::new("x"); }'],
    ['by a glob of std', 'use std::*; fn main() { process::Command::new("x"); }'],
    ['by extern crate', 'extern crate std as s; mod a { fn f() { s::process::Command::new("x"); } }'],
    [
      'by extern crate in a module',
      'mod a { extern crate std as s; fn f() { s::process::Command::new("x"); } }',
    ],
    [
      'by extern crate self',
      'extern crate self as me; use std::process::Command; fn f() { me::Command::new("x"); }',
    ],
    ['by a type alias', 'type C = std::process::Command; fn main() { C::new("x"); }'],
    [
      'by an alias with generics',
      'use std::process::Command; type C<T> = Command; fn main() { C::<u8>::new("x"); }',
    ],
    ['in a macro call', 'fn main() { println!("{:?}", std::process::Command::new("x")) }'],
    ['in a macro that is defined', 'macro_rules! m { ($a:expr) => { std::process::Command::new($a) } }'],
    ['by $crate', 'use std::process::Command; macro_rules! m { ($a:expr) => { $crate::Command::new($a) } }'],
    ['in angles', 'fn main() { <std::process::Command>::new("x"); }'],
    ['in angles, as a trait', 'fn main() { <std::process::Command as Make<u8>>::new("x"); }'],
    ['from the root in angles', 'fn main() { <::std::process::Command>::new("x"); }'],
    ['as Self', 'use std::process::Command; impl Go for Command { fn go() { Self::new("x"); } }'],
    [
      'by another file',
      {
        'build.rs': 'mod tools; use tools::Runner; fn main() { Runner::new("x"); }',
        'tools.rs': 'mod inner; pub use self::inner::*;',
        'tools/inner.rs': 'pub use std::process::Command as Runner;',
      },
    ],
    [
      'through super',
      { 'build.rs': 'use std::process; mod a;', 'a.rs': 'fn f() { super::process::Command::new("x"); }' },
    ],
    [
      'by super globs',
      {
        'build.rs': 'use std::process; mod a;',
        'a.rs': 'use super::*; fn f() { process::Command::new("x"); }',
      },
    ],
    [
      'by an included file',
      { 'build.rs': 'use std::process::Command; include!("b.rs");', 'b.rs': 'fn f() { Command::new("x"); }' },
    ],
    ['as a function', 'use std::process::Command; fn main() { let f = Command::new; f("x"); }'],
    ['as a raw identifier', 'use std::r#process::Command; fn main() { r#Command::new("x"); }'],
    ['after a range', 'fn main() { 0..std::process::Command::new("x"); }'],
    ['after return', 'fn main() { return ::std::process::Command::new("x"); }'],
    [
      'where modules bring each other',
      {
        'build.rs': 'mod a; mod b; fn main() { a::Command::new("x"); }',
        'a.rs': 'pub use crate::b::*;',
        'b.rs': 'pub use crate::a::*; pub use std::process::Command;',
      },
    ],
  ];
  for (const [why, source] of ways) {
    it(`finds a command ${why}`, () => {
      const { found, opaque } = meant(source);
      assert.equal(found.filter((path) => path === newCommand).length, 1, found.join(' '));
      assert.deepEqual(opaque, []);
    });
  }

  it('reads no command where there is none', () => {
    const others = [
      'fn main() { Command::new("x"); }',
      'struct Command; impl Command { fn new() {} } fn main() { Command::new(); }',
      'use clap::Command; fn main() { Command::new("x"); }',
      'use std::process::Command; mod a { struct Command; fn f() { Command::new("x"); } }',
      'fn main() { x.std::process; "std::process::Command::new"; /* std::process::Command::new */ }',
      'use a::b; use b::a; fn main() { a::Command::new("x"); b::Command::new("x"); }',
    ];
    for (const source of others) assert.ok(!meant(source).found.includes(newCommand), source);
  });

  it('knows a crate by the name that the manifest gives it', () => {
    const source = 'use web as w; fn main() { w::get("x"); web::post("y"); }';
    assert.deepEqual(meant(source, { web: 'reqwest' }).found, ['reqwest::get', 'reqwest::post']);
  });

  it('knows a macro of the standard library, and one that has its name', () => {
    assert.deepEqual(meant('fn main() { env!("A"); a.env!(); a != b; }').found, ['std::env']);
    assert.deepEqual(meant('macro_rules! env { () => {} } fn main() { env!(); }').found, []);
  });

  it('calls a path opaque that a macro puts together', () => {
    const opaque = [
      'macro_rules! m { ($a:ident, $b:ident) => { std::$a::$b::new("x") } }',
      'macro_rules! m { ($a:ident $b:ident) => { $a::$b() } }\nfn main() { m!(std exit) }',
      'fn main() { paste! { std::process::[<Com mand>]::new("x") } }',
    ];
    for (const source of opaque) {
      assert.deepEqual(meant(source).opaque, ['build.rs:1 a macro puts a path together'], source);
    }
    const clear = [
      'macro_rules! m { ($a:ident, $b:ident) => { $a::$b() } } fn main() { m!(Kind, One) }',
      'macro_rules! m { ($a:ty) => { $crate::f::<$a>(); $a::new() } }',
      'extern crate std; macro_rules! m { ($a:ident, $b:ident) => { $a::$b() } }',
    ];
    for (const source of clear) assert.deepEqual(meant(source).opaque, [], source);
  });

  it('tells what is quoted from what runs', () => {
    const tree = moduleTree(
      'build.rs',
      (path) =>
        path === 'build.rs' ? 'fn f() { quote! { std::env::var("A") }; std::env::var("B"); }' : undefined,
      () => undefined,
    );
    const wanted = { path: (path: FullPath) => path.join('::') === 'std::env::var', root: () => true };
    const { found } = mentionsOf(tree, new PathResolver(tree), wanted);
    assert.deepEqual(
      found.map(({ quoted }) => quoted),
      [true, false],
    );
  });
});

it('types that a path is given on its way are mentioned, those within them too', () => {
  const source =
    'fn main() { Async::<std::net::TcpStream>::connect(a); From::<Vec<Of::<std::fs::File>::In>>::from(b); }';
  const { found } = meant(source);
  assert.ok(found.includes('std::net::TcpStream') && found.includes('std::fs::File'), found.join());
});
