import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commands } from '../../src/cli/commands.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { flatten, referenceOf } from '../../src/cli/reference.ts';
import { environment, fakeServer, finished, folder, main, release, run, safeguard } from './support.ts';

test('help and version go to stdout and are fine', async (t) => {
  const cwd = folder(t);
  const version = await safeguard(['--version'], { cwd });
  assert.deepEqual([version.code, version.stderr], [0, '']);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  const help = await safeguard(['--help'], { cwd });
  assert.equal(help.code, 0);
  for (const { name, summary } of commands) assert.match(help.stdout, new RegExp(`${name} +${summary}`));
  assert.match(help.stdout, /Exit codes:\n {2}0 {4}fine\n/);
});

test('every command has a summary, a description and, where it does something, examples', async () => {
  for (const command of flatten(referenceOf(await buildProgram()))) {
    const name = command.path.join(' ');
    assert.notEqual(command.description, '', name);
    if (command.path.length > 1) assert.notEqual(command.summary, '', name);
    assert.ok(command.examples.length > 0, `${name} has no example`);
    for (const [line] of command.examples)
      assert.ok(line.includes(name.replace(/ $/, '')) || command.path.length === 1);
  }
});

for (const { args, says } of [
  { args: [], says: /Usage: safeguard/ },
  { args: ['quarantin'], says: /unknown command 'quarantin'\n {2}Did you mean quarantine\?/ },
  { args: ['quarantine'], says: /Usage: safeguard quarantine/ },
  { args: ['quarantine', 'lst'], says: /unknown command 'lst'\n {2}Did you mean list\?/ },
  {
    args: ['quarantine', 'list', '--stat', 'held'],
    says: /unknown option '--stat'\n {2}Did you mean --state\?/,
  },
  { args: ['quarantine', 'list', '--state', 'hold'], says: /Allowed are held, promoted/ },
  { args: ['quarantine', 'list', '--limit', '0'], says: /whole number from 1 to 1000/ },
  { args: ['quarantine', 'show'], says: /missing required argument/ },
  { args: ['quarantine', 'show', 'serde'], says: /`serde` names no version\n.*serde@1\.2\.3/ },
  { args: ['quarantine', 'show', 'serde@1.0'], says: /`1\.0` is not a full version/ },
  { args: ['quarantine', 'show', '../x@1.0.0'], says: /is not a crate name/ },
  { args: ['quarantine', 'block', 'serde'], says: /--reason/ },
  { args: ['quarantine', 'block', 'serde', '--reason', ' '], says: /--reason must be/ },
  { args: ['serve', '--listen', '8480'], says: /expected HOST:PORT/ },
  { args: ['completions', 'tcsh'], says: /Allowed choices are bash, zsh, fish/ },
  { args: ['mirror', 'prefetch', '--lockfile', 'nowhere/Cargo.lock'], says: /cannot be read \(ENOENT\)/ },
  { args: ['mirror', 'status', '--server', 'ftp://x'], says: /is not the address of a server/ },
  { args: ['mirror', 'status', '--server', 'http://a:b@x'], says: /password/ },
]) {
  test(`a wrong command line ends with 64: safeguard ${args.join(' ')}`, async (t) => {
    const { code, stdout, stderr } = await safeguard(args, { cwd: folder(t) });
    assert.deepEqual([code, stdout], [64, '']);
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /\n {4}at /);
  });
}

test('`help` takes a command and its subcommand', async (t) => {
  const cwd = folder(t);
  const { code, stdout } = await safeguard(['help', 'mirror', 'prefetch'], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /^Usage: safeguard mirror prefetch /);
});

test('a reader that leaves early is no error', async (t) => {
  const cwd = folder(t);
  const releases = Array.from({ length: 1000 }, (_, i) => release({ version: `1.0.${i}` }));
  const { url } = await fakeServer(t, () => ({ body: { releases, next: null } }));
  const line = `'${process.execPath}' '${main}' quarantine list --limit 1000 --format json --server ${url} | head -n 1`;
  const { stdout, stderr } = await run('bash', ['-o', 'pipefail', '-c', line], { cwd });
  assert.deepEqual([stdout, stderr], ['{\n', '']);
});

test('colour is for terminals, unless it is asked for', async (t) => {
  const cwd = folder(t);
  const { url } = await fakeServer(t, () => ({ body: { releases: [release()], next: null } }));
  const list = ['quarantine', 'list', '--server', url];
  assert.ok(!(await safeguard(list, { cwd })).stdout.includes('\u001b'));
  const coloured = await safeguard(list, { cwd, env: { FORCE_COLOR: '1' } });
  assert.ok(coloured.stdout.includes('\u001b[33mheld'));
  const none = await safeguard(list, { cwd, env: { NO_COLOR: '1' } });
  assert.ok(!none.stdout.includes('\u001b'));
});

test('the reference pages are those of these commands', async (t) => {
  const cwd = folder(t);
  const script = fileURLToPath(new URL('../../scripts/docs-cli.ts', import.meta.url));
  assert.deepEqual(await run(process.execPath, [script, '--check'], { cwd }), {
    code: 0,
    stdout: '',
    stderr: '',
  });
});

test('the launcher passes arguments and exit codes through', async (t) => {
  const cwd = folder(t);
  const launcher = fileURLToPath(new URL('../../safeguard', import.meta.url));
  const { HOME: _own, ...env } = environment(cwd);
  const child = spawn(launcher, ['quarantine', 'show', 'serde'], {
    cwd,
    env: { ...env, HOME: process.env.HOME ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { code, stderr } = await finished(child);
  assert.equal(code, 64);
  assert.match(stderr, /names no version/);
});

for (const [version, told] of [
  ['24.9.0', true],
  ['26.1.0', false],
] as const)
  test(`the launcher gives flags of Node 24's V8 to it alone: ${version}`, async (t) => {
    const cwd = folder(t);
    const bin = join(cwd, 'bin');
    mkdirSync(bin);
    // A Node of that version, which says how it was started.
    const node = `#!/bin/sh\ncase $1 in -v) echo v${version} ;; *) printf '%s\\n' "$@" ;; esac\n`;
    writeFileSync(join(bin, 'node'), node, { mode: 0o755 });
    const launcher = fileURLToPath(new URL('../../safeguard', import.meta.url));
    const env = { ...environment(cwd), PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: join(cwd, 'cache') };
    for (const command of ['review', 'sbom', 'build', 'check']) {
      const { code, stdout } = await finished(
        spawn(launcher, [command, '--offline'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }),
      );
      assert.equal(code, 0);
      const words = stdout.trimEnd().split('\n');
      assert.deepEqual(words.slice(-2), [command, '--offline']);
      // A check is over before what a start costs with them is spared.
      const isLong = command !== 'check';
      assert.equal(words.includes('--invocation-count-for-turbofan=60000'), told && isLong);
    }
  });
