/**
 * Programs that run what an argument, a file of flags or a folder of tools says, files that are read under another
 * name, and names that stand nowhere.
 */
import { describe, it } from 'node:test';
import { assertReach, type Reach, roles } from './reach.ts';

const redirects = ['redirects-tools *'];
const run = (program: string, ...args: readonly string[]) =>
  `std::process::Command::new("${program}").args([${args.map((one) => JSON.stringify(one)).join(', ')}]).status().ok();`;

const programs: readonly Reach[] = [
  {
    how: 'tar, each member',
    body: run('tar', 'xf', 'x.tar', '--to-command=sh'),
    says: ['redirects-tools --to-command=sh'],
  },
  {
    how: 'tar, now and then',
    body: run('tar', 'xf', 'x.tar', '--checkpoint=1', '--checkpoint-action=exec=./x'),
    says: redirects,
  },
  {
    how: 'tar, another compressor',
    body: run('tar', '-I', './unpack', '-xf', 'x.tar'),
    says: ['redirects-tools -I'],
  },
  {
    how: 'git, by a setting',
    body: run('git', '-c', 'core.fsmonitor=./x', 'status'),
    says: ['redirects-tools core.fsmonitor=./x'],
  },
  {
    how: 'git, its hooks',
    body: run('git', 'config', 'core.hooksPath', 'native'),
    says: ['redirects-tools core.hooksPath'],
  },
  {
    how: 'git, a word of its own',
    body: run('git', 'config', '--global', 'alias.st', '!sh'),
    says: ['redirects-tools alias.st'],
  },
  { how: 'make, a line', body: run('make', '--eval=all:;sh x'), says: redirects },
  { how: 'awk', body: run('awk', 'BEGIN { system("sh x") }'), says: redirects },
  {
    how: 'cargo, another linker',
    body: run('cargo', 'build', '--config', 'target.x.linker="./x"'),
    says: redirects,
  },
  {
    how: 'rustc that a variable names, another linker',
    body: 'std::process::Command::new(std::env::var_os("RUSTC").unwrap()).arg("-Clinker=./x").status().ok();',
    says: ['redirects-tools -Clinker=./x'],
  },
  {
    how: 'tar, as it is used',
    body: run('tar', '-xzf', 'x.tar.gz', '-C', 'out'),
    says: ['process tar'],
    never: redirects,
  },
  {
    how: 'git, as it is used',
    body: run('git', '-c', 'core.quotepath=off', 'describe', '--tags'),
    says: ['process git'],
    never: redirects,
  },
];

const networks: readonly Reach[] = [
  { how: 'cargo, which installs', body: run('cargo', 'install', 'something'), says: ['downloader cargo'] },
  {
    how: 'cargo that a variable names',
    body: 'std::process::Command::new(env!("CARGO")).args(["install", "something"]).status().ok();',
    says: ['downloader $CARGO'],
  },
  { how: 'rustup', body: run('rustup', 'target', 'add', 'x'), says: ['downloader rustup'] },
  { how: 'npm', body: run('npm', 'ci'), says: ['downloader npm'] },
  {
    how: 'cargo, which lists',
    body: run('cargo', 'metadata'),
    says: ['process cargo'],
    never: ['downloader *'],
  },
];

const elsewhere: readonly Reach[] = [
  {
    how: 'a key by a second name',
    body: 'std::fs::hard_link("/home/someone/.ssh/id_rsa", "x").ok();',
    says: ['reads-secret-file /home/someone/.ssh/id_rsa'],
  },
  {
    how: 'a key, copied',
    body: 'std::fs::copy("/home/someone/.ssh/id_rsa", "x").ok();',
    says: ['reads-secret-file /home/someone/.ssh/id_rsa'],
  },
  {
    how: 'a key, moved',
    body: 'std::fs::rename("/home/someone/.ssh/id_rsa", "x").ok();',
    says: ['reads-secret-file /home/someone/.ssh/id_rsa'],
  },
  {
    how: 'a key behind a link',
    body: 'std::os::unix::fs::symlink("/home/someone/.ssh/id_rsa", "x").ok();',
    says: ['reads-secret-file /home/someone/.ssh/id_rsa'],
  },
];

