/** A name in a policy that nothing can have is refused, with what was probably meant. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllowList } from '../../src/policy/allow-list.ts';
import { loadPolicy } from '../../src/policy/policy.ts';

const load = (text: string) => loadPolicy({ file: 'safeguard.toml', text });
const waiver = (crate: string) =>
  `[[waiver]]\nrule = "license"\ncrate = "${crate}"\nreason = "x"\nby = "A"\nexpires = "2027-01-01"\n`;

describe('a name that nothing can have', () => {
  for (const [text, meant] of [
    ['[banned]\ncrates = [{ name = "openssl " }]', '"openssl"'],
    ['[banned]\ncrates = [{ name = "serde@1.0.1" }]', '"serde"'],
    ['[banned]\ncrates = [{ name = "ring", wrappers = ["rust ls"] }]', '"rust-ls"'],
    ['[blocklist]\ncrates = [{ name = "open ssl", reason = "x" }]', '"open-ssl"'],
    ['[blocklist]\ncrates = [{ name = "ring", version = "0.17", reason = "x" }]', 'one exact version'],
    ['[duplicate-versions]\ndeny = ["serde.json"]', '"serde-json"'],
    ['[license]\nexceptions = [{ name = "a b", allow = ["MIT"] }]', '"a-b"'],
    ['[typosquat]\nallow = ["crates.io:time"]', '"time"'],
    ['[source]\nregistries = ["crates-io"]', '"crates.io"'],
    ['[source]\nregistries = ["crates.corp.example/index/"]', '"https://crates.corp.example/index/"'],
    ['[source]\ngit = ["git@host.example:a/b.git"]', '"ssh://git@host.example/a/b.git"'],
    ['[source]\ngit = ["github.com/foo/bar"]', '"https://github.com/foo/bar"'],
    ['[source]\ngit = ["foo/bar"]', '"https://github.com/foo/bar"'],
    ['[source]\ngit = ["https://host.example/a?branch=main"]', '"https://host.example/a"'],
    ['[gate]\ntargets = ["x86_64-linux"]', '"x86_64-unknown-linux-gnu"'],
    ['[gate]\ntargets = ["wasm32-wasi"]', '"wasm32-wasip1"'],
    ['[gate]\ntargets = ["arm64-macos"]', '"aarch64-apple-darwin"'],
    ['[gate]\ntargets = ["x86_64-unknown-linux-gnuu"]', '"x86_64-unknown-linux-gnu"'],
    ['[no-std]\ntargets = ["thumbv7em-none-eabi-hf"]', '"thumbv7em-none-eabihf"'],
    [waiver('open ssl'), '"open-ssl"'],
  ] as const)
    it(`in ${text.replaceAll('\n', ' ')}`, () => {
      assert.throws(
        () => load(text),
        ({ code, message }: { code?: string; message: string }) => {
          assert.equal(code, 'policy/invalid');
          assert.ok(message.includes(meant), message);
          return true;
        },
      );
    });

  for (const text of [
    '[banned]\ncrates = [{ name = "Open_SSL-sys" }, { name = "_a" }]',
    '[source]\nregistries = ["crates.io", "sparse+https://crates.corp.example/index/", "https://x.example/i"]',
    '[source]\ngit = ["https://host.example/a/", "ssh://git@host.example/a.git", "file:///srv/a"]',
    '[gate]\ntargets = ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"]',
    waiver('.cargo/config.toml'),
    waiver('build.rs'),
  ])
    it(`is not in ${text.replaceAll('\n', ' ')}`, () => {
      assert.doesNotThrow(() => load(text));
    });

  it('in a list of approvals', () => {
    const text = `version = 1\n[[approved]]\ncrate = "ring "\nkind = "helper"\nversion = "1.0.0"\nby = "A"\nat = "2026-01-01T00:00:00Z"\nreason = "x"\n`;
    assert.throws(() => parseAllowList({ file: 'allow.toml', text }), /did you mean "ring"/);
  });
});
