/** Lockfiles that are none: an error with file, line and what to do; never a hang, a stack trace or "allow". */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { lockedApp, lockfileText } from '../support/lockfile.ts';

const sound = lockfileText(lockedApp('word'), { name: 'word', version: '1.0.0', checksum: 'a'.repeat(64) });
const twice = `${sound}\n[[package]]\nname = "word"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n`;

const cases: readonly [name: string, bytes: string | Buffer, line: number, says: RegExp, next: RegExp][] = [
  [
    'a merge conflict',
    sound.replace(
      'version = "1.0.0"',
      '<<<<<<< ours\nversion = "1.0.0"\n=======\nversion = "1.1.0"\n>>>>>>> theirs',
    ),
    14,
    /merge conflict/,
    /Settle/,
  ],
  ['cut short', sound.slice(0, sound.indexOf('checksum') + 20), 16, /not understood/, /restore it from git/],
  [
    'a newer format',
    sound.replace('version = 4', 'version = 5'),
    3,
    /version `5`, not 3 or 4/,
    /restore it from git/,
  ],
  ['a package twice', twice, 19, /in the lockfile twice/, /restore it from git/],
  [
    'a dependency that is not there',
    sound.replace(' "word",', ' "wird",'),
    6,
    /names no single package/,
    /restore/,
  ],
  [
    'no UTF-8',
    Buffer.concat([Buffer.from(sound), Buffer.from([0x23, 0xff, 0xfe, 0x0a])]),
    17,
    /not UTF-8/,
    /restore/,
  ],
  ['no version', sound.replace('"1.0.0"', '"1"'), 13, /is not a version/, /restore/],
  ['no source', sound.replace('registry+https', 'gopher+https'), 13, /protocol/, /restore/],
  ['no checksum', sound.replace('a'.repeat(64), 'zz'), 13, /not a SHA-256/, /restore/],
  ['another shape', 'version = 4\npackage = 7\n', 1, /not an array/, /restore/],
  ['bytes', Buffer.alloc(100), 1, /./, /restore/],
  ['deep nesting', `x = ${'['.repeat(100_000)}`, 1, /not understood/, /restore/],
  ['fifty million bytes', Buffer.alloc(50 * 1024 * 1024, `${sound}\n`), 0, /beyond 16 MiB/, /restore/],
];

describe('safeguard check refuses a lockfile that is', () => {
  for (const [name, bytes, line, says, next] of cases) {
    it(name, async (t) => {
      const cwd = folder(t);
      writeFileSync(join(cwd, 'Cargo.lock'), bytes);
      const started = performance.now();
      const { code, stdout, stderr } = await safeguard(['check', '--offline', '--format', 'json'], {
        cwd,
        env: { XDG_CACHE_HOME: join(cwd, 'cache'), SAFEGUARD_DEBUG: '1' },
      });
      assert.ok(performance.now() - started < 30_000);
      assert.deepEqual([code, stdout], [64, ''], stderr);
      const [first = '', second = '', ...more] = stderr.trimEnd().split('\n');
      const at = /^safeguard: Cargo\.lock:(\d+)(:\d+)?: /.exec(first);
      assert.ok(at !== null, stderr);
      if (line > 0) assert.equal(Number(at[1]), line, stderr);
      assert.match(first, says);
      assert.match(second, next);
      assert.deepEqual(more, []);
    });
  }

  it('not there, a folder, or nobody’s to read', async (t) => {
    const cwd = folder(t, { 'sub/x': '' });
    const run = (...args: readonly string[]) => safeguard(['check', '--offline', ...args], { cwd });
    const absent = await run();
    assert.deepEqual(
      [absent.code, /no Cargo\.lock in .* nor above it\n {2}Make it/.test(absent.stderr)],
      [64, true],
      absent.stderr,
    );
    const named = await run('--lockfile', 'gone.lock');
    assert.deepEqual(
      [named.code, /gone\.lock: there is no such file/.test(named.stderr)],
      [64, true],
      named.stderr,
    );
    const dir = await run('--lockfile', 'sub');
    assert.deepEqual(
      [dir.code, /sub: it (is no file|could not be read)/.test(dir.stderr)],
      [64, true],
      dir.stderr,
    );
    const base = await run('--base', 'nowhere', '--lockfile', 'sub/x');
    assert.equal(base.code, 64, base.stderr);
  });
});

describe('safeguard check refuses a policy that is', () => {
  it('a pipe that nobody named, and waits for nobody to write into it', async (t) => {
    const cwd = folder(t, { 'Cargo.lock': sound });
    execFileSync('mkfifo', [join(cwd, 'safeguard.toml')]);
    const { code, stderr } = await safeguard(['check', '--offline'], { cwd });
    assert.notEqual(code, 0);
    assert.match(stderr, /the policy safeguard\.toml is no file/);
  });
});
