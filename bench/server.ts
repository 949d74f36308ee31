/**
 * The pages and the web API over much of everything, on both databases, as Markdown:
 *
 *   node bench/server.ts [--releases 50000] [--artefacts 5000] [--users 50] [--seconds 30] [--database sqlite|postgresql]
 *
 * The server is a process of its own; those who ask and the browser are on the same machine. Each user reads for a
 * second between two questions (`--reads`, in milliseconds). Needs Chromium and, for the second, PostgreSQL's programs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openStore, type StoreLocation } from '../src/store/open.ts';
import { buildPages } from '../tests/support/pages.ts';
import { startPostgres } from '../tests/support/postgres.ts';
import { startUpstream } from '../tests/support/upstream.ts';
import { load } from './server/load.ts';
import { paints } from './server/pages.ts';
import { alone, at, type Taken, together } from './server/users.ts';

const { values } = parseArgs({
  options: {
    releases: { type: 'string', default: '50000' },
    artefacts: { type: 'string', default: '5000' },
    components: { type: 'string', default: '100' },
    hosts: { type: 'string', default: '100' },
    users: { type: 'string', default: '50' },
    reads: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
    runs: { type: 'string', default: '3' },
    database: { type: 'string' },
  },
});
const amount = {
  releases: Number(values.releases),
  artefacts: Number(values.artefacts),
  components: Number(values.components),
  hosts: Number(values.hosts),
};
const people = { people: Number(values.users), reads: Number(values.reads), seconds: Number(values.seconds) };

buildPages();
console.log(
  `${amount.releases} releases, ${amount.artefacts} artefacts of ${amount.components} components, ${amount.hosts} hosts of 100 processes; ` +
    `load of the machine at the beginning ${loadavg()[0]?.toFixed(1)}\n`,
);
for (const name of values.database === undefined ? ['sqlite', 'postgresql'] : [values.database])
  await measure(name);
process.exit(0);

async function measure(name: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'safeguard-bench-server-'));
  const postgres = name === 'postgresql' ? await startPostgres({ fsync: 'off' }) : undefined;
  const upstream = await startUpstream();
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const database = postgres === undefined ? [] : ['--database', postgres.url];
  const args = ['--data', data, '--upstream', upstream.indexUrl, '--advisory-db', 'none', ...database];
  try {
    // It says which policy it goes by: what is written then is not judged anew.
    await serving(folder, args, async () => {});
    const location: StoreLocation = postgres === undefined ? { folder: data } : { url: postgres.url };
    const began = performance.now();
    const store = await openStore(location);
    const [policy] = await store.policyHistory(1);
    const registry = new URL(upstream.indexUrl).host;
    await load(store, { ...amount, registry, policy: policy?.digest ?? '' });
    await store.close();
    say(`${name}: filled in ${Math.round((performance.now() - began) / 1000)} s`);
    const token = readFileSync(join(data, 'admin.token'), 'utf8').trim();
    await serving(folder, args, async (url) => await report(name, url, token));
  } finally {
    await upstream.close();
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serving(
  folder: string,
  args: readonly string[],
  work: (url: string) => Promise<void>,
): Promise<void> {
  const log = join(folder, 'log');
  const out = openSync(log, 'w');
  const program = join(import.meta.dirname, '..', 'safeguard');
  const stdio = ['ignore', out, out] as const;
  const server = spawn(program, ['serve', '--listen', '127.0.0.1:0', ...args], { stdio: [...stdio] });
  try {
    await work(await addressIn(log));
  } finally {
    server.kill('SIGTERM');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  }
}

async function report(name: string, url: string, token: string): Promise<void> {
  const single = await alone(url, token, 5);
  say('asked alone');
  const shared = await together(url, token, people);
  say('asked together');
  const shown = await paints(url, token, Number(values.runs));
  const all = (taken: Taken) => [...taken.values()].flat();
  const ms = (time: number) => time.toFixed(time < 10 ? 1 : 0);
  console.log(`### ${name}\n`);
  console.log('| page | what one came for is there after, ms (median, longest) |\n| --- | --- |');
  for (const [page, times] of shown) console.log(`| ${page} | ${ms(at(0.5, times))}, ${ms(at(1, times))} |`);
  console.log(
    `\n| question | alone, ms (median) | ${people.people} users, ms (p50, p99) |\n| --- | --- | --- |`,
  );
  for (const [path, times] of single) {
    const beside = shared.get(path) ?? [];
    console.log(`| \`${path}\` | ${ms(at(0.5, times))} | ${ms(at(0.5, beside))}, ${ms(at(0.99, beside))} |`);
  }
  const times = all(shared);
  console.log(
    `| all, ${times.length} answers in ${people.seconds} s | ${ms(at(0.5, all(single)))} | ${ms(at(0.5, times))}, ${ms(at(0.99, times))} |`,
  );
  console.log(`\nload of the machine at the end ${loadavg()[0]?.toFixed(1)}\n`);
}

function say(what: string): void {
  console.error(what);
}

async function addressIn(log: string): Promise<string> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const url = /sparse\+(http:\/\/[\d.:]+)\/index/.exec(readFileSync(log, 'utf8'))?.[1];
    if (url !== undefined) return url;
    await setTimeout(100);
  }
  throw new Error(readFileSync(log, 'utf8'));
}
