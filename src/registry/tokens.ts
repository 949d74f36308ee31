import type { StoreWriter } from '../store/store.ts';
import { type MirrorContext, settleNow } from './context.ts';

/**
 * Does what ends a person's token, and has judged anew what was decided with it and counts no more: a cool-down that was broken
 * runs on. Returns what `end` returned.
 */
export async function endingToken<T>(
  context: MirrorContext,
  name: string,
  end: (tx: StoreWriter) => Promise<T>,
): Promise<T> {
  const { store, cache } = context;
  const crates = await store.cratesActedOn(name, context.now());
  const ended = await store.write(end);
  for (const { registry, key } of crates) {
    await settleNow(context, { registry, key, actor: 'tokens', update: { kind: 'again' } });
    cache.forget(registry, key);
  }
  return ended;
}
