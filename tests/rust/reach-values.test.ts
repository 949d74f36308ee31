/** What a name is given, where several say so: of what is told, each must be what it can really be. */
import { describe, it } from 'node:test';
import { assertReach, type Reach } from './reach.ts';

const out = 'std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap())';
const elsewhere = 'std::env::var("ELSEWHERE").unwrap()';
const write = (path: string) => `std::fs::write(${path}, "").ok();`;
const outside = 'writes $ELSEWHERE';

const cases: readonly Reach[] = [
  // Parts of tuples.
  {
    how: 'a part of a tuple',
    body: `let (a, b) = (${elsewhere}, ${out}); ${write('b')}`,
    says: ['writes-out-dir ?'],
    never: [outside],
  },
  { how: 'the other part', body: `let (a, b) = (${elsewhere}, ${out}); ${write('a')}`, says: [outside] },
  {
    how: 'a part of what a function gives, behind a block',
    head: `fn both() -> Option<(String, std::path::PathBuf)> { if std::env::args().count() > 3 { return None; } Some((${elsewhere}, ${out})) }`,
    body: `let Some((a, b)) = both() else { return; }; ${write('b')}`,
    says: ['writes-out-dir ?'],
    never: [outside],
  },
  {
    how: 'a part of what nobody knows',
    body: `let pair = other::swap((${elsewhere}, ${out})); let (a, b) = pair; ${write('b')}`,
    says: [outside],
  },
  {
    how: 'a list of pairs',
    body: `let o = ${out}; let e = ${elsewhere}; for (name, to) in [("a", o.clone()), ("b", o.join("x"))] { let _ = (name, &e); ${write('to')} }`,
    says: ['writes-out-dir ?'],
    never: [outside],
  },
  {
    how: 'a list of pairs, one of them elsewhere',
    body: `let o = ${out}; for (name, to) in &[("a", o), ("b", std::path::PathBuf::from(${elsewhere}))] { let _ = name; ${write('to')} }`,
    says: ['writes $ELSEWHERE*'],
  },
  // Closures.
  {
    how: 'a closure with a name',
    body: `let put = |to: &std::path::Path| { ${write('to.join("x")')} }; put(&${out});`,
    says: ['writes-out-dir ?'],
    never: ['writes ?', 'writes x'],
  },
  {
    how: 'a closure with a name, called with another folder',
    body: `let put = |to: &std::path::Path| { ${write('to.join("x")')} }; put(std::path::Path::new(&${elsewhere}));`,
    says: [outside],
  },
  {
    how: 'a closure that a function is given',
    head: 'fn each(dir: &std::path::Path, f: &dyn Fn(&std::fs::DirEntry)) { for one in std::fs::read_dir(dir).unwrap() { let one = one.unwrap(); if one.path().is_dir() { each(&one.path(), f); } else { f(&one); } } }',
    body: `each(&${out}, &|one| { let p = one.path().with_file_name("x"); ${write('&p')} });`,
    says: ['writes-out-dir ?'],
    never: ['writes x'],
  },
  {
    how: 'a closure that a function is given with another folder',
    head: 'fn each(dir: &std::path::Path, f: &dyn Fn(&std::path::Path)) { again(dir, f); } fn again(d: &std::path::Path, g: &dyn Fn(&std::path::Path)) { g(d); }',
    body: `each(std::path::Path::new(&${elsewhere}), &|one| { ${write('one.join("x")')} });`,
    says: [outside],
  },
  {
    how: 'a program that a closure is given',
    body: 'let run = |name: &str| { std::process::Command::new(name).status().ok(); }; run("nice-tool");',
    says: ['process nice-tool'],
  },
  // Names that hide others.
  {
    how: 'a name that hides a parameter',
    head: 'fn run(dir: &std::path::Path) { let dir = dir.join("bin").join("nc-config"); std::process::Command::new(dir).status().ok(); }',
    body: `run(&std::path::Path::new("/opt/nc").join("Library"));`,
    says: ['process nc-config'],
    never: ['process Library'],
  },
  {
    how: 'a name that hides another only under a cfg',
    body: `#[cfg(unix)] let to = std::path::PathBuf::from(${elsewhere}); #[cfg(windows)] let to = ${out}; ${write('to')}`,
    says: [outside],
  },
  {
    how: 'what ends the name of a program',
    body: `let exe = if cfg!(windows) { ".exe" } else { "" }; cc::Build::new().compiler(std::path::Path::new(&${elsewhere}).join(format!("bin/tool{exe}"))).compile("a");`,
    says: ['process $ELSEWHERE'],
    never: ['process .exe'],
  },
  {
    how: 'what begins the name of a program',
    body: 'let tool = "nice-tool"; std::process::Command::new(format!("{tool}.exe")).status().ok();',
    says: ['process nice-tool'],
  },
  // What is never there together.
  {
    how: 'a function of another cfg',
    head: `#[cfg(feature = "x")] fn dir() -> std::path::PathBuf { ${out} } #[cfg(not(feature = "x"))] fn dir() -> std::path::PathBuf { ${elsewhere}.into() } #[cfg(feature = "x")] fn put() { ${write('dir().join("a")')} }`,
    body: '#[cfg(feature = "x")] put();',
    says: ['writes-out-dir ?'],
    never: [outside],
  },
  {
    how: 'a function of any cfg',
    head: `#[cfg(feature = "x")] fn dir() -> std::path::PathBuf { ${out} } #[cfg(not(feature = "x"))] fn dir() -> std::path::PathBuf { ${elsewhere}.into() }`,
    body: write('dir().join("a")'),
    says: [outside],
  },
  {
    how: 'modules of other cfgs',
    head: `#[cfg(not(feature = "x"))] mod a { pub fn dirs() -> (u8, std::path::PathBuf) { (1, ${elsewhere}.into()) } pub fn put(_: &std::path::Path) {} } #[cfg(feature = "x")] mod a { pub fn dirs() -> (u8, std::path::PathBuf) { (2, ${out}) } pub fn put(to: &std::path::Path) { ${write('to.join("a")')} } }`,
    body: 'let (_n, to) = a::dirs(); a::put(&to);',
    says: ['writes-out-dir ?'],
    never: [outside],
  },
  // Whose function it is.
  {
    how: 'a constructor of another type',
    head: `struct Tool(std::path::PathBuf); impl Tool { fn new(f: fn() -> std::path::PathBuf) -> Self { Tool(${elsewhere}.into()) } } static OUT: std::sync::LazyLock<std::path::PathBuf> = std::sync::LazyLock::new(|| ${out});`,
    body: `let _ = Tool::new(|| "x".into()); ${write('OUT.join("a")')}`,
    says: ['writes-out-dir ?'],
    never: [outside],
  },
  {
    how: 'a method of another type',
    head: `struct One(std::path::PathBuf); struct Two; impl One { fn path(&self) -> std::path::PathBuf { ${elsewhere}.into() } } impl Two { fn path(&self) -> std::path::PathBuf { ${out} } } fn put(two: &Two) { ${write('two.path().join("a")')} }`,
    body: 'put(&Two);',
    says: ['writes-out-dir ?'],
    never: [outside],
  },
  {
    how: 'a method of the type itself',
    head: `struct One; struct Two; impl One { fn path(&self) -> std::path::PathBuf { ${elsewhere}.into() } fn put(&self) { ${write('self.path().join("a")')} } } impl Two { fn path(&self) -> std::path::PathBuf { ${out} } }`,
    body: 'One.put(); Two.path();',
    says: [outside],
  },
  {
    how: 'a method that a trait gives a path',
    head: `trait Up { fn up(&self) -> std::path::PathBuf; } impl Up for std::path::Path { fn up(&self) -> std::path::PathBuf { self.parent().unwrap().parent().unwrap().into() } } fn put(p: &std::path::Path) { ${write('p.up().join("a")')} }`,
    body: `put(&${out});`,
    says: ['writes above OUT_DIR'],
  },
  // Places.
  {
    how: 'a static of lazy_static',
    head: `lazy_static::lazy_static! { static ref OUT: std::path::PathBuf = ${out}; static ref IN: std::path::PathBuf = OUT.join("in"); }`,
    body: write('IN.as_path()'),
    says: ['writes-out-dir ?'],
    never: ['writes ?'],
  },
  {
    how: 'a static of lazy_static, elsewhere',
    head: `lazy_static::lazy_static! { static ref TO: std::path::PathBuf = ${elsewhere}.into(); }`,
    body: write('TO.as_path()'),
    says: [outside],
  },
  {
    how: 'what CMake has built',
    body: `let mut c = cmake::Config::new("/opt/x"); c.define("A", "B").env("CFLAGS", "-g"); let d = c.build(); ${write('d.join("x")')}`,
    says: ['writes-out-dir ?'],
    never: ['writes $CFLAGS', 'writes /opt/x'],
  },
  {
    how: 'what autotools has built in a folder below OUT_DIR',
    body: `let d = autotools::Config::new("src").out_dir(${out}.join("a")).env("CFLAGS", "-g").build(); ${write('d.join("x")')}`,
    says: ['writes-out-dir ?'],
    never: ['writes $CFLAGS', 'writes ?'],
  },
  {
    how: 'what CMake has built elsewhere',
    body: `let mut c = cmake::Config::new("x"); c.out_dir("/opt/there"); let d = c.build(); ${write('d.join("x")')}`,
    says: ['writes ?'],
  },
  {
    how: 'what a builder of nobody known has built',
    body: `let mut c = other::Config::new("/opt/x"); let d = c.build(); ${write('d')}`,
    says: ['writes /opt/x'],
  },
  // Definitions.
  {
    how: 'definitions that a function hands on',
    head: 'trait Define { fn define2(&mut self, k: &str, v: &str); } impl Define for cmake::Config { fn define2(&mut self, k: &str, v: &str) { self.define(k, v); } } fn all<T: Define>(b: &mut T, d: &[(&str, &str)]) { for (k, v) in d { b.define2(k, v); } }',
    body: 'let mut c = cmake::Config::new("x"); all(&mut c, &[("CMAKE_C_COMPILER", "clang"), ("CMAKE_C_FLAGS", "-O2 /x/y")]); c.build();',
    says: [],
    never: ['redirects-tools*'],
  },
  {
    how: 'a compiler that a function hands on',
    head: 'fn set(c: &mut cmake::Config, k: &str, v: &str) { c.define(k, v); }',
    body: 'let mut c = cmake::Config::new("x"); set(&mut c, "CMAKE_C_FLAGS", "-O2"); set(&mut c, "CMAKE_C_COMPILER", "tools/mycc");',
    says: ['redirects-tools CMAKE_C_COMPILER=tools/mycc'],
  },
  {
    how: 'the compiler of the machine by its path',
    body: 'cmake::Config::new("x").define("CMAKE_C_COMPILER", "/usr/bin/cc").build();',
    says: [],
    never: ['redirects-tools*'],
  },
  {
    how: 'a variable of rustc with many values',
    body: `for d in ["include", "lib"] { println!("cargo:rustc-env=LD_LIBRARY_PATH={d}"); }`,
    says: ['redirects-tools LD_LIBRARY_PATH={d}'],
    never: ['redirects-tools LD_LIBRARY_PATH=include'],
  },
];

describe('reach by what names are given', () => {
  for (const reach of cases) it(reach.how, () => assertReach(reach, 'script'));
});
