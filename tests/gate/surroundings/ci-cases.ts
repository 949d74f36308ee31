import type { CiKind } from '../../../src/gate/surroundings/ci-text.ts';

/** Files as they are found in the wild, each with the commands in it that take what they like: `line: subcommand`. */
export const ciCases: readonly [name: string, kind: CiKind, text: string, found: readonly string[]][] = [
  ...shell([
    ['plain', 'cargo build', ['1: build']],
    ['locked', 'cargo build --locked', []],
    ['locked before the subcommand', 'cargo --locked build', []],
    ['frozen', 'cargo test --workspace --frozen', []],
    ['offline', 'cargo --offline check', []],
    ['locked only for the program that is run', 'cargo run -- --locked', ['1: run']],
    ['lints behind dashes', 'cargo clippy --locked --all-targets -- -D warnings', []],
    ['a toolchain', 'cargo +nightly doc --no-deps', ['1: doc']],
    ['by path', '"$HOME/.cargo/bin/cargo" t --all', ['1: test']],
    ['an alias of cargo’s', 'cargo b --release', ['1: build']],
    ['a value of a global option that looks like a command', 'cargo --color test --version', []],
    ['global options', 'cargo -q --config net.retry=2 -Z unstable-options build', ['1: build']],
    ['formatting resolves nothing', 'cargo fmt --all -- --check', []],
    ['cleaning', 'cargo clean && cargo new x && cargo login', []],
    ['a command of the project', 'cargo xtask ci', []],
    ['an audit', 'cargo deny check && cargo audit', []],
    ['asking for help', 'cargo build --help', []],
    ['the version', 'cargo --version; cargo -V', []],
    ['a chain', 'cargo fmt && cargo build --locked && cargo test', ['1: test']],
    ['or', 'cargo build --locked || cargo build', ['1: build']],
    ['a pipe', 'cargo metadata --format-version 1 | jq .', ['1: metadata']],
    ['metadata of the manifest alone', 'cargo metadata --no-deps | jq .', []],
    ['continued', 'cargo build \\\n  --release \\\n  --locked', []],
    ['continued, and unlocked', 'set -e\ncargo build \\\n  --release', ['2: build']],
    ['continued at a carriage return', 'cargo build \\\r\n  --locked\r\n', []],
    ['a comment', '# cargo build\necho x # cargo test', []],
    ['no comment', 'cargo build -p x#y', ['1: build']],
    ['printed', 'echo "run cargo build first"\necho cargo test', []],
    ['searched for', "grep -r 'cargo build' .", []],
    ['variables in front', 'RUSTFLAGS="-D warnings" CARGO_TERM_COLOR=always cargo test', ['1: test']],
    ['offline by a variable', 'CARGO_NET_OFFLINE=true cargo test', []],
    ['env', 'env -u RUSTFLAGS FOO=1 cargo test', ['1: test']],
    ['sudo', 'sudo -E -u ci cargo install cargo-deny', ['1: install']],
    ['a time limit', 'timeout -k 5 10m cargo test', ['1: test']],
    ['xargs', 'ls crates | xargs -I{} cargo check -p {}', ['1: check']],
    ['in a shell', "bash -ec 'cd x && cargo build'", ['1: build']],
    ['in a shell, locked', 'bash -c "cargo build --locked"', []],
    ['in a container', 'docker run --rm -v "$PWD":/w rust:1 cargo build', ['1: build']],
    ['in a shell of a container', 'docker run rust:1 sh -c "cargo test"', ['1: test']],
    ['another toolchain', 'rustup run nightly cargo miri test', ['1: miri']],
    ['if', 'if ! cargo check; then exit 1; fi', ['1: check']],
    ['a loop', 'for p in a b; do cargo test -p $p; done', ['1: test']],
    ['a list for a loop', 'for c in cargo build; do echo $c; done', []],
    ['a case', 'case $1 in\n  a) cargo test ;;\n  *) cargo build --locked ;;\nesac', ['2: test']],
    ['a function', 'ci() {\n  cargo bench\n}', ['2: bench']],
    ['a subshell', '(cd sub && cargo build)', ['1: build']],
    ['a substitution', 'V="$(cargo metadata | jq -r .x)"', ['1: metadata']],
    ['an old substitution', 'V=`cargo tree -e no-dev`', ['1: tree']],
    ['a list of words', `CMD=(cargo build)\n"$\{CMD[@]}"`, []],
    ['a flag in a variable', 'FLAGS="--locked"\ncargo build $FLAGS', []],
    ['another flag in a variable', 'FLAGS="--release"\ncargo build $FLAGS', ['2: build']],
    ['a file that is written', 'cat > x.sh <<EOF\ncargo build\nEOF\ncargo test --locked', []],
    ['a shell that is fed', "bash <<'EOF'\ncargo build\nEOF", ['2: build']],
    ['to a file', 'cargo build > log 2>&1\ncargo test &> log --locked', ['1: build']],
    ['installing', 'cargo install --path .', ['1: install']],
    ['installing a release', 'cargo install cargo-x --version 1.2.3', ['1: install']],
    ['what is installed', 'cargo install --list', []],
    ['updating', 'cargo update', ['1: update']],
    ['updating one to a release', 'cargo update -p log --precise 0.4.18', []],
    ['seeing what an update would do', 'cargo update --dry-run', []],
    ['publishing', 'cargo publish -p x --token "$T"', ['1: publish']],
    ['nextest', 'cargo nextest run --profile ci', ['1: nextest']],
    ['nextest of an archive', 'cargo nextest run --archive-file a.tar.zst', []],
    ['adding', 'cargo add serde', ['1: add']],
    ['seeing what would be added', 'cargo add serde --dry-run', []],
    ['removing', 'cargo rm serde\ncargo remove --locked log', ['1: remove']],
    ['auditable', 'cargo auditable build --release', ['1: auditable build']],
    [
      'auditable, locked',
      'cargo auditable build --locked && cargo +nightly auditable b',
      ['1: auditable build'],
    ],
    ['tauri', 'cargo tauri build --target x', ['1: tauri build']],
    ['tauri, locked behind dashes', 'cargo tauri build -- --locked', []],
    ['tauri that builds nothing', 'cargo tauri info && cargo tauri icon x.png', []],
    [
      'tauri of npm',
      'npx tauri build; pnpm tauri android build; yarn tauri android init',
      ['1: build', '1: android build'],
    ],
    ['maturin', 'maturin build --release; uvx maturin publish', ['1: build', '1: publish']],
    ['maturin, locked', 'maturin build --locked; python -m maturin develop --frozen', []],
    ['maturin that builds nothing', 'maturin sdist && maturin --version', []],
    ['wasm-pack', 'wasm-pack build --target web', ['1: build']],
    ['wasm-pack, locked behind dashes', 'wasm-pack build --target web -- --locked', []],
    ['trunk', 'trunk build --release\ntrunk serve --locked', ['1: build']],
    ['a folder of that name', 'cd tauri && ls maturin', []],
    ['cross', 'cross build --target aarch64-unknown-linux-gnu', ['1: build']],
    ['cargo of the environment', `"$\{CARGO:-cargo}" build`, ['1: build']],
    ['a folder of that name', 'cd cargo\nls ~/.cargo/registry', []],
    ['quotes that do not end', 'echo "cargo build', []],
    ['a word in pieces', 'car""go bu"il"d', ['1: build']],
  ]),
  [
    'a workflow',
    'github',
    `name: ci
on: push
env:
  CARGO_TERM_COLOR: always
jobs:
  build: # cargo build
    name: cargo build
    steps:
      - uses: actions/checkout@v4
      - run: cargo build --verbose
      - name: cargo test
        run: |
          rustup show
          cargo test \\
            --locked
          cargo clippy -- -D warnings
      - run: >-
          cargo doc
          --no-deps
          --locked
      - run: "cargo check --features \\"a b\\" && cargo fetch"
      - run: 'echo ''cargo build'''
      - shell: python
        run: |
          cargo build
      - if: runner.os == 'Windows'
        shell: pwsh
        run: |
          cargo build \`
            --locked
      - run: cargo build \${{ matrix.flags }}
    strategy:
      matrix:
        flags: ["", "--locked"]
`,
    ['10: build', '16: clippy', '21: check', '21: fetch'],
  ],
  [
    'a workflow without flags in its matrix',
    'github',
    `jobs:\n  a:\n    steps:\n      - run: cargo test $\{{ matrix.args }}\n`,
    ['4: test'],
  ],
  [
    'an action that calls cargo',
    'github',
    'jobs:\n  a:\n    steps:\n      - uses: actions-rs/cargo@v1\n        with:\n          command: build\n          args: --release\n      - uses: actions-rs/cargo@v1\n        with: { command: test, args: --locked }\n',
    ['6: build'],
  ],
  [
    'actions that build with what they are told, and by default',
    'github',
    'jobs:\n  a:\n    steps:\n' +
      '      - uses: houseabsolute/actions-rust-cross@v1\n        with: { target: x86_64-unknown-linux-musl }\n' +
      '      - uses: houseabsolute/actions-rust-cross@v1\n        with:\n          command: both\n          args: --release\n' +
      '      - uses: houseabsolute/actions-rust-cross@v1\n        with: { args: "--locked --release" }\n' +
      '      - uses: PyO3/maturin-action@v1\n' +
      '      - uses: pyo3/maturin-action@v1\n        with: { args: --release --locked }\n' +
      '      - uses: PyO3/maturin-action@v1\n        with: { command: sdist }\n' +
      '      - uses: tauri-apps/tauri-action@v0\n' +
      '      - uses: tauri-apps/tauri-action@v0\n        with: { args: -- --locked }\n' +
      '      - uses: taiki-e/upload-rust-binary-action@v1\n        with: { bin: app, features: extra }\n' +
      '      - uses: taiki-e/upload-rust-binary-action@v1\n        with: { bin: app, locked: true }\n' +
      '      - uses: actions/checkout@v6\n        with: { command: build }\n',
    ['4: build', '8: build', '12: build', '17: build', '20: build'],
  ],
  [
    'what scripts of packages start',
    'github',
    'jobs:\n  a:\n    steps:\n' +
      '      - run: npm run tauri build\n' +
      '      - run: npm run tauri build -- -- --locked\n' +
      '      - run: npm install tauri\n' +
      '      - run: npm exec -- cargo build\n',
    ['4: build', '7: build'],
  ],
  [
    'a workflow that is offline',
    'github',
    'env:\n  CARGO_NET_OFFLINE: "true"\njobs:\n  a:\n    steps:\n      - run: cargo build\n',
    [],
  ],
  [
    'a composite action',
    'github',
    'runs:\n  using: composite\n  steps:\n    - run: cargo install cargo-nextest\n      shell: bash\n',
    ['4: install'],
  ],
  [
    'a pipeline',
    'gitlab',
    `.rust: &rust
  before_script:
    - rustc --version
    - cargo fetch
.steps: &steps
  - cargo build --locked
  - cargo test
build:
  <<: *rust
  script: *steps
lint:
  script:
    - !reference [.rust, before_script]
    - |
      cargo clippy
    - - cargo doc
  after_script: cargo tree
`,
    ['4: fetch', '7: test', '15: clippy', '16: doc', '17: tree'],
  ],
  [
    'a Dockerfile',
    'docker',
    `# syntax=docker/dockerfile:1
FROM rust:1 AS build
# RUN cargo build
ENV CMD="cargo build"
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \\
    # the release
    cargo build --release \\
    && cargo test --locked
RUN cargo build --release --locked && \\
    cargo install --path .
RUN ["cargo", "build", "--release"]
RUN ["cargo", "build", "--locked"]
RUN <<EOF
set -e
cargo fetch
EOF
LABEL x="cargo build"
CMD ["cargo", "run"]
`,
    ['8: build', '11: install', '12: build', '16: fetch', '19: run'],
  ],
  [
    'a Makefile',
    'make',
    `CARGO ?= cargo
CMD = cargo build
VERSION := $(shell cargo metadata --format-version 1 | jq .)
cargo: test
.PHONY: cargo build
build: ## cargo build
\t@cargo build \\
\t\t--locked
\t-$(CARGO) test
\t@echo "cargo build"
\tfor p in $$(ls crates); do cargo check -p $$p; done
quick: ; cargo run
`,
    ['3: metadata', '9: test', '11: check', '12: run'],
  ],
  [
    'a justfile',
    'just',
    `set shell := ["bash", "-c"]
version := \`cargo metadata --format-version 1\`
# cargo build
build *args:
    @cargo build {{args}}
test: build
    cargo test \\
      --locked
    -cargo bench
py:
    #!/usr/bin/env python3
    cargo = 1
sh:
    #!/usr/bin/env bash
    cargo doc
`,
    ['2: metadata', '5: build', '9: bench', '15: doc'],
  ],
  [
    'tasks of cargo-make',
    'cargo-make',
    `[tasks.build]
command = "cargo"
args = ["build", "--locked"]
[tasks.test]
args = ["test", "--all"]
command = "cargo"
[tasks.fmt]
command = "cargo"
args = ["fmt"]
[tasks.all]
dependencies = ["build", "cargo"]
script = """
set -e
cargo bench \\\\
  --locked
echo "cargo doc"; cargo doc
"""
[tasks.lines]
script = [
  "cd x",
  "cargo check",
]
[tasks.win.windows]
script.main = 'cargo clippy'
[tasks.py]
script_runner = "@rust"
script = "cargo run"
`,
    ['6: test', '16: doc', '21: check', '24: clippy'],
  ],
  [
    'CircleCI',
    'pipeline',
    'jobs:\n  a:\n    steps:\n      - run: cargo fmt\n      - run:\n          command: cargo build\n      - run: cargo test --locked\n',
    ['6: build'],
  ],
  [
    'a Jenkinsfile',
    'jenkins',
    `pipeline {
  // sh 'cargo build'
  steps {
    sh "cargo build --locked"
    sh 'cargo test'
    sh(script: '''
      set -e
      cargo doc
    ''')
    echo 'cargo bench'
  }
}
`,
    ['5: test', '8: doc'],
  ],
  [
    'what an image of cross is made with',
    'cross',
    '[target.wasm32-wasip1]\npre-build = [\n  "apt-get update",\n  "cargo install x && cargo install y --locked",\n]\n',
    ['4: install'],
  ],
  [
    'what wheels are built with',
    'pyproject',
    "[tool.cibuildwheel.linux]\nbefore-all = 'cargo build'\n",
    ['2: build'],
  ],
];

function shell(
  cases: readonly [name: string, text: string, found: readonly string[]][],
): readonly [string, CiKind, string, readonly string[]][] {
  return cases.map(([name, text, found]) => [name, 'shell', text, found]);
}
