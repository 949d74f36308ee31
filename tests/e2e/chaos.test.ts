/** A minute of `bench/chaos.ts`: replicas and database are killed while an upstream does everything wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runChaos } from '../support/chaos.ts';
import { postgresAvailable } from '../support/postgres.ts';

test('a minute of chaos breaks nothing', {
  skip: postgresAvailable() ?? false,
  timeout: 600_000,
}, async (t) => {
  const { SAFEGUARD_CHAOS_SEED: given } = process.env;
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  t.diagnostic(`SAFEGUARD_CHAOS_SEED=${seed}`);
  const report = await runChaos({ seed, length: 45_000, say: (line) => t.diagnostic(line) }, t);
  assert.deepEqual(report.broken, []);
});
