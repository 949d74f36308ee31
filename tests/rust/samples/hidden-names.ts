/** Names that lead to programs and the network, written so that a reader of names may miss them. */
import { type Hidden, touch } from './hidden.ts';

const run = `std::process::Command::new${touch}`;
const anyhow = { dependencies: { anyhow: '1' } };
const reqwest = { dependencies: { reqwest: '1' }, shown: ['network'] };
const mark = 'std::fs::write("payload-marker", "").ok();';
const hiddenFile = { 'hidden.txt': `pub fn go() { ${run} }` };
const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
const setting = (name: string) => `fn main() { println!("cargo:rustc-cfg=${name}"); }`;
const libraries = { roles: ['macro', 'library'] } as const;
/** Foreign functions show as such in what runs at build time. */
const foreign = { shown: ['process', 'foreign-code'] };
const system = 'fn system(c: *const u8) -> i32;';
const call = (name: string) => `unsafe { ${name}("touch payload-marker\\0".as_ptr()); }`;

const globs: readonly Hidden[] = [
  { how: 'a glob of another crate', items: 'use anyhow::*;', runs: `ok(); ${run}`, ...anyhow },
  {
    how: 'an import beside a glob of another crate',
    items: 'use anyhow::*; use std::process::Command;',
    runs: `ok(); Command::new${touch}`,
    ...anyhow,
  },
  {
    how: 'the names of an enum in another function',
    items: 'enum Level { Low } fn _g() { use self::Level::*; let _ = Low; }',
    runs: run,
  },
  {
    how: 'two globs, of which one has the name',
    items: 'mod tools { pub use std::process::Command as Run; } use anyhow::*; use tools::*;',
    runs: `ok(); Run::new${touch}`,
    ...anyhow,
  },
  {
    how: 'a crate that is called std in another function',
    items: 'fn _g() { use anyhow as std; std::ok(); }',
    runs: run,
    ...anyhow,
  },
  {
    how: 'a type of that name in another function',
    items: 'use std::process::*; fn _g() { struct Command; let _ = Command; }',
    runs: `Command::new${touch}`,
  },
  {
    how: 'a function that has the name of a type',
    items: 'use std::process::*; #[allow(non_snake_case)] fn Command() {}',
    runs: `Command(); Command::new${touch}`,
  },
  {
    how: 'a macro that has the name of a type',
    items: 'use std::process::*; #[allow(unused_macros)] macro_rules! Command { () => {} }',
    runs: `Command::new${touch}`,
  },
  {
    how: 'a type that no build has',
    items: 'use std::process::*; #[cfg(feature = "never")] struct Command;',
    runs: `Command::new${touch}`,
  },
  {
    how: 'a module std that no build has',
    items: '#[cfg(feature = "never")] mod std { pub mod process {} }',
    runs: run,
  },
  {
    how: 'an import that no build has',
    items: 'use std::process::*; #[cfg(feature = "never")] use anyhow::Error as Command;',
    runs: `Command::new${touch}`,
    ...anyhow,
  },
];

const used: readonly Hidden[] = [
  {
    how: 'a type of a crate',
    items: 'use reqwest::blocking::Client;',
    runs: `Client::new(); ${mark}`,
    ...reqwest,
  },
  {
    how: 'a type of a renamed crate',
    items: 'use web::blocking::Client;',
    runs: `Client::new(); ${mark}`,
    dependencies: { web: { package: 'reqwest', version: '1' } },
    shown: ['network'],
  },
  {
    how: 'a type handed through two modules',
    items:
      'mod net { pub mod parts { pub use reqwest::blocking::Client as Sender; } } use net::parts::Sender as S;',
    runs: `S::new().get("http://payload.invalid/"); ${mark}`,
    ...reqwest,
  },
  {
    how: 'a prelude of the crate’s own',
    items: 'mod prelude { pub use reqwest::blocking::*; } use prelude::*;',
    runs: `Client::new(); ${mark}`,
    ...reqwest,
  },
  {
    how: 'an alias of a crate’s type',
    items: 'type C = reqwest::blocking::Client;',
    runs: `C::new(); ${mark}`,
    ...reqwest,
  },
  {
    how: 'a function of a crate',
    items: 'use duct::cmd;',
    runs: 'cmd("touch", ["payload-marker"]).run();',
    dependencies: { duct: '1' },
  },
  {
    how: 'a function of a crate, renamed in another module',
    items: 'mod go { pub use duct::cmd as step; } use go::*;',
    runs: 'step("touch", ["payload-marker"]).run();',
    dependencies: { duct: '1' },
  },
  {
    how: 'a type of the network in std',
    items: 'mod net { pub use std::net::TcpStream as Pipe; } use net::Pipe;',
    runs: `if false { Pipe::connect("payload.invalid:80").ok(); } ${mark}`,
    shown: ['network'],
  },
];

