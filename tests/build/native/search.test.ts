/** Looking for libraries where build scripts may have put anything. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { searchLibraries } from '../../../src/build/native/search.ts';
import { elfFile } from '../../samples/executables.ts';
import { tempDir } from '../../support/temp.ts';

const zlib = { id: 'registry+x#libz-sys@1.1.0', name: 'libz-sys', version: '1.1.0' };
const nobody = { distribution: undefined, ownerOf: () => undefined };

test('what is no file is passed over: a pipe, a folder, a link to nothing or to itself', {
  timeout: 20_000,
}, (t) => {
  const [first, second] = [join(tempDir(t), 'first'), join(tempDir(t), 'second')];
  for (const folder of [first, second]) mkdirSync(folder);
  execFileSync('mkfifo', [join(first, 'libmade.so')]);
  mkdirSync(join(first, 'libmade.a'));
  symlinkSync(join(first, 'nothing'), join(first, 'libmade.so.1'));
  symlinkSync('libmade.so.2', join(first, 'libmade.so.2'));
  writeFileSync(join(second, 'libmade.a'), '!<arch>\n');
  const folders = new Map([[zlib.id, [first, second]]]);
  const outDirs = new Map([[zlib.id, second]]);
  const target = 'x86_64-unknown-linux-gnu';
  const search = searchLibraries({ folders, outDirs }, [zlib], target, (path) => path, nobody);
  const names = ['libmade.so', 'libmade.so.1', 'libmade.so.2', 'libmade.a'];
  const found = search.find(zlib, names);
  assert.deepEqual([found?.file, found?.madeBy?.name], ['libmade.a', 'libz-sys']);
  assert.equal(search.find(zlib, names.slice(0, 3)), undefined);
});

test('a library of another machine is passed over, as the linker does', (t) => {
  const [first, second] = [join(tempDir(t), 'first'), join(tempDir(t), 'second')];
  for (const folder of [first, second]) mkdirSync(folder);
  const libraries = [
    [first, 62],
    [second, 3],
  ] as const;
  for (const [folder, machine] of libraries) {
    const library = elfFile([]);
    library.writeUInt16LE(machine, 18);
    writeFileSync(join(folder, 'libmade.so'), library);
  }
  const folders = new Map([[zlib.id, [first, second]]]);
  for (const [target, folder] of [
    ['x86_64-unknown-linux-gnu', first],
    ['i686-unknown-linux-gnu', second],
    ['aarch64-unknown-linux-gnu', undefined],
  ] as const) {
    const outDirs = new Map([[zlib.id, folder ?? first]]);
    const search = searchLibraries({ folders, outDirs }, [zlib], target, (path) => path, nobody);
    const found = search.find(zlib, ['libmade.so']);
    assert.equal(found?.madeBy?.name, folder === undefined ? undefined : 'libz-sys', target);
  }
});
