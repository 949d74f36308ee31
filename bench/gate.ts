/**
 * The gate beside the tools that people use today, in one run:
 *
 *   node bench/gate.ts --project FOLDER [--advisory-db FOLDER] [--deny PATH] [--audit PATH] [--runs 5]
 *
 * FOLDER is an unpacked application with its Cargo.lock, whose dependencies cargo has fetched; nu 0.116.1 is the usual
 * one. All are whole processes on warm caches (bench/cold.ts has the first check); peers should be release builds.
 * Prints Markdown for docs/benchmarks.md; ratios count, since the machine's speed drifts.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseLockfile } from '../src/cargo/lockfile.ts';
import { makePack } from '../src/cli/pack/make.ts';
import { packFolder } from '../src/cli/pack/open.ts';

const { values: options } = parseArgs({
  options: {
    project: { type: 'string' },
    'advisory-db': { type: 'string', default: '../shared/data/advisory-db' },
    deny: { type: 'string', default: 'cargo-deny' },
    audit: { type: 'string', default: 'cargo-audit' },
    runs: { type: 'string', default: '5' },
  },
});
if (options.project === undefined) throw new Error('--project is missing');
const runs = Number(options.runs);
const safeguard = resolve(import.meta.dirname, '../src/cli/main.ts');
const database = resolve(options['advisory-db']);

interface Measured {
  /** Seconds. */
  readonly least: number;
  readonly median: number;
  readonly most: number;
  /** Of a processor, all its threads together: what others do beside it makes less of a difference there. */
  readonly processor: number;
  /** MiB, of the largest process. */
  readonly memory: number;
}

const work = mkdtempSync(join(tmpdir(), 'safeguard-bench-'));
try {
  const project = join(work, 'project');
  cpSync(resolve(options.project), project, { recursive: true, filter: (path) => !path.endsWith('/target') });
  // Another toolchain than the one that is here would be looked for.
  for (const file of ['rust-toolchain.toml', 'rust-toolchain']) rmSync(join(project, file), { force: true });
  const packages = parseLockfile(readFileSync(join(project, 'Cargo.lock'), 'utf8')).packages.length;
  const cache = {
    XDG_CACHE_HOME: join(work, 'cache'),
    NODE_COMPILE_CACHE: join(work, 'compiled'),
    SAFEGUARD_PACKS: join(work, 'packs'),
    MALLOC_ARENA_MAX: '2',
  };
  const ours =
    (...args: readonly string[]) =>
    () =>
      timed([process.execPath, ...startedWith(args), safeguard, ...args], project, cache);
  const program = resolve(import.meta.dirname, '../src/cli/program.ts');
  makePack(program, packFolder(cache.SAFEGUARD_PACKS, program));
  const check = ['check', '--advisory-db', database, '--format', 'json'];
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'as it is'],
  ]) {
    spawnSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', ...args], {
      cwd: project,
    });
  }
  writeFileSync(join(work, 'deny.toml'), '[licenses]\nunused-allowed-license = "allow"\nallow = ["MIT"]\n');
  const deny = [
    ...['--offline', '--locked', '--config', join(work, 'deny.toml')],
    ...['--manifest-path', join(project, 'Cargo.toml'), 'check'],
  ];
  const peer =
    (...args: readonly string[]) =>
    () =>
      timed(args, project, {});
  const resolving = ours('resolve', '--offline', '--format', 'json');
  const rows: readonly (readonly [name: string, run: () => Run])[] = [
    ['`safeguard --help`', ours('--help')],
    ['`safeguard resolve`', resolving],
    [
      '`safeguard resolve`, a manifest edited each time',
      () => edited(join(project, 'Cargo.toml'), resolving),
    ],
    ['`cargo tree`', peer('cargo', 'tree', '--offline', '--locked')],
    ['`cargo metadata`', peer('cargo', 'metadata', '--offline', '--locked', '--format-version', '1')],
    ['`safeguard check`, every rule, the whole lockfile', ours(...check)],
    [
      '`safeguard check`, its facts not kept',
      forgetting(join(work, 'cache/safeguard/facts'), ours(...check)),
    ],
    ['`safeguard check --base HEAD`, nothing changed', ours(...check, '--base', 'HEAD')],
    ['cargo-audit', peer(options.audit, 'audit', '--no-fetch', '--db', database, '--json')],
    ['cargo-deny, licenses, bans, sources', peer(options.deny, ...deny, 'licenses', 'bans', 'sources')],
  ];
  console.log(
    `\n## ${new Date().toISOString().slice(0, 10)}: ${packages} packages, ${runs} runs, load ${loadavg()[0]?.toFixed(1)}\n`,
  );
  console.log('| command | median s | least–most | of a processor | MiB |');
  console.log('| --- | --- | --- | --- | --- |');
  const found = new Map<string, Measured>();
  for (const [name, run] of rows) {
    // Of `check` the first one writes what it reads into its cache, the second one more of it, the third one keeps its facts.
    for (let i = 0; i < 3; i++) run();
    const all = Array.from({ length: runs }, run);
    print(name, all);
    found.set(name, summary(all));
  }
  printRatios(found);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** A run with one more comment in a file than any run before: what was kept of it is of no use. */
