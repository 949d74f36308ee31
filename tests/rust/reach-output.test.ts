/** What a build script tells cargo by other means than one macro that prints a line. */
import { describe, it } from 'node:test';
import { assertReach, type Reach } from './reach.ts';

const told = ['link-directive rustc-link-arg=-B.', 'redirects-tools -B.', 'built-name *'];
const begun = ['built-name cargo:'];
const joined = '["car", "go:rustc-link", "-arg=-B."].concat()';
const head = 'use std::io::Write; use std::os::fd::*;';

const ways: readonly Reach[] = [
  { how: 'bytes of a joined text', body: `std::io::stdout().write_all(${joined}.as_bytes());`, says: told },
  {
    how: 'an output that has a name',
    body: `let mut out = std::io::BufWriter::new(std::io::stdout().lock()); let s = ${joined}; out.write_all(s.as_bytes());`,
    says: told,
  },
  {
    how: 'pieces in a loop',
    body: 'let mut o = std::io::stdout(); for p in ["car", "go:rustc-li", "nk-arg=-B."] { o.write_all(p.as_bytes()); }',
    says: told,
  },
  {
    how: 'a descriptor',
    body: `let s = ${joined}; unsafe { std::fs::File::from_raw_fd(1) }.write_all(s.as_bytes());`,
    says: told,
  },
  {
    how: "the C library's write",
    body: `let s = ${joined}; unsafe { libc::write(1, s.as_ptr().cast(), s.len()); }`,
    says: told,
  },
  {
    how: "the C library's puts",
    body: `let s = std::ffi::CString::new(${joined}).unwrap(); unsafe { libc::puts(s.as_ptr() as *const _); }`,
    says: told,
  },
  {
    how: 'a macro for each piece',
    body: 'print!("car"); print!("go:rustc-"); print!("link-arg=-B."); println!();',
    says: begun,
  },
  {
    how: 'a macro that writes, for each piece',
    body: 'let mut o = std::io::stdout(); write!(o, "carg"); writeln!(o, "o:rustc-cfg=x");',
    says: begun,
  },
  {
    how: 'bytes by their numbers',
    body: 'let mut w = std::io::stdout(); w.write_all(&[99, 97, 114, 103, 111]); w.write_all(b":x=y\\n");',
    says: begun,
  },
  {
    how: 'a head that is put in sign by sign',
    body: `for c in "cargo;rustc-link-arg=-B.".chars() { print!("{}", if c == ';' { ':' } else { c }); }`,
    says: ['built-name cargo:rustc-link-arg'],
  },
];

const harmless: readonly Reach[] = [
  {
    how: 'a file',
    body: 'let mut f = std::fs::File::create("x").unwrap(); f.write_all(b"ca"); write!(f, "car");',
    says: [],
  },
  {
    how: 'another text',
    body: 'print!("c"); print!("cannot"); std::io::stdout().write_all(b"# car\\n");',
    says: [],
  },
  {
    how: 'a whole directive',
    body: 'print!("cargo:rustc-cfg=x\\n"); println!("cargo:{}={}", "rustc-link-lib", "z");',
    says: [],
  },
];

describe('what a build script tells cargo', () => {
  for (const reach of ways) it(`is named: by ${reach.how}`, () => assertReach({ ...reach, head }, 'script'));
  for (const reach of harmless)
    it(`is no name that is put together: ${reach.how}`, () =>
      assertReach({ ...reach, head, never: ['built-name *'] }, 'script'));
});
