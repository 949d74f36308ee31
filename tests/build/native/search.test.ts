/** Looking for libraries where build scripts may have put anything. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { purlText } from '../../../src/bom/purl.ts';
import { askedIn } from '../../../src/build/native/asked.ts';
import { type SystemPackages, searchLibraries, systemPackages } from '../../../src/build/native/search.ts';
import { systemPurl } from '../../../src/distribution/package.ts';
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
  const outDirs = new Map([[zlib.id, [second]]]);
  const target = 'x86_64-unknown-linux-gnu';
  const search = searchLibraries({ folders, outDirs }, [zlib], target, (path) => path, nobody);
  const names = ['libmade.so', 'libmade.so.1', 'libmade.so.2', 'libmade.a'];
  const found = search.find(zlib, names);
  assert.deepEqual([found?.file, found?.madeBy?.name], ['libmade.a', 'libz-sys']);
  assert.equal(search.find(zlib, names.slice(0, 3)), undefined);
});

test('a package whose script ran twice, for the machine that builds and for the target, made what either put down', (t) => {
  const outDirs = ['host', 'target'].map((name) => join(tempDir(t), name));
  const scripts = outDirs.map((outDir) => {
    mkdirSync(outDir);
    writeFileSync(join(outDir, 'libmade.a'), '!<arch>\n');
    const paths = [`native=${outDir}`];
    return { kind: 'script', package: zlib, libraries: ['static=made'], paths, outDir, env: [] } as const;
  });
  for (const messages of [scripts, scripts.toReversed()]) {
    const asked = askedIn(messages);
    const search = searchLibraries(asked, [zlib], 'x86_64-unknown-linux-gnu', (path) => path, nobody);
    assert.equal(search.find(zlib, ['libmade.a'])?.madeBy?.name, 'libz-sys');
  }
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
    const outDirs = new Map([[zlib.id, [folder ?? first]]]);
    const search = searchLibraries({ folders, outDirs }, [zlib], target, (path) => path, nobody);
    const found = search.find(zlib, ['libmade.so']);
    assert.equal(found?.madeBy?.name, folder === undefined ? undefined : 'libz-sys', target);
  }
});

test('the library of a 32-bit target is of the package of its architecture, beside one of the same name for the machine itself', (t) => {
  const root = tempDir(t);
  const put = (path: string, bytes: string | Buffer) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), bytes);
  };
  const status = (name: string, architecture: string, more: string) =>
    `Package: ${name}\nStatus: install ok installed\nArchitecture: ${architecture}\n${more}\n`;
  const same = 'Multi-Arch: same\nVersion: 1:1.2.13.dfsg-1\nSource: zlib\n';
  put('etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
  put(
    'var/lib/dpkg/status',
    [
      status('zlib1g', 'amd64', same),
      status('zlib1g', 'i386', same),
      // What is for 32 bits in a package of the 64-bit machine: so dpkg has it.
      status('lib32z1', 'amd64', 'Version: 1:1.2.13.dfsg-1\nSource: zlib\n'),
    ].join('\n'),
  );
  const places = [
    ['zlib1g:amd64', '/usr/lib/x86_64-linux-gnu', 62],
    ['zlib1g:i386', '/usr/lib/i386-linux-gnu', 3],
    ['lib32z1', '/usr/lib32', 3],
  ] as const;
  for (const [name, folder, machine] of places) {
    const library = elfFile([]);
    library.writeUInt16LE(machine, 18);
    put(`${folder}/libz.so.1`, library);
    put(`var/lib/dpkg/info/${name}.list`, `${folder}\n${folder}/libz.so.1\n`);
  }
  const here = systemPackages(root);
  const system: SystemPackages = {
    ...here,
    ownerOf: (paths) => here.ownerOf(paths.map((path) => path.slice(root.length))),
  };
  const purlFor = (target: string, folders: readonly string[]) => {
    const asked = { folders: new Map([[zlib.id, folders]]), outDirs: new Map<string, readonly string[]>() };
    const search = searchLibraries(asked, [zlib], target, (path) => join(root, path), system);
    const owner = search.find(zlib, ['libz.so.1'])?.package;
    return owner === undefined || here.distribution === undefined
      ? undefined
      : purlText(systemPurl(owner, here.distribution));
  };
  const [wide, narrow, second] = places.map(([, folder]) => folder);
  const of = (name: string, architecture: string) =>
    `pkg:deb/debian/${name}@1:1.2.13.dfsg-1?arch=${architecture}&distro=debian-12&upstream=zlib`;
  const all = [wide ?? '', narrow ?? '', second ?? ''];
  assert.equal(purlFor('x86_64-unknown-linux-gnu', all), of('zlib1g', 'amd64'));
  for (const target of ['i686-unknown-linux-gnu', 'i586-unknown-linux-gnu']) {
    assert.equal(purlFor(target, all), of('zlib1g', 'i386'), target);
    assert.equal(purlFor(target, [wide ?? '', second ?? '']), of('lib32z1', 'amd64'), target);
  }
});
