import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
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
    const cell = openCell(wanted, 'made', { places: { root, own: '0::/user/own\n' }, isOrdinary: true });
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
    assert.equal(cell.met(''), undefined);
    writeFileSync(join(folder, 'memory.events'), 'low 0\noom 1\noom_kill 2\n');
    assert.equal(cell.met('')?.said, '1 MiB of memory');
    writeFileSync(join(folder, 'pids.events'), 'max 3\n');
    assert.equal(cell.met('')?.said, '100 processes and threads');
  });

  it('are those of two groups of version 1', (t) => {
    const root = tree(t, { 'pids/ci/cgroup.procs': '', 'memory/cgroup.procs': '' });
    const own = '8:pids:/ci\n4:memory:/gone\n0::/\n';
    const cell = openCell(wanted, 'made', { places: { root, own }, isOrdinary: true });
    assert.deepEqual(cell.limits, { kind: 'cgroup', version: 1, ...wanted });
    assert.equal(readFileSync(join(root, 'pids/ci/made/pids.max'), 'utf8'), '100');
    assert.equal(readFileSync(join(root, 'memory/made/memory.limit_in_bytes'), 'utf8'), '1048576');
  });

  it('take the place of an empty group that a killed build left', (t) => {
    const root = tree(t, { 'cgroup.subtree_control': 'memory pids\n' });
    const name = `safeguard-${process.pid}`;
    mkdirSync(join(root, name));
    mkdirSync(join(root, 'safeguard-4194305'));
    const cell = openCell(wanted, name, { places: { root, own: '0::/\n' }, isOrdinary: false });
    assert.equal(cell.limits.kind, 'cgroup');
    assert.deepEqual(readdirSync(root).sort(), ['cgroup.subtree_control', name]);
  });

  for (const own of ['', '0::/\n', '8:pids:/\n'])
    it(`are none, and say so, where the kernel tells of ${JSON.stringify(own)}`, (t) => {
      const cell = openCell(wanted, 'made', { places: { root: tree(t, {}), own }, isOrdinary: false });
      assert.equal(cell.limits.kind, 'none');
      assert.deepEqual(cell.enter(['x']), ['x']);
      assert.deepEqual(cell.within(['x']), ['x']);
    });

  it('are of an ordinary user’s processes where there are no groups', (t) => {
    const cell = openCell(wanted, 'made', { places: { root: tree(t, {}), own: '0::/\n' }, isOrdinary: true });
    const reason = 'this user may make no control groups here';
    assert.deepEqual(cell.limits, { kind: 'rlimit', processes: 100, reason });
    assert.deepEqual(cell.enter(['x']), ['x']);
    const [program = '', ...words] = cell.within(['grep', 'Max processes', '/proc/self/limits']);
    for (const shell of [program, '/bin/bash'].filter(existsSync))
      assert.match(
        spawnSync(shell, words, { encoding: 'utf8' }).stdout,
        /^Max processes +100 +100 /,
        `a limit that cannot be raised, by ${shell}`,
      );
    assert.equal(cell.met('error: could not compile'), undefined);
    assert.equal(
      cell.met('Resource temporarily unavailable (os error 11)')?.said,
      '100 processes and threads',
    );
  });

  it('on disk count what is below a folder', async (t) => {
    const root = tree(t, { 'a/b/c': 'x'.repeat(100_000), d: '' });
    const { bytes } = await bytesBelow(root);
    assert.ok(bytes >= 100_000 && bytes < 200_000, `${bytes}`);
    assert.deepEqual(await bytesBelow(join(root, 'gone')), { bytes: 0, isWhole: true });
  });

  it('on disk leave out what a build cannot write', async (t) => {
    const root = tree(t, { 'cargo/a/b': 'x'.repeat(1_000_000), 'target/c': 'x'.repeat(100_000) });
    const { bytes } = await bytesBelow(root, { except: [join(root, 'cargo')] });
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

  it('on disk count what has no name any more while somebody holds it open', async (t) => {
    const root = tree(t, { 'target/a': '' });
    let told = 0;
    const watch = watchDisk(root, { most: 500_000, except: [] }, () => told++, 5);
    t.after(watch.close);
    const code = `const { openSync, unlinkSync, writeSync } = require('node:fs');
      const file = openSync('held', 'wx'); unlinkSync('held');
      writeSync(file, Buffer.alloc(600_000, 1)); process.stdin.resume();`;
    const holder = spawn(process.execPath, ['-e', code], { cwd: root, stdio: ['pipe', 'ignore', 'ignore'] });
    t.after(() => holder.stdin.end());
    while (told === 0) await setTimeout(5);
    assert.deepEqual(readdirSync(root), ['target']);
  });

  it('on disk go by what is free where a folder cannot be looked into', {
    skip: process.getuid?.() !== 0 || spawnSync('setpriv', ['--version']).status !== 0,
  }, (t) => {
    const root = tree(t, {});
    const module = fileURLToPath(new URL('../../../src/build/limits/disk.ts', import.meta.url));
    const code = `import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'; import { watchDisk } from ${JSON.stringify(module)};
const watch = watchDisk('.', { most: 20_000_000, except: [] }, () => { console.log('told'); clearTimeout(patience); }, 5);
const patience = setTimeout(() => watch.close(), 10_000);
for (const [name, mode] of [['closed', 0], ['listed', 0o600]]) {
  mkdirSync(name); writeFileSync(name + '/a', Buffer.alloc(20_000_000, 1)); chmodSync(name, mode);
}`;
    chmodSync(root, 0o777);
    const words = ['--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath];
    const ran = spawnSync('setpriv', [...words, '--input-type=module', '-e', code], {
      cwd: root,
      encoding: 'utf8',
    });
    if (/EACCES|Permission denied/.test(ran.stderr) && !ran.stderr.includes('closed'))
      return t.skip('nobody may read the checkout here');
    assert.equal(ran.stderr, '');
    assert.equal(ran.stdout, 'told\n');
  });
});
