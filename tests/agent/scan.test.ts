/** The agent against the kernel itself: processes that the test starts, whose files it then takes away. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { FileIdentities } from '../../src/agent/file-identity.ts';
import { scan } from '../../src/agent/scan.ts';
import { testCache } from '../support/peers.ts';
import { tempDir } from '../support/temp.ts';

const skip = process.platform !== 'linux' && 'there is no /proc';
const sleep = '/bin/sleep';

/** Starts a copy of a small program; it ends with the test. */
async function started(t: TestContext, name = 'app') {
  // Not in /tmp, where what is unlinked is taken for something unpacked.
  const folder = join(testCache, `agent-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  copyFileSync(sleep, path);
  const child = spawn(path, ['60'], { stdio: 'ignore' });
  const ended = new Promise<void>((done) => child.on('exit', () => done()));
  t.after(() => void child.kill());
  await new Promise<void>((done) => child.on('spawn', done));
  const seen = () => scan('/proc').processes.find(({ pid }) => pid === child.pid);
  const end = async () => {
    child.kill();
    await ended;
  };
  return { path, seen, end };
}

const digest = createHash('sha256').update(readFileSync(sleep)).digest('hex');

describe('the agent', { skip }, () => {
  it('names a process by its bytes, also when its file is replaced or gone, and not when it ended', async (t) => {
    const { path, seen, end } = await started(t);
    const first = seen();
    assert.deepEqual([first?.path, first?.sha256, first?.state], [path, digest, 'present']);
    writeFileSync(`${path}.new`, 'another one');
    renameSync(`${path}.new`, path);
    const second = seen();
    assert.deepEqual([second?.path, second?.sha256, second?.state], [path, digest, 'replaced']);
    assert.equal(second?.started, first?.started);
    rmSync(path);
    assert.deepEqual([seen()?.sha256, seen()?.state], [digest, 'deleted']);
    await end();
    assert.equal(seen(), undefined);
  });

  it('takes a file that is called so for one that is there', async (t) => {
    const { path, seen } = await started(t, 'odd (deleted)');
    assert.deepEqual([seen()?.path, seen()?.state], [path, 'present']);
  });

  it('hashes a file once, and anew when its bytes changed though its times were set back', (t) => {
    const files = new FileIdentities();
    const path = join(tempDir(t), 'x');
    writeFileSync(path, 'one');
    const one = files.of(path);
    assert.equal(files.of(path), one);
    // … as long as somebody asks for it.
    files.forgetUnused();
    assert.equal(files.of(path), one);
    files.forgetUnused();
    files.forgetUnused();
    assert.notEqual(files.of(path), one);
    writeFileSync(path, 'two');
    assert.notEqual(files.of(path)?.sha256, one?.sha256);
    assert.equal(files.of(dirname(path)), undefined);
  });
});
