/** Artifact dependencies, where the repository says that a nightly builds it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { GateError } from '../../../src/gate/error.ts';
import { ours, resolve } from '../project.ts';

const manifest = (name: string, more = '') =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}`;
const files = {
  'Cargo.toml': manifest('app', '[dependencies]\ntool = { path = "tool", artifact = "bin" }\n'),
  'src/main.rs': 'fn main() {}',
  'tool/Cargo.toml': manifest('tool'),
  'tool/src/main.rs': 'fn main() {}',
  'Cargo.lock':
    'version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = [\n "tool",\n]\n\n[[package]]\nname = "tool"\nversion = "0.1.0"\n',
};

for (const [what, more, isNightly] of [
  ['nothing', {}, false],
  ['a toolchain file of a release', { 'rust-toolchain.toml': '[toolchain]\nchannel = "1.95.0"\n' }, false],
  ['a toolchain file', { 'rust-toolchain.toml': '[toolchain]\nchannel = "nightly-2026-05-15"\n' }, true],
  ['one in the old form', { 'rust-toolchain': 'nightly\n' }, true],
  [
    'one of both names, of which the old counts',
    { 'rust-toolchain': '1.95.0', 'rust-toolchain.toml': 'toolchain.channel = "nightly"' },
    false,
  ],
  ['cargo’s configuration', { '.cargo/config.toml': 'unstable.bindeps = true' }, true],
] as const)
  it(`are built where ${what} says so: ${isNightly}`, async () => {
    const project = { files: { ...files, ...more }, crates: [] };
    if (isNightly) {
      const { packages } = await resolve(project, {});
      assert.deepEqual(
        packages.map(({ name }) => name),
        ['app', 'tool'],
      );
    } else {
      await assert.rejects(resolve(project, {}), (error: unknown) => {
        assert.ok(error instanceof GateError);
        assert.equal(error.code, 'gate/manifest');
        assert.match(error.detail, /`tool`: `artifact = …` requires `-Z bindeps`/);
        return true;
      });
    }
  });

it('are built where a variable says so', async () => {
  const project = { files, crates: [], refused: undefined };
  const answer = await ours(project as never, { environment: { CARGO_UNSTABLE_BINDEPS: 'true' } });
  assert.equal(answer.kind, 'built');
});
