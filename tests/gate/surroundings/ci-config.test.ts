import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ciSettingChanges } from '../../../src/gate/surroundings/ci-config.ts';
import { ciSettings } from '../../../src/gate/surroundings/ci-settings.ts';
import { ciKind } from '../../../src/gate/surroundings/ci-text.ts';
import { lockfilePointerChanges, lockfilesOf } from '../../../src/gate/surroundings/lockfiles.ts';
import { sideOf } from './sides.ts';

/** What each file sets, as `key = value (name)`. */
const table: readonly [file: string, text: string, ...said: readonly string[]][] = [
  [
    '.github/workflows/a.yml',
    'env:\n  RUSTFLAGS: "--cfg mine -D warnings"\n  OTHER: x\njobs:\n  a:\n    env:\n      CARGO_RESOLVER_LOCKFILE_PATH: ci/Cargo.lock\n',
    'build.rustflags = ["--cfg","mine","-D","warnings"] (RUSTFLAGS)',
    'resolver.lockfile-path = "ci/Cargo.lock" (CARGO_RESOLVER_LOCKFILE_PATH)',
  ],
  [
    '.github/workflows/a.yml',
    'env:\n  RUSTFLAGS: >-\n    --cfg\n    mine\n',
    'build.rustflags = ["--cfg","mine"] (RUSTFLAGS)',
  ],
  [
    '.github/workflows/a.yml',
    '# RUSTFLAGS: x\nenv: {CARGO_NET_GIT_FETCH_WITH_CLI: true}\n',
    'net.git-fetch-with-cli = true (CARGO_NET_GIT_FETCH_WITH_CLI)',
  ],
  [
    '.github/workflows/a.yml',
    'jobs:\n  a:\n    steps:\n      - run: |\n          echo "RUSTFLAGS=--cfg mine" >> "$GITHUB_ENV"\n          export RUSTC_WRAPPER=./wrap\n          CARGO_BUILD_TARGET=wasm32-unknown-unknown cargo build --locked\n',
    'build.rustflags = ["--cfg","mine"] (RUSTFLAGS)',
    'build.rustc-wrapper = "./wrap" (RUSTC_WRAPPER)',
    'build.target = "wasm32-unknown-unknown" (CARGO_BUILD_TARGET)',
  ],
  [
    '.github/workflows/a.yml',
    `jobs:\n  a:\n    steps:\n      - run: cargo +nightly --config 'resolver.lockfile-path="ci/Cargo.lock"' build --locked --target x86_64-pc-windows-msvc --config=build.rustc-wrapper='"./w"' -- --config x=1\n`,
    'resolver.lockfile-path = "ci/Cargo.lock" (--config)',
    'build.target = "x86_64-pc-windows-msvc" (--target)',
    'build.rustc-wrapper = "./w" (--config)',
  ],
  [
    '.gitlab-ci.yml',
    'variables:\n  RUSTFLAGS:\n    value: "-C panic=abort"\na:\n  script:\n    - cargo build --locked --lockfile-path ci/Cargo.lock\n',
    'build.rustflags = ["-C","panic=abort"] (RUSTFLAGS)',
    'resolver.lockfile-path = "ci/Cargo.lock" (--lockfile-path)',
  ],
  [
    'Dockerfile',
    'FROM rust\nENV RUSTFLAGS="--cfg mine" CARGO_HTTP_PROXY=http://p\nENV RUSTC /x/rustc\nRUN sh -c "RUSTC_WRAPPER=w cargo build --locked"\n',
    'build.rustflags = ["--cfg","mine"] (RUSTFLAGS)',
    'http.proxy = "http://p" (CARGO_HTTP_PROXY)',
    'build.rustc = "/x/rustc" (RUSTC)',
    'build.rustc-wrapper = "w" (RUSTC_WRAPPER)',
  ],
  [
    'Makefile',
    'export RUSTFLAGS := --cfg mine\nall:\n\tCARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=./ld cargo build --locked\n',
    'build.rustflags = ["--cfg","mine"] (RUSTFLAGS)',
    'target.x86-64-unknown-linux-gnu.linker = "./ld" (CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER)',
  ],
  [
    'justfile',
    'export RUSTFLAGS := "--cfg mine"\nbuild:\n    cargo build --locked\n',
    'build.rustflags = ["--cfg","mine"] (RUSTFLAGS)',
  ],
  [
    'ci/build.sh',
    '#!/bin/sh\nexport CARGO_REGISTRIES_CORP_INDEX=sparse+https://corp.example/\n# RUSTFLAGS=no\ncargo build --locked\n',
    'registries.corp.index = "sparse+https://corp.example/" (CARGO_REGISTRIES_CORP_INDEX)',
  ],
];

const side = (files: Readonly<Record<string, string>>) => sideOf(files);