const cfgs: readonly Hidden[] = [
  ...['docsrs', 'test', 'miri', 'clippy', 'doc', 'doctest', 'rustfmt'].map((name) => ({
    how: `a cfg that its build script sets: ${name}`,
    items: `#[cfg(${name})] fn go() { ${run} } #[cfg(not(${name}))] fn go() {}`,
    runs: 'go();',
    script: setting(name),
    ...libraries,
  })),
  {
    how: 'proc_macro, which rustc sets for macros',
    items: `#[cfg(proc_macro)] mod go { pub fn go() { ${run} } }`,
    runs: '#[cfg(proc_macro)] go::go();',
    roles: ['macro'],
  },
  {
    how: 'proc_macro, which the build script of a library sets',
    items: `#[cfg(proc_macro)] mod go { pub fn go() { ${run} } }`,
    runs: '#[cfg(proc_macro)] go::go();',
    script: setting('proc_macro'),
    roles: ['library'],
  },
  {
    how: 'test, set in two pieces',
    items: `#[cfg(test)] mod tests { pub fn go() { ${run} } } #[cfg(test)] use tests::go; #[cfg(not(test))] fn go() {}`,
    runs: 'go();',
    script: 'fn main() { println!("cargo::{}={}", "rustc-cfg", "test"); }',
    ...libraries,
  },
  {
    how: 'test, set by a file that is printed',
    items: `#[cfg(test)] fn go() { ${run} } #[cfg(not(test))] fn go() {}`,
    runs: 'go();',
    script: 'fn main() { print!("{}", include_str!("src/words.txt")); }',
    beside: { 'words.txt': 'cargo:rustc-cfg=test\n' },
    ...libraries,
  },
  {
    how: 'a file that a cfg names which the build script sets',
    items: '#[cfg_attr(docsrs, path = "hidden.txt")] #[cfg_attr(not(docsrs), path = "idle.txt")] mod go;',
    runs: 'go::go();',
    beside: { ...hiddenFile, 'idle.txt': 'pub fn go() {}' },
    script: setting('docsrs'),
    ...libraries,
  },
  {
    how: 'a file that an unknown cfg does not name',
    items: '#[cfg_attr(not(never), path = "hidden.txt")] mod go;',
    runs: 'go::go();',
    beside: { ...hiddenFile, 'go.rs': 'pub fn go() {}' },
  },
  {
    how: 'a file that a cfg in a cfg names',
    items: '#[cfg_attr(all(), cfg_attr(not(test), path = "hidden.txt"))] mod go;',
    runs: 'go::go();',
    beside: { ...hiddenFile, 'go.rs': 'pub fn go() {}' },
  },
  {
    how: 'a file that a macro names',
    items: 'macro_rules! m { ($n:ident, $p:literal) => { #[path = $p] mod $n; }; } m!(hidden, "hidden.txt");',
    runs: 'hidden::go();',
    beside: hiddenFile,
  },
  {
    how: 'a module that a macro brings',
    items: 'macro_rules! m { ($n:ident) => { mod $n; }; } m!(hidden);',
    runs: 'hidden::go();',
    beside: { 'hidden.rs': hiddenFile['hidden.txt'] },
  },
  {
    how: 'a module that a macro brings by itself',
    items: 'macro_rules! m { () => { mod hidden; }; } m!();',
    runs: 'hidden::go();',
    beside: { 'hidden.rs': hiddenFile['hidden.txt'] },
  },
  {
    how: 'a file that a macro includes by the name that it is given',
    items: 'macro_rules! m { ($p:literal) => { include!($p); }; } m!("hidden.txt");',
    runs: 'go();',
    beside: { 'hidden.txt': `fn go() { ${run} }` },
  },
];

