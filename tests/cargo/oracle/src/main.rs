//! Answers what the `semver` crate makes of versions and requirements, one request a line, one answer a line.
//!
//!     version HEX          ok TEXT | err
//!     requirement HEX      ok TEXT | err
//!     compare HEX HEX      ORDER PRECEDENCE, each -1, 0 or 1
//!     matches HEX HEX      true | false (requirement, version)
//!
//! Arguments are the UTF-8 of a text in hex, so that any text can be asked about; `compare` and `matches` take
//! only what parses.

use semver::{Version, VersionReq};
use std::fmt::Display;
use std::io::{self, BufRead, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split(' ');
        let what = words.next().unwrap_or_default();
        let arguments: Vec<String> = words.map(unhex).collect();
        writeln!(out, "{}", answer(what, &arguments))?;
    }
    out.flush()
}

fn answer(what: &str, arguments: &[String]) -> String {
    match (what, arguments) {
        ("version", [text]) => parsed(Version::parse(text)),
        ("requirement", [text]) => parsed(VersionReq::parse(text)),
        ("compare", [a, b]) => {
            let (a, b) = (version(a), version(b));
            format!("{} {}", a.cmp(&b) as i8, a.cmp_precedence(&b) as i8)
        }
        ("matches", [requirement, text]) => {
            let requirement = VersionReq::parse(requirement).expect("a requirement that parses");
            requirement.matches(&version(text)).to_string()
        }
        _ => panic!("no such request: {what}"),
    }
}

fn version(text: &str) -> Version {
    Version::parse(text).expect("a version that parses")
}

fn parsed<T: Display>(result: Result<T, semver::Error>) -> String {
    result.map_or_else(|_| "err".into(), |value| format!("ok {value}"))
}

fn unhex(hex: &str) -> String {
    let bytes = (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).expect("hex"));
    String::from_utf8(bytes.collect()).expect("UTF-8")
}
