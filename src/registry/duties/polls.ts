import type { CrateRecord } from '../../store/records.ts';
import { type MirrorContext, upstreamOf } from '../context.ts';
import { RegistryError } from '../error.ts';
import { afterLook } from '../judgement/settle.ts';
import { readIndexOf } from '../upstream/index-reader.ts';
import { ClaimedDuty, lease } from './claimed.ts';

/** Shortest wait after a failed poll: milliseconds; doubled with every failure, up to the poll interval. */
const firstRetry = 15_000;
/** How long an upstream that asks for patience (`Retry-After`) is left alone at most: milliseconds. */
const longestPatience = 60 * 60_000;

/** Looks at the index files of one upstream's crates again and again. */
export function polls(
  context: MirrorContext,
  registry: string,
  signal: AbortSignal,
): ClaimedDuty<CrateRecord> {
  const { store, now, journal } = context;
  const noteDamage = (error: Error) => journal.trouble(error.message, {});
  return new ClaimedDuty({
    name: `polls of ${registry}`,
    claim: (limit) =>
      store.write((tx) => tx.claimPolls(now(), now() + lease, limit, noteDamage, { registry })),
    next: async () => (await store.nextDue({ registry })).poll,
    now,
    upstream: upstreamOf(context, registry),
    nameOf: ({ key }) => key,
    work: async (crate) => {
      try {
        await readIndexOf(context, registry, crate.key, 'poll');
      } catch (error) {
        // What the end of the server cut short is no failure of the upstream.
        if (!signal.aborted) await noteFailure(context, crate, error);
      }
    },
  });
}

async function noteFailure(context: MirrorContext, crate: CrateRecord, error: unknown): Promise<void> {
  const { store, now, pollInterval, journal } = context;
  const { registry, key } = crate;
  const failures = crate.failures + 1;
  const lastError = error instanceof Error ? error.message : String(error);
  const backoff = Math.min(pollInterval, firstRetry * 2 ** Math.min(failures - 1, 10));
  const asked = error instanceof RegistryError ? (error.retryAfter ?? 0) * 1000 : 0;
  const pollAt = now() + Math.max(backoff, Math.min(asked, longestPatience));
  journal.trouble(`poll of ${key} failed: ${lastError}`, { registry, failures });
  try {
    await store.write(async (tx) => {
      const recorded = (await tx.crate(registry, key)) ?? crate;
      const failed = { ...recorded, checkedAt: now(), pollAt, failures, lastError };
      await tx.putCrate(afterLook(failed, crate, recorded));
    });
  } catch (cause) {
    // Its lease runs out, and it is polled again.
    journal.trouble(`the failed poll of ${key} could not be noted: ${String(cause)}`, { registry });
  }
}