const tokens: readonly Hidden[] = [
  { how: 'the sign for kelvin', items: 'use std::process::Command as K;', runs: `\u212a::new${touch}` },
  {
    how: 'the sign for kelvin in a module’s name',
    items: 'mod K { pub use std::process::Command as C; }',
    runs: `\u212a::C::new${touch}`,
  },
  {
    how: 'a letter with its accent apart',
    items: 'use std::process::Command as Caf\u00e9;',
    runs: `Cafe\u0301::new${touch}`,
  },
  {
    how: 'a macro with the sign for kelvin',
    items: 'macro_rules! K { ($a:ident) => { std::process::$a::new }; }',
    runs: `\u212a!(Command)${touch}`,
  },
  ...['2015', '2018'].map((edition) => ({
    how: `what is no C string in ${edition}`,
    edition,
    items: 'macro_rules! m { ($($t:tt)*) => {} }',
    runs: `m!(cr"\\" "); ${run} /* "); // */`,
  })),
  {
    how: 'what is no raw C string in 2018',
    edition: '2018',
    items: 'macro_rules! m { ($($t:tt)*) => {} }',
    runs: `m!(cr#"\\"#"); ${run} m!(r#""#);`,
  },
  {
    how: 'a path from the root, in 2015',
    edition: '2015',
    items:
      'mod helper { pub use std::process::Command as Run; } mod other { pub fn go() { ::helper::Run::new("touch").arg("payload-marker").status().ok(); } }',
    runs: 'other::go();',
  },
  {
    how: 'a word that is none in 2015',
    edition: '2015',
    items: 'use std::process::Command as dyn;',
    runs: `dyn::new${touch}`,
  },
  {
    how: 'an import from the root, in 2015',
    edition: '2015',
    items: `use std::process::Command as Run; mod other { use Run; pub fn go() { Run::new${touch} } }`,
    runs: 'other::go();',
  },
];

