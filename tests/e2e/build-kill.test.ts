/**
 * A build that is killed, or has no room: nothing of it verifies, nothing of it goes on, and the next one is as if it
 * had not been.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { finished, main, run, safeguard, start } from '../cli/support.ts';
import { isRunning } from '../support/running.ts';
import {
  lockfileOf,
  manifest,
  type SealedProject,
  sealedProject,
  triple,
  unsealed,
} from '../support/sealed.ts';
import { smallDisk, smallDiskAvailable } from '../support/small-disk.ts';

const files = {
  'Cargo.toml': manifest('app', '[workspace]'),
  'Cargo.lock': lockfileOf({ app: [] }),
  'src/main.rs': 'fn main() {}\n',
};

function signed(t: TestContext, more: Readonly<Record<string, string>> = {}) {
  const project = sealedProject(t, { ...files, ...more });
  const keys = join(project.home, 'keys');
  mkdirSync(keys);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [key, pub] = [join(keys, 'key.pem'), join(keys, 'key.pub')];
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(pub, publicKey.export({ type: 'spki', format: 'pem' }));
  return { project, key, pub };
}

/** A build that is killed at its nth change of what lies in the project's output; `0`: it goes on, and the changes are noted. */
async function killedAt(
  { project, key }: { project: SealedProject; key: string },
  n: number,
  output: string,
) {
  const preload = fileURLToPath(new URL('../support/kill-at.ts', import.meta.url));
  const notes = join(project.home, 'notes');
  const words = ['build', '--offline', '--output-dir', output, '--key', key, '--', 'cargo', 'build'];
  const ran = await run(process.execPath, ['--import', preload, main, ...words], {
    cwd: project.dir,
    env: {
      HOME: project.home,
      CARGO_HOME: join(project.home, '../cargo-home'),
      SOURCE_DATE_EPOCH: '1780000000',
      KILL_BELOW: output,
      ...(n === 0 ? { KILL_NOTES: notes } : { KILL_AT: String(n) }),
    },
  });
  return { ran, changes: n === 0 ? readFileSync(notes, 'utf8').trim().split('\n') : [] };
}

/** What of a folder verifies, by the line that the documentation gives. */
async function verifying(folder: string, pub: string, cwd: string): Promise<readonly string[]> {
  const programs = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /(?:^|\/)app$/.test(path))
    : [];
  const fine: string[] = [];
  for (const path of programs) {
    // Whatever it is called by now: a statement is one by what it says.
    const beside = readdirSync(join(folder, path, '..')).filter((name) => name.endsWith('.sigstore.json'));
    const checked = await safeguard(['verify', join(folder, path), '--key', pub], { cwd });
    if (checked.code === 0) fine.push(path);
    else assert.match(checked.stdout, /it is not there|is not to be trusted/, `${path}: ${beside}`);
  }
  return fine;
}

