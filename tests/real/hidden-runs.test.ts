/** Whatever the samples hide does run when cargo builds them: each writes its marker file. Takes a minute or two. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hiddenSamples, standIns } from '../rust/samples/hidden.ts';
import { hiddenNames } from '../rust/samples/hidden-names.ts';
import { hiddenValues } from '../rust/samples/hidden-values.ts';
import { payloadsRun } from '../support/cargo-runs.ts';

const samples = [
  ...hiddenNames.flatMap((hidden, i) => hiddenSamples(hidden, `n${i}`)),
  ...hiddenValues.flatMap((hidden, i) => hiddenSamples(hidden, `v${i}`)),
];

it(`${samples.length} samples of what hides run under cargo`, { timeout: 600_000 }, async (t) => {
  const { names, said } = await payloadsRun(samples, { crates: standIns }, t);
  const idle = samples.filter(({ name }) => !names.has(name)).map(({ name, how }) => `${name}: ${how}`);
  assert.deepEqual(idle, [], said.slice(0, 20_000));
});
