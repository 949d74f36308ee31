import { canonicalName } from '../cargo/index-path.ts';
import type { StoreWriter } from '../store/store.ts';
import { type MirrorContext, settleNow } from './context.ts';
import { concern } from './errands/concerned.ts';

/**
 * Does what ends a person's token, and has judged anew what was decided with it and counts no more: a cool-down that was broken
 * runs on, whoever is killed in between. Returns what `end` returned.
 */
export async function endingToken<T>(
  context: MirrorContext,
  name: string,
  end: (tx: StoreWriter) => Promise<T>,
): Promise<T> {
  const { store, cache, now } = context;
  const { ended, crates } = await store.write(async (tx) => {
    const crates = await tx.cratesActedOn(name, now());
    await concern(tx, new Set(crates.map(({ key }) => canonicalName(key))), now());
    return { ended: await end(tx), crates };
  });
  for (const { registry, key } of crates) {
    await settleNow(context, { registry, key, actor: 'tokens', update: { kind: 'again' } });
    cache.forget(registry, key);
  }
  return ended;
}