const spliced: readonly Hidden[] = [
  {
    how: 'a module’s alias and a name that a macro is given',
    items: 'use std::process as p; macro_rules! m { ($a:ident) => { p::$a::new }; }',
    runs: `m!(Command)${touch}`,
  },
  {
    how: 'a whole path of names that a macro is given',
    items: 'macro_rules! m { ($a:ident, $b:ident, $c:ident) => { $a::$b::$c::new }; }',
    runs: `m!(std, process, Command)${touch}`,
  },
  {
    how: 'an alias that a macro is given',
    items: 'use std::process as p; macro_rules! m { ($p:ident) => { $p::Command::new }; }',
    runs: `m!(p)${touch}`,
  },
  {
    how: 'a type that a macro is given',
    items: 'use std::process::Command; macro_rules! m { ($t:ty) => { <$t>::new }; }',
    runs: `m!(Command)${touch}`,
  },
  {
    how: 'the last name of a path',
    items: 'use std::process::Command; macro_rules! m { ($f:ident) => { Command::$f }; }',
    runs: `m!(new)${touch}`,
  },
  {
    how: 'a path of repeated names',
    items: 'macro_rules! m { ($($p:ident)*) => { $($p)::*::new }; }',
    runs: `m!(std process Command)${touch}`,
  },
  {
    how: 'the rest of a path as tokens',
    items: 'macro_rules! m { ($($t:tt)*) => { std $($t)* }; }',
    runs: `m!(::process::Command::new)${touch}`,
  },
  {
    how: 'tokens that are turned round',
    items:
      'macro_rules! m { (@ [] $($out:tt)*) => { $($out)* }; (@ [$first:tt $($rest:tt)*] $($out:tt)*) => { m!(@ [$($rest)*] $first $($out)*) }; ($($t:tt)*) => { m!(@ [$($t)*]) }; }',
    runs: `m!(new :: Command :: process :: std)${touch}`,
  },
  {
    how: 'a macro that calls another',
    items:
      'macro_rules! inner { ($a:ident, $b:ident) => { std::$a::$b::new }; } macro_rules! outer { ($x:ident) => { inner!(process, $x) }; }',
    runs: `outer!(Command)${touch}`,
  },
  {
    how: 'a macro that a macro makes',
    items:
      'macro_rules! outer { ($p:ident) => { macro_rules! inner { () => { std::$p::Command::new }; } }; } outer!(process);',
    runs: `inner!()${touch}`,
  },
  {
    how: 'a macro under another name',
    items:
      'mod go { macro_rules! run { ($a:ident) => { std::process::$a::new }; } pub(crate) use run as step; } use go::step as go_on;',
    runs: `go_on!(Command)${touch}`,
  },
  {
    how: 'an import that a macro puts together',
    items: 'macro_rules! m { ($a:ident, $b:ident) => { use std::$a::$b as Run; }; } m!(process, Command);',
    runs: `Run::new${touch}`,
  },
  {
    how: 'a name of a macro that a macro is given',
    items:
      'macro_rules! inner { ($a:ident) => { std::process::$a::new }; } macro_rules! m { ($i:ident, $a:ident) => { $i!($a) }; }',
    runs: `m!(inner, Command)${touch}`,
  },
  {
    how: 'a macro of the second rule',
    items: 'macro_rules! m { (a $x:expr) => { $x }; ($p:ident :: $c:ident) => { std::$p::$c::new }; }',
    runs: `m!(process::Command)${touch}`,
  },
  {
    how: 'a block of foreign functions as tokens',
    items: `macro_rules! ext { ($($t:tt)*) => { extern $($t)* }; } ext! { "C" { ${system} } }`,
    runs: call('system'),
    ...foreign,
  },
  {
    how: 'the word extern',
    items: `macro_rules! ext { ($e:ident $($t:tt)*) => { $e $($t)* }; } ext! { extern "C" { ${system} } }`,
    runs: call('system'),
    ...foreign,
  },
  {
    how: 'an ABI',
    items: `macro_rules! ext { ($a:literal) => { extern $a { ${system} } }; } ext!("C");`,
    runs: call('system'),
    ...foreign,
  },
  {
    how: 'the name of a foreign function',
    items:
      'macro_rules! ext { ($n:literal) => { extern "C" { #[link_name = $n] fn nice(c: *const u8) -> i32; } }; } ext!("system");',
    runs: call('nice'),
    ...foreign,
  },
  {
    how: 'the names of foreign functions',
    items:
      'macro_rules! ext { ($($n:ident)*) => { extern "C" { $(fn $n(c: *const u8) -> i32;)* } } } ext!(system);',
    runs: call('system'),
  },
  {
    how: 'foreign functions of Rust’s ABI',
    items: `extern "Rust" { ${system} }`,
    runs: call('system'),
    ...foreign,
  },
  {
    how: 'foreign functions without an ABI',
    items: `extern { ${system} }`,
    runs: call('system'),
    ...foreign,
  },
  ...[
    ['a name of two', 'use std::process::*;', '[<Com mand>]::new'],
    ['a module of two', '', 'std::[<pro cess>]::Command::new'],
    ['a crate of two', '', '[<st d>]::process::Command::new'],
    ['a name in other letters', 'use std::process::*;', '[<command:camel>]::new'],
  ].map(([how = '', items = '', path = '']) => ({
    how: `${how} that is pasted`,
    items,
    runs: `paste::paste! { ${path}${touch} }`,
    dependencies: { paste: '1' },
  })),
  {
    how: 'a name that a macro of its own has pasted',
    items:
      'use std::process::*; macro_rules! m { ($a:ident, $b:ident) => { paste::paste! { [<$a $b>]::new } }; }',
    runs: `m!(Com, mand)${touch}`,
    dependencies: { paste: '1' },
  },
];

