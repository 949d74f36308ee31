/**
 * The first check of a project beside what a first build needs anyway, and what is checked today:
 *
 *   node bench/cold.ts --project FOLDER [--advisory-db FOLDER] [--deny PATH] [--runs 5]
 *
 * FOLDER has a Cargo.lock; nu 0.116.1 is the usual one. By turns, each with nothing in any cache of its own and from
 * the registry: `cargo fetch` and then cargo-deny (licences, bans, sources), and `safeguard check` with every rule, as
 * the launcher starts it. Memory is that of all processes together (PSS, looked at five times a second; Linux). Prints
 * Markdown for docs/benchmarks.md.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    project: { type: 'string' },
    'advisory-db': { type: 'string', default: '../shared/data/advisory-db' },
    deny: { type: 'string', default: 'cargo-deny' },
    runs: { type: 'string', default: '5' },
  },
});
if (options.project === undefined) throw new Error('--project is missing');
const runs = Number(options.runs);

interface Run {
  readonly seconds: number;
  /** Of a processor, seconds, all processes together. */
  readonly processor: number;
  /** MiB, all processes together. */
  readonly memory: number;
}

const work = mkdtempSync(join(tmpdir(), 'safeguard-cold-'));
try {
  const project = join(work, 'project');
  cpSync(resolve(options.project), project, { recursive: true, filter: (path) => !path.endsWith('/target') });
  for (const file of ['rust-toolchain.toml', 'rust-toolchain']) rmSync(join(project, file), { force: true });
  const config = join(work, 'deny.toml');
  writeFileSync(config, '[licenses]\nunused-allowed-license = "allow"\nallow = ["MIT"]\n');
  const home = join(work, 'cargo-home');
  const cache = join(work, 'cache');
  const manifest = join(project, 'Cargo.toml');
  const main = resolve(import.meta.dirname, '../src/cli/main.ts');
  const theirs = async () => {
    rmSync(home, { recursive: true, force: true });
    const env = { CARGO_HOME: home };
    const fetched = await measured(['cargo', 'fetch', '--locked', '--manifest-path', manifest], env, project);
    const asked = ['--offline', '--locked', '--config', config, '--manifest-path', manifest];
    const deny = [options.deny, ...asked, 'check', 'licenses', 'bans', 'sources'];
    return together(fetched, await measured(deny, env, project));
  };
  const ours = async () => {
    rmSync(cache, { recursive: true, force: true });
    const check = ['check', '--advisory-db', resolve(options['advisory-db']), '--format', 'json'];
    const nursery = ['--min-semi-space-size=32', '--max-semi-space-size=32'];
    return await measured([process.execPath, ...nursery, main, ...check], launched(cache), project);
  };
  const found: { theirs: Run; ours: Run }[] = [];
  const load = loadavg()[0]?.toFixed(1);
  for (let i = 0; i < runs; i++) found.push({ theirs: await theirs(), ours: await ours() });
  console.log(`\n## ${new Date().toISOString().slice(0, 10)}: median of ${runs}, load ${load} before\n`);
  console.log('| nothing in any cache | s | of a processor, s | MiB, all processes |');
  console.log('| --- | --- | --- | --- |');
  const rows = {
    '`cargo fetch`, then cargo-deny': 'theirs',
    '`safeguard check`, every rule': 'ours',
  } as const;
  for (const [name, side] of Object.entries(rows)) {
    const all = found.map((one) => one[side]);
    const figures = [middle(all, 'seconds').toFixed(1), middle(all, 'processor').toFixed(1)];
    console.log(`| ${name} | ${figures.join(' | ')} | ${middle(all, 'memory').toFixed(0)} |`);
  }
  const ratios = found.map((one) => together(one.ours, one.theirs, (a, b) => a / b));
  console.log(
    `| ratio | ${middle(ratios, 'seconds').toFixed(2)} | ${middle(ratios, 'processor').toFixed(2)} | |`,
  );
  const versions = [[options.deny], ['cargo']].map(([program = '']) =>
    spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim(),
  );
  console.log(
    `\n${versions.join(', ')}, node ${process.version}; ${cpus().length} × ${cpus()[0]?.model ?? '?'}`,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** What the launcher sets, over a cache of its own. */
function launched(cache: string): Readonly<Record<string, string>> {
  return {
    XDG_CACHE_HOME: cache,
    NODE_COMPILE_CACHE: join(cache, 'compiled'),
    SAFEGUARD_PACKS: join(cache, 'packs'),
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '65536',
    MALLOC_TRIM_THRESHOLD_: '131072',
  };
}

/** One command with all that it starts, its output thrown away. Throws where it gives no verdict. */
async function measured(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Run> {
  const start = performance.now();
  const child = spawn('/usr/bin/time', ['--format', '%U %S', ...words], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4096);
  });
  let memory = 0;
  const look = setInterval(() => {
    memory = Math.max(memory, pssBelow(child.pid ?? 0));
  }, 200);
  const status = await new Promise<number | null>((ended, failed) => {
    child.on('error', failed).on('close', ended);
  });
  clearInterval(look);
  const seconds = (performance.now() - start) / 1000;
  const [, user, system] = /([\d.]+) ([\d.]+)\n?$/.exec(said) ?? [];
  if (user === undefined || status === null || status > 15) throw new Error(`${words.join(' ')}: ${said}`);
  return { seconds, processor: Number(user) + Number(system), memory };
}

/** MiB of a process and of all below it: memory that several share counts once. */
function pssBelow(root: number): number {
  const below = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const stat = textOf(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    below.set(parent, [...(below.get(parent) ?? []), Number(name)]);
  }
  let kilobytes = 0;
  const waiting = [root];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(textOf(`/proc/${one}/smaps_rollup`))?.[1] ?? 0);
    waiting.push(...(below.get(one) ?? []));
  }
  return kilobytes / 1024;
}

/** Of a process that may have ended. */
function textOf(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}

/** Two runs as one: one after the other, unless said otherwise. */
function together(a: Run, b: Run, of: (a: number, b: number) => number = (x, y) => x + y): Run {
  return {
    seconds: of(a.seconds, b.seconds),
    processor: of(a.processor, b.processor),
    memory: Math.max(a.memory, b.memory),
  };
}

function middle(all: readonly Run[], what: keyof Run): number {
  return all.map((one) => one[what]).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
}
