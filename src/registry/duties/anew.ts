import { canonicalName } from '../../cargo/index-path.ts';
import { type MirrorContext, settleNow } from '../context.ts';
import { type Concerned, claimConcerned, noteJudged } from '../errands/concerned.ts';
import type { Refreshed } from '../errands/feed-group.ts';

/** Crates that are judged anew at a time. */
const batch = 32;

/** After a change of policy: every verdict that another policy gave is given anew. */
export async function judgeByPolicy(context: MirrorContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { policy, behind } = context.policy;
    if (behind) return;
    const crates = await context.store.cratesJudgedOtherwise(policy.digest, batch);
    let judged = 0;
    for (const { registry, key } of crates) {
      if (signal.aborted) return;
      try {
        await settleNow(context, { registry, key, actor: 'policy', update: { kind: 'again' } });
        judged++;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        context.journal.trouble(`${key} could not be judged anew: ${reason}`, { registry });
      }
    }
    if (crates.length < batch || judged === 0) return;
  }
}

/**
 * Reads the feeds that are due; the crates about which they say something new are judged anew, and those that a server which died
 * left behind.
 */
export async function refreshFeeds(context: MirrorContext, signal: AbortSignal): Promise<void> {
  const { feeds, now } = context;
  await feeds.refreshDue(now(), (one) => takeReading(context, one, signal));
  await judgeConcerned(context, signal);
}

async function takeReading(
  context: MirrorContext,
  { changed, alarms, skipped }: Refreshed,
  signal: AbortSignal,
): Promise<void> {
  const { journal } = context;
  for (const alarm of alarms) journal.alarm(alarm, {});
  // A whole feed in another format would fill the log; all of them are counted in the entry of the reading.
  for (const file of skipped.slice(0, 20)) journal.trouble(file, {});
  if (changed.size > 0) await judgeConcerned(context, signal);
}

async function judgeConcerned(context: MirrorContext, signal: AbortSignal): Promise<void> {
  const { store, upstreams, now } = context;
  let left: Concerned | undefined = await claimConcerned(store, now());
  if (left === undefined) return;
  const here = new Map<string, { readonly registry: string; readonly key: string }[]>();
  for (const registry of upstreams.keys())
    for (const key of await store.crateKeys(registry)) {
      const name = canonicalName(key);
      here.set(name, [...(here.get(name) ?? []), { registry, key }]);
    }
  while (Object.keys(left).length > 0) {
    const some: Concerned = Object.fromEntries(Object.entries(left).slice(0, batch));
    for (const { registry, key } of Object.keys(some).flatMap((name) => here.get(name) ?? [])) {
      signal.throwIfAborted();
      await settleNow(context, { registry, key, actor: 'feeds', update: { kind: 'again' } });
    }
    left = await noteJudged(store, some, now());
  }
}
