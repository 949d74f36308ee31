/** A lockfile that is no file is said to be none, at once. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readLockfile } from '../../../src/gate/project/lockfile-reader.ts';
import { folder, safeguard } from '../../cli/support.ts';

const makes: Readonly<Record<string, (path: string) => void>> = {
  'it is no file but a pipe': (path) => spawnSync('sh', ['-c', `mkfifo '${path}'`]),
  'it is no file but a folder': (path) => mkdirSync(path),
  'it is a link that leads to itself': (path) => symlinkSync(path, path),
  'there is no such file': (path) => symlinkSync(`${path}.gone`, path),
};

describe('a lockfile', () => {
  for (const [said, make] of Object.entries(makes)) {
    it(`of which is said: ${said}`, async (t) => {
      const dir = folder(t, { 'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\n' });
      const path = join(dir, 'Cargo.lock');
      make(path);
      await assert.rejects(readLockfile(path, 'Cargo.lock'), ({ message }: Error) => message.includes(said));
    });
  }

  it('is not taken from the folder above where the project has a broken one', async (t) => {
    const dir = folder(t, { 'Cargo.lock': 'version = 4\n', 'app/Cargo.toml': '[package]\nname = "app"\n' });
    symlinkSync('nowhere', join(dir, 'app/Cargo.lock'));
    writeFileSync(join(dir, 'app/README.md'), '');
    const ran = await safeguard(['check', '--offline'], { cwd: join(dir, 'app') });
    assert.notEqual(ran.code, 0);
    assert.match(ran.stderr, /app\/Cargo\.lock: there is no such file|Cargo\.lock: there is no such file/);
  });
});
