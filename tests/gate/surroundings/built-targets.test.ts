// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CI writes its variables so.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtTargets } from '../../../src/gate/surroundings/built-targets.ts';
import { judgeAround } from '../../../src/gate/surroundings/judge.ts';
import { loadPolicy } from '../../../src/policy/policy.ts';
import { sideOf } from './sides.ts';

const workflow = '.github/workflows/a.yml';
const run = (line: string, more = '') =>
  `${more}jobs:\n  a:\n    steps:\n      - run: |\n          ${line.replaceAll('\n', '\n          ')}\n`;

/** What each file builds for, `?` where it does not tell. */
const table: [file: string, text: string, ...targets: readonly string[]][] = [
  [workflow, run('cargo build --locked --target aarch64-apple-darwin'), 'aarch64-apple-darwin'],
  [workflow, run('cross test --target=x86_64-pc-windows-gnu'), 'x86_64-pc-windows-gnu'],
  [workflow, run('cargo +nightly -Z x c --target wasm32-wasip1'), 'wasm32-wasip1'],
  [workflow, run('cargo auditable build --target aarch64-apple-darwin'), 'aarch64-apple-darwin'],
  [workflow, run('cargo zigbuild --target x86_64-unknown-linux-gnu.2.17'), 'x86_64-unknown-linux-gnu'],
  [workflow, run('cargo ndk -t arm64-v8a -t x86 build'), 'aarch64-linux-android', 'i686-linux-android'],
  [
    workflow,
    run('maturin build --target universal2-apple-darwin'),
    'x86_64-apple-darwin',
    'aarch64-apple-darwin',
  ],
  [workflow, run('wasm-pack build --target web'), 'wasm32-unknown-unknown'],
  [workflow, run('trunk build index.html'), 'wasm32-unknown-unknown'],
  [workflow, run('cargo install --path . --target aarch64-apple-darwin'), 'aarch64-apple-darwin'],
  [workflow, run('cargo build --target a.json'), 'a.json'],
  [workflow, run('cargo build --target host-tuple')],
  [workflow, run('cargo tree --target all\ncargo clean --target wasm32-wasip1\ncargo install x --target y')],
  [workflow, run('cargo test -- --target aarch64-apple-darwin')],
  [workflow, run('rustup target add aarch64-apple-darwin')],
  [workflow, run('cargo build', 'env:\n  CARGO_BUILD_TARGET: wasm32-wasip1\n'), 'wasm32-wasip1'],
  [workflow, run('cargo build', 'env:\n  CARGO_BUILD_TARGET: ""\n')],
  [workflow, run(`cargo --config 'build.target=["wasm32-wasip1"]' build`), 'wasm32-wasip1'],
  [
    workflow,
    'jobs:\n  a:\n    strategy:\n      matrix:\n        target: [aarch64-apple-darwin, x86_64-apple-darwin]\n    steps:\n      - run: cargo build --target ${{ matrix.target }}\n',
    'aarch64-apple-darwin',
    'x86_64-apple-darwin',
  ],
  [
    workflow,
    'jobs:\n  a:\n    strategy:\n      matrix:\n        include:\n          - {os: x, triple: wasm32-wasip1}\n    env:\n      TARGET: ${{ matrix.triple }}\n    steps:\n      - run: cargo build --target $TARGET\n',
    'wasm32-wasip1',
  ],
  [
    workflow,
    run('for t in wasm32-wasip1 wasm32-wasip2; do cargo build --target "$t"; done'),
    'wasm32-wasip1',
    'wasm32-wasip2',
  ],
  [workflow, run('cargo build --target ${{ inputs.where }}'), '?'],
  [workflow, run('cargo build --target "$(cat target)"'), '?'],
  [
    workflow,
    'jobs:\n  a:\n    steps:\n      - uses: PyO3/maturin-action@v1\n        with:\n          target: aarch64-apple-darwin\n      - uses: dtolnay/rust-toolchain@v1\n        with:\n          target: wasm32-wasip1\n',
    'aarch64-apple-darwin',
  ],
  [
    '.gitlab-ci.yml',
    'variables:\n  T: wasm32-wasip1\na:\n  script:\n    - cargo build --target "${T}"\n',
    'wasm32-wasip1',
  ],
  ['Makefile', 'T ?= wasm32-wasip1\nall:\n\tcargo build --target $(T)\n', 'wasm32-wasip1'],
  ['justfile', 't := "wasm32-wasip1"\nb:\n    cargo build --target {{ t }} --locked\n', 'wasm32-wasip1'],
  ['Dockerfile', 'ARG T=wasm32-wasip1\nRUN cargo build --target ${T}\n', 'wasm32-wasip1'],
  ['ci/b.sh', 'cargo rustc --target thumbv7em-none-eabihf\n', 'thumbv7em-none-eabihf'],
  [
    '.cargo/config.toml',
    '[build]\ntarget = ["wasm32-wasip1", "host-tuple", "a/x.json"]\n',
    'wasm32-wasip1',
    'a/x.json',
  ],
];

