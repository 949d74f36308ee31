/** What hostile build scripts and macros try, each seen to work under plain cargo, and to come to nothing in a sealed build. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  lockfileOf,
  manifest,
  type SealedProject,
  sealedProject,
  triple,
  unsealed,
} from '../support/sealed.ts';

/** Rust that tries all of it and says what worked, a word each. */
function tries(project: { readonly dir: string; readonly home: string }, port: number): string {
  return `pub fn tries() -> String {
    use std::{fs, net, os::unix::net::UnixStream};
    let mut did = Vec::new();
    if net::TcpStream::connect(("127.0.0.1", ${port})).is_ok() { did.push("network"); }
    if UnixStream::connect("${project.dir}/socket").is_ok() || UnixStream::connect("socket").is_ok() { did.push("unix"); }
    if fs::read_to_string("${project.home}/.ssh/id_test").is_ok() { did.push("key"); }
    if let Ok(home) = std::env::var("HOME") { if fs::read_to_string(home + "/.ssh/id_test").is_ok() { did.push("home"); } }
    if fs::read_to_string("/proc/${process.pid}/root${project.home}/.ssh/id_test").is_ok() { did.push("process"); }
    if std::env::var("TEST_TOKEN").is_ok() { did.push("variable"); }
    if fs::write("${project.home}/written", "").is_ok() { did.push("outside"); }
    if fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/written.rs"), "").is_ok() { did.push("source"); }
    if let Ok(home) = std::env::var("CARGO_HOME") { if fs::write(home + "/written", "").is_ok() { did.push("cargo"); } }
    if fs::read_to_string("/etc/shadow").is_ok() || fs::read_to_string("/etc/hostname").is_ok() { did.push("etc"); }
    did.join(" ")
}
`;
}

/** Whether what is done is told of whose code it was. */
const isRecorded = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0;

async function hostile(t: TestContext, kind: 'script' | 'macro'): Promise<SealedProject> {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((listening) => server.once('listening', listening));
  const isMacro = kind === 'macro';
  const project = sealedProject(t, {
    'Cargo.toml': manifest('app', `[workspace]\n${isMacro ? '[dependencies]\nbad = { path = "bad" }' : ''}`),
    'Cargo.lock': lockfileOf(isMacro ? { app: ['bad'], bad: [] } : { app: [] }),
    'src/main.rs': isMacro
      ? 'fn main() { println!("{}", bad::bad!()); }\n'
      : 'fn main() { println!("{}", env!("DID")); }\n',
  });
  const { port } = server.address() as AddressInfo;
  const local = createServer((socket) => socket.end()).listen(join(project.dir, 'socket'));
  t.after(() => local.close());
  mkdirSync(join(project.home, '.ssh'));
  writeFileSync(join(project.home, '.ssh/id_test'), 'a key');
  const code = tries(project, port);
  const files = isMacro
    ? {
        'bad/Cargo.toml': manifest('bad', '[lib]\nproc-macro = true'),
        'bad/src/lib.rs': `use proc_macro::TokenStream;\n#[proc_macro]\npub fn bad(_: TokenStream) -> TokenStream { format!("{:?}", tries()).parse().unwrap() }\n${code.replace('pub fn', 'fn')}`,
      }
    : { 'build.rs': `fn main() { println!("cargo::rustc-env=DID={}", tries()); }\n${code}` };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(project.dir, path, '..'), { recursive: true });
    writeFileSync(join(project.dir, path), text);
  }
  return project;
}

const did = (program: string) => spawnSync(program, { encoding: 'utf8' }).stdout.trim().split(' ');

