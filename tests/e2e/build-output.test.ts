/** Where the results of a sealed build may go: nothing of the project, or of anybody else, is hidden, ignored or replaced. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lockfileOf, manifest, sealedProject, triple, unsealed } from '../support/sealed.ts';
import { smallDisk, smallDiskAvailable } from '../support/small-disk.ts';

const files = {
  'Cargo.toml': manifest('app', '[workspace]'),
  'Cargo.lock': lockfileOf({ app: [] }),
  'src/main.rs': 'fn main() {}\n',
};

describe('the folder for results', { skip: unsealed }, () => {
  for (const named of ['.', '..', '/'])
    it(`is not ${named}, which holds the project`, async (t) => {
      const { build, dir } = sealedProject(t, files);
      const ran = await build(['--output-dir', named]);
      assert.equal(ran.code, 64, ran.stderr);
      assert.match(
        ran.stderr,
        /--output-dir \S+ holds the project itself: a build sees nothing of that folder/,
      );
      assert.ok(!existsSync(join(dir, named, '.gitignore')), 'git is told to ignore none of it');
    });

  it('is none with files that git tracks', async (t) => {
    const { build, dir } = sealedProject(t, files);
    for (const words of [
      ['init', '--quiet'],
      ['add', '.'],
    ])
      spawnSync('git', words, { cwd: dir });
    const ran = await build(['--output-dir', 'src']);
    assert.equal(ran.code, 64, ran.stderr);
    assert.match(ran.stderr, /--output-dir src holds files of the repository, such as main\.rs/);
    assert.ok(!existsSync(join(dir, 'src/.gitignore')));
  });

  it('may have other things in it, which are neither ignored nor replaced', async (t) => {
    const { build, dir } = sealedProject(t, files);
    const [notes, own] = [join(dir, 'dist/notes'), join(dir, 'dist', triple, 'own')];
    mkdirSync(join(own, '..'), { recursive: true });
    for (const file of [notes, own]) writeFileSync(file, 'mine');
    const refused = await build(['--output-dir', 'dist']);
    assert.equal(refused.code, 64, refused.stderr);
    assert.match(refused.stderr, /would be replaced by the results, and holds what no build left: own/);
    assert.equal(readFileSync(own, 'utf8'), 'mine');
    const elsewhere = await build(['--output-dir', 'dist/later']);
    assert.equal(elsewhere.code, 0, elsewhere.stderr);
    assert.ok(existsSync(join(dir, 'dist/later/.gitignore')));
    assert.ok(!existsSync(join(dir, 'dist/.gitignore')));
    const again = await build(['--output-dir', 'dist/later']);
    assert.equal(again.code, 0, again.stderr);
  });

  for (const named of ['file', 'file/results'])
    it(`that nothing can be written to is told of in words: ${named}`, async (t) => {
      const { build, dir } = sealedProject(t, files);
      writeFileSync(join(dir, 'file'), '');
      const ran = await build(['--output-dir', named]);
      assert.equal(ran.code, 64, ran.stderr);
      assert.match(
        ran.stderr,
        /--output-dir \S+: nothing can be written there: a file is in its place\.\n {2}Name a folder/,
      );
    });

  it('is another than a checkout that is read-only', { skip: smallDiskAvailable() ?? false }, async (t) => {
    const { folder } = smallDisk(t, 1);
    const { build, dir } = sealedProject(t, files);
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    for (const named of [folder, join(folder, 'results')]) {
      const ran = await build(['--output-dir', named]);
      assert.equal(ran.code, 64, ran.stderr);
      assert.match(
        ran.stderr,
        /--output-dir \S+: nothing can be written there: its disk is read-only\.\n {2}Name a folder/,
      );
    }
    assert.ok(!existsSync(join(dir, 'safeguard-out')));
  });

  it('is where a build works: where its disk is full, that is said', {
    skip: smallDiskAvailable() ?? false,
  }, async (t) => {
    const { build } = sealedProject(t, files);
    const { folder } = smallDisk(t, 1);
    const ran = await build(['--output-dir', folder]);
    assert.equal(ran.code, 1, ran.stderr);
    assert.match(ran.stderr, /the disk of --output-dir \S+ is full|No space left on device/);
    assert.match(ran.stderr, /Free space (?:there|where --output-dir lies), or name another one/);
    const left = readdirSync(folder).filter((name) => name !== `${triple}.failed`);
    assert.deepEqual(left, ['.gitignore'], 'nothing of what it worked with is left');
  });
});
