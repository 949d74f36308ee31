import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openCell } from '../../../src/build/limits/cgroup.ts';
import { bytesBelow, watchDisk } from '../../../src/build/limits/disk.ts';

/** Files as the kernel shows them; a folder that is made there gets none, as of a group without controllers. */
function tree(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'safeguard-limits-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const wanted = { processes: 100, memory: 1024 * 1024 };

describe('limits', () => {
  it('are those of a group of version 2 beside our own, where that may have controllers', (t) => {
    const root = tree(t, {
      'user/own/cgroup.subtree_control': '\n',
      'user/cgroup.subtree_control': 'cpu memory pids\n',
    });
    const cell = openCell(wanted, 'made', { root, own: '0::/user/own\n' });
    assert.deepEqual(cell.limits, { kind: 'cgroup', version: 2, ...wanted });
    const folder = join(root, 'user/made');
    assert.equal(readFileSync(join(folder, 'pids.max'), 'utf8'), '100');
    assert.equal(readFileSync(join(folder, 'memory.max'), 'utf8'), '1048576');
    assert.deepEqual(cell.enter(['x', 'y']), [
      '/bin/sh',
      '-c',
      `echo $$ > '${folder}/cgroup.procs' && exec "$@"`,
      'sh',
      'x',
      'y',
    ]);
    assert.equal(cell.met(), undefined);
    writeFileSync(join(folder, 'memory.events'), 'low 0\noom 1\noom_kill 2\n');
    assert.equal(cell.met()?.said, '1 MiB of memory');
    writeFileSync(join(folder, 'pids.events'), 'max 3\n');
    assert.equal(cell.met()?.said, '100 processes and threads');
  });

  it('are those of two groups of version 1', (t) => {
    const root = tree(t, { 'pids/ci/cgroup.procs': '', 'memory/cgroup.procs': '' });
    const own = '8:pids:/ci\n4:memory:/gone\n0::/\n';
    const cell = openCell(wanted, 'made', { root, own });
    assert.deepEqual(cell.limits, { kind: 'cgroup', version: 1, ...wanted });
    assert.equal(readFileSync(join(root, 'pids/ci/made/pids.max'), 'utf8'), '100');
    assert.equal(readFileSync(join(root, 'memory/made/memory.limit_in_bytes'), 'utf8'), '1048576');
  });

  it('take the place of an empty group that a killed build left', (t) => {
    const root = tree(t, { 'cgroup.subtree_control': 'memory pids\n' });
    const name = `safeguard-${process.pid}`;
    mkdirSync(join(root, name));
    mkdirSync(join(root, 'safeguard-4194305'));
    const cell = openCell(wanted, name, { root, own: '0::/\n' });
    assert.equal(cell.limits.kind, 'cgroup');
    assert.deepEqual(readdirSync(root).sort(), ['cgroup.subtree_control', name]);
  });

  for (const own of ['', '0::/\n', '8:pids:/\n'])
    it(`are none, and say so, where the kernel tells of ${JSON.stringify(own)}`, (t) => {
      const cell = openCell(wanted, 'made', { root: tree(t, {}), own });
      assert.equal(cell.limits.kind, 'none');
      assert.deepEqual(cell.enter(['x']), ['x']);
    });

  it('on disk count what is below a folder', async (t) => {
    const root = tree(t, { 'a/b/c': 'x'.repeat(100_000), d: '' });
    const bytes = await bytesBelow(root);
    assert.ok(bytes >= 100_000 && bytes < 200_000, `${bytes}`);
    assert.equal(await bytesBelow(join(root, 'gone')), 0);
  });

  it('on disk leave out what a build cannot write', async (t) => {
    const root = tree(t, { 'cargo/a/b': 'x'.repeat(1_000_000), 'target/c': 'x'.repeat(100_000) });
    const bytes = await bytesBelow(root, { except: [join(root, 'cargo')] });
    assert.ok(bytes >= 100_000 && bytes < 200_000, `${bytes}`);
  });

  it('on disk are told once, however soon after a count they are met', async (t) => {
    const root = tree(t, { 'cargo/a': 'x'.repeat(1_000_000), 'target/b': '' });
    let told = 0;
    const watch = watchDisk(root, { most: 500_000, except: [join(root, 'cargo')] }, () => told++, 5);
    t.after(watch.close);
    await setTimeout(100);
    assert.equal(told, 0);
    writeFileSync(join(root, 'target/c'), Buffer.alloc(600_000, 1));
    while (told === 0) await setTimeout(5);
    await setTimeout(100);
    assert.equal(told, 1);
  });
});
