/**
 * The mirror beside the registry itself and, with `--peer`, beside another mirror, in one run:
 *
 *   node bench/mirror.ts [--crate nu@0.116.1] [--runs 5] [--peer http://127.0.0.1:8000/api/v1/cratesio/]
 *
 * Needs cargo, wrk and the registry. A peer's URL is that of its sparse index; it must be running and is filled by a
 * first fetch. Prints Markdown for docs/benchmarks.md; ratios count, since the machine's speed drifts, and the processor time where
 * others use the machine meanwhile.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { indexPath } from '../src/cargo/index-path.ts';
import { crowd } from './crowd.ts';
import { herdOnUpstream } from './herd.ts';
import { bareRate, downloadOf, fresh, hot, wrk } from './rates.ts';

const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    crate: { type: 'string', default: 'nu@0.116.1' },
    runs: { type: 'string', default: '5' },
    peer: { type: 'string' },
  },
});
const [crate = '', version = ''] = options.crate.split('@');
const runs = Number(options.runs);
interface Contestant {
  readonly name: string;
  /** URL of the sparse index; absent: the registry itself. */
  readonly index?: string;
}

const work = mkdtempSync(join(tmpdir(), 'safeguard-bench-'));
// Into a file: a pipe that nobody empties while cargo runs would hold the server up.
const log = openSync(join(work, 'serve.log'), 'w');
const server = spawn(
  join(root, 'safeguard'),
  ['serve', '--listen', '127.0.0.1:0', '--data', join(work, 'data')],
  {
    stdio: ['ignore', log, 'inherit'],
  },
);
try {
  const safeguard: Contestant = { name: 'Safeguard', index: `${await address()}/index/` };
  const contestants = [
    safeguard,
    { name: 'direct' },
    ...(options.peer === undefined ? [] : [{ name: 'peer', index: options.peer }]),
  ];
  const project = await unpackProject(safeguard);

  console.log(`\n## ${new Date().toISOString().slice(0, 10)}: ${crate} ${version}, ${runs} runs\n`);
  console.log(`| measure | ${contestants.map(({ name }) => name).join(' | ')} |`);
  console.log(`| --- |${contestants.map(() => ' --- |').join('')}`);
  row(
    'first `cargo fetch --locked`, s',
    contestants.map((contestant) => seconds(fetchProject(project, contestant))),
  );
  const warm = contestants.map(() => [] as number[]);
  for (let run = 0; run < runs; run++) {
    for (const [i, contestant] of contestants.entries()) warm[i]?.push(fetchProject(project, contestant));
  }
  row(
    'warm `cargo fetch --locked`, s, median',
    warm.map((times) => seconds(median(times))),
  );
  row(
    '… least and most',
    warm.map((times) => `${seconds(Math.min(...times))}–${seconds(Math.max(...times))}`),
  );
  const { user, system, ofOthers } = processorTime(server);
  console.log(
    `| processor time of the server by then (user, system), s; of the processes that read archives | ${user}, ${system}; ${ofOthers} |`,
  );
  const servers = contestants.filter((contestant) => contestant.index !== undefined);
  const blank = (figures: string[]) =>
    contestants.map((contestant) => figures[servers.indexOf(contestant)] ?? '');
  row(
    'index file, 200, requests/s',
    blank(servers.map((contestant) => wrk(indexUrl(contestant), 'accept-encoding: gzip'))),
  );
  row('… bare `node:http` with the same bytes', blank([await bareRate(indexUrl(safeguard))]));
  row('index file, 304, requests/s', blank(await Promise.all(servers.map(notModified))));
  row(
    'download, requests/s',
    blank(
      await Promise.all(servers.map(async (contestant) => wrk(await downloadOf(contestant.index ?? '')))),
    ),
  );
  row(
    '… bare `node:http` with the same bytes',
    blank([await bareRate(await downloadOf(safeguard.index ?? ''))]),
  );
  const busy = residentMemory(server);
  // What garbage held goes back once there is nothing to do for some seconds.
  await setTimeout(20_000);
  const { now, most } = residentMemory(server);
  row(
    'resident memory after it all; 20 s later; at its highest, MiB',
    blank([`${busy.now}; ${now}; ${most}`]),
  );
  console.log(`\nA warm index file: ${await crowd(30)}.`);
  console.log(`\nUpstream requests under a herd of 200 identical requests: ${await herdOnUpstream(200)}.`);
} finally {
  server.kill('SIGTERM');
  rmSync(work, { recursive: true, force: true });
}

