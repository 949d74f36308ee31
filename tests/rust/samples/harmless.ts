/** Packages that a search for words would suspect, and that do nothing a review must stop. */
import { buildScript, encodedText, library, procMacro, type Sample } from './sample.ts';

/** Exactly ten. */
export const harmless: readonly Sample[] = [
  library({
    name: 'own-command',
    imitates: 'A type called Command of its own, for an editor, that starts nothing.',
    shows: [],
    files: {
      'src/lib.rs': `//! Commands of an editor.

pub mod process {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Command {
        name: String,
        words: Vec<String>,
    }

    impl Command {
        pub fn new(name: &str) -> Self {
            Command {
                name: name.to_owned(),
                words: Vec::new(),
            }
        }

        pub fn arg(mut self, word: &str) -> Self {
            self.words.push(word.to_owned());
            self
        }

        pub fn spawn(&self) -> String {
            format!("{} {}", self.name, self.words.join(" "))
        }
    }
}

use process::Command;

pub fn save() -> String {
    Command::new("save").arg("all").spawn()
}
`,
    },
  }),
  buildScript({
    name: 'tool-in-message',
    imitates: 'A build script that tells how to get a missing file, with curl, and does not get it.',
    shows: [],
    files: {
      'build.rs': String.raw`use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=data/words.txt");
    if !Path::new("data/words.txt").exists() {
        panic!(
            "data/words.txt is missing: get it with \
             curl -O https://words.invalid/words.txt, or git clone the whole repository"
        );
    }
}
`,
      'data/words.txt': 'one\ntwo\n',
    },
  }),
  library({
    name: 'code-in-docs',
    imitates: 'Documentation whose example starts a program and names an address; the code does neither.',
    shows: [],
    files: {
      'src/lib.rs': `//! Splits lines of commands into words.
//!
//! See <https://docs.invalid/words> for more.

/// Splits a line.
///
/// ~~~no_run
/// use std::process::Command;
/// let words = code_in_docs_sample::split("curl https://payload.invalid/setup.sh");
/// Command::new(&words[0]).args(&words[1..]).status().unwrap();
/// ~~~
pub fn split(line: &str) -> Vec<String> {
    // A shell would do more: sh -c "$line".
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    if words.iter().any(String::is_empty) {
        panic!("two spaces: see https://docs.invalid/words#spaces");
    }
    words
}
`,
    },
  }),
  buildScript({
    name: 'compiler-probe',
    imitates: 'A build script that asks the compiler for its version and sets a cfg by it.',
    shows: ['environment', 'host'],
    files: {
      'build.rs': `use std::env;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(has_let_else)");
    if minor_version().is_some_and(|minor| minor >= 65) {
        println!("cargo:rustc-cfg=has_let_else");
    }
}

fn minor_version() -> Option<u32> {
    let rustc = env::var_os("RUSTC")?;
    let output = Command::new(rustc).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.split('.').nth(1)?.parse().ok()
}
`,
    },
  }),
  buildScript({
    name: 'c-sources',
    imitates: 'A build script that compiles the C file of its package.',
    shows: ['links'],
    links: 'sum',
    dependencies: { cc: { version: '1' } },
    files: {
      'build.rs': `fn main() {
    println!("cargo:rerun-if-changed=native/sum.c");
    cc::Build::new()
        .file("native/sum.c")
        .warnings(true)
        .compile("sum");
}
`,
      'native/sum.c': 'int sum(int a, int b) {\n    return a + b;\n}\n',
      'src/lib.rs': `//! Sums.

mod native {
    extern "C" {
        pub fn sum(a: i32, b: i32) -> i32;
    }
}

pub fn sum(a: i32, b: i32) -> i32 {
    unsafe { native::sum(a, b) }
}
`,
    },
  }),
  buildScript({
    name: 'pkg-config-only',
    imitates: 'A build script that asks pkg-config for one library of the system.',
    shows: ['links'],
    links: 'z',
    dependencies: { 'pkg-config': { version: '0.3.25' } },
    files: {
      'build.rs': `fn main() {
    if let Err(error) = pkg_config::Config::new()
        .atleast_version("1.2.11")
        .probe("zlib")
    {
        println!("cargo:warning={error}");
        println!("cargo:rustc-link-lib=z");
    }
}
`,
    },
  }),
  buildScript({
    name: 'generated-table',
    imitates: 'A build script that makes a table in OUT_DIR, which the library includes.',
    shows: ['codegen'],
    files: {
      'build.rs': `use std::env;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

fn main() {
    let out = env::var("OUT_DIR").unwrap();
    let mut file = BufWriter::new(File::create(Path::new(&out).join("squares.rs")).unwrap());
    writeln!(file, "pub static SQUARES: [u32; 256] = [").unwrap();
    for number in 0..256u32 {
        writeln!(file, "    {},", number * number).unwrap();
    }
    writeln!(file, "];").unwrap();
    println!("cargo:rerun-if-changed=build.rs");
}
`,
      'src/lib.rs': `//! Squares.

include!(concat!(env!("OUT_DIR"), "/squares.rs"));

pub fn square(number: u8) -> u32 {
    SQUARES[usize::from(number)]
}
`,
    },
  }),
  library({
    name: 'encoded-test-vector',
    imitates: 'A decoder of base64 whose tests hold a long encoded text.',
    shows: [],
    files: {
      'src/lib.rs': `//! Base64, with the signs that are no letters or digits left out.

/// The number that a sign stands for.
pub fn value(sign: u8) -> Option<u8> {
    match sign {
        b'A'..=b'Z' => Some(sign - b'A'),
        b'a'..=b'z' => Some(sign - b'a' + 26),
        b'0'..=b'9' => Some(sign - b'0' + 52),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    const LONG: &str = "${encodedText}";

    #[test]
    fn every_sign_has_a_value() {
        assert!(LONG
            .bytes()
            .filter(|sign| *sign != b'=')
            .all(|sign| super::value(sign).is_some()));
    }
}
`,
    },
  }),
  library({
    name: 'dated-release',
    imitates: 'A constant date of a standard and a clock for measuring, neither compared with the other.',
    shows: [],
    files: {
      'src/lib.rs': `//! Which edition of the standard is implemented, and how long a pass takes.

use std::time::{Duration, Instant};

/// The day of the edition that is implemented.
pub const EDITION: (u16, u8, u8) = (2024, 9, 10);

/// The same day in seconds since 1970.
pub const EDITION_SECONDS: u64 = 1_725_926_400;

/// How long this work takes.
pub fn measured<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}
`,
    },
  }),
  procMacro({
    name: 'quoted-exit',
    imitates: "A derive macro whose user's program can end with a status; the macro itself runs nothing.",
    shows: [],
    dependencies: {
      'proc-macro2': { version: '1' },
      quote: { version: '1' },
      syn: { version: '2' },
    },
    files: {
      'src/lib.rs': `use proc_macro::TokenStream;
use quote::quote;
use syn::{parse_macro_input, DeriveInput};

/// Adds or_exit, which ends the program where the words cannot be read.
#[proc_macro_derive(Words, attributes(words))]
pub fn derive_words(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let name = &input.ident;
    let (generics, types, bounds) = input.generics.split_for_impl();
    quote! {
        impl #generics #name #types #bounds {
            pub fn or_exit(words: ::std::vec::Vec<::std::string::String>) -> Self {
                match Self::read(words) {
                    ::std::result::Result::Ok(read) => read,
                    ::std::result::Result::Err(error) => {
                        ::std::eprintln!("{error}");
                        ::std::process::exit(2)
                    }
                }
            }
        }
    }
    .into()
}
`,
    },
  }),
];