table.push(
  ['Cross.toml', '[build]\ndefault-target = "wasm32-wasip1"\n', 'wasm32-wasip1'],
  [
    'Cross.toml',
    '[target.wasm32-wasip1]\nimage = "a"\n[target.wasm32-wasip1.env]\nvolumes = []\n',
    'wasm32-wasip1',
  ],
  ['Cross.toml', '[build.env]\npassthrough = ["A", "CARGO_BUILD_TARGET=wasm32-wasip1"]\n', 'wasm32-wasip1'],
  ['Cross.toml', '[build]\ntarget = "x"\n'],
  ['Cross.toml', '[build\ndefault-target = "x"\n'],
  [
    'Cargo.toml',
    '[workspace.metadata.cross.build]\ndefault-target = "wasm32-wasip1"\n[package.metadata.cross.target.wasm32-wasip2]\nxargo = false\n[target.wasm32v1-none.dependencies]\na = "1"\n',
    'wasm32-wasip1',
    'wasm32-wasip2',
  ],
  ['Makefile.toml', '[env]\nCARGO_BUILD_TARGET = "wasm32-wasip1"\n', 'wasm32-wasip1'],
  [
    'Makefile.toml',
    '[tasks.a]\nenv = { CARGO_BUILD_TARGET = { value = "wasm32-wasip1" } }\n',
    'wasm32-wasip1',
  ],
  [
    'a/Makefile.toml',
    '[tasks.a]\ncommand = "cargo"\nargs = ["build", "--target", "wasm32-wasip1"]\n',
    'wasm32-wasip1',
  ],
  [
    'Makefile.toml',
    '[tasks.a]\nargs = ["build", "--target=wasm32-wasip1"]\ncommand = "cargo"\n',
    'wasm32-wasip1',
  ],
  [
    'Makefile.toml',
    '[tasks]\na.command = "cross"\na.args = ["build", "--target", "wasm32-wasip1"]\nb.args = ["--target", "x"]\n',
    'wasm32-wasip1',
  ],
  [
    'Makefile.toml',
    '[tasks.a.linux]\ncommand = "rustup"\nargs = ["run", "nightly", "cargo", "t", "--target", "${T}"]\n[env]\nT = "wasm32-wasip1"\n',
    'wasm32-wasip1',
  ],
  [
    'Makefile.toml',
    "[tasks.a]\nscript = '''\n#!/bin/sh\ncargo build \\\n  --target wasm32-wasip1\n'''\n",
    'wasm32-wasip1',
  ],
  [
    'Makefile.toml',
    '[tasks.a]\nscript = ["cd x", "cargo build --target \\"wasm32-wasip1\\""]\n',
    'wasm32-wasip1',
  ],
  ['Makefile.toml', '[tasks.a.script]\nmain = "cargo build --target wasm32-wasip1"\n', 'wasm32-wasip1'],
  ['Makefile.toml', '[tasks.a]\nscript_runner = "python"\nscript = "cargo build --target wasm32-wasip1"\n'],
  [
    'pyproject.toml',
    '[tool.maturin.target.aarch64-apple-darwin]\nmacos-deployment-target = "11"\n[tool.cross.target.x]\n',
    'aarch64-apple-darwin',
  ],
  [
    'pyproject.toml',
    '[tool.maturin]\ncargo-extra-args = "--target wasm32-wasip1"\ntargets = [{ name = "a" }]\n',
    'wasm32-wasip1',
  ],
  ['pyproject.toml', '[tool.maturin]\nconfig = ["build.target=\\"wasm32-wasip1\\""]\n', 'wasm32-wasip1'],
  [
    'pyproject.toml',
    '[[tool.setuptools-rust.ext-modules]]\ntarget = "a.b"\nargs = ["--target", "wasm32-wasip1"]\n',
    'wasm32-wasip1',
  ],
  [
    'pyproject.toml',
    '[tool.cibuildwheel.linux]\nenvironment = { CARGO_BUILD_TARGET = "wasm32-wasip1" }\n',
    'wasm32-wasip1',
  ],
  [
    'pyproject.toml',
    '[tool.cibuildwheel]\nenvironment = \'A=1 CARGO_BUILD_TARGET="wasm32-wasip1"\'\n',
    'wasm32-wasip1',
  ],
  [
    'pyproject.toml',
    '[tool.cibuildwheel]\nbefore-all = ["true", "cargo build --target wasm32-wasip1"]\n',
    'wasm32-wasip1',
  ],
);