function row(measure: string, figures: readonly string[]): void {
  console.log(`| ${measure} | ${figures.join(' | ')} |`);
}

async function address(): Promise<string> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const url = /sparse\+(http:\/\/[^"]+)\/index\//.exec(readFileSync(join(work, 'serve.log'), 'utf8'))?.[1];
    if (url !== undefined) return url;
    await setTimeout(100);
  }
  throw new Error(`serve printed no address:\n${readFileSync(join(work, 'serve.log'), 'utf8')}`);
}

async function unpackProject(from: Contestant): Promise<string> {
  const { dl } = (await (await fetch(`${from.index}config.json`)).json()) as { dl: string };
  const answer = await fetch(`${dl}/${crate}/${version}/download`);
  if (!answer.ok) throw new Error(await answer.text());
  writeFileSync(join(work, 'project.crate'), Buffer.from(await answer.arrayBuffer()));
  execFileSync('tar', ['xzf', 'project.crate'], { cwd: work });
  return join(work, `${crate}-${version}`);
}

/** Milliseconds of one fetch into an empty CARGO_HOME in memory: on disk the client's own writes drown everything. */
function fetchProject(project: string, { name, index }: Contestant): number {
  const home = join('/dev/shm', `safeguard-bench-${process.pid}`);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home);
  if (index !== undefined) {
    const config = `[source.crates-io]\nreplace-with = "it"\n[source.it]\nregistry = "sparse+${index}"\n`;
    writeFileSync(join(home, 'config.toml'), config);
  }
  const start = performance.now();
  try {
    execFileSync('cargo', ['fetch', '--locked'], {
      cwd: project,
      env: { ...process.env, CARGO_HOME: home, RUSTUP_TOOLCHAIN: 'stable' },
      stdio: 'ignore',
    });
  } catch (error) {
    throw new Error(`cargo fetch failed for ${name}`, { cause: error });
  }
  const elapsed = performance.now() - start;
  rmSync(home, { recursive: true, force: true });
  return elapsed;
}

function indexUrl({ index }: Contestant): string {
  return `${index}${indexPath(hot.crate)}`;
}

async function notModified(contestant: Contestant): Promise<string> {
  const answer = await fresh(indexUrl(contestant), { 'accept-encoding': 'gzip' });
  const etag = answer.headers.get('etag');
  const modified = answer.headers.get('last-modified');
  if (etag === null && modified === null) return 'no validators';
  return wrk(
    indexUrl(contestant),
    'accept-encoding: gzip',
    etag === null ? `if-modified-since: ${modified}` : `if-none-match: ${etag}`,
  );
}

// The launcher replaces itself by node, so the process is the server.
function residentMemory(child: ChildProcess): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const mebibytes = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return { now: mebibytes('VmRSS'), most: mebibytes('VmHWM') };
}

/** Seconds of processor time: the server's own, and that of its processes that have ended. */
function processorTime(child: ChildProcess): { user: string; system: string; ofOthers: string } {
  const text = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  // After the name, which ends with the last parenthesis: proc(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const of = (...at: readonly number[]) =>
    (at.reduce((sum, i) => sum + Number(fields[i]), 0) / 100).toFixed(1);
  return { user: of(11), system: of(12), ofOthers: of(13, 14) };
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}