function edited(file: string, run: () => Run): Run {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, `${text}\n# ${performance.now()}\n`);
  try {
    return run();
  } finally {
    writeFileSync(file, text);
  }
}

/** A run before which a folder is taken away. */
function forgetting(folder: string, run: () => Run): () => Run {
  return () => {
    rmSync(folder, { recursive: true, force: true });
    return run();
  };
}

/** Node's flags, as the launcher has them for a command. */
function startedWith([command]: readonly string[]): readonly string[] {
  const nursery = command === 'resolve' ? 1 : 32;
  return [`--min-semi-space-size=${nursery}`, `--max-semi-space-size=${nursery}`];
}

/** Each command beside its peer, by wall time and by time of a processor, with what was compared and where. */
function printRatios(found: ReadonlyMap<string, Measured>): void {
  console.log('\n| beside its peer | ÷ by wall time | ÷ by a processor’s |');
  console.log('| --- | --- | --- |');
  const names = [...found.keys()];
  for (const [own, theirs] of [
    ['resolve', 'cargo metadata'],
    ['every rule', 'cargo-deny'],
    ['--base HEAD', 'cargo-deny'],
  ]) {
    const [name = '', peer = ''] = [own, theirs].map((part = '') => names.find((one) => one.includes(part)));
    const [ours, other] = [found.get(name), found.get(peer)];
    if (ours === undefined || other === undefined) continue;
    const wall = (ours.median / other.median).toFixed(2);
    console.log(`| ${name} ÷ ${peer} | ${wall} | ${(ours.processor / other.processor).toFixed(2)} |`);
  }
  const versionOf = (...words: readonly string[]) =>
    spawnSync(words[0] ?? '', words.slice(1), { encoding: 'utf8' }).stdout.trim();
  const versions = [
    versionOf(options.deny, '--version'),
    versionOf(options.audit, 'audit', '--version'),
    versionOf('cargo', '--version'),
    `node ${process.version}`,
  ];
  console.log(`\n${versions.join(', ')}; ${cpus().length} × ${cpus()[0]?.model ?? 'an unknown processor'}`);
}

interface Run {
  readonly seconds: number;
  readonly processor: number;
  readonly memory: number;
}

/** One whole process, its output thrown away. */
function timed(command: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Run {
  const { stderr, error, status } = spawnSync('/usr/bin/time', ['--format', '%e %U %S %M', ...command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw error;
  const [, seconds, user, system, kilobytes] = /([\d.]+) ([\d.]+) ([\d.]+) (\d+)\n?$/.exec(stderr) ?? [];
  // A verdict is an exit code too: below 8 with each of these tools.
  if (seconds === undefined || status === null || status > 15)
    throw new Error(`${command.join(' ')}: ${stderr}`);
  const processor = Number(user) + Number(system);
  return { seconds: Number(seconds), processor, memory: Number(kilobytes) / 1024 };
}

function print(name: string, all: readonly Run[]): void {
  const { least, median, most, processor, memory } = summary(all);
  const range = all.length === 1 ? '' : `${least.toFixed(2)}–${most.toFixed(2)}`;
  console.log(
    `| ${name} | ${median.toFixed(2)} | ${range} | ${processor.toFixed(2)} | ${memory.toFixed(0)} |`,
  );
}

function summary(all: readonly Run[]): Measured {
  const seconds = all.map((run) => run.seconds).sort((a, b) => a - b);
  return {
    least: seconds[0] ?? 0,
    median: middle(seconds),
    most: seconds.at(-1) ?? 0,
    processor: middle(all.map(({ processor }) => processor)),
    memory: Math.max(...all.map(({ memory }) => memory)),
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
