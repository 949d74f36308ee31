import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SlowTransfer, Transfer } from '../../src/facts/transfer.ts';
import { testStopwatch } from '../support/stopwatch.ts';

const limits = { rate: 100, window: 10_000, total: 60_000 };

/** A body whose pieces come when the test gives them. */
function giver() {
  const next = () => {
    const given = Promise.withResolvers<Uint8Array | undefined>();
    given.promise.catch(() => {});
    return given;
  };
  let give = next();
  async function* body(signal: AbortSignal) {
    for (;;) {
      signal.addEventListener('abort', () => give.reject(new Error('aborted')), { once: true });
      const piece = await give.promise;
      give = next();
      if (piece === undefined) return;
      yield piece;
    }
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    body,
    give: async (bytes: number) => {
      give.resolve(new Uint8Array(bytes));
      await settle();
    },
    end: () => give.resolve(undefined),
  };
}

const cases: readonly {
  readonly name: string;
  /** Milliseconds that pass, then bytes that come. */
  readonly steps: readonly (readonly [number, number])[];
  readonly problem?: RegExp;
}[] = [
  { name: 'fast and short', steps: [[10, 1000]] },
  {
    name: 'too late by a moment',
    steps: Array.from({ length: 5 }, () => [10_000, 1000] as const),
    problem: /fewer than 100 bytes a second for 10 s/,
  },
  { name: 'just above the least rate', steps: Array.from({ length: 5 }, () => [9_999, 1000] as const) },
  { name: 'silent from the beginning', steps: [[10_000, 0]], problem: /fewer than 100 bytes/ },
  {
    name: 'a byte a second',
    steps: Array.from({ length: 10 }, () => [1000, 1] as const),
    problem: /fewer than 100 bytes/,
  },
  {
    name: 'fast at first, then a byte a second',
    steps: [[9_000, 1_000_000], ...Array.from({ length: 11 }, () => [1000, 1] as const)],
    problem: /fewer than 100 bytes/,
  },
  {
    name: 'fast enough, and without an end',
    steps: Array.from({ length: 60 }, () => [1000, 200] as const),
    problem: /not done within 60 s/,
  },
];

for (const { name, steps, problem } of cases) {
  test(`a transfer that is ${name}${problem === undefined ? ' is read' : ' is given up'}`, async () => {
    const stopwatch = testStopwatch();
    const transfer = new Transfer(limits, stopwatch);
    const { body, give, end } = giver();
    const read = transfer.whole(body(transfer.signal), 1e9, () => new Error('too long'));
    const outcome = read.then(
      () => undefined,
      (error: unknown) => error,
    );
    await new Promise((resolve) => setImmediate(resolve));
    for (const [passed, bytes] of steps) {
      stopwatch.advance(passed);
      if (bytes > 0) await give(bytes);
    }
    end();
    const error = await outcome;
    if (problem === undefined) assert.equal(error, undefined);
    else assert.ok(error instanceof SlowTransfer && problem.test(error.message), String(error));
  });
}

test('the time that the reader takes is not the other side’s, unless nobody takes it at all', async () => {
  const stopwatch = testStopwatch();
  const transfer = new Transfer(limits, stopwatch);
  const { body, give } = giver();
  const pieces = transfer.pieces(body(transfer.signal));
  const first = pieces.next();
  await give(10);
  await first;
  stopwatch.advance(200_000);
  assert.equal(transfer.signal.aborted, false);
  stopwatch.advance(40_000);
  assert.match(String(transfer.signal.reason), /nobody took it/);
});
