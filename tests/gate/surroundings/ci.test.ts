// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CI writes its variables so.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { builtTargets } from '../../../src/gate/surroundings/built-targets.ts';
import { commandChanges, unlockedCommands } from '../../../src/gate/surroundings/ci.ts';
import { ciSettings } from '../../../src/gate/surroundings/ci-settings.ts';
import { type CiKind, ciKind } from '../../../src/gate/surroundings/ci-text.ts';
import { LineTable } from '../../../src/gate/surroundings/line-table.ts';
import { ciCases } from './ci-cases.ts';
import { sideOf } from './sides.ts';

describe('unlocked cargo commands', () => {
  for (const [name, kind, text, found] of ciCases) {
    it(`${kind}: ${name}`, () => {
      const lines = new LineTable(text);
      const seen = unlockedCommands(kind, text).map(
        ({ subcommand, start }) => `${lines.positionAt(start).line}: ${subcommand}`,
      );
      assert.deepEqual(seen, found);
    });
  }

  it('points at the word', () => {
    const [command] = commandChanges(
      undefined,
      sideOf({ 'ci/x.sh': 'set -e\ntrue && RUST_LOG=x cargo  build' }),
    );
    assert.deepEqual(command, {
      kind: 'command',
      program: 'cargo',
      subcommand: 'build',
      locks: 'with-flag',
      difference: 'present',
      after: '`cargo build`',
      file: 'ci/x.sh',
      line: 2,
      column: 20,
    });
  });
});

describe('which files CI runs', () => {
  for (const [path, kind] of [
    ['.github/workflows/ci.yml', 'github'],
    ['.github/workflows/sub/ci.yml', undefined],
    ['action.yml', 'github'],
    ['tools/action.yaml', 'github'],
    ['.gitlab-ci.yml', 'gitlab'],
    ['.gitlab/build.yml', 'gitlab'],
    ['docker/Dockerfile.release', 'docker'],
    ['x.dockerfile', 'docker'],
    ['Containerfile', 'docker'],
    ['Makefile', 'make'],
    ['GNUmakefile', 'make'],
    ['build.mk', 'make'],
    ['.justfile', 'just'],
    ['Justfile', 'just'],
    ['ci/build.sh', 'shell'],
    ['a/.ci/build.sh', 'shell'],
    ['scripts/build.sh', undefined],
    ['.circleci/config.yml', 'pipeline'],
    ['azure-pipelines.yml', 'pipeline'],
    ['a/azure-pipelines-release.yaml', 'pipeline'],
    ['.azure-pipelines/templates/b.yml', 'pipeline'],
    ['bitbucket-pipelines.yml', 'pipeline'],
    ['.travis.yml', 'pipeline'],
    ['.buildkite/pipeline.yml', 'pipeline'],
    ['.woodpecker.yml', 'pipeline'],
    ['.drone.yml', 'pipeline'],
    ['docs/azure.yml', undefined],
    ['Jenkinsfile', 'jenkins'],
    ['ci/release.Jenkinsfile', 'jenkins'],
    ['Cross.toml', 'cross'],
    ['a/Makefile.toml', 'cargo-make'],
    ['pyproject.toml', 'pyproject'],
    ['Cargo.toml', 'manifest'],
    ['other.toml', undefined],
    ['src/main.rs', undefined],
  ] as const) {
    it(path, () => assert.equal(ciKind(path), kind));
  }
});

describe('what of it is new', () => {
  const file = 'ci/x.sh';
  for (const [name, before, after, lines] of [
    ['nothing', 'cargo build', '# moved\n\ncargo build', []],
    ['a second one', 'cargo build', 'cargo build\ncargo build', [2]],
    ['another', 'cargo build', 'cargo build --release', [1]],
    ['the lock is gone', 'cargo test --locked', 'cargo test', [1]],
  ] as const) {
    it(name, () => {
      const found = commandChanges(sideOf({ [file]: before }), sideOf({ [file]: after }));
      assert.deepEqual(
        found.map(({ line }) => line),
        lines,
      );
    });
  }
});

describe('any text', () => {
  const kinds = [
    ...[
      'github',
      'gitlab',
      'docker',
      'make',
      'just',
      'shell',
      'cross',
      'manifest',
      'cargo-make',
      'pyproject',
      'pipeline',
      'jenkins',
    ],
  ] as readonly CiKind[];
  const pieces = fc.constantFrom(
    ...'cargo |build|--locked|\n|\t| |$(|)|`|"|\'|\\|{{|}}|${|<<EOF\n|EOF\n|#|;|&&|RUN |run: |- |  |script:|*x|&x |>|[|]|,|@|\r\n|\u0000|é|!reference '.split(
      '|',
    ),
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
  );
  for (const kind of kinds) {
    it(`is read as ${kind} to its end, and points inside`, () => {
      fc.assert(
        fc.property(text, (any) => {
          for (const { start } of unlockedCommands(kind, any)) assert.ok(start >= 0 && start <= any.length);
        }),
        { numRuns: 400 },
      );
    });
  }

  it('that is one long line, or has a thousand ways to read it, is read in no time', () => {
    const long = 100_000;
    for (const text of [
      `sh${' '.repeat(long)}`,
      "sh 'a' ".repeat(long / 10),
      `script${' '.repeat(long)}`,
      "'A=".repeat(long),
    ])
      ciSettings('jenkins', text);
    const expression = '${{ matrix.os }}';
    for (const label of [
      expression.repeat(50),
      `\${{${' '.repeat(long)}`,
      `\${{ matrix.${'a.'.repeat(long)} }}`,
    ]) {
      const text = `jobs:\n  a:\n    strategy: { matrix: { os: [a, b, c] } }\n    runs-on: '${label}'\n    steps: [{ run: cargo build }]\n`;
      assert.equal(builtTargets(undefined, sideOf({ '.github/workflows/a.yml': text })).length, 1);
    }
  });

  it('nested without end is read, too', () => {
    for (const kind of kinds) {
      for (const open of ['$(', '`', '[', '{', '(', '"$(', '- ', 'bash -c "']) {
        unlockedCommands(kind, `run: ${open.repeat(20_000)}`);
        ciSettings(kind, `cross = ${open.repeat(20_000)}`);
        unlockedCommands(kind, `RUN ${open.repeat(20_000)}`);
      }
    }
  });
});
