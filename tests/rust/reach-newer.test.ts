/**
 * Names by which newer Rust, and crates that stand in for the standard library, do the same: each is compiled by rustc
 * 1.95, or documented on docs.rs.
 */
import { describe, it } from 'node:test';
import { assertReach, type Reach, roles } from './reach.ts';

const payload = 'pub fn go() { std::process::Command::new("curl").spawn().ok(); }';
const executable = ['makes-executable ?'];
const atBuild = ['script', 'macro'] as const;
const bytes = '#[link_section = ".text"] static CODE: [u8; 4] = *b"\\xc3\\xc3\\xc3\\xc3";';

const language: readonly Reach[] = [
  {
    how: "a prelude's `option_env!`",
    body: 'let _ = std::prelude::v1::option_env!("NPM_TOKEN");',
    says: ['reads-secret NPM_TOKEN'],
  },
  {
    how: "another edition's `env!`",
    body: 'let _ = core::prelude::rust_2024::env!("NPM_TOKEN");',
    says: ['reads-secret NPM_TOKEN'],
  },
  {
    how: 'a module in `cfg_select!`',
    head: 'std::cfg_select! { unix => { mod payload; } _ => {} }',
    body: '',
    files: { 'payload.rs': payload, 'src/payload.rs': payload },
    says: ['downloader curl'],
  },
  {
    how: 'a module in the last branch of `match_cfg!`',
    head: 'match_cfg! { #[cfg(windows)] => {} _ => { mod payload; } }',
    body: '',
    files: { 'payload.rs': payload, 'src/payload.rs': payload },
    says: ['downloader curl'],
  },
  {
    how: 'bytes in the section of code',
    head: bytes,
    body: 'let p = CODE.as_ptr(); let f: fn() = unsafe { *(&p as *const *const u8).cast() }; f();',
    says: ['data-as-code .text'],
  },
  {
    how: 'bytes in the section of code, by an unsafe attribute',
    head: bytes
      .replace('#[link_section = ".text"]', '#[unsafe(link_section = ".text.x")] #[used]')
      .replace('static', 'pub(crate) static'),
    body: '',
    says: ['data-as-code .text.x'],
  },
  {
    how: 'a function in a section of its own',
    head: '#[link_section = ".text.boot"] extern "C" fn boot() {}',
    body: '',
    says: [],
    never: ['data-as-code *'],
  },
  {
    how: 'permissions that are made of a mode',
    head: 'use std::os::unix::fs::PermissionsExt as _;',
    body: 'let f = std::fs::File::create("x").unwrap(); f.set_permissions(std::fs::Permissions::from_mode(0o755)).ok();',
    says: executable,
    roles: atBuild,
  },
  {
    how: 'a mode that a file is opened with',
    head: 'use std::os::unix::fs::OpenOptionsExt;',
    body: 'std::fs::OpenOptions::new().write(true).create(true).mode(0o7_55).open("x").ok();',
    says: executable,
    roles: atBuild,
  },
  {
    how: 'a mode that nobody can run it with',
    head: 'use std::os::unix::fs::OpenOptionsExt;',
    body: 'std::fs::OpenOptions::new().write(true).create(true).mode(0o644).open("x").ok();',
    says: [],
    never: executable,
    roles: atBuild,
  },
  {
    how: 'a trait of the prelude of a system',
    head: 'use std::os::unix::prelude::*;',
    body: 'PermissionsExt::set_mode(&mut p, 0o755);',
    says: executable,
    roles: atBuild,
  },
  {
    how: 'another root',
    body: 'std::os::unix::fs::chroot("/x").ok();',
    says: ['process chroot'],
  },
];

