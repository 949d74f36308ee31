/** Build scripts that try what the compiler knows hear in a sealed build what cargo alone has them hear. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockfileOf, manifest, sealedProject, unsealed } from '../support/sealed.ts';

/** As rustix and cap-std do it: code by standard input, and an output that nobody wants. */
const probes = {
  'Cargo.toml': manifest('app', '[workspace]\n[dependencies]\nlib = { path = "lib" }'),
  'Cargo.lock': lockfileOf({ app: ['lib'], lib: [] }),
  'src/main.rs': 'fn main() { println!("{}", lib::KNOWN); }\n',
  'lib/Cargo.toml': manifest('lib'),
  'lib/build.rs': `use std::io::Write;
use std::process::{Command, Stdio};
fn knows(code: &str, more: &[&str]) -> bool {
    let mut words = vec!["--crate-type=rlib", "--emit=metadata", "-o", "-"];
    words.extend(more);
    words.push("-");
    let mut rustc = Command::new(std::env::var("RUSTC").unwrap())
        .args(words).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    rustc.stdin.take().unwrap().write_all(code.as_bytes()).unwrap();
    rustc.wait().unwrap().success()
}
fn main() {
    let known = [
        knows("pub fn fine() {}", &[]),
        knows("pub fn fine() -> &'static core::ffi::CStr { c\\"\\" }", &["--edition", "2021"]),
        knows("pub fn no() -> u8 { \\"\\" }", &[]),
    ];
    println!("cargo::rustc-env=KNOWN={known:?}");
}
`,
  'lib/src/lib.rs': 'pub const KNOWN: &str = env!("KNOWN");\n',
};

test('what a build script tries with the compiler gives the same as without a sandbox', {
  skip: unsealed,
}, async (t) => {
  const project = sealedProject(t, probes);
  const ran = await project.build();
  assert.equal(ran.code, 0, ran.stderr);
  assert.doesNotMatch(ran.stderr, /^refused/m);
  const said = (program: string) => spawnSync(program, { encoding: 'utf8' }).stdout.trim();
  assert.equal(said(join(project.output, 'app')), '[true, true, false]');
  assert.equal((await project.plain()).code, 0);
  assert.equal(said(join(project.dir, 'target/release/app')), '[true, true, false]');
});