const scripts: readonly Reach[] = [
  {
    how: 'flags in a file, for a compiler',
    body: 'cc::Build::new().flag("@native/flags").compile("x");',
    says: ['redirects-tools @native/flags'],
  },
  {
    how: 'flags in a file, for the linker',
    body: 'println!("cargo:rustc-link-arg=@native/flags");',
    says: ['redirects-tools @native/flags'],
  },
  {
    how: 'a run path of macOS',
    body: 'println!("cargo:rustc-link-arg=-Wl,-rpath,@loader_path/../lib");',
    says: [],
    never: redirects,
  },
  {
    how: 'programs of its own first',
    body: 'std::env::set_var("PATH", concat!(env!("CARGO_MANIFEST_DIR"), "/bin")); cc::Build::new().compile("x");',
    says: ['redirects-tools PATH=*'],
  },
  {
    how: 'a libclang of its own',
    body: 'std::env::set_var("LIBCLANG_PATH", "./native");',
    says: ['redirects-tools LIBCLANG_PATH=./native'],
  },
  {
    how: 'programs of the system',
    body: 'std::env::set_var("PATH", "/usr/bin:/bin");',
    says: ['sets-variable PATH'],
    never: redirects,
  },
  {
    how: 'a directive whose beginning is turned',
    body: 'let s: String = b"b`sfn;".iter().map(|b| (b ^ 1) as char).collect(); println!("{s}rustc-link-arg=-fuse-ld=./x");',
    says: ['built-name cargo:rustc-link-arg', 'redirects-tools -fuse-ld=./x'],
  },
  {
    how: 'a directive of numbers',
    body: 'println!("{}", String::from_utf8(vec![99,97,114,103,111,58,120,61,121]).unwrap());',
    says: ['built-name cargo:x'],
  },
];

const identifier = (text: string) =>
  `proc_macro::TokenTree::from(proc_macro::Ident::new(${text}, proc_macro::Span::call_site()));`;
const macros: readonly Reach[] = [
  {
    how: 'a name backwards',
    body: `let n: String = "ssecorp".chars().rev().collect(); ${identifier('&n')}`,
    says: ['built-name process (emitted)'],
  },
  {
    how: 'a name of numbers',
    head: 'const W: [u8; 7] = [112, 114, 111, 99, 101, 115, 115];',
    body: identifier('std::str::from_utf8(&W).unwrap()'),
    says: ['built-name process (emitted)'],
  },
  {
    how: 'a name by a table',
    body: `let n: String = b"qsnbdrr".iter().map(|b| (b ^ 1) as char).collect(); ${identifier('&n')}`,
    says: ['built-name *'],
  },
  {
    how: 'a name in pieces',
    body: 'let a = quote::format_ident!("pro{}", "cess"); quote::quote!(#a);',
    says: ['built-name process (emitted)'],
  },
  {
    how: 'a name with a number',
    body: 'let a = quote::format_ident!("field{}", 1); quote::quote!(#a);',
    says: [],
    never: ['built-name *'],
  },
  {
    how: "rustc's own variables",
    body: 'proc_macro::tracked_env::var("AWS_SECRET_ACCESS_KEY").ok();',
    says: ['reads-secret AWS_SECRET_ACCESS_KEY'],
  },
];

describe('what is handed to programs, and where it comes from', () => {
  for (const reach of [...programs, ...networks, ...elsewhere])
    for (const role of reach.roles ?? roles.filter((one) => one !== 'library'))
      it(`${reach.how}, in a ${role}`, () => assertReach(reach, role));
  for (const reach of scripts) it(`${reach.how}, in a script`, () => assertReach(reach, 'script'));
  for (const reach of macros) it(`${reach.how}, in a macro`, () => assertReach(reach, 'macro'));
});
