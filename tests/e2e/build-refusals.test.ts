/** What a sealed build refuses is told: whose code it was, what it tried, and the lines that would allow it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lockfileOf, manifest, sealedProject, unsealed } from '../support/sealed.ts';

const strace = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0;
const skip = unsealed === false && !strace ? 'there is no strace here that may trace' : unsealed;

interface Report {
  readonly kind: string;
  readonly crates: readonly { readonly name: string; readonly version: string }[];
  readonly acts: readonly { readonly kind: string; readonly said: string }[];
  readonly allow?: string;
}

/** Rust that looks up a name, goes to an address, reads what is the home’s and writes beside it, and minds none of it. */
const tries = (home: string, pid: number) => `
    use std::{fs, net::{TcpStream, ToSocketAddrs}};
    let _ = ("evil.example.invalid", 443).to_socket_addrs();
    let _ = TcpStream::connect("192.0.2.7:8443");
    let _ = fs::read(std::env::var("HOME").unwrap() + "/.ssh/id_test");
    let _ = fs::read("${home}/data/list");
    let _ = fs::read("/proc/${pid}/root${home}/.ssh/id_test");
    let _ = fs::write("${home}/written", "");
    let _ = fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/written.rs"), "");
`;

function files(kind: 'script' | 'macro'): Readonly<Record<string, string>> {
  const isMacro = kind === 'macro';
  return {
    'Cargo.toml': manifest('app', `[workspace]\n[dependencies]\nbad = { path = "bad" }`),
    'Cargo.lock': lockfileOf({ app: ['bad'], bad: [] }),
    'src/main.rs': isMacro
      ? 'fn main() { println!("{}", bad::bad!()); }\n'
      : 'fn main() { println!("{}", bad::BAD); }\n',
    'bad/Cargo.toml': manifest('bad', isMacro ? '[lib]\nproc-macro = true' : ''),
  };
}

const code = (kind: 'script' | 'macro', body: string): readonly [path: string, text: string] =>
  kind === 'macro'
    ? [
        'bad/src/lib.rs',
        `use proc_macro::TokenStream;\n#[proc_macro]\npub fn bad(_: TokenStream) -> TokenStream {\n${body}\n"1".parse().unwrap() }\n`,
      ]
    : ['bad/build.rs', `fn main() {\n${body}\n}\n`];

function project(
  t: Parameters<typeof sealedProject>[0],
  kind: 'script' | 'macro',
  body: (home: string) => string,
) {
  const made = sealedProject(t, {
    ...files(kind),
    ...(kind === 'script' ? { 'bad/src/lib.rs': 'pub const BAD: &str = "1";\n' } : {}),
  });
  mkdirSync(join(made.home, '.ssh'));
  mkdirSync(join(made.home, 'data'));
  writeFileSync(join(made.home, '.ssh/id_test'), 'a key');
  writeFileSync(join(made.home, 'data/list'), 'a list');
  const [path, text] = code(kind, body(made.home));
  mkdirSync(join(made.dir, path, '..'), { recursive: true });
  writeFileSync(join(made.dir, path), text);
  return made;
}

