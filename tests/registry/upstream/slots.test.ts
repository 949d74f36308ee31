import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from '../../../src/registry/upstream/slots.ts';

test('so many run at a time, the others in order, whatever becomes of those before', async () => {
  const slots = new Slots(2);
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const begun: number[] = [];
  const runs = gates.map(({ promise }, i) =>
    slots.run(() => {
      begun.push(i);
      return promise;
    }),
  );
  const ended = Promise.allSettled(runs);
  await Promise.resolve();
  assert.deepEqual(begun, [0, 1]);
  gates[1]?.reject(new Error('no'));
  await assert.rejects(runs[1] as Promise<number>, /no/);
  assert.deepEqual(begun, [0, 1, 2]);
  for (const [i, gate] of gates.entries()) gate.resolve(i);
  assert.deepEqual(
    (await ended).map((one) => (one.status === 'fulfilled' ? one.value : 'failed')),
    [0, 'failed', 2, 3, 4],
  );
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  assert.equal(await slots.run(() => Promise.resolve(6)), 6);
});
