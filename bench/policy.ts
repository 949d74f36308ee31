/**
 * Verdicts on every package of a lockfile, from the facts of a real mirror, and advisory matching beside cargo-audit:
 *
 *   node bench/policy.ts --lockfile Cargo.lock --advisory-db DIR [--data DIR] [--audit PROGRAM] [--runs 5]
 *
 * Without `--data` (the folder of a mirror that has the lockfile's crates, running or not) it fills one of its own from
 * the registry. Prints Markdown for docs/benchmarks.md; ratios count, since the machine's speed drifts.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { crateKey } from '../src/cargo/index-path.ts';
import { parseLockfile } from '../src/cargo/lockfile.ts';
import { loadFeed } from '../src/facts/advisories/load.ts';
import { nodeFeedPorts } from '../src/facts/feed/ports.ts';
import { feedSource } from '../src/facts/feed/source.ts';
import { judge } from '../src/policy/judge.ts';
import { loadPolicy } from '../src/policy/policy.ts';
import type { EngineInput } from '../src/policy/rule.ts';
import { firstPartyOf, shippedNamespace, unheardOf } from '../src/registry/errands/people.ts';
import { assessCrate, type WholeCircumstances } from '../src/registry/judgement/assess.ts';
import { gatherer } from '../src/registry/judgement/gather.ts';
import { relatives } from '../src/registry/judgement/lineage.ts';
import { openReader } from '../src/store/open.ts';
import type { ReleaseRecord } from '../src/store/records.ts';

const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    lockfile: { type: 'string', default: 'Cargo.lock' },
    'advisory-db': { type: 'string' },
    data: { type: 'string' },
    audit: { type: 'string' },
    runs: { type: 'string', default: '5' },
  },
});
const runs = Number(options.runs);
const database = options['advisory-db'];
if (database === undefined) throw new Error('--advisory-db is missing');
const policy = loadPolicy({ file: 'the default policy', text: '' });
const now = Date.now();

interface Locked {
  readonly record: ReleaseRecord;
  readonly circumstances: WholeCircumstances;
}

const work = mkdtempSync(join(tmpdir(), 'safeguard-bench-'));
try {
  const data = options.data ?? (await filledMirror());
  const locked = await readLocked(data);
  const inputs = locked.map(gathered);
  const releases = locked.reduce((sum, { circumstances }) => sum + circumstances.subjects.length, 0);
  console.log(
    `\n## ${new Date().toISOString().slice(0, 10)}: ${locked.length} packages, median of ${runs} runs\n`,
  );
  console.log('| verdicts | ms | a second |');
  console.log('| --- | --- | --- |');
  await row('facts and verdict of each locked release', locked.length, () => {
    for (const one of locked) judge(policy, gathered(one));
  });
  await row('… the verdict alone', locked.length, () => {
    for (const input of inputs) judge(policy, input);
  });
  await row('facts and verdict of every release of those crates', releases, async () => {
    for (const { circumstances } of locked) {
      await assessCrate(circumstances, policy, now, () => true);
    }
  });
  if (options.audit !== undefined)
    compareMatching(resolve(options.audit), resolve(database), resolve(options.lockfile));
} finally {
  rmSync(work, { recursive: true, force: true });
}

function gathered({ record, circumstances }: Locked): EngineInput {
  return gatherer(circumstances, now)(record).input;
}

/** Every package of the lockfile that the mirror has, with all that a judgement of it goes by. */
async function readLocked(data: string): Promise<readonly Locked[]> {
  const ports = nodeFeedPorts({ cache: join(work, 'feeds'), clock: Date.now });
  const feed = await loadFeed(feedSource(database ?? '', 'advisory database'), ports);
  const advisories = [{ feed, alarm: undefined }];
  const knowledge = {
    advisories,
    audits: undefined,
    proofs: undefined,
    cratesIo: 'crates.io',
    namespace: shippedNamespace(),
    people: unheardOf,
    firstParty: firstPartyOf(policy),
  };
  const { reader, close } = await openReader({ folder: data });
  const locked: Locked[] = [];
  for (const { name, version } of parseLockfile(readFileSync(options.lockfile, 'utf8')).packages) {
    const key = crateKey(name);
    const releases = await reader.releases('crates.io', key);
    const record = releases.find((release) => release.version === version);
    const crate = await reader.crate('crates.io', key);
    if (record === undefined || crate === undefined) continue;
    const previous = new Map(releases.map((release) => [release.version, release]));
    const circumstances = {
      name,
      firstSeen: crate.firstSeen,
      ...relatives(releases, new Set(releases.map(({ version }) => version)), crate.firstSeen),
      subjects: releases,
      previous,
      blocks: [],
      breakGlass: [],
      decisions: [],
      knowledge,
    };
    locked.push({ record, circumstances });
  }
  await close();
  return locked;
}