describe('what CI sets for cargo', () => {
  for (const [file, text, ...said] of table) {
    it(said.join('; '), () => {
      const kind = ciKind(file);
      assert.ok(kind);
      const found = ciSettings(kind, text).settings.map(
        ({ key, value, name }) => `${key.join('.')} = ${JSON.stringify(value)} (${name})`,
      );
      assert.deepEqual([...found].sort(), [...said].sort());
    });
  }

  it('is named where a file of configuration would be, and is new', () => {
    const file = '.github/workflows/a.yml';
    const changes = (before: string, after: string, more: Record<string, string> = {}) =>
      ciSettingChanges(side({ [file]: before }), side({ [file]: after, ...more })).map((change) =>
        change.kind === 'setting'
          ? `${change.line} ${change.topic} ${change.key} ${change.difference} ${change.after}`
          : `${change.line} ${change.reason}`,
      );
    const flags = 'env:\n  RUSTFLAGS: --cfg mine\n';
    assert.deepEqual(changes('', flags), ['2 flags RUSTFLAGS added `["--cfg","mine"]`']);
    assert.deepEqual(changes(flags, `x: y\n${flags}`), []);
    assert.deepEqual(changes('', 'env:\n  CARGO_REGISTRY_TOKEN: $SECRET\n'), []);
    assert.deepEqual(changes('', 'env:\n  CARGO_REGISTRY_TOKEN: abc\n'), [
      '2 credentials CARGO_REGISTRY_TOKEN added a secret',
    ]);
    assert.deepEqual(changes('', 'env:\n  CARGO_INCREMENTAL: 0\n  CARGO_TERM_COLOR: always\n'), []);
    const run = (args: string) => `jobs:\n  a:\n    steps:\n      - run: cargo ${args} build --locked\n`;
    assert.deepEqual(changes('', run('--config ci/x.toml')), [
      '4 cargo is given "ci/x.toml" as configuration, which is not in the project',
    ]);
    assert.deepEqual(changes('', run('--config ci/x.toml'), { 'ci/x.toml': '' }), []);
  });

  it('is named of a file that cargo is told of, and of what that includes', () => {
    const file = '.github/workflows/a.yml';
    const run = 'jobs:\n  a:\n    steps:\n      - run: cargo --config ci/x.toml build --locked\n';
    const changes = (before: Record<string, string>, after: Record<string, string>) =>
      ciSettingChanges(side(before), side(after)).map((change) =>
        change.kind === 'setting'
          ? `${change.file}:${change.line} ${change.topic} ${change.key} ${change.after}`
          : `${change.file}:${change.line} ${change.reason}`,
      );
    const wrapped = { 'ci/x.toml': 'include = "y.toml"\n[build]\nrustc-wrapper = "./w"\n' };
    const flags = { 'ci/y.toml': '[build]\nrustflags = ["--cfg", "mine"]\n' };
    const said = [
      'ci/x.toml:3 program build.rustc-wrapper `"./w"`',
      'ci/y.toml:2 flags build.rustflags `["--cfg","mine"]`',
    ];
    const whole = { [file]: run, ...wrapped, ...flags };
    assert.deepEqual(changes({ ...wrapped, ...flags }, whole), said, 'it is named from now on');
    assert.deepEqual(changes(whole, whole), []);
    assert.deepEqual(changes({ ...whole, 'ci/y.toml': '' }, whole), said.slice(1));
    assert.deepEqual(changes(whole, { ...whole, 'ci/y.toml': '[build' }).length, 1);
    assert.deepEqual(changes(whole, { ...whole, 'ci/x.toml': `${wrapped['ci/x.toml']}\n[x` }).length, 1);
  });
});

describe('the lockfiles of a project', () => {
  const config = (path: string) => `[resolver]\nlockfile-path = "${path}"\n`;
  const ci = (line: string) => `jobs:\n  a:\n    steps:\n      - run: ${line}\n`;
  const table: [what: string, files: Record<string, string>, found: string[], lost: string[]][] = [
    [
      'those that are there',
      { 'Cargo.lock': '', 'fuzz/Cargo.lock': '' },
      ['Cargo.lock', 'fuzz/Cargo.lock'],
      [],
    ],
    [
      'one that configuration names',
      { 'ci/Cargo.lock': '', '.cargo/config.toml': config('ci/Cargo.lock') },
      ['ci/Cargo.lock!'],
      [],
    ],
    [
      'from the folder with the `.cargo`',
      { 'app/ci/Cargo.lock': '', 'app/.cargo/config.toml': config('ci/Cargo.lock') },
      ['app/ci/Cargo.lock!'],
      [],
    ],
    [
      'one that an included file names',
      {
        'ci/Cargo.lock': '',
        '.cargo/config.toml': 'include = ["x.toml"]\n',
        '.cargo/x.toml': config('ci/Cargo.lock'),
      },
      ['ci/Cargo.lock!'],
      [],
    ],
    [
      'one that CI names',
      { 'ci/Cargo.lock': '', '.gitlab-ci.yml': 'variables: {CARGO_RESOLVER_LOCKFILE_PATH: ci/Cargo.lock}' },
      ['ci/Cargo.lock!'],
      [],
    ],
    [
      'by an option',
      {
        'x/ci/Cargo.lock': '',
        '.github/workflows/a.yml': ci('cargo build --locked --lockfile-path=ci/Cargo.lock'),
      },
      ['x/ci/Cargo.lock!'],
      [],
    ],
    [
      'by a variable’s folder',
      {
        'ci/Cargo.lock': '',
        '.github/workflows/a.yml': ci('cargo build --lockfile-path $GITHUB_WORKSPACE/ci/Cargo.lock'),
      },
      ['ci/Cargo.lock!'],
      [],
    ],
    [
      'one that is not there',
      { '.cargo/config.toml': config('/ci/Cargo.lock') },
      [],
      ['.cargo/config.toml:2 "/ci/Cargo.lock"'],
    ],
    [
      'nor that of CI',
      { '.github/workflows/a.yml': ci('cargo build --lockfile-path gen/Cargo.lock') },
      [],
      ['.github/workflows/a.yml:4 "gen/Cargo.lock"'],
    ],
  ];
  for (const [what, files, found, lost] of table) {
    it(what, () => {
      const state = side(files);
      assert.deepEqual(
        lockfilesOf(state).map(({ path, isNamed }) => `${path}${isNamed ? '!' : ''}`),
        found,
      );
      const said = lockfilePointerChanges(side({}), state);
      assert.deepEqual(
        said.map(({ file, line, reason }) => `${file}:${line} ${/".*"/.exec(reason)?.[0]}`),
        lost,
      );
      assert.deepEqual(lockfilePointerChanges(state, state), []);
    });
  }
});
