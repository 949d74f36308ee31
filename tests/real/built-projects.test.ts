/** Programs of real projects out of a sealed build: what their documents say is what cargo, the linker and others say. */
import { describe, it } from 'node:test';
import { checkProject, none, type Project } from '../support/built-projects.ts';
import { manifest, unsealed } from '../support/sealed.ts';

/** Small ones; larger ones are built by `bench/built-projects.ts`. */
const projects: readonly Project[] = [
  {
    what: 'two programs of one package',
    name: 'cargo-binutils',
    version: '0.4.0',
    words: ['--bin', 'cargo-nm', '--bin', 'rust-nm'],
    programs: { 'cargo-nm': none, 'rust-nm': none },
  },
  { what: 'ripgrep', name: 'ripgrep', version: '15.2.0', words: [], programs: { rg: none } },
  {
    what: 'two programs of a workspace: OpenSSL and macros for async code, zlib by pkg-config and C code that a crate carries',
    name: 'taplo-cli',
    version: '0.10.0',
    files: {
      'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["serve", "pack"]\n',
      'serve/Cargo.toml': manifest(
        'serve',
        `[dependencies]
async-trait = "0.1"
futures = "0.3"
openssl = "0.10"
tokio = { version = "1", features = ["macros", "rt", "time"] }
tracing = "0.1"`,
      ),
      'serve/src/main.rs': `#[async_trait::async_trait]
trait Answers { async fn answer(&self) -> usize; }
struct Digest;
#[async_trait::async_trait]
impl Answers for Digest {
    #[tracing::instrument(skip(self))]
    async fn answer(&self) -> usize { openssl::sha::sha256(b"async").len() }
}
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (one, two) = futures::join!(Digest.answer(), Digest.answer());
    tokio::select! {
        _ = tokio::time::sleep(std::time::Duration::from_secs(60)) => {}
        _ = async {} => println!("{} {}", one + two, openssl::ssl::SslContext::builder(openssl::ssl::SslMethod::tls()).is_ok()),
    }
}
`,
      'pack/Cargo.toml': manifest(
        'pack',
        `[dependencies]
libz-sys = "=1.1.24"
onig_sys = { version = "=69.9.1", default-features = false }
serde = { version = "1", features = ["derive"] }
serde_json = "1"`,
      ),
      'pack/src/main.rs': `#[derive(serde::Serialize)]
struct Packed { flags: u64, patterns: bool }
fn main() {
    let packed = Packed { flags: unsafe { libz_sys::zlibCompileFlags() } as u64, patterns: !unsafe { onig_sys::onig_version() }.is_null() };
    println!("{}", serde_json::to_string(&packed).unwrap());
}
`,
    },
    words: [],
    programs: {
      serve: { modules: ['openssl'], compiled: [] },
      pack: { modules: ['zlib'], compiled: ['oniguruma 6.9.10'] },
    },
  },
];

describe('a program of a real project', { skip: unsealed, timeout: 60 * 60_000 }, () => {
  for (const project of projects)
    it(`has the crates and libraries that cargo and the linker put into it: ${project.what}`, async (t) => {
      for (const { program, crates, libraries } of await checkProject(t, project))
        t.diagnostic(`${program}: ${crates} crates, ${libraries.join(', ')}`);
    });
});
