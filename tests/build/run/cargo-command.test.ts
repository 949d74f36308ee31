import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BuildError } from '../../../src/build/error.ts';
import { type CargoCommand, readCargoCommand } from '../../../src/build/run/cargo-command.ts';

const read = (line: string) => readCargoCommand(line.split(' '));

describe('a cargo command', () => {
  const cases: readonly (readonly [string, (read: CargoCommand) => unknown, unknown])[] = [
    ['cargo build', ({ words }) => words, []],
    ['cargo b -r', ({ words }) => words, ['-r']],
    ['cargo +nightly build', ({ toolchain }) => toolchain, 'nightly'],
    ['/opt/rust/bin/cargo build --target wasm32-wasip1', ({ target }) => target, 'wasm32-wasip1'],
    ['cargo build --target=x86_64-pc-windows-msvc', ({ target }) => target, 'x86_64-pc-windows-msvc'],
    ['cargo build -p a -pb --package=c', ({ selection }) => selection.packages, ['a', 'b', 'c']],
    ['cargo build -F x,y --features z', ({ selection }) => selection.features, ['x,y', 'z']],
    ['cargo build --no-default-features', ({ selection }) => selection.defaultFeatures, false],
    ['cargo build --workspace --exclude a', ({ selection }) => selection.exclude, ['a']],
    // What the build decides itself is not handed on.
    ['cargo build --frozen -q --manifest-path a/Cargo.toml -j4', ({ words }) => words, ['-j4']],
    ['cargo build --offline', ({ offline }) => offline, true],
    ['cargo build --manifest-path a/Cargo.toml', ({ manifestPath }) => manifestPath, 'a/Cargo.toml'],
  ];
  for (const [line, part, expected] of cases) it(line, () => assert.deepEqual(part(read(line)), expected));

  for (const line of [
    'make',
    'cargo test',
    'cargo',
    'cargo build --config x=1',
    'cargo build --target-dir /x',
    'cargo build --message-format json',
    'cargo build -Zbuild-std',
    'cargo build --target a --target b',
    'cargo build --target',
    'cargo build extra',
  ])
    it(`refuses ${line}`, () => {
      assert.throws(
        () => read(line),
        (error) => error instanceof BuildError && error.code === 'build/command' && error.next !== '',
      );
    });
});
