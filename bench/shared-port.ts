/**
 * What several replicas at one address give: `node bench/shared-port.ts [--most 2] [--runs 3] [--peer URL]`.
 *
 * Starts a PostgreSQL, and on it one replica, then two, up to `--most`, at one port; by turns, wrk asks for an index
 * file and for a download of 53 KB. A peer's URL is that of its sparse index; it must be running. Needs wrk,
 * PostgreSQL's programs and the registry. Prints Markdown for docs/benchmarks.md; wrk and the servers share the
 * machine's cores.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { indexPath } from '../src/cargo/index-path.ts';
import { startPostgres } from '../tests/support/postgres.ts';
import { downloadOf, hot, wrk } from './rates.ts';

const { values } = parseArgs({
  options: {
    most: { type: 'string', default: '2' },
    runs: { type: 'string', default: '3' },
    peer: { type: 'string' },
  },
});
const root = join(import.meta.dirname, '..');
const data = mkdtempSync(join(tmpdir(), 'safeguard-shared-port-'));
const postgres = await startPostgres({});
const running: ChildProcess[] = [];
try {
  console.log(`Load at the beginning ${loadavg()[0]?.toFixed(1)}.\n`);
  console.log('| | index file, requests/s | download of 53 KB, requests/s |');
  console.log('| --- | --- | --- |');
  let listen = '127.0.0.1:0';
  for (let count = 1; count <= Number(values.most); count++) {
    const url = await startReplica(listen, count > 1);
    listen = new URL(url).host;
    await rates(count === 1 ? 'one process' : `${count} processes`, `${url}/index/`);
  }
  if (values.peer !== undefined) await rates('the peer', values.peer);
} finally {
  for (const child of running) child.kill('SIGTERM');
  await Promise.all(running.map((child) => child.exitCode ?? once(child, 'exit')));
  await postgres.stop();
  rmSync(data, { recursive: true, force: true });
}

async function rates(name: string, index: string): Promise<void> {
  const download = await downloadOf(index);
  const figures = Array.from({ length: Number(values.runs) }, () => [
    wrk(`${index}${indexPath(hot.crate)}`, 'accept-encoding: gzip'),
    wrk(download),
  ]);
  const column = (at: number) => figures.map((run) => run[at]).join('; ');
  console.log(`| ${name} | ${column(0)} | ${column(1)} |`);
}

/** Resolves with its address once it answers. */
async function startReplica(listen: string, onlyServes: boolean): Promise<string> {
  const words = ['serve', '--share-port', '--listen', listen, '--data', data, '--database', postgres.url];
  const child = spawn(join(root, 'safeguard'), [...words, ...(onlyServes ? ['--no-watch'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  let said = '';
  for await (const piece of child.stdout) {
    said += String(piece);
    const url = /Safeguard is at (\S+)/.exec(said)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error(`a replica ended before it answered:\n${said}`);
}
