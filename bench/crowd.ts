import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeCrate } from '../tests/support/crate.ts';
import { startUpstream } from '../tests/support/upstream.ts';

const releases = 5000;
const clients = 40;
/** As long as a line of a crate with many features. */
const features = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`feature-${i}`, [`dep:needed-${i}`, `other-${i}`]]),
);

/**
 * How long a warm index file takes, in milliseconds, by itself and while 40 clients ask for cold releases of a crate that has
 * 5,000. The server is a process of its own over a fake upstream on loopback; the clients and the upstream are this one.
 */
export async function crowd(seconds: number): Promise<string> {
  const upstream = await startUpstream();
  for (let i = 0; i < releases; i++)
    upstream.publish(makeCrate({ name: 'vast', version: `1.0.${i}`, features }), {
      pubtime: '2020-01-01T00:00:00Z',
    });
  upstream.publish(makeCrate({ name: 'small', version: '1.0.0' }), { pubtime: '2020-01-01T00:00:00Z' });
  const work = mkdtempSync(join(tmpdir(), 'safeguard-crowd-'));
  const log = join(work, 'log');
  const out = openSync(log, 'w');
  const args = ['serve', '--listen', '127.0.0.1:0', '--data', join(work, 'data')];
  const server = spawn(
    join(import.meta.dirname, '..', 'safeguard'),
    [...args, '--upstream', upstream.indexUrl, '--advisory-db', 'none'],
    { stdio: ['ignore', out, out] },
  );
  try {
    const url = await addressIn(log);
    const index = `${url}/index/sm/al/small`;
    for (const path of ['/index/sm/al/small', '/index/va/st/vast', '/crates/vast/1.0.0/download'])
      await (await fetch(url + path)).arrayBuffer();
    const alone = await latencies(index, () => false, Math.min(seconds, 5));
    const until = performance.now() + seconds * 1000;
    let next = 1;
    let answered = 0;
    const asking = Array.from({ length: clients }, async () => {
      while (next < releases && performance.now() < until) {
        const answer = await fetch(`${url}/crates/vast/1.0.${next++}/download`);
        await answer.arrayBuffer();
        if (answer.status === 200) answered++;
      }
    });
    let isOver = false;
    const over = Promise.all(asking).then(() => {
      isOver = true;
    });
    const beside = await latencies(index, () => isOver, seconds);
    await over;
    return `alone ${alone}; beside ${clients} clients (${answered} cold releases of a crate of ${releases}) ${beside}`;
  } finally {
    server.kill('SIGTERM');
    await upstream.close();
    rmSync(work, { recursive: true, force: true });
  }
}

/** One request after another. */
async function latencies(url: string, isOver: () => boolean, seconds: number): Promise<string> {
  const taken: number[] = [];
  const until = performance.now() + seconds * 1000;
  while (!isOver() && performance.now() < until) {
    const began = performance.now();
    await (await fetch(url, { headers: { 'accept-encoding': 'gzip' } })).arrayBuffer();
    taken.push(performance.now() - began);
    await setTimeout(2);
  }
  taken.sort((a, b) => a - b);
  const at = (part: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * part))]?.toFixed(1);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${taken.at(-1)?.toFixed(1)} ms of ${taken.length}`;
}

async function addressIn(log: string): Promise<string> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const url = /sparse\+(http:\/\/[\d.:]+)\/index/.exec(readFileSync(log, 'utf8'))?.[1];
    if (url !== undefined) return url;
    await setTimeout(100);
  }
  throw new Error(readFileSync(log, 'utf8'));
}
