/**
 * What the review of source costs:
 *
 *   node bench/review.ts --project FOLDER [--runs 5]
 *
 * FOLDER has a Cargo.lock whose releases cargo has fetched; nu 0.116.1 is the usual one. Reads every archive and reviews its
 * build script and macros, on two cores (cold), then asks for all that waits by what is kept (warm, a whole process). Then
 * libraries, in megabytes of source a second on one core, and hostile files. Prints Markdown for docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { readCrateArchive } from '../src/cargo/crate-archive.ts';
import { parseLockfile } from '../src/cargo/lockfile.ts';
import { openAllowFile } from '../src/cli/allow/file.ts';
import { runningPackages } from '../src/cli/shared/pending.ts';
import { CargoHome, cargoHomeFolder } from '../src/gate/project/cargo-home.ts';
import { reviewBuildScript } from '../src/rust/build-script.ts';
import { archiveFiles } from '../src/rust/inputs/package-files.ts';
import { reviewLibrary } from '../src/rust/library.ts';
import { type PackageSource, packageSource } from '../src/rust/package-source.ts';
import { reviewProcMacro } from '../src/rust/proc-macro.ts';
import { factsHere } from '../src/server/check-here.ts';
import { hostile } from '../tests/rust/hostile.ts';

type Name = readonly [name: string, version: string];

if (isMainThread) await main();
else for (const name of workerData as readonly Name[]) reviewBuildTime(name);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { project: { type: 'string' }, runs: { type: 'string', default: '5' } },
  });
  if (values.project === undefined) throw new Error('--project is missing');
  const project = resolve(values.project);
  const runs = Number(values.runs);
  const { packages } = parseLockfile(readFileSync(join(project, 'Cargo.lock'), 'utf8'));
  const names = packages
    .filter(({ checksum }) => checksum !== undefined)
    .map(({ name, version }): Name => [name, version]);
  const cold = await each(runs, () => onTwoCores(names));
  const safeguard = resolve(import.meta.dirname, '../src/cli/main.ts');
  const ask = () =>
    spawnSync(process.execPath, [safeguard, 'review', '--pending', '--offline'], { cwd: project });
  ask();
  const warm = await each(runs, async () => void ask());
  console.log(
    `| ${names.length} packages, load ${loadavg()[0]?.toFixed(1)} | s, median of ${runs} | least–most |`,
  );
  console.log('| --- | --- | --- |');
  console.log(`| every archive unpacked, build scripts and macros reviewed, two threads | ${said(cold)} |`);
  console.log(`| \`safeguard review --pending\`, whole process, from what is kept | ${said(warm)} |`);
  console.log(`| the same within a process that runs | ${said(await pendingWithin(project, runs))} |`);
  libraries(names);
  hostileFiles();
}

/** Facts of every package out of the user's cache, and how its code stands to what was approved. */
async function pendingWithin(project: string, count: number): Promise<readonly number[]> {
  const list = await openAllowFile({ manifestPath: join(project, 'Cargo.toml') });
  const port = await factsHere({ upstream: 'crates.io', advised: false, offline: true });
  try {
    return await each(count, async () => void (await runningPackages(port, list, Date.now())));
  } finally {
    await port.close();
  }
}

function onTwoCores(names: readonly Name[]): Promise<void> {
  const halves = [0, 1].map((half) => names.filter((_, i) => i % 2 === half));
  const done = halves.map(
    (part) =>
      new Promise<void>((finished, failed) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: part });
        worker.on('error', failed);
        worker.on('exit', () => finished());
      }),
  );
  return Promise.all(done).then(() => undefined);
}

function reviewBuildTime(name: Name): void {
  const source = sourceOf(name);
  if (source !== undefined) reviewProcMacro(source, reviewBuildScript(source));
}

/** Bytes of Rust that each library's review reads, and how long that takes. */
function libraries(names: readonly Name[]): void {
  let bytes = 0;
  let seconds = 0;
  for (const name of names) {
    // A file may be asked for twice; it counts once.
    const read = new Map<string, number>();
    const source = sourceOf(name, (path, size) => read.set(path, size));
    if (source === undefined) continue;
    read.clear();
    const start = performance.now();
    reviewLibrary(source);
    seconds += (performance.now() - start) / 1000;
    for (const size of read.values()) bytes += size;
  }
  const rate = bytes / 1e6 / seconds;
  console.log(
    `\nLibraries: ${(bytes / 1e6).toFixed(0)} MB of source in ${seconds.toFixed(1)} s on one core, ${rate.toFixed(1)} MB/s.`,
  );
}

function hostileFiles(): void {
  console.log('\n| hostile build script | s | MiB more | what is said |\n| --- | --- | --- | --- |');
  for (const { name, files } of hostile()) {
    const texts = new Map(Object.entries(files));
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const source = packageSource('[package]\nname = "a"\nversion = "1.0.0"\n', (path) => texts.get(path));
    const review = reviewBuildScript(source);
    const seconds = (performance.now() - start) / 1000;
    const memory = (process.memoryUsage().rss - before) / 1024 / 1024;
    const what = review?.opaque[0]?.reason ?? `${review?.capabilities.length} capabilities`;
    console.log(`| ${name} | ${seconds.toFixed(2)} | ${Math.max(0, memory).toFixed(0)} | ${what} |`);
  }
}

function sourceOf(
  [name, version]: Name,
  onRead: (path: string, bytes: number) => void = () => undefined,
): PackageSource | undefined {
  const [bytes] = new CargoHome(cargoHomeFolder()).archives(name, version);
  if (bytes === undefined) return undefined;
  const all = readCrateArchive(bytes).files;
  const files = new Map(all.map((file) => [file.path, file]));
  const text = (path: string) => {
    const file = files.get(path);
    if (file === undefined) return undefined;
    onRead(path, file.size);
    return new TextDecoder().decode(file.bytes);
  };
  return packageSource(text('Cargo.toml') ?? '', text, archiveFiles(all));
}

async function each(runs: number, work: () => Promise<void>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await work();
    times.push((performance.now() - start) / 1000);
  }
  return times.sort((a, b) => a - b);
}

function said(times: readonly number[]): string {
  const at = (i: number) => (times[i] ?? 0).toFixed(2);
  return `${at(times.length >> 1)} | ${at(0)}–${at(times.length - 1)}`;
}
