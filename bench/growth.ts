/**
 * How a warm command grows with the lockfile: node bench/growth.ts [--packages 100,800,5000] [--runs 5] [--advisory-db FOLDER]
 *
 * Makes a project of each size, seven dependencies a package, one of them upgraded, and a registry on loopback that has
 * them. Each command runs as the launcher starts it, from its pack, with all of it in the cache; the time for starting
 * node is in it. Prints Markdown for docs/benchmarks.md: seconds of a processor (all threads; other work on the machine
 * makes least of a difference there), and how many milliseconds more each package takes than in the lockfile before it,
 * which stays the same where nothing grows faster than the lockfile.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makePack } from '../src/cli/pack/make.ts';
import { packFolder } from '../src/cli/pack/open.ts';
import { startUpstream } from '../tests/support/upstream.ts';
import { makeLargeProject } from './large-project.ts';

const { values: options } = parseArgs({
  options: {
    packages: { type: 'string', default: '100,800,5000' },
    runs: { type: 'string', default: '5' },
    'advisory-db': { type: 'string', default: '../shared/data/advisory-db' },
  },
});
const sizes = options.packages.split(',').map(Number);
const runs = Number(options.runs);
const database = resolve(options['advisory-db']);
const program = resolve(import.meta.dirname, '../src/cli/program.ts');
const main = resolve(import.meta.dirname, '../src/cli/main.ts');
const matching = resolve(import.meta.dirname, 'matching.ts');

const commands: Readonly<Record<string, (upstream: string) => readonly string[]>> = {
  '`check`, the whole lockfile': (url) => [main, 'check', '--upstream', url, '--advisory-db', database],
  '`check --base HEAD`, one upgraded': (url) => [
    ...[main, 'check', '--base', 'HEAD', '--upstream', url, '--advisory-db', database],
  ],
  '`check --base HEAD --offline`': (url) => [
    ...[main, 'check', '--base', 'HEAD', '--offline', '--upstream', url, '--advisory-db', database],
  ],
  'advisories of the lockfile': () => [matching, database, 'Cargo.lock', 'kept-advisories'],
};

const work = mkdtempSync(join(tmpdir(), 'safeguard-growth-'));
const environment = {
  XDG_CACHE_HOME: join(work, 'cache'),
  NODE_COMPILE_CACHE: join(work, 'compiled'),
  SAFEGUARD_PACKS: join(work, 'packs'),
  MALLOC_ARENA_MAX: '2',
};
try {
  makePack(program, packFolder(environment.SAFEGUARD_PACKS, program));
  const found = new Map(Object.keys(commands).map((name) => [name, [] as number[]]));
  for (const count of sizes) {
    const upstream = await startUpstream();
    const project = join(work, `project-${count}`);
    try {
      makeLargeProject(project, upstream, { count, changed: 1 });
      for (const [name, words] of Object.entries(commands)) {
        const run = () => seconds(words(upstream.url), project);
        // The first fills the caches, the second keeps what it used.
        await run();
        await run();
        const all: number[] = [];
        for (let i = 0; i < runs; i++) all.push(await run());
        found.get(name)?.push(all.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN);
      }
    } finally {
      await upstream.close();
    }
  }
  const [model = '?'] = cpus().map((one) => one.model);
  console.log(
    `\n## ${new Date().toISOString().slice(0, 10)}: node ${process.version}, ${cpus().length} × ${model}, load ${loadavg()[0]?.toFixed(1)}, median of ${runs}\n`,
  );
  const columns = sizes.map((size, i) =>
    i === 0 ? `${size} packages, s` : `${size}, s | ms a package more`,
  );
  console.log(`| command | ${columns.join(' | ')} |`);
  console.log(`| --- |${' --- |'.repeat(sizes.length * 2 - 1)}`);
  for (const [name, all] of found) {
    const cells = all.map((one, i) => {
      const [before = 0, size = 0] = [all[i - 1], sizes[i]];
      const more = ((one - before) * 1000) / (size - (sizes[i - 1] ?? 0));
      return i === 0 ? one.toFixed(2) : `${one.toFixed(2)} | ${more.toFixed(2)}`;
    });
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Of a processor, of one whole process. */
async function seconds(words: readonly string[], cwd: string): Promise<number> {
  const nursery = ['--min-semi-space-size=32', '--max-semi-space-size=32'];
  const child = spawn('/usr/bin/time', ['--format', '%U %S', process.execPath, ...nursery, ...words], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise((done) => child.on('close', done));
  const [, user, system] = /([\d.]+) ([\d.]+)\n?$/.exec(said) ?? [];
  if (user === undefined) throw new Error(said);
  return Number(user) + Number(system);
}
