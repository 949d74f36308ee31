import { setImmediate } from 'node:timers/promises';

/** Does something with each item. After every `size` of them whoever else waits for the event loop has a turn. */
export async function inTurns<T, R>(
  items: readonly T[],
  size: number,
  each: (item: T, at: number) => R,
): Promise<R[]> {
  const results: R[] = [];
  for (const [at, item] of items.entries()) {
    if (at > 0 && at % size === 0) await setImmediate();
    results.push(each(item, at));
  }
  return results;
}
