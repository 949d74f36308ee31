/** Flags for rustc that a build of the project may have, wherever they are said. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seenFlags } from '../../../src/gate/surroundings/seen-flags.ts';
import { sideOf } from './sides.ts';

const job = (rest: string) => `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n${rest}`;
const ci = '.github/workflows/ci.yml';
const flag = '-Ctarget-feature=+avx2';

const cases: readonly (readonly [
  what: string,
  files: Readonly<Record<string, string>>,
  ...flags: string[],
])[] = [
  ['a variable of a job', { [ci]: job(`    env:\n      RUSTFLAGS: ${flag}\n    steps: []\n`) }, flag],
  [
    'flags with the separator of cargo’s own',
    { Dockerfile: `ENV CARGO_ENCODED_RUSTFLAGS="-C\u001fpanic=abort"\n` },
    '-C panic=abort',
  ],
  [
    'a matrix, each of its values',
    {
      [ci]: job(
        `    strategy:\n      matrix:\n        flags: ['-Cpanic=abort', '${flag}']\n    env:\n      RUSTFLAGS: -Dwarnings \${{ matrix.flags }}\n    steps: []\n`,
      ),
    },
    '-Dwarnings -Cpanic=abort',
    `-Dwarnings ${flag}`,
  ],
  [
    'a variable of a shell',
    {
      [ci]: job(
        `    env:\n      EXTRA: ${flag}\n    steps:\n      - run: RUSTFLAGS="$EXTRA -Dwarnings" cargo build\n`,
      ),
    },
    `${flag} -Dwarnings`,
  ],
  [
    'what nobody tells, without it',
    { [ci]: job(`    env:\n      RUSTFLAGS: -Dwarnings \${{ secrets.x }}\n    steps: []\n`) },
    '-Dwarnings',
  ],
  [
    'a text for `--config`',
    { [ci]: job(`    steps:\n      - run: cargo build --config 'build.rustflags="${flag}"'\n`) },
    flag,
  ],
  ['an alias', { '.cargo/config.toml': `[alias]\nx = 'build --config build.rustflags=["${flag}"]'\n` }, flag],
  [
    'a file that an alias names',
    {
      '.cargo/config.toml': '[alias]\nx = ["build", "--config", "more.toml"]\n',
      'more.toml': `[build]\nrustflags = ["${flag}"]\n`,
    },
    flag,
  ],
  [
    'configuration in a folder below, with what it includes',
    {
      'm/.cargo/config.toml': 'include = ["x.toml"]\n',
      'm/.cargo/x.toml': `[target.'cfg(all())']\nrustflags = "${flag} -Copt-level=3"\n`,
    },
    `${flag} -Copt-level=3`,
  ],
  [
    'none of those in the folder itself, which are known',
    { '.cargo/config.toml': `[build]\nrustflags = ["${flag}"]\n` },
  ],
  ['none of a profile', { 'm/.cargo/config.toml': `[profile.dev]\nrustflags = ["${flag}"]\n` }],
];

describe('flags that a build may have', () => {
  for (const [what, files, ...flags] of cases)
    it(`are ${what}`, () => {
      assert.deepEqual(
        seenFlags(sideOf(files), '').map((each) => each.join(' ')),
        flags,
      );
    });

  it('are those of the project’s folders, not of others beside it', () => {
    const config = (panic: string) => `[build]\nrustflags = ["-Cpanic=${panic}"]\n`;
    const side = sideOf({
      '.cargo/config.toml': config('unwind'),
      'one/.cargo/config.toml': config('unwind'),
      'one/member/.cargo/config.toml': config('abort'),
      'two/.cargo/config.toml': config('unwind'),
    });
    assert.deepEqual(seenFlags(side, 'one'), [['-Cpanic=abort']]);
  });
});