const crates: readonly Reach[] = [
  {
    how: "async-std's sockets of the system",
    body: 'async_std::os::unix::net::UnixStream::connect("x");',
    says: ['network unix socket'],
  },
  {
    how: "async-std's links",
    body: 'async_std::os::unix::fs::symlink("a", "/etc/x");',
    says: ['writes /etc/x'],
  },
  { how: "tokio's links", body: 'tokio::fs::symlink("a", "/etc/x");', says: ['writes /etc/x'] },
  {
    how: "compio's QUIC",
    body: 'compio::quic::ClientBuilder::new_with_native_certs();',
    says: ['network ?'],
  },
  { how: "gix's clone", body: 'gix::prepare_clone("https://x.invalid", "/tmp/x");', says: ['network gix'] },
  {
    how: "gix's clone, by its type",
    head: 'use gix::clone::PrepareFetch;',
    body: 'PrepareFetch::new("x", "y", k, o, p);',
    says: ['network gix'],
  },
  ...[
    'sentry::init',
    'object_store::aws::AmazonS3Builder::new',
    'tonic::transport::Channel::from_static',
  ].map((path): Reach => ({ how: path, body: `${path}(x);`, says: [`network ${path.replace(/::.*/, '')}`] })),
  {
    how: 'macros that an `extern crate` brings',
    head: '#[macro_use] extern crate cmd_lib;',
    body: 'run_cmd!(curl x).ok();',
    says: ['process cmd_lib'],
  },
  {
    how: 'a temporary file where one is told to be',
    body: 'tempfile::Builder::new().tempfile_in("/etc/cron.d").unwrap().keep();',
    says: ['writes /etc/cron.d'],
    roles: atBuild,
  },
  {
    how: 'a temporary folder where one is told to be',
    body: 'tempfile::TempDir::new_in("/etc/cron.d").unwrap().keep();',
    says: ['writes /etc/cron.d'],
  },
  {
    how: 'a temporary file with an ending, where one is told to be',
    body: 'tempfile::NamedTempFile::with_suffix_in(".sh", "/etc/profile.d").unwrap().keep();',
    says: ['writes /etc/profile.d'],
  },
  {
    how: 'a temporary folder where a caller says',
    head: 'fn made(dir: &std::path::Path) { tempfile::tempdir_in(dir); tempfile::Builder::new().tempfile_in(dir); }',
    body: 'made(std::path::Path::new("packs"));',
    says: [],
    never: ['writes *'],
    roles: ['library'],
  },
  {
    how: 'a temporary folder in OUT_DIR',
    body: 'tempfile::tempdir_in(std::env::var("OUT_DIR").unwrap());',
    says: ['writes-out-dir ?'],
    never: ['writes *'],
    roles: ['script'],
  },
  {
    how: 'a program of Visual Studio',
    body: 'cc::windows_registry::find("x86_64-pc-windows-msvc", "x.exe").unwrap().arg("/c").status();',
    says: ['process x.exe'],
  },
  {
    how: 'a program of Visual Studio, by the crate below',
    body: 'find_msvc_tools::find("x86_64-pc-windows-msvc", "x.exe").unwrap().arg("/c").status();',
    says: ['process x.exe'],
  },
  {
    how: 'a program that the script of another crate names',
    body: 'std::process::Command::new(std::env::var("DEP_X_TOOL").unwrap()).status();',
    says: ['process $DEP_X_TOOL'],
  },
];