table.push(
  [
    '.circleci/config.yml',
    'jobs:\n  a:\n    environment: { CARGO_BUILD_TARGET: wasm32-wasip1 }\n    steps:\n      - run: cargo build\n',
    'wasm32-wasip1',
  ],
  [
    '.circleci/config.yml',
    'jobs:\n  a:\n    steps:\n      - run:\n          name: x\n          command: |\n            cargo build --target wasm32-wasip1\n',
    'wasm32-wasip1',
  ],
  [
    '.circleci/config.yml',
    'jobs:\n  a:\n    parameters: { t: { type: string, default: wasm32-wasip1 } }\n    steps:\n      - run: cargo build --target << parameters.t >> --locked\n',
    'wasm32-wasip1',
  ],
  [
    '.circleci/config.yml',
    'jobs:\n  a:\n    steps:\n      - run: cargo build --target <<parameters.t>> --locked\n',
    '?',
  ],
  [
    'azure-pipelines.yml',
    'variables:\n  - name: CARGO_BUILD_TARGET\n    value: wasm32-wasip1\nsteps:\n  - script: cargo build\n',
    'wasm32-wasip1',
  ],
  [
    '.azure-pipelines/b.yml',
    'variables: { t: wasm32-wasip1 }\nsteps:\n  - bash: cargo build --target $(t)\n',
    'wasm32-wasip1',
  ],
  ['azure-pipelines.yml', 'steps:\n  - pwsh: cargo build --target ${{ parameters.t }}\n', '?'],
  [
    'bitbucket-pipelines.yml',
    'pipelines:\n  default:\n    - step:\n        script:\n          - export CARGO_BUILD_TARGET=wasm32-wasip1\n          - cargo test\n',
    'wasm32-wasip1',
  ],
  [
    '.travis.yml',
    'env:\n  global:\n    - A=1 CARGO_BUILD_TARGET=wasm32-wasip1\nscript:\n  - cargo t\n',
    'wasm32-wasip1',
  ],
  [
    '.travis.yml',
    'env: CARGO_BUILD_TARGET=wasm32-wasip1\ninstall: cargo build --target wasm32-wasip2\n',
    'wasm32-wasip1',
    'wasm32-wasip2',
  ],
  [
    '.buildkite/pipeline.yml',
    'steps:\n  - command: cargo build --target wasm32-wasip1\n  - commands: ["cargo t --target wasm32-wasip2"]\n',
    'wasm32-wasip1',
    'wasm32-wasip2',
  ],
  [
    '.woodpecker/a.yml',
    'steps:\n  a:\n    commands:\n      - cargo build --target wasm32-wasip1\n',
    'wasm32-wasip1',
  ],
  [
    '.drone.yml',
    'kind: pipeline\n---\nkind: pipeline\nsteps:\n  - name: a\n    commands: [cargo build --target wasm32-wasip1]\n',
    'wasm32-wasip1',
  ],
  [
    '.cirrus.yml',
    'task:\n  env: { CARGO_BUILD_TARGET: wasm32-wasip1 }\n  build_script: cargo build --target wasm32-wasip2\n',
    'wasm32-wasip1',
    'wasm32-wasip2',
  ],
  [
    '.gitlab-ci.yml',
    'spec:\n  inputs: {}\n---\na:\n  script: cargo build --target wasm32-wasip1\n',
    'wasm32-wasip1',
  ],
  [
    '.gitlab-ci.yml',
    'variables:\n  CARGO_BUILD_TARGET: { value: wasm32-wasip1, description: x }\n',
    'wasm32-wasip1',
  ],
  [
    'Jenkinsfile',
    "pipeline {\n  environment {\n    CARGO_BUILD_TARGET = 'wasm32-wasip1'\n  }\n  // sh 'cargo build --target x'\n}\n",
    'wasm32-wasip1',
  ],
  [
    'ci/Jenkinsfile.release',
    "node {\n  withEnv(['CARGO_BUILD_TARGET=wasm32-wasip1']) { sh 'cargo build' }\n}\n",
    'wasm32-wasip1',
  ],
  [
    'Jenkinsfile',
    'steps {\n  sh \'\'\'\n    cargo build \\\n      --target wasm32-wasip1\n  \'\'\'\n  sh(label: "x", script: "cargo t --target \\"wasm32-wasip2\\"")\n}\n',
    'wasm32-wasip1',
    'wasm32-wasip2',
  ],
  ['Jenkinsfile', 'def t = "wasm32-wasip1"\nbat "cargo build --target ${t}"\n', 'wasm32-wasip1'],
);

