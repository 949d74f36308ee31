import type { Advisory } from '../../src/facts/advisories/advisory.ts';
import { databaseOf } from '../../src/facts/advisories/database.ts';
import type { AdvisoryFeed } from '../../src/facts/advisories/load.ts';
import { exposureDuty } from '../../src/inventory/exposure/duty.ts';
import { Notifier } from '../../src/registry/notify/notifier.ts';
import type { Store } from '../../src/store/store.ts';

/** A feed that says some advisories. */
export function feedOf(advisories: readonly Advisory[]): AdvisoryFeed {
  // Sound: what the duty and the answers read of a feed.
  return {
    database: databaseOf(advisories),
    packages: [],
    problems: [],
    provenance: { source: 'bench', readAt: '' },
  };
}

/**
 * How long it takes, in milliseconds, from when a new advisory was read to when the target is told; and until all hosts
 * were looked at.
 */
export async function timeToTold(
  store: Store,
  known: readonly Advisory[],
  fresh: Advisory,
): Promise<{ readonly told: number; readonly settled: number; readonly messages: number }> {
  let advisories = known;
  let reading = 'before';
  const feeds = {
    names: () => ({ advisories: ['bench'] }),
    current: () => new Map([['bench', reading]]),
    areCurrent: async () => true,
    knowledge: () => ({ advisories: [{ feed: feedOf(advisories), alarm: undefined }] }),
  };
  const told: number[] = [];
  const send = async () => {
    told.push(performance.now());
  };
  const target = { name: 'hook', kind: 'webhook', where: 'bench', secrets: [], send } as const;
  const notifier = new Notifier({
    store,
    now: Date.now,
    targets: new Map([['hook', target]]),
    // Sound: nothing is asked of either.
    journal: { trouble: () => {} } as never,
    pageOf: (() => undefined) as never,
  });
  const duty = exposureDuty({ store, feeds: feeds as never, targets: ['hook'], now: Date.now });
  await duty.turn();
  // What is told of those before is no part of it.
  while ((await store.nextDelivery()) !== null) {
    await notifier.turn();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  told.length = 0;
  advisories = [...known, fresh];
  reading = 'after';
  const begin = performance.now();
  let isOver = false;
  const looked = duty.turn().then(() => {
    isOver = true;
    return performance.now();
  });
  while (!isOver || told.length === 0) {
    await notifier.turn();
    // As the server's loops do.
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (isOver && told.length === 0 && performance.now() - begin > 120_000)
      throw new Error('nobody was told');
  }
  return { told: (told[0] ?? 0) - begin, settled: (await looked) - begin, messages: told.length };
}
