import { crateKey } from '../../cargo/index-path.ts';
import type { MirrorContext } from '../context.ts';
import type { EventSource, ReleaseEvent } from './delivery.ts';

/**
 * Takes verified events of another registry: their crates become due for a poll at once. When it returns, that is on
 * disk, so the sender can be told. Returns how many of the events were new.
 */
export async function takeEvents(
  context: MirrorContext,
  source: EventSource,
  registry: string,
  events: readonly ReleaseEvent[],
): Promise<number> {
  const at = context.now();
  return await context.store.write(async (tx) => {
    let taken = 0;
    for (const event of events) {
      if (!(await tx.takeEvent(source.name, event.id, at, at - source.remember))) continue;
      taken++;
      const key = crateKey(event.crate);
      const crate = await tx.crate(registry, key);
      const unread = {
        etag: null,
        lastModified: null,
        digest: null,
        checkedAt: null,
        failures: 0,
        lastError: null,
        absentSince: null,
      };
      await tx.putCrate({ registry, key, firstSeen: at, ...unread, ...crate, pollAt: at });
    }
    return taken;
  });
}
