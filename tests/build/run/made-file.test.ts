import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readMadeFile } from '../../../src/build/run/made-file.ts';
import { folder } from '../../cli/support.ts';

describe('what a build is said to have made', () => {
  it('is read as it lies in the target folder, and nothing that leads elsewhere is followed', (t) => {
    const root = folder(t, { key: 'a key' });
    const target = join(root, 'target');
    mkdirSync(join(target, 'release'), { recursive: true });
    writeFileSync(join(target, 'release/app'), 'made', { mode: 0o755 });
    symlinkSync(join(root, 'key'), join(target, 'release/link'));
    symlinkSync(root, join(target, 'folder'));
    spawnSync('mkfifo', [join(target, 'pipe')]);
    const read = (path: string) => readMadeFile(path, '/build/target', target);
    const { bytes, mode } = read('/build/target/release/app');
    assert.deepEqual([bytes.toString(), mode], ['made', 0o755]);
    const refused: readonly (readonly [path: string, why: RegExp])[] = [
      ['/build/target/release/link', /behind, a link/],
      ['/build/target/folder/key', /behind, a link/],
      ['/build/target/../key', /outside of the target folder/],
      ['/build/target-other/key', /outside of the target folder/],
      [join(root, 'key'), /outside of the target folder/],
      ['/build/target/release', /is no file/],
      ['/build/target/pipe', /is no file/],
      ['/build/target/missing', /cannot be read/],
    ];
    for (const [path, why] of refused) assert.throws(() => read(path), why, path);
  });
});
