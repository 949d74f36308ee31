/** Names that are one on macOS and Windows, and two in git and on Linux: what cargo reads there is seen here. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { surroundingChanges } from '../../../src/gate/surroundings/surroundings.ts';
import { sideOf } from './sides.ts';

const before = { 'Cargo.toml': '[package]\nname = "p"\n', '.cargo/config.toml': '[term]\nquiet = true\n' };
const wrapper = '[build]\nrustc-wrapper = "./x"\n';

function unreadable(files: Readonly<Record<string, string>>, base?: Readonly<Record<string, string>>) {
  const was = base === undefined ? undefined : sideOf(base);
  return [...surroundingChanges(was, sideOf(files)).values()]
    .flat()
    .flatMap((one) => (one.kind === 'unreadable' ? [`${one.file} ${one.difference}: ${one.reason}`] : []));
}

describe('names that only some file systems take for others', () => {
  for (const [path, name] of [
    ['.Cargo/config.toml', '.cargo/config.toml'],
    ['.cargo/Config.toml', '.cargo/config.toml'],
    ['a/.CARGO/CONFIG', '.cargo/config'],
    ['.cargo/config.toml.', '.cargo/config.toml'],
    ['Rust-Toolchain.toml', 'rust-toolchain.toml'],
    ['a/cargo.toml', 'Cargo.toml'],
    ['CARGO.lock', 'Cargo.lock'],
  ] as const)
    it(`are told: ${path}`, () => {
      const said = [`${path} added: to macOS and Windows it is ${name}, and to others another file`];
      const found = unreadable({ ...before, [path]: wrapper }, before);
      assert.deepEqual(
        found.map((one) => one.toLowerCase()),
        said.map((one) => one.toLowerCase()),
      );
      assert.deepEqual(unreadable({ ...before, [path]: wrapper }, { ...before, [path]: wrapper }), []);
      assert.equal(unreadable({ ...before, [path]: wrapper }, { ...before, [path]: '' }).length, 1);
    });

  it('are no others', () => {
    const others = {
      'docs/Config.toml': '',
      '.cargo/config.toml.bak': '',
      'src/cargo/toml.rs': '',
      'my-rust-toolchain': '',
    };
    assert.deepEqual(unreadable({ ...before, ...others }, before), []);
  });
});
