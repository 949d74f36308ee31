// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CI writes its variables so.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askedBuilds } from '../../../src/gate/surroundings/asked-builds.ts';
import { sideOf } from './sides.ts';

const workflow = '.github/workflows/a.yml';
const ci = (line: string, more = '') => `${more}jobs:\n  a:\n    steps:\n      - run: ${line}\n`;

/** The features of each build that has a dependency's among them, with what else decides it. */
const table: readonly [line: string, more: string, ...builds: readonly string[]][] = [
  ['cargo build --features thing/more', '', 'thing/more'],
  ['cargo test -F thing/more', '', 'thing/more dev'],
  ['cargo check -Fthing/more --tests', '', 'thing/more dev'],
  ['cargo r --features=own,thing/more', '', 'own,thing/more'],
  ['cargo +nightly clippy --features "own thing/more" --all-features', '', 'own thing/more all'],
  [
    'cargo build -p app --exclude b --no-default-features -F thing?/more',
    '',
    'thing?/more no-default -p app',
  ],
  ['cargo auditable build --workspace --features a/b --features c', '', 'a/b c workspace'],
  ['cargo install --path . --features a/b', '', 'a/b'],
  ['cross build --features a/b', '', 'a/b'],
  ['maturin build --features a/b', '', 'a/b'],
  ['wasm-pack build -- --features a/b', '', 'a/b'],
  ['cargo build --features $FEATURES', 'env:\n  FEATURES: own a/b\n', 'own a/b'],
  ['cargo build --features ${{ matrix.features }}', 'x: {features: [a, a/b, c/d]}\n', 'a/b', 'c/d'],
  ['cargo build $ARGS', 'env:\n  ARGS: --features a/b\n', 'a/b'],
  ['cargo build --features own', ''],
  ['cargo build --features $UNKNOWN', ''],
  ['cargo tree --features a/b', ''],
  ['cargo install x --features a/b', ''],
  ['cargo run -- --features a/b', ''],
  ['echo cargo build --features a/b', ''],
];

describe('builds of CI with features of dependencies', () => {
  for (const [line, more, ...builds] of table) {
    it(line, () => {
      const found = askedBuilds(undefined, sideOf({ [workflow]: ci(line, more) })).map(({ selection }) =>
        [
          ...selection.features,
          ...(selection.dev ? ['dev'] : []),
          ...(selection.allFeatures ? ['all'] : []),
          ...(selection.defaultFeatures ? [] : ['no-default']),
          ...(selection.workspace ? ['workspace'] : []),
          ...selection.packages.flatMap((name) => ['-p', name]),
        ].join(' '),
      );
      assert.deepEqual([...found].sort(), [...builds].sort());
    });
  }

  it('are told apart from those that were there', () => {
    const old = sideOf({ [workflow]: ci('cargo build -F a/b') });
    const now = sideOf({ [workflow]: `${ci('cargo build -F a/b')}      - run: cargo test -F a/b\n` });
    const said = askedBuilds(old, now).map(({ command, line, isOld }) => [command, line, isOld]);
    assert.deepEqual(said, [
      ['cargo build -F a/b', 4, true],
      ['cargo test -F a/b', 5, false],
    ]);
  });

  const files: readonly [file: string, text: string, ...commands: readonly string[]][] = [
    [
      'pyproject.toml',
      '[tool.maturin]\nlocked = true\nfeatures = ["own", "pyo3/extension-module"]\nno-default-features = true\n',
      'maturin build --features own --features pyo3/extension-module --no-default-features',
    ],
    [
      'pyproject.toml',
      '[tool.maturin]\nfeatures = [{ feature = "pyo3/abi3", python-version = ">=3.11" }, "a"]\n',
      'maturin build --features a --features pyo3/abi3',
    ],
    ['pyproject.toml', '[tool.maturin]\nfeatures = ["own"]\n'],
    ['pyproject.toml', '[tool.other]\nfeatures = ["a/b"]\n'],
    [
      'py/pyproject.toml',
      '[[tool.setuptools-rust.ext-modules]]\nfeatures = ["a/b"]\n[[tool.setuptools-rust.bins]]\nargs = ["--features", "c/d"]\npath = "x/Cargo.toml"\n',
      'cargo rustc --features a/b',
      'cargo rustc --features c/d --manifest-path x/Cargo.toml',
    ],
    [
      'Makefile.toml',
      '[tasks.a]\ncommand = "cargo"\nargs = ["build", "--features", "a/b"]\n',
      'cargo build --features a/b',
    ],
    ['Makefile.toml', '[tasks.a]\nscript = ["cargo build -F a/b"]\n', 'cargo build -F a/b'],
  ];
  for (const [file, text, ...commands] of files) {
    it(`${file}: ${text.split('\n')[0]} ${commands.join(' | ')}`, () => {
      const found = askedBuilds(undefined, sideOf({ [file]: text }));
      assert.deepEqual(
        found.map(({ command }) => command),
        commands,
      );
    });
  }

  it('may be aliases of cargo’s configuration', () => {
    const config = '[alias]\nmore = "build --features thing/more"\nown = "build --features own"\n';
    const found = askedBuilds(undefined, sideOf({ '.cargo/config.toml': config }));
    assert.deepEqual(
      found.map(({ file, line, command }) => [file, line, command]),
      [['.cargo/config.toml', 2, 'cargo build --features thing/more']],
    );
  });
});