describe('what a sealed build refuses', { skip }, () => {
  for (const [kind, who] of [
    ['script', 'the build script of bad 0.1.0'],
    ['macro', 'a macro of bad 0.1.0 in the compiler of app 0.1.0'],
  ] as const)
    it(`is told of a ${kind} in the terminal, the log and the report, with the lines that would allow it`, async (t) => {
      const made = project(t, kind, (home) => tries(home, process.pid));
      const { home } = made;
      const ran = await made.build(['--format', 'json']);
      assert.equal(ran.code, 0, ran.stderr);
      const { refused } = JSON.parse(ran.stdout) as { readonly refused: readonly Report[] };
      const [report] = refused;
      assert.equal(refused.length, 1, JSON.stringify(refused));
      const sentences = [
        'tried to look up evil.example.invalid: there is no network in a sealed build',
        'tried to reach 192.0.2.7:8443: addresses cannot be allowed, a host’s name can',
        `tried to read ${home}/.ssh/id_test, which is kept from its sight`,
        `tried to read ${home}/data/list, which is kept from its sight`,
        `tried to read /proc/${process.pid}/root${home}/.ssh/id_test, which is kept from its sight: that is of this run alone, and no line of a policy allows it`,
        `tried to write ${home}/written: a sealed build writes to OUT_DIR and /tmp alone`,
        `tried to write ${made.dir}/bad/src/written.rs: a sealed build writes to OUT_DIR and /tmp alone`,
      ];
      assert.deepEqual(
        report?.acts.map(({ said }) => said),
        sentences,
      );
      assert.match(
        report?.allow ?? '',
        /^\[build\.allow\."bad"\]\ncode = \["[0-9a-f]{64}"\]\nreason = "say why it needs that"\negress = \[\{ host = "evil\.example\.invalid", port = 443 \}\]\nread = \[/,
      );
      assert.doesNotMatch(report?.allow ?? '', /\/proc\//);
      const log = readFileSync(join(made.output, 'build.log'), 'utf8');
      for (const sentence of sentences) {
        assert.ok(ran.stderr.includes(`${who} ${sentence}`), `${sentence}\n${ran.stderr}`);
        assert.ok(log.includes(`${who} ${sentence}`), sentence);
      }
      assert.ok(ran.stderr.includes('to allow it, in safeguard.toml:\n    [build.allow."bad"]'), ran.stderr);
    });

  it('is told where it made the build fail, and the lines allow it until the code is other code', async (t) => {
    const made = project(
      t,
      'script',
      (home) => `let _ = std::fs::read("${home}/data/list").expect("the list");`,
    );
    const failed = await made.build();
    assert.equal(failed.code, 1, failed.stderr);
    assert.match(
      failed.stderr,
      /the build script of bad 0\.1\.0 tried to read \S+\/data\/list, which is kept from its sight/,
    );
    const left = readFileSync(
      join(made.output, '../', `${made.output.split('/').at(-1)}.failed/refused.json`),
      'utf8',
    );
    const { allow = '' } = (JSON.parse(left) as readonly Report[])[0] ?? {};
    writeFileSync(
      join(made.dir, 'safeguard.toml'),
      `${allow.replace('say why it needs that', 'it makes a table of it')}\n`,
    );
    const allowed = await made.build();
    assert.equal(allowed.code, 0, allowed.stderr);
    assert.doesNotMatch(allowed.stderr, /^refused/m);
    // Other code asks again.
    const script = join(made.dir, 'bad/build.rs');
    writeFileSync(script, readFileSync(script, 'utf8').replace('fn main() {', 'fn main() { println!();'));
    const other = await made.build();
    assert.equal(other.code, 1, other.stderr);
    assert.match(
      other.stderr,
      /\[build\.allow\."bad"\] is for other code than this build’s, and allows nothing/,
    );
    assert.match(other.stderr, /tried to read \S+\/data\/list/);
  });

  it('ends the build where others use what is opened for one, and where a policy of a dependency’s own would open it', async (t) => {
    const read = (home: string) => `let _ = std::fs::read("${home}/data/list");`;
    const made = project(t, 'script', read);
    writeFileSync(join(made.dir, 'build.rs'), `fn main() { ${read(made.home)} }\n`);
    const told = await made.build(['--format', 'json']);
    const { refused } = JSON.parse(told.stdout) as { readonly refused: readonly Report[] };
    assert.deepEqual(refused.map(({ crates }) => crates[0]?.name).sort(), ['app', 'bad']);
    const lines = (name: string) => refused.find(({ crates }) => crates[0]?.name === name)?.allow ?? '';
    // What a dependency writes into its own folder opens nothing.
    writeFileSync(join(made.dir, 'bad/safeguard.toml'), `${lines('bad')}\n`);
    const still = await made.build();
    assert.match(still.stderr, /the build script of bad 0\.1\.0 tried to read/);
    rmSync(join(made.dir, 'bad/safeguard.toml'));
    writeFileSync(join(made.dir, 'safeguard.toml'), `${lines('bad')}\n`);
    const other = await made.build();
    assert.equal(other.code, 1, other.stderr);
    assert.match(other.stderr, /the build script of app 0\.1\.0 tried to read \S+\/data\/list/);
    assert.match(other.stderr, /What was built is thrown away/);
    writeFileSync(join(made.dir, 'safeguard.toml'), `${lines('bad')}\n${lines('app')}\n`);
    const both = await made.build();
    assert.equal(both.code, 0, both.stderr);
  });

  it('ends the build where a script has something loaded into the compiler, with strace or without', async (t) => {
    const made = project(t, 'script', () => 'println!("cargo::rustc-env=LD_PRELOAD=/build/none.so");');
    const built = await made.build();
    assert.equal(built.code, 1, built.stderr);
    assert.match(
      built.stderr,
      /the build script of bad 0\.1\.0 had LD_PRELOAD=\/build\/none\.so loaded into the compiler/,
    );
    const lines = /^ +(\[build\.allow\."bad"\])\n +(code = .*)\n +(reason = .*)\n +(load = .*)$/m.exec(
      built.stderr,
    );
    assert.deepEqual(lines?.[4], 'load = ["LD_PRELOAD"]');
    const programs = join(made.dir, '../programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'strace'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const PATH = `${programs}:${process.env.PATH}`;
    const blind = await made.build([], [], { PATH });
    assert.equal(blind.code, 1, blind.stderr);
    assert.match(
      blind.stderr,
      /^record +none: there is no strace on this machine; whose code is refused cannot be told$/m,
    );
    assert.match(blind.stderr, /had LD_PRELOAD=/);
    writeFileSync(join(made.dir, 'safeguard.toml'), `${lines?.slice(1).join('\n')}\n`);
    const allowed = await made.build();
    assert.equal(allowed.code, 0, allowed.stderr);
  });
});
