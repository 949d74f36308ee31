/**
 * Two replicas under everything that may go wrong at once, for as long as is asked:
 *
 *   node bench/chaos.ts [--minutes 20] [--seed 1] [--bucket versitygw|s3s-fs]
 *
 * With a bucket, blobs are in that object store, which is killed as well. Needs PostgreSQL's programs and cargo. Ends
 * with 1 where something was broken; what happens is told by the seed and by the machine.
 */
import { parseArgs } from 'node:util';
import { runChaos } from '../tests/support/chaos.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string' },
    bucket: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const began = Date.now();
const say = (line: string) =>
  console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`);
say(`seed ${seed}, ${values.minutes} minutes, blobs in ${values.bucket ?? 'the data folders'}`);
const ends: (() => void | Promise<void>)[] = [];
try {
  const length = Number(values.minutes) * 60_000;
  const report = await runChaos(
    { seed, length, bucket: values.bucket, say },
    { after: (end) => void ends.push(end) },
  );
  for (const [title, figures] of [
    ['count', report.counts],
    ['greatest lateness, s', report.lateness],
  ] as const) {
    for (const [what, figure] of Object.entries(figures).sort()) say(`${title}: ${what}: ${figure}`);
  }
  say(`longest that an acknowledged block was still served: ${report.slowestDecision} ms`);
  say(`${report.broken.length} broken`);
  process.exitCode = report.broken.length === 0 ? 0 : 1;
} finally {
  for (const end of ends.reverse()) await end();
}
