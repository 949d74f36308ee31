import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GroupedWrites } from '../../src/store/grouped.ts';

/** Turns one after the other, and transactions that keep what was written in them only where they end well. */
function stand() {
  let queue: Promise<unknown> = Promise.resolve();
  const kept: string[][] = [];
  const grouped = new GroupedWrites<string[]>(
    (turn) => {
      const own = queue.then(turn);
      queue = own;
      return own;
    },
    async (work) => {
      const written: string[] = [];
      const result = await work(written);
      kept.push(written);
      return result;
    },
  );
  const write = (text: string, error?: Error) =>
    grouped.write(async (tx) => {
      tx.push(text);
      await Promise.resolve();
      if (error !== undefined) throw error;
      return text;
    });
  return { grouped, kept, write };
}

describe('grouped writes', () => {
  it('that came while one was under way are in one transaction, each with its own answer', async () => {
    const { kept, write } = stand();
    const first = write('a');
    await Promise.resolve();
    await Promise.resolve();
    assert.deepEqual(await Promise.all([first, write('b'), write('c'), write('d')]), ['a', 'b', 'c', 'd']);
    assert.deepEqual(kept.at(-1), ['b', 'c', 'd']);
    assert.deepEqual(kept.flat(), ['a', 'b', 'c', 'd']);
  });

  it('are done again one by one where one of them throws, and only that one fails', async () => {
    const { kept, write } = stand();
    const results = await Promise.allSettled([write('a'), write('b', new Error('no')), write('c')]);
    assert.deepEqual(
      results.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
      ['a', 'Error: no', 'c'],
    );
    assert.deepEqual(kept.flat(), ['a', 'c']);
  });

  it('take no more than so many at once', async () => {
    const { kept, write } = stand();
    await Promise.all(Array.from({ length: 80 }, (_, i) => write(String(i))));
    assert.ok(kept.every((one) => one.length <= 32));
    assert.equal(kept.flat().length, 80);
  });

  it('are refused where they get no turn, and leave nothing behind', async () => {
    const refused = new GroupedWrites<string[]>(
      async () => {
        throw new Error('no turn');
      },
      (work) => work([]),
    );
    await assert.rejects(
      refused.write(async () => 1),
      /no turn/,
    );
  });

  it('are answered by what came of them where another turn took them and their own was refused', async () => {
    const turns: (() => Promise<void>)[] = [];
    let refuse = (_error: Error) => {};
    const grouped = new GroupedWrites<string[]>(
      (turn) => {
        turns.push(turn);
        return turns.length === 1
          ? Promise.resolve()
          : new Promise((_, reject) => {
              refuse = reject;
            });
      },
      (work) => work([]),
    );
    const written = [grouped.write(async () => 'a'), grouped.write(async () => 'b')];
    const taken = turns[0]?.();
    refuse(new Error('no turn'));
    await taken;
    assert.deepEqual(await Promise.all(written), ['a', 'b']);
  });
});
