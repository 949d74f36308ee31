/**
 * Files whose path leads to another one, though the kernel does not mark them as deleted: another is mounted over them,
 * or an overlay has a new copy.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Scanner } from '../../src/agent/scan.ts';
import { makeRoot, mapIn, mounting, rootless } from '../support/roots.ts';

const lib = '/usr/lib/libssl.so.3';
const same = '/usr/lib/libz.so.1';
const elf = (text: string) => `not really: ${text}\n${'.'.repeat(4096)}`;
const stanza = (version: string) =>
  `Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
const files = {
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  [lib]: elf('old'),
  [same]: elf('z'),
  new: elf('new'),
  'var/lib/dpkg/status': stanza('3.0.11-1'),
  'var/lib/dpkg/info/libssl3.list': `${lib}\n`,
};
const purl = (version: string) => `pkg:deb/debian/libssl3@${version}?arch=amd64&distro=debian-12`;

/** What a process has loaded, and how its program stands. */
function lookAt(scanner: Scanner, pid: number) {
  const found = scanner.look().processes.find((one) => one.pid === pid);
  const at = (path: string) => found?.loaded.find((one) => one.path === path);
  const of = (path: string) => [at(path)?.state, at(path)?.package, at(path)?.by];
  return {
    program: found?.state,
    stale: found?.stale,
    lib: of(lib),
    same: at(same)?.state,
    digest: at(lib)?.sha256,
  };
}

describe('a file that another one covers', { skip: rootless }, () => {
  it('is replaced while the other is mounted over it', async (t) => {
    const mount = mounting(t);
    const root = makeRoot(t, files);
    const scanner = new Scanner('/proc');
    const { pid } = await mapIn(t, root, [lib, same]);
    const before = lookAt(scanner, pid);
    assert.deepEqual(before.stale, []);
    assert.deepEqual(before.lib, ['present', purl('3.0.11-1'), 'database']);
    if (!mount(['--bind', join(root, 'new'), join(root, lib)], join(root, lib))) return;
    writeFileSync(join(root, 'var/lib/dpkg/status'), stanza('3.0.15-1'));
    for (let i = 0; i < 3; i++) {
      const now = lookAt(scanner, pid);
      assert.deepEqual(now.lib, ['replaced', purl('3.0.11-1'), 'earlier']);
      assert.deepEqual([now.digest, now.program, now.same], [before.digest, 'present', 'present']);
      assert.deepEqual(now.stale, [{ path: lib, state: 'replaced' }]);
    }
    // Who never saw it knows its bytes, and does not guess by the database.
    const late = lookAt(new Scanner('/proc'), pid);
    assert.deepEqual([late.lib, late.digest], [['replaced', undefined, undefined], before.digest]);
    if (!mount(['--bind', join(root, 'new'), join(root, 'opt/mapper')], join(root, 'opt/mapper'))) return;
    assert.equal(lookAt(scanner, pid).program, 'replaced');
  });

  for (const fs of ['one file system', 'two file systems'])
    it(`is replaced where an overlay copied it to be written to, in layers of ${fs}`, async (t: TestContext) => {
      const mount = mounting(t);
      const lower = makeRoot(t, files);
      const upper = makeRoot(t, {});
      const root = makeRoot(t, {});
      if (fs !== 'one file system' && !mount(['-t', 'tmpfs', 'layer', upper], upper)) return;
      for (const name of ['up', 'work']) mkdirSync(join(upper, name));
      const layers = `lowerdir=${lower},upperdir=${join(upper, 'up')},workdir=${join(upper, 'work')}`;
      if (!mount(['-t', 'overlay', 'overlay', '-o', layers, root], root)) return;
      const scanner = new Scanner('/proc');
      const { pid } = await mapIn(t, root, [lib, same]);
      const before = lookAt(scanner, pid);
      assert.deepEqual(
        [before.lib, before.program, before.same],
        [['present', purl('3.0.11-1'), 'database'], 'present', 'present'],
      );
      writeFileSync(join(root, lib), elf('new'));
      writeFileSync(join(root, 'var/lib/dpkg/status'), stanza('3.0.15-1'));
      for (let i = 0; i < 3; i++) {
        const now = lookAt(scanner, pid);
        assert.deepEqual(now.lib, ['replaced', purl('3.0.11-1'), 'earlier']);
        assert.deepEqual([now.digest, now.program, now.same], [before.digest, 'present', 'present']);
      }
      // Who starts now has the new one.
      const second = await mapIn(t, root, [lib, same]);
      assert.deepEqual(lookAt(scanner, second.pid).lib, ['present', purl('3.0.15-1'), 'database']);
    });
});
