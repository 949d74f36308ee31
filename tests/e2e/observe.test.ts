/** A real build under observation: what is seen of whom, and what nobody expected. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';

const strace = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0;
const skip = strace ? false : 'there is no strace here that may trace';
const bubblewrap =
  spawnSync('bwrap', ['--ro-bind', '/', '/', '--dev', '/dev', '--unshare-net', 'true']).status === 0;

const manifest = (name: string, more: string) =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}\n`;

function project(cwd: string, port: number): void {
  const files = {
    'Cargo.toml': `${manifest('app', '[dependencies]\nshow = { path = "show" }\n[workspace]')}`,
    'src/main.rs': '#[derive(show::Show)]\nstruct A;\nfn main() { let _ = A; }\n',
    'build.rs': `use std::{env, fs, process::Command};
fn main() {
    let out = env::var("OUT_DIR").unwrap();
    fs::write(format!("{out}/made.rs"), "").unwrap();
    Command::new("sh").args(["-c", "true > ${cwd}/by-shell"]).status().unwrap();
    fs::write("${cwd}/outside", "").unwrap();
    let _ = std::net::TcpStream::connect(("127.0.0.1", ${port}));
    println!("cargo:rustc-cfg=seen");
}
`,
    'show/Cargo.toml': manifest('show', '[lib]\nproc-macro = true'),
    'show/src/lib.rs': `use proc_macro::TokenStream;
#[proc_macro_derive(Show)]
pub fn show(_: TokenStream) -> TokenStream {
    std::fs::write("${cwd}/by-macro", "").unwrap();
    // What a review cannot see: the name of the program is nowhere.
    extra::run();
    TokenStream::new()
}
mod extra {
    include!(env!("EXTRA"));
}
`,
    'extra.rs': 'pub fn run() { std::process::Command::new("true").status().unwrap(); }\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
}

interface Seen {
  readonly exit: number;
  readonly actors: readonly {
    readonly kind: string;
    readonly crate: string;
    readonly macros: readonly string[];
    readonly expectedWrites: number;
    readonly directives: readonly string[];
  }[];
  readonly reconciled: readonly {
    readonly kind: string;
    readonly acts: readonly {
      readonly act: { readonly kind: string; readonly program?: string };
      readonly named?: string;
    }[];
  }[];
}

describe('safeguard observe', { skip }, () => {
  it('sees what a script and a macro do, and points at what nobody expected', async (t) => {
    const cwd = folder(t);
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    project(cwd, (server.address() as AddressInfo).port);
    const env = { EXTRA: join(cwd, 'extra.rs'), CARGO_TARGET_DIR: join(cwd, 'target') };
    const args = [
      'observe',
      '--output',
      'seen.json',
      '--format',
      'json',
      '--',
      'cargo',
      'build',
      '--offline',
      '--quiet',
    ];
    const ran = await safeguard(args, { cwd, env });
    const seen = JSON.parse(ran.stdout) as Seen;
    assert.equal(seen.exit, 0, ran.stderr);
    assert.equal(ran.code, 1, 'something was not expected');
    assert.deepEqual(
      seen.actors.map(({ kind, crate }) => `${kind} ${crate}`),
      ['build-script app', 'macros app'],
    );
    const [script, macros] = seen.reconciled;
    assert.deepEqual(
      script?.acts.map(({ act, named }) => [act.kind, named]),
      [
        ['exec', 'shell sh'],
        // What a shell writes that a review names is no more expected than what the script writes.
        ['write', undefined],
        ['write', `writes ${cwd}/outside`],
        ['connect', 'network ?'],
      ],
    );
    assert.deepEqual(
      macros?.acts.map(({ act, named }) => [act.kind, named]),
      [
        ['write', `writes ${cwd}/by-macro`],
        ['exec', undefined],
      ],
    );
    assert.match(seen.actors[1]?.macros[0] ?? '', /^libshow-[0-9a-f]+\.so$/);
    assert.ok((seen.actors[0]?.expectedWrites ?? 0) >= 1);
    assert.deepEqual(seen.actors[0]?.directives, ['cargo:rustc-cfg=seen']);
    assert.ok(existsSync(join(cwd, 'by-macro')));
    assert.doesNotMatch(readFileSync(join(cwd, 'seen.json'), 'utf8'), /CARGO_MAKEFLAGS|"env"/);
  });

  it('shows what nobody expected, and all else where it is asked to', async (t) => {
    const cwd = folder(t);
    project(cwd, 9);
    const env = { EXTRA: join(cwd, 'extra.rs') };
    const said = async (target: string, ...more: readonly string[]) => {
      const build = ['cargo', 'build', '--offline', '--quiet'];
      const ran = await safeguard(['observe', ...more, '--', ...build], {
        cwd,
        env: { ...env, CARGO_TARGET_DIR: join(cwd, target) },
      });
      assert.equal(ran.code, 1, ran.stderr);
      return ran.stdout;
    };
    const [short, whole] = [await said('target'), await said('again', '--all')];
    // What the review names is counted, and listed with `--all` alone.
    assert.doesNotMatch(short, /writes .*outside/);
    assert.match(whole, /writes .*outside/);
    for (const text of [short, whole]) assert.match(text, /true/);
    assert.ok(short.split('\n').length < whole.split('\n').length);
  });

  it('keeps build scripts in where it is asked to, and tells what they tried', {
    skip: bubblewrap ? false : 'there is no bubblewrap here that may keep programs in',
  }, async (t) => {
    const cwd = folder(t);
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const local = createServer((socket) => socket.end()).listen(join(cwd, 'socket'));
    t.after(() => local.close());
    mkdirSync(join(cwd, 'src'));
    writeFileSync(join(cwd, 'Cargo.toml'), manifest('app', '[workspace]'));
    writeFileSync(join(cwd, 'src/main.rs'), 'fn main() {}\n');
    const script = `use std::{env, fs};
fn main() {
    let out = env::var("OUT_DIR").unwrap();
    fs::write(format!("{out}/made.rs"), "").unwrap();
    fs::write(env::temp_dir().join("kept"), "").unwrap();
    assert!(fs::write("${cwd}/outside", "").is_err());
    assert!(std::net::TcpStream::connect(("127.0.0.1", ${port})).is_err());
    assert!(env::var("RUSTC_BOOTSTRAP").is_err());
    assert!(std::os::unix::net::UnixStream::connect("${cwd}/socket").is_err());
    assert!(fs::read_dir("/proc").unwrap().flatten().filter(|e| e.file_name().to_string_lossy().parse::<u32>().is_ok()).count() < 10);
    println!("cargo::rustc-env=LD_PRELOAD=${cwd}/none.so");
    let told = std::process::Command::new("pkg-config").arg("--version").output();
    println!("cargo:told={}", told.is_ok());
}
`;
    writeFileSync(join(cwd, 'build.rs'), script);
    const env = { CARGO_TARGET_DIR: join(cwd, 'target') };
    const args = ['observe', '--confine', '--format', 'json', '--', 'cargo', 'check', '--offline', '--quiet'];
    const ran = await safeguard(args, { cwd, env });
    assert.equal(ran.code, 1, ran.stderr);
    const seen = JSON.parse(ran.stdout);
    assert.equal(seen.exit, 0);
    const [actor] = seen.actors;
    assert.equal(seen.confined, true);
    assert.ok(!existsSync(join(cwd, 'outside')));
    const acts = actor.acts.map((act: Record<string, string>) => [act.kind, act.refused]);
    assert.deepEqual(
      acts.filter(([kind]: string[]) => kind !== 'exec'),
      [
        ['write', undefined],
        ['write', 'EROFS'],
        ['connect', 'ECONNREFUSED'],
        ['denied', undefined],
      ],
    );
    assert.deepEqual(
      actor.acts.filter(({ kind }: { kind: string }) => kind === 'denied'),
      [{ kind: 'denied', what: `cargo::rustc-env=LD_PRELOAD=${cwd}/none.so` }],
    );
    assert.deepEqual(
      actor.pkgConfig.map(({ args: asked, exit }: { args: string[]; exit: number }) => [asked, exit]),
      actor.directives.includes('cargo:told=true') ? [[['--version'], 0]] : [],
    );
    const other = await safeguard(['observe', '--confine', '--', 'true'], { cwd });
    assert.deepEqual([other.code, /Name cargo itself/.test(other.stderr)], [64, true]);
  });

  it('ends as the build ends', async (t) => {
    const cwd = folder(t);
    const ran = await safeguard(['observe', '--', 'sh', '-c', 'echo said; exit 7'], { cwd });
    assert.equal(ran.code, 7, ran.stderr);
    assert.match(ran.stdout, /^said\n/);
  });

  it('says what is missing where there is no strace', async (t) => {
    const cwd = folder(t);
    const ran = await safeguard(['observe', '--', 'true'], { cwd, env: { PATH: cwd } });
    assert.equal(ran.code, 70);
    assert.match(ran.stderr, /there is no strace on this machine\n.*Install the package `strace`/s);
  });
});