describe('a build that is killed', { skip: unsealed }, () => {
  it('leaves nothing that verifies, at whichever step', async (t) => {
    const made = signed(t);
    const { project, pub } = made;
    const whole = join(project.dir, 'whole');
    const { ran, changes } = await killedAt(made, 0, whole);
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal((await verifying(whole, pub, project.dir)).length, 1, 'one that ends does verify');
    // Up to the last statement's name, after which the build is done; all of the last steps, and some of those before.
    const last = changes.findLastIndex((one) => one.startsWith('renameSync')) + 1;
    assert.ok(last >= 20, changes.join('\n'));
    const first = last - 14;
    const points = [
      ...[1, 2, 3, 5, 8].map((i) => Math.min(i, first)),
      ...Array.from({ length: 15 }, (_, i) => first + i),
    ];
    assert.equal(new Set(points).size, 20, points.join());
    const left: string[] = [];
    const one = async (n: number) => {
      const output = join(project.dir, `out-${n}`);
      const killed = await killedAt(made, n, output);
      assert.equal(killed.ran.code, null, `${n}: ${killed.ran.stderr}`);
      left.push(...(await verifying(output, pub, project.dir)).map((path) => `${changes[n - 1]}: ${path}`));
      rmSync(output, { recursive: true, force: true });
    };
    for (let i = 0; i < points.length; i += 2) await Promise.all(points.slice(i, i + 2).map(one));
    assert.deepEqual(left, []);
  });

  it('goes on nowhere', { timeout: 120_000 }, async (t) => {
    const { project, child, ended, isRunning } = await parked(t);
    child.kill('SIGKILL');
    await ended;
    await until(() => !isRunning());
    // The next build takes away what it worked in.
    const output = join(project.dir, 'safeguard-out');
    const left = () => readdirSync(output).filter((name) => name.startsWith('.work-'));
    assert.equal(left().length, 1);
    rmSync(join(project.dir, 'build.rs'));
    const next = await project.build();
    assert.equal(next.code, 0, next.stderr);
    assert.deepEqual(left(), []);
  });

  // Ctrl-C reaches all that the terminal started; a service manager and a terminal that is closed tell it alone.
  for (const [signal, isForAll] of [
    ['SIGINT', true],
    ['SIGTERM', false],
    ['SIGHUP', true],
  ] as const)
    it(`says that it was stopped by ${signal}, and leaves nothing`, { timeout: 120_000 }, async (t) => {
      const { project, child, ended, isRunning } = await parked(t);
      process.kill(isForAll ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
      const { code, stderr } = await ended;
      assert.equal(code, 130, stderr);
      assert.match(stderr, /^safeguard: the build was stopped\.?$/m);
      await until(() => !isRunning());
      const output = readdirSync(join(project.dir, 'safeguard-out'));
      assert.deepEqual(output.sort(), ['.gitignore', `${triple}.failed`]);
    });
});

/** A signed build whose script says nothing and never ends, once that runs; it leads a session of its own. */
async function parked(t: TestContext) {
  const { project, key } = signed(t, { 'build.rs': 'fn main() { loop { std::thread::park() } }\n' });
  const mark = `SOURCE_DATE_EPOCH=${1_780_000_000 + process.pid}${marks++}`;
  const words = ['build', '--offline', '--key', key, '--', 'cargo', 'build'];
  const child = start('setsid', [process.execPath, main, ...words], {
    cwd: project.dir,
    env: {
      HOME: project.home,
      CARGO_HOME: join(project.home, '../cargo-home'),
      SOURCE_DATE_EPOCH: mark.split('=')[1] ?? '',
    },
  });
  const ended = finished(child);
  const isParked = () => isRunning('/build-script-build', mark);
  await until(isParked);
  return { project, child, ended, isRunning: isParked };
}

let marks = 0;

describe('a build whose results have no room', { skip: unsealed || (smallDiskAvailable() ?? false) }, () => {
  it('says so, and leaves nothing that verifies', async (t) => {
    const { project, key, pub } = signed(t);
    const disk = smallDisk(t, 24);
    const output = join(disk.folder, 'out');
    const build = () =>
      safeguard(['build', '--offline', '--output-dir', output, '--key', key, '--', 'cargo', 'build'], {
        cwd: project.dir,
        env: { HOME: project.home, CARGO_HOME: join(project.home, '../cargo-home') },
      });
    disk.fill();
    const full = await build();
    assert.notEqual(full.code, 0);
    assert.match(full.stderr, /safeguard: .*(?:no space left|disk|full)/i);
    assert.doesNotMatch(full.stderr, /fault of Safeguard|\n {4}at /);
    assert.deepEqual(await verifying(output, pub, project.dir), []);
    disk.free();
    const fine = await build();
    assert.equal(fine.code, 0, fine.stderr);
    assert.equal((await verifying(output, pub, project.dir)).length, 1);
  });
});

/** Looks until it holds; the test's own deadline is the end. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setImmediate(done));
}
