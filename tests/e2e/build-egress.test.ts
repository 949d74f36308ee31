/** A build script that reaches what its policy names, and nothing else; what others ask is refused in its place. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { codeDigest } from '../../src/build/run/code-digest.ts';
import { loadPolicy } from '../../src/policy/policy.ts';
import { askedServer } from '../support/asked-server.ts';
import { lockfileOf, manifest, sealedProject, unsealed } from '../support/sealed.ts';

const strace = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0;
const skip = unsealed === false && !strace ? 'there is no strace here that may trace' : unsealed;

/** Rust that asks the proxy for paths, and says the status of each. */
const asks = (port: number, paths: readonly string[]) => `
fn ask(path: &str) -> String {
    use std::io::{Read, Write};
    let proxy = std::env::var("HTTP_PROXY").unwrap_or_default().replace("http://", "");
    let Ok(mut to) = std::net::TcpStream::connect(&proxy) else { return "none".into() };
    let host = "localhost:${port}";
    write!(to, "GET http://{host}{path} HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n").unwrap();
    let mut said = String::new();
    to.read_to_string(&mut said).unwrap();
    said.split(' ').nth(1).unwrap_or("").into()
}
fn main() { println!("cargo::rustc-env=DID={}", [${paths.map((path) => `ask("${path}")`).join(', ')}].join(" ")); }
`;

/** What another crate's script is let do, asked by running that script under its name, from a process that left its parents. */
const posing = `
fn main() {
    asked();
    let built = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap()).join("../..");
    let script = loop {
        let found = std::fs::read_dir(&built).unwrap().flatten().find(|one| {
            one.file_name().to_string_lossy().starts_with("good-") && one.path().join("build-script-build").exists()
        });
        if let Some(found) = found { break found.path().join("build-script-build"); }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    let said = std::process::Command::new("setsid").arg("-w").arg(script)
        .env("CARGO_PKG_NAME", "good").env("CARGO_MANIFEST_DIR", "/build/source/good").output().unwrap();
    println!("{}", String::from_utf8(said.stdout).unwrap().trim().replace("DID=", "POSED="));
}
`;

interface Entry {
  readonly path: string;
  readonly refused?: string;
  readonly by: { readonly crates: readonly { readonly name: string }[] };
}

describe('egress of a sealed build', { skip }, () => {
  it('goes to what the policy names, by the crate that it names it for', async (t) => {
    const { port, seen } = await askedServer(t);
    const project = sealedProject(t, {
      'Cargo.toml': manifest('app', '[workspace]\n[dependencies]\ngood = { path = "good" }'),
      'Cargo.lock': lockfileOf({ app: ['good'], good: [] }),
      'src/main.rs': 'fn main() { println!("{} | {} | {}", good::DID, env!("DID"), env!("POSED")); }\n',
      'build.rs': `${asks(port, ['/v1/data']).replace('fn main()', 'fn asked()')}${posing}`,
      'good/Cargo.toml': manifest('good'),
      'good/build.rs': asks(port, ['/v1/data', '/v2', '/v1/%2e%2e/v2']),
      'good/src/lib.rs': 'pub const DID: &str = env!("DID");\n',
    });
    const digest = codeDigest(join(project.dir, 'good'), 'build-script', []);
    const policy = `[build]\nprivate-egress = true\n[build.allow.good]\ncode = ["${digest}"]\nreason = "its table"\negress = [{ host = "localhost", port = ${port}, path = "/v1" }]\n`;
    writeFileSync(join(project.dir, 'safeguard.toml'), policy);
    const ran = await project.build(['--format', 'json']);
    assert.equal(ran.code, 0, ran.stderr);
    const did = spawnSync(join(project.output, 'app'), { encoding: 'utf8' }).stdout.trim();
    assert.equal(did, '200 403 403 | 403 | 403 403 403', ran.stderr);
    assert.deepEqual(seen, ['GET /v1/data']);
    assert.match(
      ran.stderr,
      new RegExp(
        `the build script of good 0\\.1\\.0 asked for GET localhost:${port}/v2: no policy lets it ask for that path`,
      ),
    );
    assert.match(
      ran.stderr,
      new RegExp(
        `the build script of app 0\\.1\\.0 asked for GET localhost:${port}/v1/data: no policy lets it reach that host`,
      ),
    );
    assert.match(
      ran.stderr,
      new RegExp(
        `egress = \\[\\{ host = "localhost", port = ${port}, methods = \\["GET"\\], path = "/v1/data" \\}, .*path = "/v2" \\}\\]`,
      ),
    );
    // What is proposed is what a policy takes.
    const { refused } = JSON.parse(ran.stdout) as { readonly refused: readonly { readonly allow: string }[] };
    for (const { allow } of refused) assert.ok(loadPolicy({ file: 'safeguard.toml', text: allow }));
    // All of it is in the log, and the log in the provenance.
    const log = readFileSync(join(project.output, 'egress.json'));
    const entries = JSON.parse(log.toString()) as readonly Entry[];
    const of = (crate: string) =>
      entries.flatMap(({ by, path, refused }) =>
        by.crates[0]?.name === crate ? [`${path} ${refused === undefined ? 'allowed' : 'refused'}`] : [],
      );
    assert.deepEqual(of('good'), ['/v1/data allowed', '/v2 refused', '/v1/%2e%2e/v2 refused']);
    assert.deepEqual(of('app'), [
      '/v1/data refused',
      '/v1/data refused',
      '/v2 refused',
      '/v1/%2e%2e/v2 refused',
    ]);
    const { predicate } = JSON.parse(
      readFileSync(join(project.output, 'app.provenance.intoto.json'), 'utf8'),
    ) as {
      readonly predicate: {
        readonly buildDefinition: {
          readonly internalParameters: { readonly sandbox: { readonly network: string } };
        };
        readonly runDetails: {
          readonly byproducts: readonly {
            readonly name: string;
            readonly digest: { readonly sha256: string };
          }[];
        };
      };
    };
    assert.equal(predicate.buildDefinition.internalParameters.sandbox.network, 'named');
    const sha256 = createHash('sha256').update(log).digest('hex');
    assert.equal(
      predicate.runDetails.byproducts.find(({ name }) => name === 'egress.json')?.digest.sha256,
      sha256,
    );
  });

  it('is for nobody who changes what another crate runs, and fails the build', async (t) => {
    const project = sealedProject(t, {
      'Cargo.toml': manifest('app', '[workspace]'),
      'Cargo.lock': lockfileOf({ app: [] }),
      'src/main.rs': 'fn main() {}\n',
      'build.rs': `fn main() {
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap());
    let other = out.join("../../other-0123456789abcdef");
    std::fs::create_dir_all(&other).unwrap();
    std::fs::write(other.join("build-script-build"), "").unwrap();
}
`,
    });
    const ran = await project.build();
    assert.equal(ran.code, 1, ran.stderr);
    assert.match(
      ran.stderr,
      /the build script of app 0\.1\.0 changed \S+other-0123456789abcdef\/build-script-build, which is none of its own/,
    );
    const lines = /^ +(\[build\.allow\."app"\])\n +(code = .*)\n +(reason = .*)\n +(write = .*)$/m.exec(
      ran.stderr,
    );
    assert.equal(lines?.[4], 'write = ["/build/target"]', ran.stderr);
    writeFileSync(join(project.dir, 'safeguard.toml'), `${lines?.slice(1).join('\n')}\n`);
    const allowed = await project.build();
    assert.equal(allowed.code, 0, allowed.stderr);
  });
});