const secret = ['reads-secret-file *'];
const native: readonly Reach[] = [
  { how: 'a text that libc expands', body: 'libc::wordexp(c"$(ls)".as_ptr(), w, 0);', says: ['process ?'] },
  {
    how: 'a text that libc expands, by a declaration',
    head: 'extern "C" { fn wordexp(a: *const i8, b: *mut u8, c: i32) -> i32; }',
    body: 'wordexp(c"$(ls)".as_ptr(), w, 0);',
    says: ['process ?'],
  },
  { how: 'a terminal of its own', body: 'libc::forkpty(a, b, c, d);', says: ['process ?'] },
  { how: 'a process that stays', body: 'libc::daemon(0, 0);', says: ['process ?'] },
  { how: "nix's process that stays", body: 'nix::unistd::daemon(true, true);', says: ['process ?'] },
  {
    how: 'memory of another process',
    body: 'nix::sys::uio::process_vm_readv(p, a, b);',
    says: ['process ?'],
  },
  { how: 'hashes of passwords', body: 'libc::getspnam(c"root".as_ptr());', says: secret },
  {
    how: "Windows' credentials",
    body: 'windows_sys::Win32::Security::Credentials::CredReadW(a, b, c, d);',
    says: secret,
  },
  {
    how: "Windows' registry",
    head: 'use windows_sys::Win32::System::Registry::RegSetValueExW;',
    body: 'RegSetValueExW(a, b, c, d, e, f);',
    says: ['writes registry'],
  },
  {
    how: 'a declaration whose name is put together',
    head: 'extern "C" { #[link_name = concat!("sys", "tem")] fn s(a: *const i8) -> i32; }',
    body: '',
    says: ['process ?'],
  },
  {
    how: 'a function that is declared as data',
    head: 'extern "C" { static system: unsafe extern "C" fn(*const i8) -> i32; static mut execve: u8; }',
    body: '',
    says: ['process ?'],
  },
  {
    how: 'a variable whose name is put together',
    body: 'let _ = std::env::var(concat!("CARGO_REGISTRY_", "TO", "KEN"));',
    says: ['reads-secret CARGO_REGISTRY_TOKEN'],
  },
  {
    how: 'a variable whose name is formatted',
    body: 'let _ = std::env::var(format!("{}_{}", "NPM", "TOK".to_owned() + "EN"));',
    says: ['reads-secret NPM_TOKEN'],
  },
];

const ordinary: readonly Reach[] = [
  {
    how: 'a number of a text',
    body: 'let n = "std::process::Command::new".parse::<u128>();',
    says: [],
    never: ['process *'],
    roles: ['macro'],
  },
  {
    how: 'a type of its own, called like a number',
    head: 'type u128 = proc_macro2::TokenStream;',
    body: 'let n = "std::process::Command::new".parse::<u128>();',
    says: ['process ? (emitted)'],
    roles: ['macro'],
  },
  {
    how: 'a field that is called like an attribute',
    head: 'struct A { a: u8, export_name: Option<String> }',
    body: 'let (a, export_name) = (1, 2); A { a, export_name };',
    says: [],
    never: ['exported-symbol *'],
    roles: atBuild,
  },
];

const written: readonly Reach[] = [
  {
    how: 'a path whose root is put in',
    body: 'let s = quote::quote!(::std); quote::quote! { #s::process::Command::new("sh") };',
    says: ['process ? (emitted)'],
    roles: ['macro', 'library'],
  },
  {
    how: 'a socket whose root is put in',
    body: 'quote::quote! { #krate::net::TcpStream::connect("x") };',
    says: ['network ? (emitted)'],
    roles: ['macro', 'library'],
  },
  {
    how: 'another path whose root is put in',
    body: 'quote::quote! { #krate::net::Ipv4Addr::LOCALHOST, #krate::process::id() };',
    says: [],
    never: ['network *', 'process *'],
    roles: ['macro', 'library'],
  },
  {
    how: 'Rust in a text',
    body: 'std::fs::write(std::env::var("OUT_DIR").unwrap() + "/x.rs", "pub fn x() { std::process::Command::new(\\"ls\\"); }");',
    says: ['process ? (emitted)'],
    roles: ['script'],
  },
  {
    how: 'Rust in a line of bindings',
    body: 'bindgen::Builder::default().raw_line("pub fn x() { std::net::TcpStream::connect(\\"x\\"); }");',
    says: ['network ? (emitted)'],
    roles: ['script'],
  },
];

describe('what newer names reach', () => {
  for (const [what, all] of [
    ['of the language', language],
    ['of other crates', crates],
    ['of systems', native],
    ['written into code', written],
    ['ordinary', ordinary],
  ] as const)
    for (const reach of all)
      for (const role of reach.roles ?? roles)
        it(`is named: ${what}, ${reach.how}, in a ${role}`, () => assertReach(reach, role));
});