const types: readonly Hidden[] = [
  ...[9, 17, 300].map((count) => ({
    how: `a name with ${count} other meanings before it`,
    items: `mod d { ${times(count, (i) => `pub struct D${i};`)} } ${times(count, (i) => `fn _f${i}() { use self::d::D${i} as Run; let _ = Run; }`)}`,
    runs: `use std::process::Command as Run; Run::new${touch}`,
    shown: ['process', 'opaque'],
  })),
  {
    how: 'a chain of forty renames',
    items: `mod m0 { pub use std::process::Command as C0; } ${times(40, (i) => `mod m${i + 1} { pub use super::m${i}::C${i} as C${i + 1}; }`)}`,
    runs: `m40::C40::new${touch}`,
  },
  {
    how: 'imports in seventy braces',
    items: `use ${'{'.repeat(70)}std::process::Command as Run${'}'.repeat(70)};`,
    runs: `Run::new${touch}`,
    shown: ['process', 'opaque'],
  },
  {
    how: 'a module in a function',
    runs: `mod inner { pub use std::process::Command as Run; } inner::Run::new${touch}`,
  },
  {
    how: 'a module in a module in a function',
    runs: `mod a { pub mod b { pub use std::process as p; } } a::b::p::Command::new${touch}`,
  },
  {
    how: 'self and super',
    items: `use std::process::Command as Run; mod a { pub fn go() { self::super::Run::new${touch} } }`,
    runs: 'a::go();',
  },
  {
    how: 'a type that an impl names',
    items: 'trait Has { type Out; } struct X; impl Has for X { type Out = std::process::Command; }',
    runs: `<X as Has>::Out::new${touch}`,
  },
  {
    how: 'a type that the impl of a parameter names',
    items: `trait Has { type Out: Make; } trait Make { fn make() -> Self; } impl Make for std::process::Command { fn make() -> Self { Self::new("touch") } } struct X; impl Has for X { type Out = std::process::Command; } fn go<T: Has<Out = std::process::Command>>() { T::Out::make().arg("payload-marker").status().ok(); }`,
    runs: 'go::<X>();',
  },
  {
    how: 'a type in parentheses',
    items: 'use std::process::Command;',
    runs: `<(Command)>::new${touch}`,
  },
  {
    how: 'an alias of what it is given',
    items: 'type Id<T> = T;',
    runs: `Id::<std::process::Command>::new${touch}`,
    shown: ['process', 'opaque'],
  },
  {
    how: 'an alias of what it is given, in angles',
    items: 'type Id<T> = T;',
    runs: `<Id<std::process::Command>>::new${touch}`,
    shown: ['process', 'opaque'],
  },
  {
    how: 'a type that every type names',
    items: 'trait Same { type Out; } impl<T> Same for T { type Out = T; }',
    runs: `<std::process::Command as Same>::Out::new${touch}`,
  },
  {
    how: 'an alias of a type that a type names',
    items:
      'trait Same { type Out; } impl<T> Same for T { type Out = T; } type C = <std::process::Command as Same>::Out;',
    runs: `C::new${touch}`,
  },
  ...[
    ['a tuple', '()'],
    ['a list', '[u8]'],
    ['a reference', "&'static str"],
    ['a function', 'fn() -> u8'],
    ['a pointer', '*const u8'],
  ].flatMap(([how = '', type = '']) => {
    const items = `trait Has { type Out; } impl Has for ${type} { type Out = std::process::Command; }`;
    return [
      { how: `a type that the impl of ${how} names`, items, runs: `<${type} as Has>::Out::new${touch}` },
      {
        how: `an alias of a type that the impl of ${how} names`,
        items: `${items} type C = <${type} as Has>::Out;`,
        runs: `C::new${touch}`,
      },
    ];
  }),
  {
    how: 'a type that the type of another impl names',
    items:
      'trait A { type C; } trait B { type D: A; } impl A for u8 { type C = std::process::Command; } impl B for u16 { type D = u8; }',
    runs: `<<u16 as B>::D as A>::C::new${touch}`,
  },
  {
    how: 'an alias of a type that an impl of another module names',
    items:
      'mod m { pub trait A { type C; } impl A for () { type C = std::process::Command; } } type X = <() as m::A>::C;',
    runs: `X::new${touch}`,
  },
  {
    how: 'an alias with 300 types',
    items: `use std::process::Command; type C<${times(300, (i) => `T${i},`)}> = <(Command, ${times(300, (i) => `T${i},`)}) as First>::Out; trait First { type Out; } impl<${times(300, (i) => `T${i},`)}> First for (Command, ${times(300, (i) => `T${i},`)}) { type Out = Command; }`,
    runs: `C::<${times(300, () => 'u8,')}>::new${touch}`,
    shown: ['process', 'opaque'],
  },
  {
    how: 'Self after an impl within the impl',
    items: `trait Go { fn go(); } impl Go for std::process::Command { fn go() { struct X; impl X { fn x() {} } X::x(); Self::new${touch} } }`,
    runs: '<std::process::Command as Go>::go();',
  },
];

/** Each stands for its kind; none is of those that people were shown. */
export const hiddenNames: readonly Hidden[] = [...globs, ...used, ...cfgs, ...tokens, ...spliced, ...types];
