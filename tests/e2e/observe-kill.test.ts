/** What an observed build started ends with it, however that ends. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { findRecorder } from '../../src/build/record/recorder.ts';
import { finished, folder, main, start } from '../cli/support.ts';
import { isRunning } from '../support/running.ts';

const skip = findRecorder().kind === 'none' ? 'there is no strace here that may trace' : false;

describe('an observed build', { skip }, () => {
  it('ends with what it started when it is killed', { timeout: 120_000 }, async (t) => {
    const { child, ended, isParked } = await parked(t);
    child.kill('SIGKILL');
    await ended;
    await until(() => !isParked());
  });

  // Ctrl-C reaches all that the terminal started; a service manager and a terminal that is closed tell it alone.
  for (const [signal, isForAll] of [
    ['SIGINT', true],
    ['SIGINT', false],
    ['SIGTERM', false],
    ['SIGHUP', true],
  ] as const)
    it(`tells what was seen until ${signal} ${isForAll ? 'to all' : 'to it alone'}`, {
      timeout: 120_000,
    }, async (t) => {
      const { cwd, child, ended, isParked } = await parked(t);
      process.kill(isForAll ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
      const { code, stderr } = await ended;
      assert.equal(code, 130, stderr);
      await until(() => !isParked());
      const seen = JSON.parse(readFileSync(join(cwd, 'seen.json'), 'utf8'));
      assert.ok(
        seen.actors[0].acts.some(({ path }: { path?: string }) => path === join(cwd, 'written')),
        JSON.stringify(seen),
      );
    });
});

/** An observed build whose script has written a file and never ends, once that runs; it leads a session of its own. */
async function parked(t: TestContext) {
  const cwd = folder(t, {
    'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[workspace]\n',
    'src/main.rs': 'fn main() {}\n',
    'build.rs': 'fn main() { std::fs::write("written", "").unwrap(); loop { std::thread::park() } }\n',
  });
  const mark = `${process.pid}-${marks++}`;
  const words = ['observe', '--output', 'seen.json', '--', 'cargo', 'build', '--offline'];
  const child = start('setsid', [process.execPath, main, ...words], {
    cwd,
    env: { MARK: mark, CARGO_TARGET_DIR: join(cwd, 'target') },
  });
  const ended = finished(child);
  const isParked = () => isRunning('/build-script-build', `MARK=${mark}\0`);
  await until(() => isParked() && hasWritten(cwd));
  return { cwd, child, ended, isParked };
}

function hasWritten(cwd: string): boolean {
  try {
    return readFileSync(join(cwd, 'written'), 'utf8') === '';
  } catch {
    return false;
  }
}

let marks = 0;

/** Looks until it holds; the test's own deadline is the end. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(50);
}
