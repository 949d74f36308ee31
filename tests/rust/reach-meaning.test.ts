/** What a value is: of functions that share a name, of patterns, of variables that may be set instead. */
import { describe, it } from 'node:test';
import { assertReach, type Reach } from './reach.ts';

const cases: readonly Reach[] = [
  {
    how: 'a function of the type that is named, and not of another with its name',
    head: `use std::{path::Path, process::Command};
      struct Probe<'r> { bin: &'r Path }
      impl<'r> Probe<'r> {
        fn new(bin: Option<&'r Path>, dir: &Path) -> Self { Self { bin: bin.unwrap_or(Path::new("cmake")) } }
        fn go(&self, name: &str) { Command::new(self.bin); Command::new(name); }
      }
      struct Other;
      impl Other { fn new(a: &Path, b: &str) -> Self { Other } }`,
    body: 'Other::new(Path::new("/etc/x"), "y"); Probe::go(&Probe::new(None, Path::new("z")), "gen");',
    says: ['process cmake', 'process gen'],
    never: ['process y', 'process x', 'process z', 'process /etc/x', 'process ?'],
  },
  {
    how: 'a method, and not one with other arguments',
    head: `struct Make;
      impl Make { fn build(self, target: &str, dir: &str) { std::fs::write(std::path::Path::new(dir).join("x.c"), "").ok(); } }`,
    body: 'Make.build("t", &std::env::var("OUT_DIR").unwrap()); docs().build();',
    says: ['writes-out-dir ?'],
    never: ['writes *'],
  },
  {
    how: 'what an arm gives, and not what is matched',
    head: `fn version(of: &str) -> Result<String, ()> { Ok(find("major")) }
      fn locate() -> String { match version("llvm") { Ok(v) => return "llvm-tool".into(), Err(e) => "other-tool".into() } }`,
    body: 'std::process::Command::new(locate());',
    says: ['process llvm-tool', 'process other-tool'],
    never: ['process major', 'process llvm'],
  },
  {
    how: 'OUT_DIR, or what a variable says instead',
    body: `let d = std::env::var("MADE_DIR").unwrap_or_else(|_| std::env::var("OUT_DIR").unwrap());
      std::fs::write(std::path::Path::new(&d).join("x"), "").ok();`,
    says: ['writes $MADE_DIR*', 'writes-out-dir ?'],
  },
  {
    how: 'code that a program is given is none',
    head: 'fn run(bin: &str, code: &str) { std::process::Command::new(bin).arg(code); }',
    body: 'for (bin, code) in [("R", "cat(normalizePath(R.home()))")] { run(bin, code); std::process::Command::new(code); }',
    says: ['process R'],
    never: ['process cat*'],
  },
  {
    how: 'the variable that says which program is none',
    head: 'fn find(name: &str) -> Option<String> { std::env::var(name).ok() }',
    body: 'std::process::Command::new(find("PHP_CONFIG").unwrap_or("php-config".into()));',
    says: ['process php-config'],
    never: ['process PHP_CONFIG'],
  },
  {
    how: 'the compiler that cc has found',
    body: 'cc::Build::new().get_compiler().to_command().arg("x.c").status().ok();',
    says: ['process the C compiler*'],
    never: ['process ?'],
  },
];

/** Names that a macro works out for what it writes. */
const worked: readonly Reach[] = [
  {
    how: 'a type of a module',
    body: 'let n = quote::format_ident!("Com{}", "mand"); return quote::quote! { std::process::#n::new("sh").status() }.into()',
    says: ['process ? (emitted)'],
  },
  {
    how: 'a function of a module',
    body: 'let n = quote::format_ident!("write"); return quote::quote! { ::std::fs::#n("/etc/x", "") }.into()',
    says: ['writes ? (emitted)'],
  },
  {
    how: 'a module of the standard library',
    body: 'let p = quote::format_ident!("process"); return quote::quote! { std::#p::Command::new("sh") }.into()',
    says: ['built-name std::# (emitted)'],
  },
  {
    how: 'a module that can do nothing',
    body: 'let n = quote::format_ident!("Add"); return quote::quote! { impl ::std::ops::#n for X {} }.into()',
    says: [],
    never: ['process *', 'built-name *', 'writes *', 'network *'],
  },
];

describe('reach by names that a macro works out', () => {
  for (const reach of worked) it(`is told: ${reach.how}`, () => assertReach(reach, 'macro'));
});

describe('reach by what a value is', () => {
  for (const reach of cases) it(`is told: ${reach.how}`, () => assertReach(reach, 'script'));
});
