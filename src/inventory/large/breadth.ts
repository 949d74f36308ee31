import { setImmediate } from 'node:timers/promises';

/** A graph by places, its edges in one list. */
interface Graph {
  readonly offsets: Int32Array;
  readonly ends: Int32Array;
  readonly targets: Int32Array;
  readonly roots: Int32Array | undefined;
}

/** The shortest ways from the roots to all places. */
export interface Ways {
  /** By place: the one before it. */
  readonly before: Int32Array;
  /** By place: how many are on its way, itself among them; 0: nothing leads to it. */
  readonly depth: Int32Array;
}

/** Finds the shortest ways, the nearest first, as `wayTo` does. */
export async function waysOf({ offsets, ends, targets, roots }: Graph): Promise<Ways> {
  const before = new Int32Array(offsets.length);
  const depth = new Int32Array(offsets.length);
  const queue = new Int32Array(offsets.length);
  let end = 0;
  for (const root of roots ?? []) {
    depth[root] = 1;
    queue[end++] = root;
  }
  for (let at = 0; at < end; at++) {
    const place = queue[at] ?? 0;
    for (let i = offsets[place] ?? 0; i < (ends[place] ?? 0); i++) {
      const target = targets[i] ?? 0;
      if (depth[target] !== 0) continue;
      depth[target] = (depth[place] ?? 0) + 1;
      before[target] = place;
      queue[end++] = target;
    }
    if (at % 50_000 === 49_999) await setImmediate();
  }
  return { before, depth };
}