async function filledMirror(): Promise<string> {
  const data = join(work, 'data');
  const safeguard = join(root, 'safeguard');
  const serve = ['serve', '--listen', '127.0.0.1:0', '--data', data];
  const server = spawn(safeguard, serve, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    for (let attempt = 0; !existsSync(join(data, 'server.json')); attempt++) {
      if (attempt === 300) throw new Error('serve does not start');
      await setTimeout(100);
    }
    spawnSync(safeguard, ['mirror', 'prefetch', '--lockfile', options.lockfile, '--data', data], {
      stdio: 'inherit',
    });
    return data;
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
}

async function row(what: string, verdicts: number, run: () => void | Promise<void>): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i <= runs; i++) {
    const start = performance.now();
    await run();
    // The first one warms up.
    if (i > 0) times.push(performance.now() - start);
  }
  const perSecond = Math.round((verdicts / median(times)) * 1000).toLocaleString('en');
  console.log(`| ${what} (${verdicts.toLocaleString('en')}) | ${median(times).toFixed(1)} | ${perSecond} |`);
}

function compareMatching(program: string, folder: string, lockfile: string): void {
  // One package, so that what is left beside it is the matching.
  const small = join(work, 'small.lock');
  writeFileSync(small, 'version = 4\n\n[[package]]\nname = "a"\nversion = "1.0.0"\n');
  const home = join(work, 'cargo-home');
  mkdirSync(home);
  const audit = (file: string) => () => {
    const asked = ['audit', '--no-fetch', '--stale', '--json', '--db', folder, '--file', file];
    const env = { PATH: process.env.PATH ?? '', HOME: work, CARGO_HOME: home };
    const { stdout, stderr } = spawnSync(program, asked, { cwd: work, env, encoding: 'utf8' });
    // It exits with 1 where it finds something.
    if (!stdout.startsWith('{')) throw new Error(`cargo-audit gave no report:\n${stderr}`);
  };
  const matching = join(root, 'bench/matching.ts');
  const ours = (file: string) => () =>
    execFileSync(process.execPath, [matching, folder, file, join(work, 'kept')], {
      cwd: work,
      encoding: 'utf8',
    });
  // The first one reads the files.
  ours(lockfile)();
  const inside = Array.from(
    { length: runs },
    () => JSON.parse(ours(lockfile)()) as { load: number; match: number },
  );
  const times = [ours(lockfile), audit(lockfile), ours(small), audit(small)].map(() => [] as number[]);
  for (let i = 0; i < runs; i++) {
    for (const [j, run] of [ours(lockfile), audit(lockfile), ours(small), audit(small)].entries())
      times[j]?.push(elapsed(run));
  }
  const [all = 0, theirs = 0, base = 0, theirBase = 0] = times.map(median);
  console.log('\n| advisories, ms | Safeguard | cargo-audit |');
  console.log('| --- | --- | --- |');
  console.log(`| the lockfile, whole process | ${all.toFixed(0)} | ${theirs.toFixed(0)} |`);
  console.log(`| a lockfile of one package, whole process | ${base.toFixed(0)} | ${theirBase.toFixed(0)} |`);
  console.log(
    `| the difference: reading and matching the lockfile | ${(all - base).toFixed(1)} | ${(theirs - theirBase).toFixed(1)} |`,
  );
  console.log(`| the same, by its own clock | ${median(inside.map(({ match }) => match)).toFixed(1)} | |`);
  console.log(
    `| reading the database, by its own clock | ${median(inside.map(({ load }) => load)).toFixed(0)} | |`,
  );
}

function elapsed(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
