/**
 * `safeguard check --base` on a large lockfile: node bench/large.ts [--packages 20000] [--changed 20] [--profile FOLDER]
 *
 * Makes a project with that many packages, seven dependencies each, and a registry on loopback that has them, and
 * upgrades some. The check runs as a whole process: with nothing in its cache, with all of it there, and without a
 * network. The aim: 20 s with a warm cache. Prints Markdown for docs/benchmarks.md. With `--profile`, V8 writes where
 * the time went.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startUpstream } from '../tests/support/upstream.ts';
import { makeLargeProject } from './large-project.ts';

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
  makeLargeProject(project, upstream, { count, changed });
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
