import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandChanges } from '../../../src/gate/surroundings/ci.ts';
import { ciFilesOf } from '../../../src/gate/surroundings/ci-config.ts';
import { ciKinds } from '../../../src/gate/surroundings/ci-files.ts';
import { readSide } from '../../../src/gate/surroundings/read-side.ts';
import { sideOf } from './sides.ts';

const workflow = (run: string) => `jobs:\n  a:\n    steps:\n      - run: ${run}\n`;
const build = '#!/bin/sh\ncargo build\n';

/** A file of CI, the files beside it, and which of those are its own. */
const table: readonly [file: string, text: string, named: readonly string[], others?: readonly string[]][] = [
  [
    '.github/workflows/a.yml',
    workflow('./scripts/build.sh --fast'),
    ['scripts/build.sh'],
    ['scripts/other.sh'],
  ],
  ['.github/workflows/a.yml', workflow('bash -e scripts/build.sh'), ['scripts/build.sh']],
  ['.github/workflows/a.yml', workflow('. ./scripts/env'), ['scripts/env']],
  ['.github/workflows/a.yml', workflow('sudo -E xvfb-run ./build.sh'), ['build.sh']],
  ['.github/workflows/a.yml', workflow('$GITHUB_WORKSPACE/build.sh'), ['build.sh']],
  ['.github/workflows/a.yml', workflow(`bash "\${{ github.workspace }}/build.sh"`), ['build.sh']],
  ['.github/workflows/a.yml', workflow('A=b ./tools/ci/build'), ['tools/ci/build']],
  ['.github/workflows/a.yml', workflow('sudo -u ci ./ci/build'), ['ci/build']],
  ['.github/workflows/a.yml', workflow('timeout -k 5 600 env A=b ./ci/build'), ['ci/build']],
  ['.github/workflows/a.yml', workflow('if ./ci/build; then echo done; fi'), ['ci/build']],
  ['.github/workflows/a.yml', workflow("bash -c './ci/build --fast'"), ['ci/build']],
  ['.github/workflows/a.yml', workflow('sudo chmod +x scripts/build.sh'), [], ['scripts/build.sh']],
  ['.github/workflows/a.yml', workflow('shellcheck scripts/build.sh'), [], ['scripts/build.sh']],
  [
    '.github/workflows/a.yml',
    workflow('chmod +x scripts/build.sh && scripts/build.sh'),
    ['scripts/build.sh'],
  ],
  ['.github/workflows/a.yml', workflow('pwsh -File build.ps1'), ['build.ps1']],
  ['.github/workflows/a.yml', workflow('make -f build/rules all'), ['build/rules']],
  ['.github/workflows/a.yml', workflow('just --justfile=build/tasks all'), ['build/tasks']],
  ['.github/workflows/a.yml', workflow('cargo make --makefile build/tasks.toml all'), ['build/tasks.toml']],
  ['.github/workflows/a.yml', workflow('docker buildx build -f build/image .'), ['build/image']],
  ['.gitlab-ci.yml', 'include: ci/rust.yml\n', ['ci/rust.yml'], ['ci/other.yml']],
  [
    '.gitlab-ci.yml',
    "include:\n  - local: '/ci/*.yml'\n",
    ['ci/rust.yml', 'ci/c.yml'],
    ['ci/deep/a.yml', 'a.yml'],
  ],
  ['.gitlab-ci.yml', "include:\n  - local: 'ci/**/*.yml'\n", ['ci/rust.yml', 'ci/deep/a.yml'], ['a.yml']],
  [
    '.gitlab-ci.yml',
    'include:\n  - project: other/one\n    file: ci/rust.yml\n  - remote: https://a.invalid/ci/x.yml\n',
    [],
    ['ci/rust.yml'],
  ],
  [
    'azure-pipelines.yml',
    'steps:\n  - template: ci/steps.yml\n  - template: x.yml@other\n',
    ['ci/steps.yml'],
    ['x.yml'],
  ],
  ['ci/azure-pipelines.yml', 'steps:\n  - template: steps.yml\n', ['ci/steps.yml']],
  ['Makefile.toml', 'extend = "tasks/base.toml"\n', ['tasks/base.toml']],
  [
    'Makefile.toml',
    'extend = [{ path = "tasks/base.toml" }, { path = "more.toml", optional = true }]\n',
    ['tasks/base.toml', 'more.toml'],
  ],
  ['Makefile', '-include build/rules build/more\n', ['build/rules', 'build/more']],
  ['justfile', "import 'build/tasks'\nmod tools 'tools/tasks'\n", ['build/tasks', 'tools/tasks']],
  ['Jenkinsfile', "node { load 'ci/steps.groovy' }\n", ['ci/steps.groovy']],
];

describe('files of CI', () => {
  for (const [file, text, named, others = []] of table) {
    it(`takes ${named.join(', ') || 'nothing'} of ${file}: ${text.trim().split('\n').at(-1)?.trim()}`, () => {
      const beside = Object.fromEntries([...named, ...others].map((path) => [path, build]));
      const side = sideOf({ [file]: text, ...beside });
      assert.deepEqual(
        [...ciKinds(side).keys()].filter((path) => path !== file),
        [...named].sort(),
      );
    });
  }

  it('follows what is named from file to file, round in circles too', () => {
    const side = sideOf({
      '.github/workflows/a.yml': workflow('./a.sh'),
      'a.sh': '#!/usr/bin/env bash\n./b.sh\n',
      'b.sh': '#!/bin/sh\n./a.sh\nRUSTFLAGS="--cfg mine" cargo build --target wasm32-unknown-unknown\n',
      'c.sh': build,
    });
    assert.deepEqual([...ciKinds(side).keys()], ['.github/workflows/a.yml', 'a.sh', 'b.sh']);
    const { settings, builds } = ciFilesOf(side).at(-1) ?? { settings: [], builds: [] };
    assert.deepEqual(
      settings.map(({ key }) => key.join('.')),
      ['build.rustflags', 'build.target'],
    );
    assert.equal(builds.length, 1);
    assert.deepEqual(
      commandChanges(undefined, side).map(({ file, line }) => `${file}:${line}`),
      ['b.sh:3'],
    );
  });

  it('takes no program of another language for a shell', () => {
    const side = sideOf({
      '.github/workflows/a.yml': workflow('./build'),
      build: '#!/usr/bin/env python3\ncargo build\n',
    });
    assert.deepEqual(commandChanges(undefined, side), []);
  });

  it('reads of a project what is named, and no more', async () => {
    const files = new Map(
      Object.entries({
        '.github/workflows/a.yml': workflow('make -f rules'),
        rules: 'all:\n\t./deep/build.sh\n',
        'deep/build.sh': build,
        'deep/other.sh': build,
      }),
    );
    const side = await readSide({
      list: async () => [...files.keys()],
      read: async (path) => Buffer.from(files.get(path) ?? ''),
    });
    assert.deepEqual([...side.files.keys()].sort(), ['.github/workflows/a.yml', 'deep/build.sh', 'rules']);
  });
});
