/**
 * `safeguard check --base` on a large lockfile: node bench/large.ts [--packages 20000] [--changed 20] [--profile FOLDER]
 *
 * Makes a project with that many packages, seven dependencies each, and a registry on loopback that has them, and upgrades some. The
 * check runs as a whole process: with nothing in its cache, with all of it there, and without a network. The aim: 20 s with a warm
 * cache. Prints Markdown for docs/benchmarks.md. With `--profile`, V8 writes where the time went.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Crate, makeCrate } from '../tests/support/crate.ts';
import { startUpstream } from '../tests/support/upstream.ts';

const { values: options } = parseArgs({
  options: {
    packages: { type: 'string', default: '20000' },
    changed: { type: 'string', default: '20' },
    profile: { type: 'string' },
  },
});
const [count, changed] = [Number(options.packages), Number(options.changed)];
const main = resolve(import.meta.dirname, '../src/cli/main.ts');
const work = mkdtempSync(join(tmpdir(), 'safeguard-large-'));
const upstream = await startUpstream();
try {
  const project = join(work, 'project');
  const crates = Array.from({ length: count }, (_, i) => crateOf(i, '1.0.0'));
  const newer = new Map(
    Array.from({ length: changed }, (_, i) => Math.floor((i * count) / changed)).map((i) => [
      i,
      crateOf(i, '1.0.1'),
    ]),
  );
  for (const crate of [...crates, ...newer.values()]) upstream.publish(crate);
  const names = crates.slice(0, 50).map(({ name }) => name);
  mkdirSync(join(project, 'src'), { recursive: true });
  writeFileSync(join(project, 'src/main.rs'), 'fn main() {}\n');
  writeFileSync(
    join(project, 'Cargo.toml'),
    `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${names.map((name) => `${name} = "1"\n`).join('')}`,
  );
  writeFileSync(join(project, 'Cargo.lock'), lockfile(crates, names));
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'as it is'],
  ]) {
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', ...args], {
      cwd: project,
    });
  }
  writeFileSync(
    join(project, 'Cargo.lock'),
    lockfile(
      crates.map((crate, i) => newer.get(i) ?? crate),
      names,
    ),
  );
  console.log(
    `\n## ${new Date().toISOString().slice(0, 10)}: ${count} packages, ${changed} upgraded, load ${loadavg()[0]?.toFixed(1)}\n`,
  );
  console.log(
    '| `safeguard check --base HEAD` | s | of a processor | MiB | exit |\n| --- | --- | --- | --- | --- |',
  );
  await measure('nothing in the cache', project);
  await measure('all of it there', project);
  await measure('`--offline`', project, '--offline');
} finally {
  await upstream.close();
  rmSync(work, { recursive: true, force: true });
}

async function measure(name: string, cwd: string, ...more: readonly string[]): Promise<void> {
  const check = [
    main,
    'check',
    '--base',
    'HEAD',
    '--upstream',
    upstream.url,
    '--advisory-db',
    'none',
    ...more,
  ];
  const profile = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
  const child = spawn('/usr/bin/time', ['--format', '%e %U %M', process.execPath, ...profile, ...check], {
    cwd,
    env: { ...process.env, XDG_CACHE_HOME: join(work, 'cache') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const code = await new Promise((done) => child.on('close', done));
  const [, seconds = '?', user = '?', kilobytes] = /([\d.]+) ([\d.]+) (\d+)\n?$/.exec(said) ?? [];
  console.log(`| ${name} | ${seconds} | ${user} | ${(Number(kilobytes) / 1024).toFixed(0)} | ${code} |`);
  if (seconds === '?') throw new Error(said);
}

function nameOf(i: number): string {
  return `crate-${String(i).padStart(5, '0')}`;
}

/** A heap's edges, so that all is reached, and three further down, so that much is reached by many ways. */
function dependenciesOf(i: number): readonly string[] {
  const near = [1, 2, 3, 4].map((k) => i * 4 + k + 46);
  const far = [1, 2, 3].map((k) => i + ((i * 7919 + k * 104_729) % count));
  return [...new Set([...near, ...far])]
    .filter((j) => j > i && j < count)
    .map(nameOf)
    .sort();
}

function crateOf(i: number, version: string): Crate {
  const dependencies = Object.fromEntries(dependenciesOf(i).map((name) => [name, '1']));
  return makeCrate({ name: nameOf(i), version, license: 'MIT', dependencies });
}

function lockfile(crates: readonly Crate[], roots: readonly string[]): string {
  const list = (names: readonly string[]) =>
    names.length === 0 ? '' : `dependencies = [\n${names.map((name) => ` "${name}",\n`).join('')}]\n`;
  const packages = crates.map(
    ({ name, version, checksum }, i) =>
      `\n[[package]]\nname = "${name}"\nversion = "${version}"\n` +
      `source = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${checksum}"\n${list(dependenciesOf(i))}`,
  );
  return `version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n${list(roots)}${packages.join('')}`;
}