/** A job, and what it builds for by where it runs. */
const job = (more: string, line = 'cargo test') =>
  `jobs:\n  a:\n    ${more.replaceAll('\n', '\n    ')}\n    steps:\n      - run: ${line}\n`;
const on = (labels: string, ...targets: readonly string[]): (typeof table)[number] => [
  workflow,
  job(`runs-on: ${labels}`),
  ...targets,
];
const matrix = (values: string, label: string) => `strategy:\n  matrix:\n    ${values}\nruns-on: ${label}`;
const [linux, mac, windows] = ['x86_64-unknown-linux-gnu', 'aarch64-apple-darwin', 'x86_64-pc-windows-msvc'];

table.push(
  on('ubuntu-latest', linux),
  on('ubuntu-24.04-arm', 'aarch64-unknown-linux-gnu'),
  on('ubuntu-latest-16-cores', linux),
  on('windows-latest', windows),
  on('windows-11-arm', 'aarch64-pc-windows-msvc'),
  on('macos-latest', mac),
  on('macos-14', mac),
  on('macos-13', 'x86_64-apple-darwin'),
  on('macos-13-xlarge', mac),
  on('macos-latest-large', 'x86_64-apple-darwin'),
  on('macos-15-intel', 'x86_64-apple-darwin'),
  on('[self-hosted, linux, ARM64]', 'aarch64-unknown-linux-gnu'),
  on('[self-hosted, Windows, X64]', windows),
  on('[self-hosted, linux]', '?'),
  on('our-builders', '?'),
  on('{ group: big, labels: [windows-8-cores] }', windows),
  on('depot-ubuntu-22.04-arm-4', 'aarch64-unknown-linux-gnu'),
  on('${{ inputs.where }}', '?'),
  on("${{ github.ref == 'x' && 'windows-latest' || 'ubuntu-latest' }}", windows, linux),
  [workflow, job(matrix('os: [ubuntu-latest, windows-latest]', '${{ matrix.os }}')), linux, windows],
  [
    workflow,
    job(matrix('include: [{ os: macos-13 }, { os: windows-latest }]', '${{ matrix.os }}')),
    'x86_64-apple-darwin',
    windows,
  ],
  [workflow, job(matrix('on: [{ os: macos-13, x: y }]', '${{ matrix.on.os }}')), 'x86_64-apple-darwin'],
  [workflow, job(matrix('os: [ubuntu, windows]', '${{ matrix.os }}-latest')), linux, windows],
  [workflow, job(matrix('os: ${{ fromJSON(inputs.all) }}', '${{ matrix.os }}')), '?'],
  [workflow, job(matrix('v: [22, 24]', 'ubuntu-${{ matrix.v }}.04')), linux],
  [workflow, job('runs-on: ubuntu-latest\ncontainer: rust:1-alpine'), 'x86_64-unknown-linux-musl'],
  [workflow, `x: &here windows-latest\n${job('runs-on: *here')}`, windows],
  [workflow, job('runs-on: windows-latest', 'cargo fmt --check')],
  [workflow, job('runs-on: windows-latest', 'cargo build --target wasm32-wasip1'), 'wasm32-wasip1'],
  [workflow, job('runs-on: windows-latest', 'cargo build --target host-tuple'), windows],
  [workflow, job('runs-on: windows-latest\nenv: { CARGO_BUILD_TARGET: wasm32-wasip1 }'), 'wasm32-wasip1'],
  [
    workflow,
    `env: { CARGO_BUILD_TARGET: wasm32-wasip1 }\n${job('runs-on: windows-latest')}`,
    'wasm32-wasip1',
  ],
  [
    workflow,
    `${job('runs-on: windows-latest')}  b:\n    runs-on: macos-13\n    env: { CARGO_BUILD_TARGET: wasm32-wasip1 }\n    steps:\n      - run: cargo build\n`,
    windows,
    'wasm32-wasip1',
  ],
  [
    workflow,
    `${job('runs-on: windows-latest')}      - run: cargo build\n        env: { CARGO_BUILD_TARGET: wasm32-wasip1 }\n`,
    windows,
    'wasm32-wasip1',
  ],
);

