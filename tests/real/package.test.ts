/**
 * What `npm pack` makes is installed in a clean home, and works there: both programs, a check, and a server that reads an
 * archive. Needs the registries.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { tempDir } from '../support/temp.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

test('npm pack, npm install --global, and both programs are there', { timeout: 15 * 60_000 }, async (t) => {
  const place = tempDir(t);
  const home = join(place, 'home');
  mkdirSync(home);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', place], {
    cwd: root,
    maxBuffer: 1 << 26,
  });
  const [packed] = Object.values(
    JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as Record<
      string,
      { filename: string; files: { path: string }[] }
    >,
  );
  assert.ok(packed);
  const paths = packed.files.map(({ path }) => path);
  assert.deepEqual(
    paths.filter(
      (path) => !/^(dist\/|package\.json$|README|LICENSE)/.test(path) || /\.ts$|\.test\./.test(path),
    ),
    [],
  );
  // Downloads are shared with everybody else on the machine; all else is new.
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const env = {
    ...process.env,
    HOME: home,
    XDG_CACHE_HOME: cache,
    CARGO_HOME: process.env.CARGO_HOME ?? join(homedir(), '.cargo'),
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
    npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm'),
    PATH: [join(home, '.local', 'bin'), process.env.PATH].join(delimiter),
  };
  const prefix = join(home, '.local');
  await run('npm', ['install', '--global', '--prefix', prefix, join(place, packed.filename)], { env });

  const project = join(place, 'project');
  mkdirSync(join(project, 'src'), { recursive: true });
  writeFileSync(
    join(project, 'Cargo.toml'),
    '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2024"\n',
  );
  writeFileSync(join(project, 'src', 'main.rs'), 'fn main() {}\n');
  writeFileSync(join(project, 'Cargo.lock'), 'version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n');
  const checked = await run('safeguard', ['check', '--advisory-db', 'none', '--format', 'json'], {
    cwd: project,
    env,
  });
  assert.equal((JSON.parse(checked.stdout) as { verdict: string }).verdict, 'allow');
  const byCargo = await run('cargo', ['safeguard', 'check', '--advisory-db', 'none'], { cwd: project, env });
  assert.match(byCargo.stdout, /allow/);

  const serve = ['serve', '--listen', '127.0.0.1:0', '--data', join(place, 'data'), '--advisory-db', 'none'];
  const server = spawn('safeguard', serve, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(async () => {
    if (server.exitCode !== null) return;
    server.kill('SIGTERM');
    await once(server, 'exit');
  });
  let printed = '';
  const url = await new Promise<string>((resolve) => {
    server.once('exit', () => resolve(''));
    server.stdout.on('data', (piece) => {
      printed += String(piece);
      const [, found] = /index = "sparse\+(http:\/\/[^"]+)\/index\/"/.exec(printed) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  assert.notEqual(url, '', printed);
  assert.equal((await fetch(`${url}/crates/cfg-if/1.0.0/download`)).status, 200);
  const report = await fetch(`${url}/api/v1/releases/cfg-if/1.0.0`);
  const { release } = (await report.json()) as { release: { judged: string } };
  assert.equal(release.judged, 'release', 'its archive was read in a process of its own');
  const page = await fetch(`${url}/releases/cfg-if/1.0.0`, { headers: { accept: 'text/html' } });
  assert.equal(page.status, 200);
  const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text()) ?? [];
  assert.equal((await fetch(url + script)).status, 200, 'the pages are part of the package');
  const code = await fetch(`${url}/api/v1/releases/cfg-if/1.0.0/code`);
  assert.equal(code.status, 200, 'its code was reviewed in a process of its own');
});
