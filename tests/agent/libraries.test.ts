/** Where the loader would find a library, root by root. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { LibraryFinder } from '../../src/agent/libraries.ts';
import { PackageMemory } from '../../src/agent/packages/known.ts';
import { Root } from '../../src/agent/root.ts';
import { tempDir } from '../support/temp.ts';

it('what one root has says nothing of another, also where neither has a database of packages', (t) => {
  const [first, second] = ['first', 'second'].map((key) => {
    const base = join(tempDir(t), key);
    mkdirSync(join(base, 'usr/lib'), { recursive: true });
    return { key, root: new Root(base) };
  });
  assert.ok(first !== undefined && second !== undefined);
  writeFileSync(first.root.at('/usr/lib/libone.so.1'), '');
  writeFileSync(second.root.at('/usr/lib/libtwo.so.1'), '');
  const finder = new LibraryFinder(new PackageMemory());
  const found = () =>
    [first, second].map((held) => ['libone.so.1', 'libtwo.so.1'].map((name) => finder.find(held, name)));
  const expected = [
    ['/usr/lib/libone.so.1', undefined],
    [undefined, '/usr/lib/libtwo.so.1'],
  ];
  assert.deepEqual(found(), expected);
  finder.forgetUnused();
  assert.deepEqual(found(), expected, 'nor in the next look');
});
