/** What this room believes of cargo, asked of the real one. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { unlockedCommands } from '../../../src/gate/surroundings/ci.ts';
import { meaningOf } from '../../../src/gate/surroundings/config-keys.ts';
import { type CargoProject, cargoProject } from '../../support/cargo.ts';

/** A project whose lockfile does not fit: it lacks a package that a path leads to. */
function stale(t: TestContext): CargoProject {
  const one = '[package]\nname = "one"\nversion = "0.1.0"\nedition = "2021"\n';
  return cargoProject(
    {
      dependencies: { one: { path: 'one' } },
      lockfile: 'version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n',
      files: { 'one/Cargo.toml': one, 'one/src/lib.rs': '', 'src/lib.rs': '' },
    },
    t,
  );
}

describe('a lockfile that does not fit', () => {
  for (const command of [
    'build',
    'check',
    'run',
    'test --no-run',
    'bench --no-run',
    'doc --no-deps',
    'rustc --lib',
    'rustdoc --lib',
    'fetch',
    'metadata --format-version 1',
    'metadata --format-version 1 --no-deps',
    'tree',
    'package --list --allow-dirty',
    'vendor',
    'update --workspace',
    'update --dry-run',
    'generate-lockfile',
    'clean',
    'locate-project',
    'read-manifest',
    'verify-project',
    '--version',
    'build --locked',
    '--frozen check',
    'tree --locked',
  ]) {
    it(`cargo ${command}`, async (t) => {
      const project = stale(t);
      const before = await project.lockfile();
      await project.run(command.split(' '));
      const isChanged = (await project.lockfile()) !== before;
      const named = unlockedCommands('shell', `cargo ${command}`).length > 0;
      assert.equal(named, isChanged);
    });
  }
});

describe('aliases', () => {
  for (const [name, runs] of [
    ['b', true],
    ['t', true],
    ['build', false],
    ['test', false],
    ['nextest', true],
  ] as const) {
    it(`${name} ${runs ? 'can' : 'cannot'} be taken`, async (t) => {
      const project = cargoProject({ dependencies: {} }, t);
      writeFileSync(join(project.dir, '.cargo/config.toml'), `[alias]\n${name} = "locate-project"\n`);
      const { stdout } = await project.run([name]);
      assert.equal(stdout.includes('"root"'), runs);
      assert.equal(meaningOf(['alias', name], 'locate-project') !== undefined, runs);
    });
  }
});

describe('levels', () => {
  it('what counts of two names, of an include, and of a folder above', async (t) => {
    const project = cargoProject(
      {
        dependencies: {},
        files: {
          '.cargo/config': 'include = ["one.toml", "two.toml"]\n[alias]\na = "version"\n',
          '.cargo/config.toml': '[alias]\na = "locate-project"\nd1 = "version"\n',
          '.cargo/one.toml': '[alias]\na = "locate-project"\nc = "locate-project"\n',
          '.cargo/two.toml': '[alias]\nc = "version"\n',
        },
      },
      t,
    );
    const says = async (name: string) => (await project.run([name])).stdout;
    assert.match(await says('a'), /^cargo /, 'the file itself, of the name without .toml');
    assert.match(await says('c'), /^cargo /, 'the later include');
    assert.equal(await says('d1'), '', 'nothing of the other name');
  });
});