const now = Date.UTC(2026, 0, 1);

table.push([
  '.cargo/config.toml',
  '[alias]\nw = "build --target wasm32-wasip1"\nx = ["t", "--target", "wasm32-wasip2"]\ny = "tree --target all"\n',
  'wasm32-wasip1',
  'wasm32-wasip2',
]);

describe('what a project is built for', () => {
  for (const [file, text, ...targets] of table) {
    it(`${file}: ${text.trim().split('\n').at(-1)?.trim()}`, () => {
      const found = builtTargets(undefined, sideOf({ [file]: text })).map(({ target = '?' }) => target);
      assert.deepEqual([...found].sort(), [...targets].sort());
    });
  }

  it('is not the machine of CI where configuration names a target', () => {
    const files = {
      '.cargo/config.toml': '[build]\ntarget = "wasm32-wasip1"\n',
      [workflow]: job('runs-on: windows-latest'),
    };
    const found = builtTargets(undefined, sideOf(files)).map(({ target }) => target);
    assert.deepEqual(found, ['wasm32-wasip1']);
  });

  it('points at the place in every file', () => {
    const text =
      '[tasks.a]\ncommand = "cargo"\n# more\nargs = [\n  "build",\n  "--target", "wasm32-wasip1",\n]\n';
    const [found] = builtTargets(undefined, sideOf({ 'Makefile.toml': text }));
    assert.deepEqual([found?.line, found?.column], [6, 3]);
    const [host] = builtTargets(undefined, sideOf({ [workflow]: job('runs-on: windows-latest') }));
    assert.deepEqual([host?.line, host?.column, host?.by], [3, 5, 'runs-on: windows-latest']);
  });

  it('is told once a file, with where it stands and whether it was there', () => {
    const old = sideOf({ [workflow]: run('cargo build --target wasm32-wasip1') });
    const now = sideOf({
      [workflow]: run(
        'cargo build --target wasm32-wasip1\ncargo test --target wasm32-wasip1\ncargo build --target wasm32-wasip2',
      ),
    });
    const said = builtTargets(old, now).map(({ line, difference, target, by }) => [
      line,
      difference,
      target,
      by,
    ]);
    assert.deepEqual(said, [
      [5, 'present', 'wasm32-wasip1', '--target'],
      [7, 'added', 'wasm32-wasip2', '--target'],
    ]);
  });

  it('is a finding where the policy names targets, and not that one', () => {
    const said = (targets: readonly string[], command: string, isOld = false) => {
      const after = sideOf({ [workflow]: run(command) });
      const items = Map.groupBy(builtTargets(isOld ? after : sideOf({}), after), ({ file }) => file);
      const policy = loadPolicy({ file: 'p', text: `[gate]\ntargets = ${JSON.stringify(targets)}\n` });
      const { changes, debt } = judgeAround(policy, { items, isChange: true, copies: [] }, now);
      const text = ({ effect, message, evidence }: (typeof debt)[number]) =>
        `${effect} ${evidence?.line} ${message.replace(/[,;:] (?:what|which).*/, '')}`;
      return [changes.flatMap(({ findings }) => findings.map(text)), debt.map(text)];
    };
    const found = 'review 5 It builds for wasm32-wasip1 (`--target`)';
    assert.deepEqual(said([], 'cargo build --target wasm32-wasip1'), [[], []]);
    assert.deepEqual(said(['wasm32-wasip1'], 'cargo build --target wasm32-wasip1'), [[], []]);
    assert.deepEqual(said(['aarch64-apple-darwin'], 'cargo build --target wasm32-wasip1'), [[found], []]);
    assert.deepEqual(said(['aarch64-apple-darwin'], 'cargo build --target wasm32-wasip1', true), [
      [],
      [found],
    ]);
    assert.deepEqual(said(['aarch64-apple-darwin'], 'cargo build --target $T'), [
      ['review 5 What `--target $T` builds for cannot be told from the file'],
      [],
    ]);
    assert.deepEqual(said(['t/kernel.json'], 'cargo build --target ../t/kernel.json'), [[], []]);
  });
});
