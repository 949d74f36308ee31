/** Anybody who may run programs on a host: what they do hides their own processes at most, and nobody else's. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { bounded, most } from '../../src/agent/bounds.ts';
import { FileIdentities } from '../../src/agent/file-identity.ts';
import type { InstalledProgram, LoadedObject, Look, SeenProcess } from '../../src/agent/report.ts';
import { scan } from '../../src/agent/scan.ts';
import { shortPath } from '../../src/agent/short-path.ts';
import { toldWhole } from '../../src/agent/told.ts';
import { readMessage } from '../../src/server/sighting-contract.ts';
import { tempDir } from '../support/temp.ts';

const skip = process.platform !== 'linux' && 'there is no /proc';

/** A program that runs in folders within folders: its path is longer than a page. */
async function deep(t: TestContext): Promise<number> {
  const folder = tempDir(t);
  const script = `i=0; while [ $i -lt 30 ]; do mkdir ${'d'.repeat(200)} && cd ${'d'.repeat(200)}; i=$((i+1)); done; cp /bin/sleep ./app && exec ./app 60`;
  const child = spawn('sh', ['-c', script], { cwd: folder, stdio: 'ignore' });
  // What has such a path no one call removes.
  t.after(() => execFileSync('rm', ['-rf', join(folder, 'd'.repeat(200))]));
  t.after(() => void child.kill('SIGKILL'));
  const { pid = 0 } = child;
  const comm = () =>
    existsSync(`/proc/${pid}/comm`) ? readFileSync(`/proc/${pid}/comm`, 'utf8').trim() : '';
  while (comm() !== 'app') await setTimeout(10);
  return pid;
}

const file = (path: string): LoadedObject => ({
  path,
  state: 'present',
  class: 'other',
  why: 'w'.repeat(most.why),
});
const seen = (pid: number, loaded: readonly LoadedObject[]): SeenProcess => ({
  ...{ pid, started: 1, path: `/opt/${pid}`, sha256: 'a'.repeat(64), state: 'present' },
  ...{ stale: [], loaded, possible: [] },
});
const lookOf = (processes: readonly SeenProcess[], installed: readonly InstalledProgram[] = []): Look => ({
  ...{ bootId: 'b0', processes, installed, unread: 0 },
});
const message = (look: Look) => ({ host: 'web-1', session: 's', sequence: 1, ...toldWhole(look) });

describe('a host where somebody wants the agent to be blind', { skip }, () => {
  it('is seen with a program whose path the kernel does not say, which is told by its bytes', async (t) => {
    const pid = await deep(t);
    const look = scan('/proc');
    const found = look.processes.find((one) => one.pid === pid);
    const digest = createHash('sha256').update(readFileSync('/bin/sleep')).digest('hex');
    assert.deepEqual([found?.sha256, found?.state], [digest, 'present']);
    assert.match(found?.path ?? '', /^\/.*d…[0-9a-f]{16}…d+\/app$/);
    assert.ok(look.processes.some((one) => one.pid === process.pid));
    assert.equal(readMessage(message(look)).kind, 'read');
  });

  it('is told in a message that the server takes, whatever some have mapped', () => {
    const library = file('/lib/libc.so.6');
    const quiet = Array.from({ length: 500 }, (_, i) => seen(1000 + i, [library, file(`/opt/${i}.so`)]));
    const hoards = {
      'files of their own': Array.from({ length: 60 }, (_, i) =>
        seen(
          i + 1,
          Array.from({ length: most.loaded }, (_, k) => file(`/tmp/${i}/${k}.so`)),
        ),
      ),
      'long paths': Array.from({ length: 20 }, (_, i) =>
        seen(
          i + 1,
          Array.from({ length: most.loaded }, (_, k) => file(`/tmp/${i}/${k}/${'x'.repeat(1100)}`)),
        ),
      ),
      'the same files again and again': Array.from({ length: 1100 }, () => 0).map((_, i) =>
        seen(
          100_000 + i,
          Array.from({ length: most.loaded }, (_, k) => shared[k] as LoadedObject),
        ),
      ),
    };
    for (const [what, hoard] of Object.entries(hoards)) {
      const look = bounded(lookOf([...hoard, ...quiet]));
      const text = JSON.stringify(message(look));
      assert.ok(Buffer.byteLength(text) < 64 * 1024 * 1024, what);
      assert.equal(readMessage(JSON.parse(text)).kind, 'read', what);
      const told = new Map(look.processes.map((one) => [one.pid, one]));
      for (const one of quiet) assert.equal(told.get(one.pid), one, what);
      // Each is there with its bytes; of some it is said that not all files are told.
      assert.deepEqual([look.processes.length, look.unread], [hoard.length + quiet.length, 0], what);
      const less = look.processes.filter(({ loaded }) =>
        /more files than are told/.test(loaded[0]?.why ?? ''),
      );
      assert.ok(less.length > 0 && less.every(({ pid }) => hoard.some((one) => one.pid === pid)), what);
    }
  });

  it('of which all can be told is told as it is', () => {
    const look = lookOf([seen(1, [file('/lib/a')])]);
    assert.equal(bounded(look), look);
  });

  it('has no build of an id that no linker writes', (t) => {
    const folder = tempDir(t);
    const path = join(folder, 'app');
    const link = `-Wl,--build-id=0x${'ab'.repeat(300)}`;
    execFileSync('cc', ['-x', 'c', '-', '-o', path, link], { input: 'int main(void) { return 0; }' });
    const identity = new FileIdentities().of(path);
    assert.deepEqual([identity?.buildId, identity?.segments], [undefined, undefined]);
  });
});

const shared = Array.from({ length: most.loaded }, (_, k) => file(`/lib/${k}.so`));

it('a path that is too long is cut to one that is its alone, and stays so', () => {
  const long = `/${'ü'.repeat(3000)}`;
  const short = shortPath(long);
  assert.ok(Buffer.byteLength(short) <= 1200 && short.isWellFormed());
  assert.equal(shortPath(short), short);
  assert.notEqual(shortPath(`${long.slice(0, 2000)}x${long.slice(2000)}`), short);
  assert.equal(shortPath('/usr/bin/env'), '/usr/bin/env');
});
