/**
 * What hostile code does to the tools of others, to other processes, and by a right that is another crate's: seen to
 * work under plain cargo.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { codeDigest } from '../../src/build/run/code-digest.ts';
import { lockfileOf, manifest, sealedProject, unsealed } from '../support/sealed.ts';

const strace = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0;
const skip = unsealed === false && !strace ? 'there is no strace here that may trace' : unsealed;

/** A program, and `bad`, whose build script it is that tries. */
const withScript = (body: string) => ({
  'Cargo.toml': manifest('app', '[workspace]\n[dependencies]\nbad = { path = "bad" }'),
  'Cargo.lock': lockfileOf({ app: ['bad'], bad: [] }),
  'src/main.rs': 'fn main() { println!("{}", bad::DID); }\n',
  'bad/Cargo.toml': manifest('bad'),
  'bad/build.rs': `fn main() { println!("cargo::rustc-env=DID={}", tries()); }\nfn tries() -> String {\n${body}\n}\n`,
  'bad/src/lib.rs': 'pub const DID: &str = env!("DID");\n',
});

const did = (program: string) => spawnSync(program, { encoding: 'utf8' }).stdout.trim();

describe('in a sealed build', { skip }, () => {
  it('no script puts programs in the place of others, and it is told of each that it tried', async (t) => {
    const places = [
      '/usr/local/bin/pkg-config',
      '/usr/bin/pkg-config',
      '/usr/lib/pkgconfig/zlib.pc',
      '/build/toolchain/bin/rustc',
      '/build/compilers/kept/rustc',
      '/build/cargo/bin/cargo',
      '/build/source/config.toml',
    ];
    const project = sealedProject(
      t,
      withScript(
        `    [${places.map((one) => `"${one}"`)}].iter().filter(|one| std::fs::OpenOptions::new().append(true).create(true).open(one).is_ok()).map(|one| one.to_string()).collect::<Vec<_>>().join(" ")`,
      ),
    );
    const ran = await project.build();
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(did(join(project.output, 'app')), '');
    // Of what is mounted, the place on this machine is told.
    const told = ['/usr/local/bin/pkg-config', '/usr/bin/pkg-config', '/usr/lib/pkgconfig/zlib.pc'];
    for (const place of [...told, '/kept/rustc', '/project/config.toml'])
      assert.match(
        ran.stderr,
        new RegExp(`the build script of bad 0\\.1\\.0 tried to write \\S*${place.replaceAll('.', '\\.')}:`),
        place,
      );
  });

  it('no script has programs of its own run in the compiler of its package, or by all crates by way of their home', async (t) => {
    const path = sealedProject(
      t,
      withScript('    println!("cargo::rustc-env=PATH=/tmp/own"); String::new()'),
    );
    const first = await path.build();
    assert.equal(first.code, 1, first.stderr);
    assert.match(
      first.stderr,
      /the build script of bad 0\.1\.0 had PATH=\/tmp\/own loaded into the compiler/,
    );
    assert.match(first.stderr, /load = \["PATH"\]/);

    const home = sealedProject(t, {
      ...withScript(
        '    std::fs::write(std::env::var("HOME").unwrap() + "/.gitconfig", "[core]\\n\\tfsmonitor = echo\\n").unwrap(); "written".into()',
      ),
      'safeguard.toml': '',
    });
    const second = await home.build();
    assert.equal(second.code, 1, second.stderr);
    assert.match(
      second.stderr,
      /the build script of bad 0\.1\.0 changed \/build\/home\/\.gitconfig, which is none of its own/,
    );
    const lines = /^ +(\[build\.allow\."bad"\])\n +(code = .*)\n +(reason = .*)\n +(write = .*)$/m.exec(
      second.stderr,
    );
    assert.equal(lines?.[4], 'write = ["/build/home"]', second.stderr);
    writeFileSync(join(home.dir, 'safeguard.toml'), `${lines?.slice(1).join('\n')}\n`);
    // What is made again has another home, and the policy means that one as well.
    const allowed = await home.build(['--reproduce']);
    assert.equal(allowed.code, 0, allowed.stderr);
    // Without the guard it is the developer's own.
    const plain = await home.plain();
    assert.equal(plain.code, 0, plain.stderr);
    assert.ok(existsSync(join(home.home, '.gitconfig')));
  });

  it('no script works in the memory of another process', async (t) => {
    // Its own child: what a program may open of one that is not its child depends on the machine (yama).
    const project = sealedProject(
      t,
      withScript(`    let mut child = std::process::Command::new("sleep").arg("5").spawn().unwrap();
    let opened = std::fs::OpenOptions::new().write(true).open(format!("/proc/{}/mem", child.id())).is_ok();
    child.kill().unwrap();
    child.wait().unwrap();
    format!("{opened}")`),
    );
    const ran = await project.build();
    assert.equal(ran.code, 1, ran.stderr);
    assert.match(
      ran.stderr,
      /the build script of bad 0\.1\.0 changed \/proc\/\d+\/mem, which is none of its own/,
    );
    assert.ok(!existsSync(project.output));
    const plain = await project.plain();
    assert.equal(plain.code, 0, plain.stderr);
    assert.equal(did(join(project.dir, 'target/release/app')), 'true');
  });

  it('no macro goes out by what a policy gives another crate', async (t) => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url ?? '');
      response.end('data');
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await new Promise((ready) => server.once('listening', ready));
    const { port } = server.address() as AddressInfo;
    const ask = `fn ask() -> String {
    use std::io::{Read, Write};
    let host = "localhost:${port}";
    let to = std::env::var("HTTP_PROXY").unwrap_or(host.into()).replace("http://", "");
    let Ok(mut to) = std::net::TcpStream::connect(&to) else { return "none".into() };
    write!(to, "GET http://{host}/data HTTP/1.1\\r\\nHost: {host}\\r\\nConnection: close\\r\\n\\r\\n").unwrap();
    let mut said = String::new();
    to.read_to_string(&mut said).unwrap();
    said.split(' ').nth(1).unwrap_or("").into()
}
`;
    const project = sealedProject(t, {
      'Cargo.toml': manifest(
        'app',
        '[workspace]\n[dependencies]\nbad = { path = "bad" }\ngood = { path = "good" }',
      ),
      'Cargo.lock': lockfileOf({ app: ['bad', 'good'], bad: [], good: [] }),
      'src/main.rs': 'fn main() { println!("{} {}", good::DID, bad::bad!()); }\n',
      'good/Cargo.toml': manifest('good'),
      'good/build.rs': `fn main() { println!("cargo::rustc-env=DID={}", ask()); }\n${ask}`,
      'good/src/lib.rs': 'pub const DID: &str = env!("DID");\n',
      'bad/Cargo.toml': manifest('bad', '[lib]\nproc-macro = true'),
      'bad/src/lib.rs': `use proc_macro::TokenStream;\n#[proc_macro]\npub fn bad(_: TokenStream) -> TokenStream { format!("{:?}", ask()).parse().unwrap() }\n${ask}`,
    });
    const policy = (name: string, kind: 'build-script' | 'macros') =>
      `[build.allow.${name}]\ncode = ["${codeDigest(join(project.dir, name), kind, [])}"]\nreason = "its table"\negress = [{ host = "localhost", port = ${port}, path = "/data" }]\n`;
    const good = `[build]\nprivate-egress = true\n${policy('good', 'build-script')}`;
    writeFileSync(join(project.dir, 'safeguard.toml'), good);
    const ran = await project.build();
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(did(join(project.output, 'app')), '200 403');
    assert.deepEqual(seen, ['/data']);
    assert.match(
      ran.stderr,
      new RegExp(
        `a macro of bad 0\\.1\\.0 in the compiler of app 0\\.1\\.0 asked for GET localhost:${port}/data: no policy`,
      ),
    );
    assert.match(ran.stderr, /\[build\.allow\."bad"\]/);
    writeFileSync(join(project.dir, 'safeguard.toml'), `${good}${policy('bad', 'macros')}`);
    const both = await project.build();
    assert.equal(both.code, 0, both.stderr);
    assert.equal(did(join(project.output, 'app')), '200 200');
    const plain = await project.plain();
    assert.equal(plain.code, 0, plain.stderr);
    assert.equal(did(join(project.dir, 'target/release/app')), '200 200', 'it bites');
  });
});