describe('in a sealed build', { skip: unsealed }, () => {
  for (const kind of ['script', 'macro'] as const) {
    it(`a ${kind} reaches nothing outside`, async (t) => {
      const project = await hostile(t, kind);
      const env = { TEST_TOKEN: 'x' };
      const sealed = await project.build([], [], env);
      assert.equal(sealed.code, 0, sealed.stderr);
      assert.deepEqual(did(join(project.output, 'app')), ['']);
      assert.ok(!existsSync(join(project.home, 'written')));
      // The same code without the guard.
      const plain = await project.plain();
      assert.equal(plain.code, 0, plain.stderr);
      const bites = did(join(project.dir, 'target/release/app'));
      for (const word of ['network', 'unix', 'key', 'home', 'process', 'outside', 'source', 'cargo', 'etc'])
        assert.ok(bites.includes(word), `${word} bites: ${bites}`);
    });
  }

  for (const [where, told] of [
    ['outside', 'lies outside of the target folder'],
    ['link', 'is, or lies behind, a link'],
  ] as const)
    it(`a macro that speaks in the name of cargo brings no file of this machine into the results: ${where}`, async (t) => {
      const project = sealedProject(t, {
        'Cargo.toml': manifest('app', '[workspace]\n[dependencies]\nbad = { path = "bad" }'),
        'Cargo.lock': lockfileOf({ app: ['bad'], bad: [] }),
        'src/main.rs': 'fn main() { println!("{}", bad::bad!()); }\n',
        'bad/Cargo.toml': manifest('bad', '[lib]\nproc-macro = true'),
      });
      const key = join(project.home, 'key');
      writeFileSync(key, 'a key of this machine');
      const file = where === 'link' ? '/build/target/key' : key;
      const said = {
        reason: 'compiler-artifact',
        package_id: 'path+file:///build/source#app@0.1.0',
        target: { kind: ['bin'], name: 'key' },
        features: [],
        filenames: [file],
        executable: file,
      };
      mkdirSync(join(project.dir, 'bad/src'));
      writeFileSync(
        join(project.dir, 'bad/src/lib.rs'),
        `use proc_macro::TokenStream;
#[proc_macro]
pub fn bad(_: TokenStream) -> TokenStream {
    let _ = std::os::unix::fs::symlink("${key}", "/build/target/key");
    println!("{}", r#"${JSON.stringify(said)}"#);
    "1".parse().unwrap()
}
`,
      );
      const ran = await project.build();
      assert.equal(ran.code, 1, ran.stdout + ran.stderr);
      assert.ok(ran.stderr.includes(`key is said to be what was built, and ${told}`), ran.stderr);
      assert.ok(!existsSync(project.output));
    });

  it('no process outlives the build', async (t) => {
    const seconds = `20.${process.pid}`;
    const project = sealedProject(t, {
      'Cargo.toml': manifest('app', '[workspace]'),
      'Cargo.lock': lockfileOf({ app: [] }),
      'build.rs': `use std::process::{Command, Stdio};
fn main() {
    Command::new("setsid").args(["sleep", "${seconds}"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
}
`,
      'src/main.rs': 'fn main() {}\n',
    });
    const sealed = await project.build();
    assert.equal(sealed.code, 0, sealed.stderr);
    assert.deepEqual(sleepers(seconds), []);
    if (isRecorded)
      assert.match(
        sealed.stderr,
        /^refused +the build script of app 0\.1\.0 left \S*sleep running, which was ended with the build$/m,
      );
    const plain = await project.plain();
    assert.equal(plain.code, 0, plain.stderr);
    const left = sleepers(seconds);
    assert.equal(left.length, 1);
    for (const pid of left) process.kill(pid);
  });

  for (const [how, hide] of [
    ['fills the disk', ''],
    ['fills the disk by a file without a name', 'std::fs::remove_file(&path).unwrap();'],
  ] as const)
    it(`a script that ${how} is ended`, async (t) => {
      const project = sealedProject(t, {
        'Cargo.toml': manifest('app', '[workspace]'),
        'Cargo.lock': lockfileOf({ app: [] }),
        'build.rs': `use std::io::Write;
fn main() {
    let path = std::env::var("OUT_DIR").unwrap() + "/full";
    let mut file = std::fs::File::create(&path).unwrap();
    ${hide}
    for _ in 0..200 { file.write_all(&vec![1; 1 << 20]).unwrap(); std::thread::sleep(std::time::Duration::from_millis(50)); }
}
`,
        'src/main.rs': 'fn main() {}\n',
      });
      const ran = await project.build(['--max-disk', '32MiB']);
      assert.equal(ran.code, 1, ran.stderr);
      assert.match(ran.stderr, /the build wanted more than 32 MiB on disk, and was ended/);
      if (isRecorded && hide === '')
        assert.match(
          ran.stderr,
          /the build script of app 0\.1\.0 wrote \/build\/target\/\S+\/out\/full: \d+ MiB/,
        );
      assert.match(ran.stderr, /Give it more by --max-disk/);
      assert.ok(!existsSync(project.output));
    });

  it('a script that forks without end is held, or the build says that nothing holds it', async (t) => {
    const project = sealedProject(t, {
      'Cargo.toml': manifest('app', '[workspace]'),
      'Cargo.lock': lockfileOf({ app: [] }),
      'build.rs': `fn main() {
    let mut all = Vec::new();
    for _ in 0..300 { all.push(std::process::Command::new("sleep").arg("5").spawn().unwrap()); }
    for mut one in all { one.kill().unwrap(); one.wait().unwrap(); }
}
`,
      'src/main.rs': 'fn main() {}\n',
    });
    const ran = await project.build(['--max-processes', '100']);
    if (/^limits +none/m.test(ran.stderr)) assert.equal(ran.code, 0, ran.stderr);
    else {
      assert.equal(ran.code, 1, ran.stderr);
      assert.match(ran.stderr, /the build wanted more than 100 processes and threads, and was ended/);
      if (isRecorded) assert.match(ran.stderr, /the build script of app 0\.1\.0 began \d+ of them/);
      assert.match(ran.stderr, /Give it more by --max-processes/);
      const few = await project.build(['--max-processes', '5', '--format', 'json']);
      assert.equal(few.code, 1, few.stderr);
      const { error, ...said } = JSON.parse(few.stdout) as { error: Record<string, string> };
      assert.deepEqual(said, { built: false, target: triple, refused: [] });
      assert.equal(error.code, 'build/limit');
      assert.match(error.message ?? '', /more than 5 processes and threads/);
      assert.match(error.next ?? '', /--max-processes/);
      assert.match(few.stderr, /the build wanted more than 5 processes and threads, and was ended/);
      assert.match(
        few.stderr,
        /It was met before anything was compiled.*\n {2}Give it more by --max-processes/,
      );
      assert.doesNotMatch(few.stderr, /stack backtrace/);
    }
  });
});

/** Processes of `sleep` with that argument. */
function sleepers(seconds: string): readonly number[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words[0] === 'sleep' && words[1] === seconds ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}
