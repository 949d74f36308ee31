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
